//! Anthropic's Messages API.
//!
//! The answer is asked for as a call of a tool whose input is the reply. No tool is forced, no temperature and no thinking is
//! set: models from Claude Sonnet 5.5 on refuse each of them with 400.
//!
//! Source: platform.claude.com: API reference, Messages; stop reasons; Claude Sonnet 5.5 migration guide.

use serde_json::{Value, json};

use crate::prompt::{Form, Prompt, TOOL};
use crate::provider::Access;
use crate::reply::{Said, Stop};
use crate::transport::Call;

/// The longest answer that is asked for, in tokens, what the model thinks included. Every model on offer can do it.
const MAX_TOKENS: u32 = 16_000;

pub(crate) fn call(access: &Access, prompt: &Prompt, form: Form) -> Call {
    let base = access.endpoint.base.trim_end_matches("/v1");
    let mut body = json!({
        "model": access.model,
        "max_tokens": MAX_TOKENS,
        "system": prompt.system,
        "messages": [{"role": "user", "content": prompt.user}],
    });
    if form == Form::Structured {
        body["tools"] = json!([{"name": TOOL.name, "description": TOOL.description, "input_schema": prompt.schema}]);
    }
    let mut headers = vec![("anthropic-version", "2023-06-01".to_owned())];
    headers.extend(access.key.iter().map(|key| ("x-api-key", key.reveal().to_owned())));
    Call { url: format!("{base}/v1/messages"), headers, body }
}

/// What the model says, or why it stopped.
pub(crate) fn read(answer: &Value) -> Result<Said, Stop> {
    let reason = answer["stop_reason"].as_str().unwrap_or_default();
    match reason {
        "refusal" => {
            let why = answer.pointer("/stop_details/explanation").and_then(Value::as_str);
            return Err(Stop::Refusal(why.unwrap_or(reason).to_owned()));
        }
        "max_tokens" | "model_context_window_exceeded" => return Err(Stop::Truncated(reason.to_owned())),
        _ => {}
    }
    let blocks = answer["content"].as_array().ok_or(Stop::NotTheInterface("it has no `content`"))?;
    let of_kind = |kind: &'static str| blocks.iter().filter(move |block| block["type"] == kind);
    if let Some(tool) = of_kind("tool_use").find(|block| block["name"] == TOOL.name) {
        return Ok(Said::Structured(tool["input"].clone()));
    }
    Ok(Said::Text(of_kind("text").filter_map(|block| block["text"].as_str()).collect()))
}
