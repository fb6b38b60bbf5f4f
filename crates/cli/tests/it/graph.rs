//! Results: what goes to standard output, in every format.

use serde_json::Value;

use crate::{corpus, run, run_with};

#[test]
fn graph_shows_shares_on_standard_output_and_nothing_on_standard_error() {
    let run = run(&["graph", &corpus("shop/shop.yaml")]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.contains("90 %  node payments-v1"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "no colour where standard output is no terminal");
}

#[test]
fn every_dialect_of_one_mesh_gives_the_same_graph() {
    let texts: Vec<String> = ["shop/shop.yaml", "shop/shop.template.json", "shop/shop.describe.json"]
        .iter()
        .map(|name| run(&["graph", &corpus(name)]).out)
        .collect();
    assert_eq!(texts[0], texts[1]);
    assert_eq!(texts[0], texts[2]);
}

#[test]
fn formats_are_what_they_say() {
    let shop = corpus("shop/shop.yaml");
    let graph = |format: &str| run(&["graph", "--format", format, &shop]).out;
    assert!(graph("mermaid").starts_with("flowchart LR"), "{}", graph("mermaid"));
    assert!(graph("dot").trim_start().starts_with("digraph"));
    assert!(graph("svg").starts_with("<svg"));
    let json: Value = serde_json::from_str(&graph("json")).unwrap();
    let mesh = &json["meshes"][0];
    assert_eq!(mesh["mesh"], "shop");
    let share = mesh["edges"].as_array().unwrap().iter().find(|edge| edge["weight"] == "90").unwrap();
    assert!((share["share"].as_f64().unwrap() - 0.9).abs() < 1e-9);
}

#[test]
fn order_creates_what_is_needed_first_and_deletes_in_reverse() {
    let shop = corpus("shop/shop.yaml");
    let steps = |arguments: &[&str]| -> Vec<String> {
        let json: Value = serde_json::from_str(&run(arguments).out).unwrap();
        let name = |step: &Value| {
            format!("{} {}", step["resource"]["kind"].as_str().unwrap(), step["resource"]["name"].as_str().unwrap())
        };
        json["steps"].as_array().unwrap().iter().map(name).collect()
    };
    let creation = steps(&["order", "--format", "json", &shop]);
    let at =
        |name: &str| creation.iter().position(|step| step == name).unwrap_or_else(|| panic!("{name} in {creation:?}"));
    assert_eq!(at("Mesh shop"), 0);
    assert!(at("VirtualNode payments-v1") < at("Route payments-split"));
    assert!(at("Route payments-split") < at("VirtualService payments.shop.local"));
    assert!(at("VirtualService payments.shop.local") < at("VirtualNode orders"), "callers come after what they call");
    let mut deletion = steps(&["order", "--reverse", "--format", "json", &shop]);
    deletion.reverse();
    assert_eq!(creation, deletion);
}

#[test]
fn convert_writes_what_the_other_dialect_reads_back() {
    let written = run(&["convert", "--as", "json", &corpus("shop/shop.yaml")]);
    let ledger = "ledger: 1 × Description, 3 × Outputs: only CloudFormation has them; left out\nledger: 7 × Parameters: only \
                  CloudFormation has them; what they come to is written where it is used\n";
    assert_eq!((written.code, written.err.as_str()), (1, ledger), "nothing of the mesh is lost");
    let graph = run_with(written.out.as_bytes(), &["graph", "-"]);
    assert_eq!(graph.out, run(&["graph", &corpus("shop/shop.yaml")]).out);
}

#[test]
fn convert_keeps_the_parameters_of_a_template() {
    let written = run(&["convert", "--as", "cloudformation", &corpus("shop/shop.template.json")]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert!(written.out.contains("Parameters:\n"), "{}", written.out);
    assert!(written.out.contains("!Ref "), "{}", written.out);
}

#[test]
fn a_ledger_stands_on_standard_error_and_ends_with_1() {
    let run = run(&["convert", "--as", "cloudformation", &corpus("shop/shop.describe.json")]);
    assert_eq!(run.code, 1);
    assert!(run.err.lines().all(|line| line.starts_with("ledger: ")), "{}", run.err);
}

#[test]
fn several_files_and_folders_are_one_mesh() {
    let folder = run(&["graph", &corpus("tcp/describe")]);
    let template = run(&["graph", &corpus("tcp/ledger.template.json")]);
    assert_eq!((folder.code, &folder.out), (0, &template.out));
    let split =
        run(&["graph", &corpus("split/network.yaml"), &corpus("split/nodes.yaml"), &corpus("split/routes.yaml")]);
    assert!(!split.out.contains('✗'), "exports and imports meet: {}", split.out);
}

#[test]
fn output_goes_to_a_file() {
    let path = std::env::temp_dir().join(format!("meshwright-test-{}.svg", std::process::id()));
    let run = run(&["graph", "--format", "svg", "--output", &path.display().to_string(), &corpus("shop/shop.yaml")]);
    let written = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    assert!(written.starts_with("<svg"));
}
