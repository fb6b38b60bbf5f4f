//! Findings that somebody allows: in comments, in metadata, in settings; and what is wrong with that.

use meshwright_verbs::validate::ValidateFormat;

use crate::{findings, json, lines, template, validate};

const FINDING: &str = "10 dangling-virtual-node";

/// What is found in the template with comments behind a logical id and behind a target, and how many are allowed.
fn found(behind_id: &str, behind_target: &str) -> (Vec<String>, u64) {
    with_settings(behind_id, behind_target, "")
}

fn with_settings(behind_id: &str, behind_target: &str, settings: &str) -> (Vec<String>, u64) {
    let answer = json(&[("a.yaml", &template(behind_id, behind_target))], settings, "");
    (lines(&answer), answer["summary"]["allowed"].as_u64().unwrap())
}

fn none_but(lines: &[&str], allowed: u64) -> (Vec<String>, u64) {
    (lines.iter().map(|line| (*line).to_owned()).collect(), allowed)
}

#[test]
fn a_comment_allows_on_its_line_or_in_its_whole_resource() {
    assert_eq!(found("", ""), none_but(&[FINDING], 0));
    assert_eq!(found("", " # meshwright: allow dangling-virtual-node -- v3 comes on Monday"), none_but(&[], 1));
    assert_eq!(found(" # meshwright: allow dangling-virtual-node -- v3 comes on Monday", ""), none_but(&[], 1));
    let above =
        template("", "").replace("  Route:\n", "  # meshwright: allow dangling-virtual-node -- soon\n  Route:\n");
    assert_eq!(lines(&json(&[("a.yaml", &above)], "", "")), [""; 0]);
}

#[test]
fn a_comment_without_a_reason_allows_nothing_and_is_named() {
    let (lines, allowed) = found("", " # meshwright: allow dangling-virtual-node");
    assert_eq!(
        (&lines[..], allowed),
        (&["10 dangling-virtual-node".to_owned(), "10 allow-without-reason".to_owned()][..], 0)
    );
}

#[test]
fn a_comment_that_names_no_rule_is_named_with_the_one_that_was_meant() {
    let text = template("", " # meshwright: allow dangling-virtual-nod -- soon");
    let answer = json(&[("a.yaml", &text)], "", "");
    assert_eq!(lines(&answer), [FINDING, "10 unknown-rule"]);
    let unknown = findings(&answer)[1];
    assert_eq!(unknown["help"], "did you mean `dangling-virtual-node`?");
    assert_eq!(unknown["column"], 96);
}

#[test]
fn a_comment_that_allows_nothing_there_is_named() {
    let comment = " # meshwright: allow dangling-virtual-node, listener-without-discovery -- soon";
    assert_eq!(found("", comment), none_but(&["10 unused-allow"], 1));
    let text = template("", "").replace("  Mesh:\n", "  Mesh: # meshwright: allow dangling-virtual-node -- soon\n");
    assert_eq!(lines(&json(&[("a.yaml", &text)], "", "")), [FINDING, "12 unused-allow"]);
}

#[test]
fn metadata_allows_in_a_resource_and_in_a_file() {
    let allow = "Metadata: {meshwright: {allow: [{rule: dangling-virtual-node, reason: soon}]}}\n";
    let resource = template("", "")
        .replace("    Type: AWS::AppMesh::Route\n", &format!("    Type: AWS::AppMesh::Route\n    {allow}"));
    let answer = json(&[("a.yaml", &resource)], "", "");
    assert_eq!((lines(&answer).len(), answer["summary"]["allowed"].as_u64()), (0, Some(1)));
    let file = allow.to_owned() + &template("", "");
    assert_eq!(lines(&json(&[("a.yaml", &file)], "", "")), [""; 0]);
    // What one file allows is not allowed in another.
    let other = template("", "").replace("RouteName: all", "RouteName: other");
    assert_eq!(lines(&json(&[("a.yaml", &file), ("b.yaml", &other)], "", "")), [FINDING]);
}

#[test]
fn settings_allow_by_resource_and_file_and_are_named_only_where_they_are_concerned() {
    let allow = |more: &str| format!("[[allow]]\nrule = \"dangling-virtual-node\"\nreason = \"soon\"\n{more}\n");
    for more in
        ["", "file = \"*.yaml\"", "resource = \"route/orders/all\"", "resource = \"Route/all\"", "resource = \"a*\""]
    {
        assert_eq!(with_settings("", "", &allow(more)), none_but(&[], 1), "{more}");
    }
    let elsewhere = allow("file = \"other/*.yaml\"");
    assert_eq!(with_settings("", "", &elsewhere), none_but(&[FINDING], 0));
    let unused = allow("resource = \"virtualRouter/orders\"");
    assert_eq!(with_settings("", "", &unused), none_but(&[FINDING, "2 unused-allow"], 0));
    let nameless = "[[allow]]\nrule = \"dangling-virtual-node\"";
    assert_eq!(with_settings("", "", nameless), none_but(&[FINDING, "1 allow-without-reason"], 0));
    let unknown = "[rules]\nno-such-thing = \"off\"\n";
    assert_eq!(with_settings("", "", unknown), none_but(&[FINDING, "2 unknown-rule"], 0));
}

#[test]
fn settings_change_how_much_a_rule_counts() {
    let severity = |level: &str| {
        let settings = format!("[rules]\ndangling-virtual-node = \"{level}\"");
        let answer = json(&[("a.yaml", &template("", ""))], &settings, "");
        findings(&answer).iter().map(|finding| finding["severity"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(severity("warning"), ["warning"]);
    assert_eq!(severity("info"), ["info"]);
    assert_eq!(severity("off"), [""; 0]);
    // What allows a rule that is off is not blamed for it.
    let settings = "[rules]\ndangling-virtual-node = \"off\"";
    assert_eq!(with_settings("", " # meshwright: allow dangling-virtual-node -- soon", settings), none_but(&[], 0));
}

#[test]
fn what_is_allowed_does_not_fail_the_run_and_is_counted() {
    let text = template("", " # meshwright: allow dangling-virtual-node -- soon");
    let (faulty, allowed) = (json(&[("a.yaml", &template("", ""))], "", ""), json(&[("a.yaml", &text)], "", ""));
    let errors = |answer: &serde_json::Value| answer["summary"]["errors"].as_u64().unwrap();
    assert_eq!(errors(&allowed) + 1, errors(&faulty));
    let answer = validate(&[("a.yaml", &text)], ValidateFormat::Text, "", "");
    assert!(
        answer.output.ends_with("; 1 allowed\n") && !answer.output.contains("orders-v3` is not"),
        "{}",
        answer.output
    );
}

#[test]
fn findings_about_settings_show_their_line() {
    let settings = "[rules]\ndangling-virtual-nod = \"off\"\n";
    let shown = validate(&[("a.yaml", &template("", ""))], ValidateFormat::Text, settings, "").output;
    assert!(
        shown.contains("--> meshwright.toml:2:1") && shown.contains("2 | dangling-virtual-nod = \"off\""),
        "{shown}"
    );
}
