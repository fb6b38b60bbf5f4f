//! OpenAI's Chat Completions API, as its many speakers have it.
//!
//! The schema goes into `response_format`, not strict: strict schemas must require every field, and an intent says little.
//! It stands in the instructions too, since a server may constrain the answer without showing the schema to the model. Where a
//! server does not know such a format, the request goes out once more without it.
//!
//! Source: the API reference of Chat Completions; structured outputs guide.

use serde_json::{Value, json};

use crate::prompt::{Form, Prompt, TOOL};
use crate::provider::Access;
use crate::reply::{Said, Stop};
use crate::transport::Call;

pub(crate) fn call(access: &Access, prompt: &Prompt, form: Form) -> Call {
    let mut body = json!({
        "model": access.model,
        "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
    });
    if form == Form::Structured {
        let schema = json!({"name": TOOL.name, "schema": prompt.schema, "strict": false});
        body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
    }
    let headers = access.key.iter().map(|key| ("authorization", format!("Bearer {}", key.reveal()))).collect();
    Call { url: format!("{}/chat/completions", access.endpoint.base), headers, body }
}

/// What the model says, or why it stopped.
pub(crate) fn read(answer: &Value) -> Result<Said, Stop> {
    let choice = answer.pointer("/choices/0").ok_or(Stop::NotTheInterface("it has no `choices`"))?;
    let message = &choice["message"];
    let reason = choice["finish_reason"].as_str().unwrap_or_default();
    if let Some(refusal) = message["refusal"].as_str().filter(|refusal| !refusal.is_empty()) {
        return Err(Stop::Refusal(refusal.to_owned()));
    }
    match reason {
        "content_filter" => return Err(Stop::Refusal(reason.to_owned())),
        "length" => return Err(Stop::Truncated(reason.to_owned())),
        _ => {}
    }
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        Value::Null => String::new(),
        _ => return Err(Stop::NotTheInterface("the message's `content` is no text")),
    };
    Ok(Said::Text(text))
}
