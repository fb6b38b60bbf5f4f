//! Sad paths: bad files, bad options, and the exit code each gives.

use std::process::Command;

use meshwright_verbs::VERBS;

use crate::{corpus, run, run_with};

#[test]
fn a_faulty_file_gives_findings_with_place_and_1_and_the_rest_is_answered() {
    let run = run(&["graph", &corpus("broken/unknown-field.yaml")]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("error[unknown-field]"), "{}", run.err);
    assert!(run.err.contains("unknown-field.yaml:17:13"), "{}", run.err);
    assert!(run.out.contains("mesh "), "{}", run.out);
}

#[test]
fn a_file_of_which_nothing_can_be_read_gives_2_and_the_others_are_answered() {
    for name in ["broken/empty.yaml", "broken/binary.json"] {
        let run = run(&["graph", &corpus(name)]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{name}");
        assert!(run.err.contains(name), "{}", run.err);
    }
    let both = run(&["graph", &corpus("broken/empty.yaml"), &corpus("shop/shop.yaml")]);
    assert_eq!(both.code, 2);
    assert!(both.out.contains("mesh shop"));
    let missing = run(&["graph", "no/such/file.yaml", &corpus("shop/shop.yaml")]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("no/such/file.yaml: there is no such file"), "{}", missing.err);
    assert!(missing.out.contains("mesh shop"));
}

#[test]
fn files_without_a_mesh_say_so() {
    let run = run(&["graph", &corpus("broken/not-a-mesh.yaml")]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("there is no App Mesh resource"), "{}", run.err);
}

#[test]
fn a_task_definition_is_validated_without_a_mesh_and_no_graph_of_it_is_drawn() {
    let task = r#"{"family": "x", "containerDefinitions": [{"name": "envoy", "environment": [
        {"name": "APPMESH_RESOURCE_ARN", "value": "orders"}]}]}"#;
    let validated = run_with(task.as_bytes(), &["validate", "-"]);
    assert_eq!(validated.code, 1);
    assert!(validated.out.contains("error[malformed-proxy-name]"), "{}", validated.out);
    assert!(validated.out.contains("-:2:51"), "{}", validated.out);
    assert_eq!(run_with(task.as_bytes(), &["graph", "-"]).code, 2);
}

#[test]
fn bad_usage_gives_2() {
    for arguments in [&["graph"][..], &["grahp", "x"], &["graph", "--format", "png", "x"], &["convert", "x"], &[]] {
        assert_eq!(run(arguments).code, 2, "{arguments:?}");
    }
    let run = run(&["graph", "--parameter", "novalue", &corpus("shop/shop.yaml")]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("KEY=VALUE"), "{}", run.err);
}

#[test]
fn a_parameter_is_filled_in_and_one_that_nothing_reads_is_named() {
    let template = "Parameters:\n  MeshName:\n    Type: String\nResources:\n  M:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: !Ref MeshName\n";
    let open = run_with(template.as_bytes(), &["graph", "-"]);
    assert!(open.out.contains("mesh ${MeshName}"), "{}", open.out);
    let given = run_with(template.as_bytes(), &["graph", "--parameter", "MeshName=prod", "-"]);
    assert!(given.out.contains("mesh prod"), "{}", given.out);
    let slip = run_with(template.as_bytes(), &["graph", "--parameter", "meshname=prod", "-"]);
    assert!(slip.err.contains("did you mean `MeshName`"), "{}", slip.err);
    let start = run_with(template.as_bytes(), &["graph", "--parameter", "Mesh=prod", "-"]);
    assert!(start.err.contains("did you mean `MeshName`"), "{}", start.err);
    let nameless = run_with(template.as_bytes(), &["graph", "--parameter", "=prod", "-"]);
    assert_eq!(nameless.code, 2, "{}", nameless.err);
}

#[test]
fn what_is_odd_in_a_file_of_parameters_is_a_finding() {
    let file = std::env::temp_dir().join(format!("meshwright-parameters-{}.json", std::process::id()));
    let name = file.display().to_string();
    let shop = corpus("shop/shop.yaml");
    for (text, code, said) in [
        ("A=1\nA=2\n", 1, "error[duplicate-key]: parameter `A` is given more than once here"),
        (
            r#"[{"ParameterKey": "A", "UsePreviousValue": true}]"#,
            0,
            "note[previous-value]: parameter `A` keeps the value",
        ),
        ("[1]", 2, "it is no parameter file"),
    ] {
        std::fs::write(&file, text).unwrap();
        let run = run(&["graph", "--parameters", &name, &shop]);
        assert!(run.err.contains(said), "{text}: {}", run.err);
        assert_eq!(run.code, code, "{text}: {}", run.err);
    }
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn a_mesh_is_chosen_by_name() {
    let (shop, library) = (corpus("shop/shop.yaml"), corpus("grpc/library.yaml"));
    let both = run(&["graph", &shop, &library]);
    assert_eq!(both.out.matches("\nmesh ").count() + usize::from(both.out.starts_with("mesh ")), 2, "{}", both.out);
    let one = run(&["graph", "--mesh", "shop", &shop, &library]);
    assert_eq!(one.out, run(&["graph", &shop]).out);
    for arn in ["mesh/shop", "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop"] {
        assert_eq!(run(&["graph", "--mesh", arn, &shop, &library]).out, one.out, "{arn}");
    }
    let none = run(&["graph", "--mesh", "shpo", &shop]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("the files hold shop"), "{}", none.err);
}

#[test]
fn terminal_escapes_in_a_file_do_not_reach_the_terminal() {
    let hostile = r#"{"meshName": "m\u001b[31m", "virtualNodeName": "n\u001b]0;x\u0007", "spec": {"bad\u001b[0m": 1}}"#;
    for verb in ["graph", "order"] {
        let run = run_with(hostile.as_bytes(), &[verb, "-"]);
        assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'), "{verb}: {:?} {:?}", run.out, run.err);
    }
}

#[test]
fn every_verb_has_help_with_an_example() {
    for verb in VERBS {
        let help = run(&[verb.name, "--help"]);
        assert_eq!(help.code, 0);
        assert!(help.out.contains(verb.about.split(':').next().unwrap()), "{}", help.out);
        assert!(
            help.out.contains("Example:") && help.out.contains(&format!("meshwright {}", verb.name)),
            "{}",
            help.out
        );
    }
}

#[test]
fn a_file_is_read_once_whatever_it_is_called() {
    let (shop, folder) = (corpus("shop/shop.yaml"), corpus("shop"));
    let once = run(&["graph", &shop]);
    let twice = run(&["graph", &shop, &corpus("shop/./shop.yaml"), &corpus("shop/../shop/shop.yaml")]);
    assert_eq!((twice.code, &twice.out, twice.err.as_str()), (0, &once.out, ""));
    let both = run(&["graph", &folder, &corpus("shop/shop.yaml")]);
    assert_eq!(both.out, run(&["graph", &folder]).out);
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_gives_2() {
    for arguments in [&["graph", &corpus("shop/shop.yaml")][..], &["--help"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_meshwright")).args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_template_names_only_files_beside_and_below_it() {
    let folder = std::env::temp_dir().join(format!("meshwright-nested-{}", std::process::id()));
    let inner = folder.join("inner");
    std::fs::create_dir_all(&inner).unwrap();
    let secret = folder.join("secret.yaml");
    let mesh = "Resources: {M: {Type: AWS::AppMesh::Mesh, Properties: {MeshName: nested}}}\n";
    std::fs::write(&secret, mesh).unwrap();
    std::fs::write(inner.join("child.yaml"), mesh).unwrap();
    assert!(Command::new("mkfifo").arg(inner.join("pipe")).status().unwrap().success());
    std::os::unix::fs::symlink(&secret, inner.join("link.yaml")).unwrap();
    let main = inner.join("main.yaml");
    let secret = secret.display().to_string();
    for (url, is_read) in [
        ("child.yaml", true),
        ("../secret.yaml", false),
        (secret.as_str(), false),
        ("pipe", false),
        ("link.yaml", false),
    ] {
        let stack = format!("{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}}}}}");
        std::fs::write(&main, format!("Resources:\n  S: {stack}\n")).unwrap();
        let run = run(&["graph", &main.display().to_string()]);
        assert_eq!(run.out.contains("mesh nested"), is_read, "{url}: {}", run.err);
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
