//! Amazon Bedrock's Converse API, with a Bedrock API key as bearer token.
//!
//! The limit of tokens is the model's own, as Converse sets it where none is named; no tool is forced, as few models take that.
//!
//! Source: Amazon Bedrock API reference, Converse; user guide, "Use an Amazon Bedrock API key"; botocore's service model.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::prompt::{Form, Prompt, TOOL};
use crate::provider::Access;
use crate::reply::{Said, Stop};
use crate::transport::Call;

pub(crate) fn call(access: &Access, prompt: &Prompt, form: Form) -> Call {
    let mut body = json!({
        "system": [{"text": prompt.system}],
        "messages": [{"role": "user", "content": [{"text": prompt.user}]}],
    });
    if form == Form::Structured {
        let spec = json!({"name": TOOL.name, "description": TOOL.description, "inputSchema": {"json": prompt.schema}});
        body["toolConfig"] = json!({"tools": [{"toolSpec": spec}]});
    }
    let headers = access.key.iter().map(|key| ("authorization", format!("Bearer {}", key.reveal()))).collect();
    Call { url: format!("{}/model/{}/converse", access.endpoint.base, encoded(&access.model)), headers, body }
}

/// A model's identifier or ARN as one segment of a path.
fn encoded(model: &str) -> String {
    model.bytes().fold(String::new(), |mut path, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}

/// What the model says, or why it stopped.
pub(crate) fn read(answer: &Value) -> Result<Said, Stop> {
    let reason = answer["stopReason"].as_str().unwrap_or_default();
    match reason {
        "guardrail_intervened" | "content_filtered" => return Err(Stop::Refusal(reason.to_owned())),
        "max_tokens" | "model_context_window_exceeded" => return Err(Stop::Truncated(reason.to_owned())),
        _ => {}
    }
    let content = answer.pointer("/output/message/content").and_then(Value::as_array);
    let blocks = content.ok_or(Stop::NotTheInterface("it has no `output.message.content`"))?;
    let tool = blocks.iter().map(|block| &block["toolUse"]).find(|tool| tool["name"] == TOOL.name);
    if let Some(tool) = tool {
        return Ok(Said::Structured(tool["input"].clone()));
    }
    Ok(Said::Text(blocks.iter().filter_map(|block| block["text"].as_str()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_one_segment_of_the_path() {
        assert_eq!(encoded("eu.anthropic.claude-v1:0"), "eu.anthropic.claude-v1%3A0");
        assert_eq!(
            encoded("arn:aws:bedrock:eu-west-1:1:inference-profile/x"),
            "arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Fx"
        );
        assert_eq!(encoded("../x?y#z"), "..%2Fx%3Fy%23z");
    }
}
