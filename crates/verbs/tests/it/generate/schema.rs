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
    let refused = |text: &str| run(&options(), Some(("i.json", text)), false).unwrap_err().0;
    insta::assert_snapshot!(refused("{\"virtualNode\": []}"), @"");
    insta::assert_snapshot!(refused("{"), @"");
    insta::assert_snapshot!(refused("{\"routes\": [{\"timeout\": {\"idle\": \"5\"}}]}"), @"");
}
