//! Answers that are no intent: what is said back, and when it ends.

use meshwright_llm::{Error, Limits, MAX_TRIES, Provider, ask};
use serde_json::{Value, json};

use crate::server::{Play, Server};
use crate::{ALL, access, answer, good, outcome, play, request, text_answer};

/// Two tries: a wrong reply, then the right one; what was said of the wrong one.
fn feedback(provider: Provider, wrong: &Value) -> String {
    let (read, server) = outcome(provider, vec![play(wrong), play(&answer(provider, &good()))]);
    assert_eq!(read.unwrap().tries, 2, "{provider:?}");
    let bodies = server.asked();
    assert!(!bodies[0].body.contains("not accepted"));
    let body: Value = serde_json::from_str(&bodies[1].body).unwrap();
    let message = &body["messages"].as_array().unwrap().last().unwrap()["content"];
    message.as_str().or(message[0]["text"].as_str()).unwrap().to_owned()
}

#[test]
fn what_is_wrong_is_said_back() {
    for provider in ALL {
        let wrong = json!({"intent": {"virtualNodes": [{"name": "a", "listeners": [{"prot": 8080}]}]}});
        let said = feedback(provider, &answer(provider, &wrong));
        assert!(said.contains("`intent.virtualNodes[0].listeners[0].prot`: unknown field `prot`"), "{said}");
        assert!(said.contains(&wrong.to_string()), "{said}");
        let said = feedback(provider, &text_answer(provider, "I would rather write a template."));
        assert!(said.contains("the answer has no JSON object"), "{said}");
    }
}

#[test]
fn a_value_that_no_mesh_can_have_is_said_back() {
    let wrong = json!({"intent": {"virtualNodes": [{"name": "a", "listeners": [{"port": 99999}]}]}});
    for provider in ALL {
        let said = feedback(provider, &answer(provider, &wrong));
        assert!(said.contains("99999") && said.contains("65535"), "{said}");
    }
}

#[test]
fn always_wrong_ends() {
    for provider in ALL {
        let wrong = json!({"intent": {"mesh": {"name": "shop", "shell": "rm -rf /"}}});
        let mut tries = Vec::new();
        let server = Server::start(vec![play(&answer(provider, &wrong))]);
        let result =
            ask(&access(provider, &server), Limits::default(), &request(), &mut |progress| tries.push(progress.tries));
        let error = result.unwrap_err();
        assert!(matches!(error, Error::NotAccepted { tries: MAX_TRIES, .. }), "{error}");
        assert!(error.to_string().contains("`intent.mesh.shell`: unknown field `shell`"), "{error}");
        assert_eq!((tries, server.asked().len()), (vec![1, 2, 3], MAX_TRIES));
    }
}

#[test]
fn a_server_that_knows_no_such_form_is_asked_without_it() {
    for (provider, why) in [
        (Provider::OpenAi, json!({"error": {"message": "This response_format type is unavailable now"}})),
        (Provider::Bedrock, json!({"message": "This model doesn't support tool use."})),
    ] {
        let plays = vec![Play::status(400, why.to_string()), play(&text_answer(provider, &good().to_string()))];
        let (read, server) = outcome(provider, plays);
        assert_eq!(read.unwrap().tries, 1);
        let body = &server.asked()[1].body;
        assert!(!body.contains("response_format") && !body.contains("toolConfig"));
        assert!(body.contains("additionalProperties"), "the schema is in the instructions");
    }
    let (result, server) =
        outcome(Provider::OpenAi, vec![Play::status(400, r#"{"error": {"message": "no response_format"}}"#)]);
    assert!(matches!(result.unwrap_err(), Error::Rejected { status: 400, .. }));
    assert_eq!(server.asked().len(), 2);
}
