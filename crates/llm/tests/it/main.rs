//! Models that answer well, wrongly, and with ill intent, in the words of all three interfaces.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod hostile;
mod server;
mod tries;
mod words;

use std::time::Duration;

use meshwright_llm::{Access, Environment, Error, Limits, Provider, Read, Request, Variables, ask};
use serde_json::{Value, json};

use server::{Play, Server};

/// A key that must be seen in one header of the request and nowhere else.
const KEY: &str = "sk-secret-0123456789";
const MODEL: &str = "model:1/x";
const REQUEST: &str = "a mesh called \"shop\", please";
const ALL: [Provider; 3] = [Provider::Anthropic, Provider::OpenAi, Provider::Bedrock];

/// Access to a provider that the server plays.
fn access(provider: Provider, server: &Server) -> Access {
    access_to(provider, &server.url()).unwrap()
}

fn access_to(provider: Provider, url: &str) -> Result<Access, Error> {
    let variables =
        || Variables { base_url: Some(url.to_owned()), key: Some(KEY.to_owned()), model: Some(MODEL.to_owned()) };
    let environment =
        Environment { anthropic: variables(), openai: variables(), bedrock: variables(), ..Environment::default() };
    Access::choose(Some(provider), None, &environment)
}

fn request() -> Request {
    Request { text: REQUEST.to_owned(), ..Request::default() }
}

fn put(access: &Access) -> Result<Read, Error> {
    let result = ask(access, Limits { timeout: Duration::from_secs(20) }, &request(), &mut |_| {});
    let shown = format!("{result:?} {}", result.as_ref().err().map(ToString::to_string).unwrap_or_default());
    assert!(!shown.contains(KEY), "the key is shown: {shown}");
    result
}

/// What comes of a question to a server that plays this.
fn outcome(provider: Provider, plays: Vec<Play>) -> (Result<Read, Error>, Server) {
    let server = Server::start(plays);
    (put(&access(provider, &server)), server)
}

/// The message of the error that it comes to.
fn failure(provider: Provider, play: Play) -> String {
    let (result, _server) = outcome(provider, vec![play]);
    let error = result.unwrap_err().to_string();
    assert!(!error.contains('\n') && !error.ends_with('.'), "{error}");
    error
}

/// An answer in the provider's form, with the model's text in it.
fn text_answer(provider: Provider, text: &str) -> Value {
    match provider {
        Provider::Anthropic => json!({"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL,
            "content": [{"type": "thinking", "thinking": "", "signature": "x"}, {"type": "text", "text": text}],
            "stop_reason": "end_turn", "stop_sequence": null, "usage": {"input_tokens": 1, "output_tokens": 1}}),
        Provider::OpenAi => json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": MODEL,
            "choices": [{"index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": text, "refusal": null}}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}),
        Provider::Bedrock => json!({"metrics": {"latencyMs": 1}, "stopReason": "end_turn",
            "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
            "usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}),
    }
}

/// An answer in the form that the provider was asked for.
fn answer(provider: Provider, reply: &Value) -> Value {
    let mut answer = text_answer(provider, &reply.to_string());
    match provider {
        Provider::Anthropic => {
            answer["content"][1] = json!({"type": "tool_use", "id": "toolu_1", "name": "give_intent", "input": reply});
            answer["stop_reason"] = json!("tool_use");
        }
        Provider::OpenAi => {}
        Provider::Bedrock => {
            let tool = json!({"toolUse": {"toolUseId": "t1", "name": "give_intent", "input": reply}});
            answer["output"]["message"]["content"] = json!([{"text": "Reading."}, tool]);
            answer["stopReason"] = json!("tool_use");
        }
    }
    answer
}

fn play(value: &Value) -> Play {
    Play::ok(value.to_string())
}

/// A reply that is right.
fn good() -> Value {
    json!({
        "intent": {"mesh": {"name": "shop", "action": "create"}},
        "assumptions": [{"what": "shop is the mesh", "why": "the request says so"}],
    })
}
