//! `generate` on the command line: where what goes, and how it ends.

use crate::{run, run_with};

const NODE: &str = r#"{"mesh": {"name": "shop"}, "virtualNodes": [{"name": "orders", "listeners": [{"port": 8080}]}]}"#;

#[test]
fn resources_go_to_standard_output_and_assumptions_beside() {
    let done = run_with(NODE.as_bytes(), &["generate", "--intent", "-"]);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.out.starts_with("AWSTemplateFormatVersion"), "{}", done.out);
    assert!(done.err.contains("assumed: `orders` speaks http"), "{}", done.err);
    let again = run_with(done.out.as_bytes(), &["validate", "-", "--deny", "warning"]);
    assert_eq!(again.code, 0, "{}", again.out);
}

#[test]
fn what_is_no_answer_leaves_the_file_alone() {
    let folder = std::env::temp_dir().join(format!("meshwright-generate-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("out.yaml");
    std::fs::write(&file, "mine").unwrap();
    let name = file.display().to_string();
    let asked = run_with(NODE.replace("8080", "70000").as_bytes(), &["generate", "--intent", "-", "--output", &name]);
    assert_eq!((asked.code, asked.out.as_str()), (1, ""));
    assert!(asked.err.contains("question: The port of `orders`: 70000 is over 65535"), "{}", asked.err);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn usage_errors_give_2() {
    assert_eq!(run(&["generate"]).code, 2);
    assert_eq!(run(&["generate", "a mesh", "--intent", "x.json"]).code, 2);
    assert_eq!(run(&["generate", "--intent", "no/such.json"]).code, 2);
    assert_eq!(run_with(b"{", &["generate", "--intent", "-"]).code, 2);
    assert_eq!(run_with(NODE.as_bytes(), &["generate", "--intent", "-", "--as", "json", "--notation", "yaml"]).code, 2);
}

#[test]
fn programs_get_everything_in_one_object() {
    let done = run_with(NODE.as_bytes(), &["generate", "--intent", "-", "--format", "json", "--as", "json"]);
    assert_eq!((done.code, done.err.as_str()), (0, ""));
    let value: serde_json::Value = serde_json::from_str(&done.out).unwrap();
    for member in ["intent", "assumptions", "questions", "notUnderstood", "files"] {
        assert!(value.get(member).is_some(), "{member}");
    }
    assert_eq!(value["files"][0]["path"], "mesh.json");
}
