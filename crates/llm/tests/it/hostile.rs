//! Servers that refuse, fail, lie, stall and never end.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use meshwright_llm::{Error, Limits, Provider, ask};
use serde_json::json;

use crate::server::{Play, Server};
use crate::{ALL, KEY, access, access_to, answer, failure, good, outcome, play, put, request, text_answer};

/// An error in the provider's form.
fn refused(provider: Provider, status: u16, kind: &str, message: &str) -> Play {
    let body = match provider {
        Provider::Anthropic => json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "r"}),
        Provider::OpenAi => json!({"error": {"message": message, "type": kind, "param": null, "code": null}}),
        Provider::Bedrock => json!({"message": message}),
    };
    Play::status(status, body.to_string())
}

fn check(provider: Provider, play: Play, parts: &[&str]) {
    let error = failure(provider, play);
    for part in parts {
        assert!(error.contains(part), "{provider:?}: {part} is not in: {error}");
    }
}

#[test]
fn statuses_say_what_to_do() {
    for (provider, key, model) in [
        (Provider::Anthropic, "ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"),
        (Provider::OpenAi, "OPENAI_API_KEY", "OPENAI_MODEL"),
        (Provider::Bedrock, "AWS_BEARER_TOKEN_BEDROCK", "BEDROCK_MODEL"),
    ] {
        let echo = format!("invalid key {KEY}\u{1b}[31m");
        check(provider, refused(provider, 401, "authentication_error", &echo), &["(401): invalid key [key] [31m", key]);
        check(provider, refused(provider, 403, "permission_error", "not yours"), &["(403): not yours", key]);
        check(provider, refused(provider, 404, "not_found_error", "no model"), &["`model:1/x`", "(404)", model]);
        let limited = refused(provider, 429, "rate_limit_error", "slow down");
        check(provider, limited.clone().with("retry-after", "17"), &["(429): slow down", "try again in 17 s"]);
        check(provider, limited.with("retry-after", "Wed, 21 Oct"), &["try again later"]);
        check(provider, refused(provider, 500, "api_error", "oh"), &["(500): oh", "try again later"]);
        check(provider, refused(provider, 529, "overloaded_error", "busy"), &["overloaded (529): busy"]);
        check(provider, refused(provider, 400, "invalid_request_error", "no credit"), &["(400): no credit"]);
        check(provider, Play::status(502, "<html>\nbad\ngateway"), &["(502): <html> bad gateway"]);
        check(provider, Play::status(503, ""), &["(503): it gives no reason"]);
    }
}

#[test]
fn a_status_ends_it_at_once() {
    for status in [401, 404, 429, 500] {
        let (_, server) = outcome(Provider::Anthropic, vec![Play::status(status, "{}")]);
        assert_eq!(server.asked().len(), 1, "{status}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![play(&answer(Provider::Anthropic, &good()))]);
    for status in [301, 302, 303, 307, 308] {
        let redirect = Play::status(status, "").with("location", &elsewhere.url());
        check(Provider::Anthropic, redirect, &["redirects", "is not followed", "ANTHROPIC_BASE_URL"]);
    }
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn a_refusal_and_a_cut_answer_are_named() {
    let mut refusal = text_answer(Provider::Anthropic, "");
    refusal["stop_reason"] = json!("refusal");
    check(Provider::Anthropic, play(&refusal), &["the model declines to answer (refusal)"]);
    refusal["stop_details"] = json!({"type": "refusal", "explanation": "not this"});
    check(Provider::Anthropic, play(&refusal), &["declines to answer (not this)"]);
    refusal["stop_reason"] = json!("max_tokens");
    check(Provider::Anthropic, play(&refusal), &["cut off at the model's limit (max_tokens)"]);

    let mut refusal = text_answer(Provider::OpenAi, "");
    refusal["choices"][0]["message"]["refusal"] = json!("I can't help with that");
    check(Provider::OpenAi, play(&refusal), &["declines to answer (I can't help with that)"]);
    for (reason, part) in [("content_filter", "declines"), ("length", "cut off")] {
        let mut stopped = text_answer(Provider::OpenAi, "{");
        stopped["choices"][0]["finish_reason"] = json!(reason);
        check(Provider::OpenAi, play(&stopped), &[part, reason]);
    }

    for (reason, part) in
        [("guardrail_intervened", "declines"), ("content_filtered", "declines"), ("max_tokens", "cut off")]
    {
        let mut stopped = text_answer(Provider::Bedrock, "{");
        stopped["stopReason"] = json!(reason);
        check(Provider::Bedrock, play(&stopped), &[part, reason]);
    }
}

#[test]
fn what_is_not_the_interface_is_said() {
    for provider in ALL {
        check(provider, Play::ok("<html>welcome</html>"), &["not as the interface does (it is no JSON"]);
        check(provider, Play::ok("{}"), &["it has no `"]);
        check(provider, Play::ok("null"), &["it has no `"]);
        check(provider, Play::ok(b"\xff\xfe{}".to_vec()), &["it is not UTF-8 text"]);
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        check(provider, Play::ok(deep), &["recursion limit"]);
        // As deep as a document may be: the reply itself is then no intent.
        let input: serde_json::Value = serde_json::from_str(&format!("{}{}", "[".repeat(90), "]".repeat(90))).unwrap();
        check(provider, play(&answer(provider, &json!({"intent": input}))), &["no answer in 3 tries"]);
    }
}

#[test]
fn a_body_without_end_is_cut() {
    for provider in ALL {
        check(provider, Play::Endless, &["longer than 1000000 bytes"]);
    }
    let mut large = vec![b' '; 1_000_000];
    large[999_998..].copy_from_slice(b"{}");
    check(Provider::Anthropic, Play::ok(large.clone()), &["it has no `content`"]);
    large.push(b' ');
    check(Provider::Anthropic, Play::ok(large.clone()), &["longer than 1000000 bytes"]);
    check(Provider::Anthropic, Play::status(500, large), &["longer than 1000000 bytes"]);
}

#[test]
fn a_server_that_stalls_or_drips_is_left() {
    for provider in ALL {
        for stall in [Play::Silence, Play::Drip] {
            let server = Server::start(vec![stall]);
            let limits = Limits { timeout: Duration::from_millis(300) };
            let start = Instant::now();
            let error = ask(&access(provider, &server), limits, &request(), &mut |_| {}).unwrap_err();
            assert!(matches!(error, Error::Timeout { .. }), "{error}");
            assert!(error.to_string().contains("within 300 ms"), "{error}");
            assert!(start.elapsed() < Duration::from_secs(8));
        }
    }
}

#[test]
fn a_handshake_that_stalls_is_no_connection() {
    // What is never accepted is connected all the same, and then nothing comes.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let access = access_to(Provider::Anthropic, &format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let limits = Limits { timeout: Duration::from_secs(2) };
    let error = ask(&access, limits, &request(), &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("cannot be reached (no connection within 1 s)"), "{error}");
}

#[test]
fn a_connection_that_ends_early_is_named() {
    for provider in ALL {
        for after in
            [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", b"220 ftp\r\n"]
        {
            check(provider, Play::Close { after }, &["ended the connection before its answer was whole"]);
        }
    }
}

#[test]
fn a_key_that_comes_back_spoils_the_answer() {
    let escaped = KEY.replace('s', "\\u0073");
    for provider in ALL {
        let reply = json!({"intent": {"mesh": {"name": KEY, "action": "create"}}});
        let plain = answer(provider, &reply).to_string();
        check(provider, Play::ok(plain.replace(KEY, &escaped)), &["sent the key back"]);
        check(provider, Play::ok(plain), &["sent the key back"]);
        let wrong = json!({"intent": {}, "questions": 1, (KEY): 2});
        check(
            provider,
            Play::ok(answer(provider, &wrong).to_string().replace(KEY, &escaped)),
            &["no answer in 3 tries"],
        );
    }
}

#[test]
fn nobody_there_is_named() {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let error = put(&access_to(Provider::Anthropic, &format!("http://{free}")).unwrap()).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    // A label of 64 letters has no address anywhere, which takes no network to say.
    let access = access_to(Provider::Anthropic, &format!("https://{}.invalid", "a".repeat(64))).unwrap();
    let error = put(&access).unwrap_err();
    assert!(matches!(error, Error::HostNotFound { .. }), "{error:?}");
    assert!(error.to_string().contains("aaa.invalid cannot be found"), "{error}");
}

#[test]
fn a_server_without_tls_is_not_trusted() {
    let plain = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = plain.local_addr().unwrap();
    let thread = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = plain.accept().unwrap();
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let error = put(&access_to(Provider::OpenAi, &format!("https://{address}")).unwrap()).unwrap_err();
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert!(error.to_string().contains("SSL_CERT_FILE"), "{error}");
    thread.join().unwrap();
}
