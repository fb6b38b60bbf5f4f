//! Intents by the schema that is published, and how an intent is refused.

use meshwright_verbs::generate::{GenerateOptions, run, schema_page};

use super::options;

#[test]
fn the_schema_is_an_answer_of_its_own() {
    let options = GenerateOptions { intent: None, intent_schema: true, ..options() };
    let answer = run(&options, None, false).unwrap();
    assert_eq!(answer.output, schema_page());
    assert!(!answer.has_findings);
}

#[test]
fn an_intent_that_is_none_is_refused_with_its_place() {
    let refused = |text: &str| run(&options(), Some(("i.json", text)), false).unwrap_err().to_string();
    insta::assert_snapshot!(refused("{\"virtualNode\": []}"), @"--intent i.json: unknown field `virtualNode`, expected one of `mesh`, `applications`, `virtualNodes`, `everywhere`, `virtualRouters`, `routes`, `virtualServices`, `virtualGateways`, `gatewayRoutes`, `sidecars`, `removals`, `renames`, `tags`, `environments` at line 1 column 14");
    insta::assert_snapshot!(refused("{"), @"--intent i.json: EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(refused("{\"routes\": [{\"timeout\": {\"idle\": \"5\"}}]}"), @"--intent i.json: `5` is no span of time such as 250ms, 15s, 2m or 1h at line 1 column 37");
}

#[test]
fn a_task_is_nothing_that_aws_json_can_say() {
    let options = GenerateOptions { dialect: meshwright_verbs::convert::DialectName::Json, ..options() };
    let refused =
        run(&options, Some(("i.json", r#"{"sidecars": [{"virtualNode": "orders"}]}"#)), false).unwrap_err().to_string();
    assert!(refused.starts_with("--as json: a proxy's task and its role are no resources of App Mesh"), "{refused}");
}
