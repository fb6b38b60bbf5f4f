//! `generate --llm`, against a server on loopback that plays a model.

use std::process::Command;

use serde_json::{Value, json};

use crate::server::{Play, Server};
use crate::{Run, run_command};

const KEY: &str = "sk-secret-0123456789";
const REQUEST: &str = "eine Mesh namens shop";

/// Every variable that is looked at; none of the surroundings of the tests may play in.
const VARIABLES: &[&str] = &[
    "ANTHROPIC_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_MODEL",
    "OPENAI_BASE_URL",
    "OPENAI_API_KEY",
    "OPENAI_MODEL",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_BEARER_TOKEN_BEDROCK",
    "BEDROCK_MODEL",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Runs `generate` with these variables and no others.
fn generate(variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    generate_with(b"", variables, arguments)
}

/// Likewise, with something on standard input.
fn generate_with(input: &[u8], variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied()).arg("generate").args(arguments);
    let run = run_command(&mut command, input);
    assert!(!run.out.contains(KEY) && !run.err.contains(KEY), "the key is shown: {} {}", run.out, run.err);
    run
}

fn anthropic(reply: &Value) -> Play {
    let content = json!([{"type": "tool_use", "id": "t", "name": "give_intent", "input": reply}]);
    Play::ok(json!({"type": "message", "content": content, "stop_reason": "tool_use"}).to_string())
}

fn openai(text: &str) -> Play {
    let message = json!({"role": "assistant", "content": text});
    Play::ok(json!({"choices": [{"message": message, "finish_reason": "stop"}]}).to_string())
}

fn good() -> Value {
    json!({"intent": {"mesh": {"name": "shop", "action": "create", "egress": "dropAll"}}})
}

#[test]
fn a_model_reads_the_request_and_the_answer_goes_the_usual_way() {
    let server = Server::start(vec![anthropic(&json!({"intent": {"nodes": []}})), anthropic(&good())]);
    let url = server.url();
    let variables = [("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY), ("ANTHROPIC_MODEL", "m1")];
    let run = generate(&variables, &["--llm", REQUEST]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("AWS::AppMesh::Mesh") && run.out.contains("DROP_ALL"), "{}", run.out);
    let whom = format!("assumed: m1 at {} understood the request rightly", server.address);
    assert!(run.err.contains(&whom), "{}", run.err);
    assert!(!run.err.contains("asking"), "progress is for terminals: {}", run.err);
    let asked = server.asked();
    assert!(asked[0].body.contains(REQUEST) && asked[0].body.contains("virtualGateways"));
    assert!(asked[1].body.contains("unknown field `nodes`"), "{}", asked[1].body);
}

#[test]
fn a_request_on_standard_input_is_read_by_a_model_too() {
    let server = Server::start(vec![anthropic(&good())]);
    let url = server.url();
    let variables = [("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY)];
    let run = generate_with(REQUEST.as_bytes(), &variables, &["--llm", "-"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(server.asked()[0].body.contains(REQUEST));
}

#[test]
fn each_provider_is_asked_under_its_own_variables() {
    let text = good().to_string();
    let converse = json!({"output": {"message": {"content": [{"text": &text}]}}, "stopReason": "end_turn"}).to_string();
    for (flag, base, key, play) in [
        ("--llm", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", anthropic(&good())),
        ("--llm=openai", "OPENAI_BASE_URL", "OPENAI_API_KEY", openai(&text)),
        ("--llm=bedrock", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_BEARER_TOKEN_BEDROCK", Play::ok(converse)),
    ] {
        let server = Server::start(vec![play]);
        let url = server.url();
        let run = generate(&[(base, &url), (key, KEY)], &[flag, "--model", "m2", "--format", "json", REQUEST]);
        assert_eq!(run.code, 0, "{flag}: {}", run.err);
        let answer: Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(answer["intent"]["mesh"]["name"], "shop");
        assert!(answer["assumptions"][0]["what"].as_str().unwrap().starts_with("m2 at 127.0.0.1:"));
        let asked = server.asked();
        assert!(asked[0].head.contains(KEY) && !asked[0].body.contains(KEY));
    }
}

#[test]
fn what_the_model_asks_is_asked_and_gives_1() {
    let server = Server::start(vec![openai(r#"{"questions": ["Which mesh \u001b[31mis it?"]}"#)]);
    let run = generate(&[("OPENAI_BASE_URL", &server.url()), ("OPENAI_MODEL", "m")], &["--llm", "a route"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("question: Which mesh "), "{}", run.err);
    assert!(!run.err.contains('\u{1b}'), "{:?}", run.err);
    assert!(!server.asked()[0].head.contains("authorization"));
}

#[test]
fn what_cannot_be_asked_gives_2_and_no_answer() {
    let check = |variables: &[(&str, &str)], arguments: &[&str], part: &str| {
        let run = generate(variables, arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(part), "{part} is not in: {}", run.err);
    };
    check(&[], &["--llm", REQUEST], "error: --llm: no language model is set up: set ANTHROPIC_API_KEY");
    check(&[], &["--llm=bedrock", REQUEST], "set AWS_BEARER_TOKEN_BEDROCK");
    check(&[("OPENAI_API_KEY", KEY)], &["--llm", REQUEST], "set OPENAI_MODEL or give --model NAME");
    let bedrock = [("AWS_BEARER_TOKEN_BEDROCK", KEY), ("BEDROCK_MODEL", "m")];
    check(&bedrock, &["--llm", REQUEST], "set AWS_REGION");
    let plain = [("ANTHROPIC_API_KEY", KEY), ("ANTHROPIC_BASE_URL", "http://llm.example.com")];
    check(&plain, &["--llm", REQUEST], "the key would go to llm.example.com unencrypted");
    check(&[], &["--llm", &"x".repeat(100_001)], "the request has 100001 bytes");
    check(&[], &["--model", "m", REQUEST], "--llm");
    check(&[], &["--llm", "--intent", "x.json"], "cannot be used with");
    let server =
        Server::start(vec![Play::status(401, format!("{{\"error\": {{\"message\": \"{KEY}\\u001b[31m\"}}}}"))]);
    let url = server.url();
    let variables = [("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY)];
    check(&variables, &["--llm", REQUEST], "does not accept the key (401): [key] [31m");
    let silent = Server::start(vec![Play::Silence]);
    let url = silent.url();
    let variables = [("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY)];
    check(&variables, &["--llm", "--llm-timeout", "1", REQUEST], "did not answer within 1 s");
}

#[test]
fn nothing_is_sent_without_the_flag() {
    let server = Server::start(vec![anthropic(&good())]);
    let url = server.url();
    let variables = [("ANTHROPIC_BASE_URL", url.as_str()), ("ANTHROPIC_API_KEY", KEY)];
    generate(&variables, &["a mesh called shop"]);
    generate(&variables, &["--llm", " "]);
    assert!(server.asked().is_empty());
}
