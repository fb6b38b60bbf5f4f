//! What must be asked: contradictions, and values that the API refuses.

use super::{generate, notes, options};

/// The lines of an intent's notes that ask something.
fn questions(intent: &str) -> String {
    let answer = generate(intent, &options());
    assert!(answer.has_findings && answer.output.is_empty(), "{}", answer.output);
    answer.notes.lines().filter(|line| line.starts_with("question: ")).collect::<Vec<_>>().join("\n")
}

fn node(listener: &str) -> String {
    format!(r#"{{"virtualNodes": [{{"name": "pay", "listeners": [{listener}]}}]}}"#)
}

#[test]
fn values_outside_their_limits_are_asked_for() {
    insta::assert_snapshot!(questions(&node(r#"{"port": 70000}"#)), @"");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "healthCheck": {"interval": "1s", "unhealthyThreshold": 11}}"#)), @"");
    insta::assert_snapshot!(questions(r#"{"virtualServices": [{"name": "x"}]}"#), @"");
    insta::assert_snapshot!(questions(r#"{"tags": {"aws:x": "y"}, "mesh": {"name": "m", "action": "create"}}"#), @"");
}

#[test]
fn contradictions_of_a_listener_are_asked_about() {
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "healthCheck": {"port": 81}}"#)), @"");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "protocol": "tcp", "healthCheck": {"protocol": "grpc"}}"#)), @"");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "tls": {"mode": "disabled", "mutual": true}}"#)), @"");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "tls": {"mutual": true, "trust": {"acm": {}}}}"#)), @"");
    insta::assert_snapshot!(questions(&node(r#"{"port": 80, "protocol": "http2", "connectionPool": {"maxConnections": 5}}"#)), @"");
    let client = r#"{"virtualNodes": [{"name": "a", "calls": [{"to": "b", "tls": {"certificate": {"acm": {}}}}]}]}"#;
    insta::assert_snapshot!(questions(client), @"");
}

/// Questions about a router with these routes.
fn of_routes(routes: &str) -> String {
    questions(&format!(r#"{{"virtualRouters": [{{"name": "r", "routes": [{routes}]}}]}}"#))
}

#[test]
fn shares_that_do_not_add_up_are_asked_about() {
    let targets = |targets: &str| of_routes(&format!(r#"{{"targets": [{targets}]}}"#));
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 90}, {"node": "b", "weight": 20}"#), @"");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 0}, {"node": "b", "weight": 0}"#), @"");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 90}"#), @"");
    insta::assert_snapshot!(targets(r#"{"node": "a", "weight": 100}, {"node": "b"}"#), @"");
    insta::assert_snapshot!(targets(""), @"");
}

#[test]
fn routes_that_could_never_be_taken_are_asked_about() {
    let header = r#"{"match": {"headers": [{"name": "x"}]}, "priority": 10, "targets": [{"node": "b"}]}"#;
    insta::assert_snapshot!(of_routes(&format!(r#"{{"priority": 1, "targets": [{{"node": "a"}}]}}, {header}"#)), @"");
    let rest = r#"{"match": {"otherwise": true}, "targets": [{"node": "b"}]}"#;
    insta::assert_snapshot!(of_routes(&format!(r#"{{"targets": [{{"node": "a"}}]}}, {rest}"#)), @"");
    insta::assert_snapshot!(of_routes(r#"{"protocol": "grpc", "match": {"path": {"prefix": "/x"}}, "targets": [{"node": "a"}]}"#), @"");
    insta::assert_snapshot!(of_routes(r#"{"retry": {"events": ["unavailable", "oops"]}, "targets": [{"node": "a"}]}"#), @"");
}

#[test]
fn gateways_are_asked_about_what_they_cannot() {
    let gateway = |body: &str| questions(&format!(r#"{{"virtualGateways": [{{"name": "g", {body}}}]}}"#));
    insta::assert_snapshot!(gateway(r#""listeners": [{"port": 8080, "protocol": "tcp"}]"#), @"");
    insta::assert_snapshot!(gateway(r#""routes": [{"protocol": "grpc", "service": "s"}]"#), @"");
    insta::assert_snapshot!(gateway(r#""routes": [{}]"#), @"");
}

#[test]
fn a_request_for_nothing_is_asked_back() {
    insta::assert_snapshot!(notes("{}"), @"");
    insta::assert_snapshot!(notes(r#"{"removals": [{"kind": "target", "name": "v1"}]}"#), @"");
}

#[test]
fn a_part_of_an_answer_stays_sound() {
    let options = meshwright_verbs::generate::GenerateOptions { partial: true, ..options() };
    let answer = generate(&node(r#"{"port": 70000}"#), &options);
    assert!(answer.has_findings);
    assert!(answer.output.contains("Port: !Ref PortOfPay"), "{}", answer.output);
}
