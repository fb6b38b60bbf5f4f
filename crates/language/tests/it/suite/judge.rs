//! The suite's own judge: it passes what is right, and says what is wrong about the rest.

use meshwright_language::{Evidence, NotUnderstood, Question, Understanding};
use serde_json::{Value, json};

use super::{check, entry, schema};

/// What the judge says about readings of `node orders on 8080`.
fn check_judge(expected: &str, intent: &Value, open: &[NotUnderstood], faults: &[&str]) {
    let intent = serde_json::from_value(intent.clone()).unwrap();
    let understanding = Understanding { intent, not_understood: open.to_vec(), ..Understanding::default() };
    let entries = entry::parse("judge", &format!("> node orders on 8080\n{expected}")).unwrap();
    assert_eq!(schema::faults(&meshwright_language::intent::schema(), &entries[0]), [""; 0]);
    assert_eq!(check::faults(&entries[0], &understanding), faults);
}

fn orders() -> Value {
    json!({ "virtualNodes": [{ "name": "orders", "listeners": [{ "port": 8080, "tls": {} }] }] })
}

fn words(text: &str, start: usize) -> NotUnderstood {
    NotUnderstood { text: text.to_owned(), start, end: start + text.len() }
}

#[test]
fn a_right_reading_passes() {
    for expected in [
        "virtualNodes[0].name = \"orders\"",
        "virtualNodes[orders].listeners[*].port = 8080",
        "virtualNodes[orders].listeners[0].port = 1 | 8080",
        "virtualNodes[orders].listeners[0].tls = present",
        "virtualNodes[orders].listeners[0].tls.mode = \"strict\" | absent",
        "absent: virtualNodes[0].discovery",
        "count: virtualNodes = 1",
        "applications[orders] = present | virtualNodes[orders].name = \"x\" | count: virtualNodes[orders].listeners = 1",
    ] {
        check_judge(&format!("virtualNodes = present\n{expected}"), &orders(), &[], &[]);
    }
}

#[test]
fn a_wrong_value_is_shown() {
    check_judge(
        "virtualNodes[orders].name = \"cart\"\nvirtualNodes[cart] = present\ncount: virtualNodes = 2",
        &json!({ "virtualNodes": [{ "name": "orders" }] }),
        &[],
        &[
            "expected virtualNodes[orders].name = \"cart\", found \"orders\"",
            "expected virtualNodes[cart] = present, nothing there, but in [{\"name\":\"orders\"}]",
            "expected count: virtualNodes = 2, found [{\"name\":\"orders\"}]",
        ],
    );
}

#[test]
fn what_nobody_asked_for_is_a_fault() {
    let intent = json!({ "virtualNodes": [{ "name": "orders" }], "tags": { "a": "b" } });
    check_judge("virtualNodes[orders] = present", &intent, &[], &["nobody asked for `tags`: {\"a\":\"b\"}"]);
}

#[test]
fn words_left_over_are_a_fault_unless_expected() {
    check_judge("virtualNodes = present", &orders(), &[words("8080", 15)], &["not understood: 8080"]);
    check_judge("not understood: 80", &orders(), &[words("8080", 15)], &[]);
    check_judge("refused:", &orders(), &[words("8080", 15)], &[]);
    check_judge("virtualNodes = present | refused: 8080", &orders(), &[], &[]);
    let nothing = "questions [], not understood [], in {}";
    let (fault, other) = (format!("expected refused: 8080, {nothing}"), "it has an answer");
    check_judge("refused: 8080", &json!({}), &[], &[&fault, other]);
    let all = "questions [], not understood [\"node orders\"], in {}";
    let fault = format!("expected understood: orders, {all}");
    check_judge("refused: node\nunderstood: orders", &json!({}), &[words("node orders", 0)], &[&fault]);
}

#[test]
fn places_must_hold_their_words() {
    let entries = entry::parse("judge", "> node orders\nquestion: orders").unwrap();
    let about = vec![words("orders", 5), words("node", 1)];
    let evidence = ["virtualNodes[0].name", "virtualNodes[0].listeners"];
    let evidence =
        evidence.map(|path| Evidence { path: path.to_owned(), text: "orders".to_owned(), start: 5, end: 11 });
    let understanding = Understanding {
        intent: serde_json::from_value(json!({ "virtualNodes": [{ "name": "orders" }] })).unwrap(),
        questions: vec![Question { text: "which?".to_owned(), about }],
        evidence: evidence.to_vec(),
        ..Understanding::default()
    };
    let expected =
        ["`node` does not stand at 1..5", "`orders` is evidence of `virtualNodes[0].listeners`, which is not there"];
    assert_eq!(check::faults(&entries[0], &understanding), expected);
}

#[test]
fn slips_in_the_suite_are_found() {
    let check = |line: &str| {
        let parsed = entry::parse("judge", &format!("> x\n{line}"));
        let schema = meshwright_language::intent::schema();
        parsed.map_or(true, |entries| !schema::faults(&schema, &entries[0]).is_empty())
    };
    for slip in [
        "virtualNodes[0].nome = \"orders\"",
        "virtualNodes[0].listeners[0].protocol = \"h2\"",
        "virtualNodes[0].listeners[0].port = \"8080\"",
        "virtualNodes[0].listeners[0].timeout.idle = \"1m\"",
        "virtualNodes.name = present",
        "count: nodes = 2",
        "removals[0].kind = \"retries\"",
        "routes[0].retry.events = [1]",
        "virtualNodes[0].name = orders",
        "virtualNodes[0].name",
    ] {
        assert!(check(slip), "{slip}");
    }
    assert!(!check("routes[0].match.headers[x].value.range.end = 4"));
    assert!(!check("virtualNodes[0].discovery.cloudMap.attributes[stack] = \"blue\""));
}
