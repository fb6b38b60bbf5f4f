//! What a model may answer, and how it is read: strictly, and as data alone.

use meshwright_language::{Assumption, Intent, Question, Understanding, compose};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most questions of one answer, and assumptions.
const MAX_NOTES: usize = 30;
/// The longest question or assumption, in characters.
const MAX_NOTE: usize = 1000;
/// The longest reply as JSON, in bytes: more than 16,000 tokens usually make. Composing a mesh and holding it against the
/// rules takes more than proportional time, so an answer of ill intent must not be a megabyte of intent.
const MAX_REPLY: usize = 64_000;
/// The most faults that are said of one answer.
const MAX_PROBLEMS: usize = 20;

/// What a model says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// The input of the tool.
    Structured(Value),
    /// Text, in which there should be JSON.
    Text(String),
}

/// Why a model stopped without an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stop {
    Refusal(String),
    Truncated(String),
    NotTheInterface(&'static str),
}

/// An answer: the intent, and what is to be said beside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    /// What the request asks for.
    #[serde(default)]
    pub(crate) intent: Intent,
    /// What only the request's author can answer: each a whole sentence with its question mark.
    #[serde(default)]
    pub(crate) questions: Vec<String>,
    /// What was taken for granted in reading the request.
    #[serde(default)]
    pub(crate) assumptions: Vec<Taken>,
}

/// Something that was taken for granted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Taken {
    /// What was assumed: lower case, no full stop.
    pub(crate) what: String,
    /// Why: lower case, no full stop.
    pub(crate) why: String,
}

/// The JSON Schema of a reply, the intent's in it.
pub(crate) fn schema() -> Value {
    let mut schema = schemars::schema_for!(Reply).to_value();
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
        fields.remove("title");
    }
    schema
}

/// Reads what was said.
///
/// # Errors
/// The faults, in words that help the model.
pub(crate) fn read(said: &Said) -> Result<Reply, Vec<String>> {
    let value = match said {
        Said::Structured(value) => value.clone(),
        Said::Text(text) => json_in(text)?,
    };
    let length = value.to_string().len();
    if length > MAX_REPLY {
        return Err(vec![format!("the answer has {length} bytes, more than {MAX_REPLY}")]);
    }
    let reply: Reply = serde_path_to_error::deserialize(value)
        .map_err(|error| vec![format!("at `{}`: {}", error.path(), error.inner())])?;
    if reply.questions.len().max(reply.assumptions.len()) > MAX_NOTES {
        return Err(vec![format!("there are more than {MAX_NOTES} questions or assumptions")]);
    }
    let is_bad = |note: &String| note.chars().nth(MAX_NOTE).is_some() || note.trim().is_empty();
    if reply.questions.iter().any(is_bad)
        || reply.assumptions.iter().any(|taken| is_bad(&taken.what) || is_bad(&taken.why))
    {
        return Err(vec![format!("a question or assumption is empty or has more than {MAX_NOTE} characters")]);
    }
    Ok(reply)
}

/// The first JSON object in a text, which may stand in a code fence or between words.
fn json_in(text: &str) -> Result<Value, Vec<String>> {
    let start = text.find('{').ok_or_else(|| vec!["the answer has no JSON object".to_owned()])?;
    let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter();
    match values.next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(vec![format!("the answer is no JSON: {error}")]),
        None => Err(vec!["the answer has no JSON object".to_owned()]),
    }
}

/// Holds a reply against what can be made of it: an intent that composes, or questions.
///
/// # Errors
/// What cannot be made of it.
pub(crate) fn judge(reply: Reply, has_mesh: bool) -> Result<Understanding, Vec<String>> {
    let Reply { intent, questions, assumptions } = reply;
    if questions.is_empty() {
        let problems = problems(&intent, has_mesh);
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    let ask = |text: String| Question { text, about: Vec::new() };
    let assume = |Taken { what, why }| Assumption { what, why };
    Ok(Understanding {
        intent,
        questions: questions.into_iter().map(ask).collect(),
        assumptions: assumptions.into_iter().map(assume).collect(),
        ..Understanding::default()
    })
}

/// What composing an intent has to ask, which a model should have asked itself or got right.
fn problems(intent: &Intent, has_mesh: bool) -> Vec<String> {
    if *intent == Intent::default() {
        return vec!["the intent is empty and nothing is asked".to_owned()];
    }
    let mut probe = intent.clone();
    if !has_mesh {
        // From where something is to be taken, or where it is renamed, is for the author to say, not for the model.
        probe.removals.clear();
        probe.renames.clear();
        probe.taggings.clear();
        probe.likenesses.clear();
        if probe == Intent::default() {
            return Vec::new();
        }
    }
    compose(&probe).questions.into_iter().map(|question| question.text).take(MAX_PROBLEMS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let read = read(&Said::Text(text.to_owned())).and_then(|reply| judge(reply, false));
        let said = match read {
            Ok(understanding) => serde_json::to_string(&understanding.intent).unwrap(),
            Err(problems) => problems.join("; "),
        };
        assert!(said.contains(expected), "{text}: {said}");
    }

    #[test]
    fn json_is_found_in_a_fence_and_between_words() {
        let intent = r#"{"mesh":{"name":"shop","action":"create"}}"#;
        for text in [
            format!(r#"{{"intent":{intent}}}"#),
            format!("```json\n{{\"intent\": {intent}}}\n```\n"),
            format!("Here it is:\n{{\"intent\": {intent}, \"questions\": []}}\nDone."),
        ] {
            check(&text, intent);
        }
    }

    #[test]
    fn what_is_no_reply_is_said_with_its_place() {
        check("I cannot.", "the answer has no JSON object");
        check(r#"{"intent": {"mesh""#, "the answer is no JSON: EOF");
        check(r#"{"intent": {}, "shell": "rm"}"#, "unknown field `shell`");
        check(r#"{"intent": {"virtualNodes": [{"nam": 1}]}}"#, "at `intent.virtualNodes[0].nam`: unknown field `nam`");
        check(r#"{"intent": {}}"#, "the intent is empty and nothing is asked");
        check(&format!(r#"{{"intent": {}1{}}}"#, "[".repeat(500), "]".repeat(500)), "recursion limit");
        check(r#"{"questions": [" "]}"#, "a question or assumption is empty");
        check(&format!(r#"{{"intent": {{"environments": ["{}"]}}}}"#, "x".repeat(64_000)), "bytes, more than 64000");
    }

    #[test]
    fn an_impossible_value_is_said() {
        let node = r#"{"name": "a", "listeners": [{"port": 99999, "protocol": "http"}]}"#;
        check(&format!(r#"{{"intent": {{"virtualNodes": [{node}]}}}}"#), "99999");
    }

    #[test]
    fn what_a_model_asks_is_asked() {
        let said =
            Said::Text(r#"{"questions": ["Which port?"], "assumptions": [{"what": "a", "why": "b"}]}"#.to_owned());
        let understanding = judge(read(&said).unwrap(), false).unwrap();
        assert_eq!(understanding.questions[0].text, "Which port?");
        assert_eq!(understanding.assumptions[0].what, "a");
    }

    #[test]
    fn a_removal_without_a_file_is_not_the_models_fault() {
        check(r#"{"intent": {"removals": [{"kind": "resource", "name": "v1"}]}}"#, "v1");
    }

    #[test]
    fn the_schema_is_the_intents_and_closed() {
        let schema = schema();
        assert_eq!(schema["additionalProperties"], false);
        assert!(schema["$defs"]["Intent"]["properties"]["virtualNodes"].is_object(), "{schema:#}");
    }
}
