//! What is sent, and what good answers give.

use meshwright_llm::{Limits, Provider, Request, ask};
use serde_json::{Value, json};

use crate::server::Server;
use crate::{ALL, KEY, MODEL, REQUEST, access, answer, good, outcome, play, text_answer};

#[test]
fn a_good_answer_is_an_intent() {
    for provider in ALL {
        let (read, server) = outcome(provider, vec![play(&answer(provider, &good()))]);
        let read = read.unwrap();
        let name = read.understanding.intent.mesh.unwrap().name.unwrap();
        assert_eq!((name.as_str(), read.tries), ("shop", 1), "{provider:?}");
        assert_eq!(read.understanding.assumptions[0].what, "shop is the mesh");
        assert_eq!(server.asked().len(), 1);
    }
}

#[test]
fn an_answer_in_a_code_fence_will_do() {
    for provider in ALL {
        let text = format!("Sure, here you are:\n```json\n{:#}\n```\nAnything else?", good());
        let (read, _server) = outcome(provider, vec![play(&text_answer(provider, &text))]);
        assert_eq!(read.unwrap().tries, 1, "{provider:?}");
    }
}

#[test]
fn questions_of_the_model_are_questions() {
    for provider in ALL {
        let reply = json!({"intent": {}, "questions": ["On which port does it listen?"]});
        let (read, _server) = outcome(provider, vec![play(&answer(provider, &reply))]);
        assert_eq!(read.unwrap().understanding.questions[0].text, "On which port does it listen?");
    }
}

/// The schema that a body holds, where the provider's interface has it.
fn schema(provider: Provider, body: &Value) -> &Value {
    match provider {
        Provider::Anthropic => &body["tools"][0]["input_schema"],
        Provider::OpenAi => &body["response_format"]["json_schema"]["schema"],
        Provider::Bedrock => &body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"],
    }
}

#[test]
fn request_and_schema_are_sent_and_the_key_in_one_header() {
    for provider in ALL {
        let (_, server) = outcome(provider, vec![play(&answer(provider, &good()))]);
        let asked = server.asked().remove(0);
        let line = match provider {
            Provider::Anthropic => "post /v1/messages http/1.1",
            Provider::OpenAi => "post /chat/completions http/1.1",
            Provider::Bedrock => "post /model/model%3a1%2fx/converse http/1.1",
        };
        assert_eq!(asked.head.lines().next(), Some(line));
        let header = match provider {
            Provider::Anthropic => format!("\nx-api-key: {KEY}"),
            Provider::OpenAi | Provider::Bedrock => format!("\nauthorization: bearer {KEY}"),
        };
        assert_eq!(asked.head.matches(KEY).count(), 1);
        assert!(asked.head.contains(&header), "{}", asked.head);
        assert!(!asked.body.contains(KEY));
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        assert_eq!(schema(provider, &body)["$defs"]["Intent"]["additionalProperties"], false, "{provider:?}");
        let messages = body["messages"].to_string();
        // As JSON has it, quotes and all.
        assert!(messages.contains(json!(REQUEST).to_string().trim_matches('"')), "{messages}");
        assert_eq!(body["model"], if provider == Provider::Bedrock { Value::Null } else { json!(MODEL) });
        // What new models refuse.
        for refused in ["tool_choice", "toolChoice", "temperature", "thinking", "max_tokens\":0"] {
            assert!(!asked.body.contains(refused), "{provider:?}: {refused}");
        }
    }
}

#[test]
fn the_mesh_is_sent_only_where_there_is_one() {
    for provider in ALL {
        for mesh in [None, Some(r#"{"meshName": "at-hand"}"#.to_owned())] {
            let server = Server::start(vec![play(&answer(provider, &good()))]);
            let names: Vec<String> = mesh.iter().map(|_| "virtual node ${Stage}-orders".to_owned()).collect();
            let request = Request { text: REQUEST.to_owned(), mesh: mesh.clone(), names };
            ask(&access(provider, &server), Limits::default(), &request, &mut |_| {}).unwrap();
            let body = &server.asked()[0].body;
            assert_eq!(body.contains("at-hand"), mesh.is_some());
            assert_eq!(body.contains("virtual node ${Stage}-orders"), mesh.is_some());
        }
    }
}
