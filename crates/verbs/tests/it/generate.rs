//! `generate`: intents become answers that have been read line by line; whatever composes is sound for the rules and judges.

mod answers;
mod asked;
mod edits;
mod into;
mod judged;
mod kept;
mod left_open;
mod named;
mod property;
mod public;
mod schema;
mod there;
mod whole;
mod wordings;

use meshwright_dialect::Reading;
use meshwright_language::understand_change;
use meshwright_verbs::Answer;
use meshwright_verbs::convert::DialectName;
use meshwright_verbs::generate::{GenerateFormat, GenerateOptions, LlmOptions, run};

fn options() -> GenerateOptions {
    GenerateOptions {
        request: None,
        intent: Some("intent.json".to_owned()),
        into: Vec::new(),
        diff: false,
        parameter: Vec::new(),
        parameters: Vec::new(),
        mesh: None,
        dialect: DialectName::Cloudformation,
        notation: None,
        explain: false,
        partial: false,
        intent_schema: false,
        format: GenerateFormat::Text,
        reader: LlmOptions { llm: None, model: None, llm_timeout: 120 },
    }
}

/// The answer to an intent.
fn generate(intent: &str, options: &GenerateOptions) -> Answer {
    run(options, Some(("intent.json", intent)), false).unwrap()
}

/// The questions and notes of an intent, without resources.
fn notes(intent: &str) -> String {
    generate(intent, &options()).notes
}

/// Whether a request takes something away from what a file has.
fn takes_away(reading: &Reading, request: &str) -> bool {
    !understand_change(request, &reading.inventory).intent.removals.is_empty()
}
