//! `validate` and `explain` as CI runs them: exit codes, settings, baselines, where results go.

use std::path::{Path, PathBuf};
use std::process::Command;

use meshwright_verbs::rules;
use serde_json::Value;

use crate::{corpus, run};

/// A route to a node that there is not: an error. That AWS cannot deploy it is only worth knowing.
const TEMPLATE: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v3, Weight: 1}]}
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Orders:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
";

/// Settings without the other rules: what they find in the template is no concern of these tests.
fn only_these() -> String {
    let is_kept = |name: &str| ["dangling-virtual-node", "aws-cannot-deploy"].contains(&name);
    let names = rules::all().map(|described| described.kind.name).filter(|name| !is_kept(name));
    names.fold("[rules]\n".to_owned(), |settings, name| settings + name + " = \"off\"\n")
}

/// A folder of its own for a test, with files in it.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Runs the command in a folder: the exit code and both outputs.
fn run_in(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_meshwright")).current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn deny_says_from_which_severity_the_exit_code_is_1() {
    let note = TEMPLATE.replace("orders-v3", "${Missing}");
    let note = format!("Parameters:\n  Missing: {{Type: String}}\n{note}").replace("${Missing}", "!Ref Missing");
    let folder = folder("deny", &[("error.yaml", TEMPLATE), ("note.yaml", &note), ("meshwright.toml", &only_these())]);
    let code = |name: &str, deny: &str| run_in(&folder, &["validate", "--deny", deny, name]).0;
    assert_eq!(["error", "warning", "info"].map(|deny| code("error.yaml", deny)), [1, 1, 1]);
    assert_eq!(["error", "warning", "info"].map(|deny| code("note.yaml", deny)), [0, 0, 1]);
    assert_eq!(run_in(&folder, &["validate", "note.yaml"]).0, 0);
    assert_eq!(code("note.yaml", "fatal"), 2);
}

#[test]
fn notes_are_short_and_quiet_leaves_them_out() {
    let folder = folder("notes", &[("a.yaml", TEMPLATE), ("meshwright.toml", &only_these())]);
    let (_, loud, _) = run_in(&folder, &["validate", "a.yaml"]);
    assert!(loud.contains("note[aws-cannot-deploy]") && !loud.contains("|   Route:"), "{loud}");
    assert!(loud.ends_with("1 error, 1 note in 1 file, 3 resources\n"), "{loud}");
    let (_, quiet, _) = run_in(&folder, &["validate", "--quiet", "a.yaml"]);
    assert!(quiet.contains("error[dangling-virtual-node]") && !quiet.contains("aws-cannot-deploy]"), "{quiet}");
    let (_, full, _) = run_in(&folder, &["validate", "--deny", "info", "a.yaml"]);
    assert!(full.contains("|   Route:"), "{full}");
}

#[test]
fn nothing_that_can_be_read_gives_2_and_the_findings_all_the_same() {
    for name in ["broken/empty.yaml", "broken/binary.json"] {
        let run = run(&["validate", "--format", "json", &corpus(name)]);
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!((run.code, answer["summary"]["errors"].as_u64()), (2, Some(1)), "{name}: {}", run.out);
    }
    let both = run(&["validate", &corpus("broken/empty.yaml"), &corpus("shop/shop.yaml")]);
    assert_eq!(both.code, 2);
    assert!(both.out.contains("error[syntax]"), "{}", both.out);
    assert_eq!(run(&["validate", "no/such/file.yaml"]).code, 2);
}

#[test]
fn every_format_goes_to_standard_output_or_a_file_and_the_summary_beside_it() {
    let folder = folder("output", &[("a.yaml", TEMPLATE), ("meshwright.toml", &only_these())]);
    for format in ["text", "json", "sarif", "junit", "github"] {
        let (code, out, err) = run_in(&folder, &["validate", "--format", format, "a.yaml"]);
        assert_eq!(code, 1, "{format}");
        assert!(out.contains("dangling-virtual-node"), "{format}: {out}");
        let is_said = err == "1 error, 1 note in 1 file, 3 resources\n";
        assert_eq!(is_said, !matches!(format, "text" | "json"), "{format}: {err}");
    }
    let (code, out, _) = run_in(&folder, &["validate", "--format", "sarif", "--output", "a.sarif", "a.yaml"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(std::fs::read_to_string(folder.join("a.sarif")).unwrap().contains("\"ruleId\": \"dangling-virtual-node\""));
}

#[test]
fn settings_are_found_in_the_folder_or_above_or_where_they_are_named() {
    let off = only_these() + "dangling-virtual-node = \"off\"\n";
    let folder =
        folder("settings", &[("meshwright.toml", &off), ("deep/er/a.yaml", TEMPLATE), ("bad.toml", "rules = 1")]);
    assert_eq!(run_in(&folder, &["validate", "deep"]).0, 0);
    assert_eq!(run_in(&folder.join("deep/er"), &["validate", "a.yaml"]).0, 0);
    std::fs::rename(folder.join("meshwright.toml"), folder.join("other.toml")).unwrap();
    // The project has no settings of its own above the folder of its tests.
    assert_eq!(run_in(&folder, &["validate", "deep"]).0, 1);
    assert_eq!(run_in(&folder, &["validate", "--config", "other.toml", "deep"]).0, 0);
    let (code, _, err) = run_in(&folder, &["validate", "--config", "bad.toml", "deep"]);
    assert!(code == 2 && err.contains("bad.toml") && err.contains("line 1"), "{err}");
    let (code, _, err) = run_in(&folder, &["validate", "--config", "none.toml", "deep"]);
    assert!(code == 2 && err.contains("--config none.toml: there is no such file"), "{err}");
}

#[test]
fn a_baseline_lets_only_new_findings_fail() {
    let worse = TEMPLATE.replace(
        "VirtualNode: orders-v3, Weight: 1}",
        "VirtualNode: orders-v3, Weight: 1}, {VirtualNode: orders-v9, Weight: 1}",
    );
    let folder = folder("baseline", &[("a.yaml", TEMPLATE)]);
    assert_eq!(run_in(&folder, &["validate", "--format", "json", "--output", "base.json", "a.yaml"]).0, 1);
    assert_eq!(run_in(&folder, &["validate", "--baseline", "base.json", "a.yaml"]).0, 0);
    std::fs::write(folder.join("a.yaml"), worse).unwrap();
    let (code, out, _) = run_in(&folder, &["validate", "--baseline", "base.json", "a.yaml"]);
    assert_eq!(code, 1);
    assert!(out.contains("orders-v9` is not in the mesh") && !out.contains("orders-v3` is not"), "{out}");
    let (code, _, err) = run_in(&folder, &["validate", "--baseline", "a.yaml", "a.yaml"]);
    assert!(code == 2 && err.contains("--baseline a.yaml: it is not JSON"), "{err}");
}

#[test]
fn explain_knows_every_rule_and_a_slip() {
    let list = run(&["explain"]);
    assert_eq!(list.code, 0);
    for rule in ["dangling-virtual-node", "syntax", "unused-allow"] {
        assert!(list.out.contains(rule), "{}", list.out);
        let one = run(&["explain", rule]);
        assert!(one.code == 0 && one.out.contains("why: "), "{}", one.out);
        let json: Value = serde_json::from_str(&run(&["explain", "--format", "json", rule]).out).unwrap();
        assert_eq!(json["rule"], rule);
    }
    let slip = run(&["explain", "sintax"]);
    assert_eq!((slip.code, slip.err.as_str()), (2, "error: there is no rule `sintax`; did you mean `syntax`?\n"));
}
