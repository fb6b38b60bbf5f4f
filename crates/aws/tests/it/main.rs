//! The client against servers that answer late, wrongly, too much or not at all.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../../../llm/tests/it/server.rs"]
#[expect(dead_code, reason = "some plays are for the crate that they were written for")]
mod server;

use std::io::Write;
use std::time::{Duration, Instant};

use meshwright_aws::{Client, Limits, MAX_ANSWER, Options, PARALLEL};
use meshwright_model::Kind;
use meshwright_model::api::{Call, Event, Failure, MeshApi};
use meshwright_model::operation::{Operation, Target};
use serde_json::{Value, json};
use server::{Play, Server};

fn client_of(url: &str, limits: Limits) -> Client {
    Client::new(&Options { endpoint_url: Some(url.to_owned()), ..Options::default() }, limits).unwrap()
}

fn client(server: &Server) -> Client {
    let limits = Limits { timeout: Duration::from_millis(400), attempts: Some(3), ..Limits::default() };
    client_of(&format!("http://{}", server.address), limits)
}

fn list() -> Call {
    Call::new(Operation::List(Kind::Mesh), Target::default())
}

fn meshes() -> Play {
    Play::ok(r#"{"meshes": []}"#)
}

fn refusal(status: u16, exception: &'static str) -> Play {
    Play::status(status, r#"{"message": "no"}"#).with("x-amzn-ErrorType", exception)
}

/// What a call comes to, and how often it was tried.
fn tried(plays: Vec<Play>) -> (Result<Value, Failure>, usize) {
    let server = Server::start(plays);
    let answer = client(&server).call(&list());
    let tries = server.asked().len();
    (answer, tries)
}

#[test]
fn what_may_go_well_the_next_time_is_tried_again() {
    for bad in [
        refusal(429, "TooManyRequestsException"),
        refusal(500, "InternalServerErrorException"),
        refusal(503, "ServiceUnavailableException"),
        refusal(400, "ThrottlingException"),
        Play::status(502, "<html>bad gateway</html>"),
        Play::Close { after: b"" },
        Play::Close { after: b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"mesh" },
    ] {
        let (answer, tries) = tried(vec![bad.clone(), meshes()]);
        assert_eq!((answer, tries), (Ok(json!({"meshes": []})), 2), "{bad:?}");
    }
}

#[test]
fn a_late_answer_is_asked_for_again() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let plays = std::thread::spawn(move || {
        let silent = listener.accept().unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let answer = "{\"meshes\": []}";
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
        stream.write_all(format!("{head}{answer}").as_bytes()).unwrap();
        drop(silent);
    });
    let limits = Limits { timeout: Duration::from_millis(300), attempts: Some(2), ..Limits::default() };
    assert_eq!(client_of(&url, limits).call(&list()), Ok(json!({"meshes": []})));
    plays.join().unwrap();
}

#[test]
fn tries_end() {
    let (answer, tries) = tried(vec![refusal(429, "TooManyRequestsException")]);
    let why = answer.unwrap_err();
    assert_eq!(why.to_string(), "TooManyRequestsException: no (asked 3 times; AWS_MAX_ATTEMPTS says how often)");
    assert_eq!(tries, 3);
}

/// A client that nobody told how often to try, with short pauses.
fn patient(server: &Server) -> Client {
    client_of(&format!("http://{}", server.address), Limits { pause: Duration::from_millis(4), ..Limits::default() })
}

#[test]
fn many_calls_that_are_too_many_become_fewer_at_a_time() {
    // A burst that is too much, and one more after a few answers, as of a bucket that is filled by and by. Neither has more refusals than the
    // client bears without an answer, since on a busy machine each may come alone.
    let too_many = || refusal(429, "TooManyRequestsException");
    let plays = [vec![too_many(); 8], vec![meshes(); 5], vec![too_many(); 7], vec![meshes()]].concat();
    let server = Server::start(plays);
    let calls: Vec<Call> = (0..30).map(|_| list()).collect();
    let mut events = Vec::new();
    let answers = patient(&server).call_all(&calls, &mut |event| events.push(event));
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(events.iter().filter(|event| **event == Event::Answered).count(), 30);
    assert_eq!(events[0], Event::Slowed { at_a_time: 4 });
    assert!(events.contains(&Event::Slowed { at_a_time: 1 }), "{events:?}");
}

#[test]
fn calls_that_are_too_many_however_few_they_are_end() {
    let server = Server::start(vec![refusal(400, "ThrottlingException")]);
    let calls: Vec<Call> = (0..1000).map(|_| list()).collect();
    let answers = patient(&server).call_all(&calls, &mut |_| {});
    assert!(answers.iter().all(Result::is_err));
    let why = answers[0].clone().unwrap_err().to_string();
    assert!(why.contains("still so with one call at a time and pauses between; try again later"), "{why}");
    assert!(server.asked().len() < 40, "{}", server.asked().len());
}

#[test]
fn what_will_not_change_is_not_tried_again() {
    for (status, exception) in [
        (400, "BadRequestException"),
        (400, "LimitExceededException"),
        (403, "ForbiddenException"),
        (404, "NotFoundException"),
        (409, "ConflictException"),
        (409, "ResourceInUseException"),
    ] {
        let (answer, tries) = tried(vec![refusal(status, exception)]);
        let refused = Failure::Refused { exception: exception.to_owned(), status, message: "no".to_owned() };
        assert_eq!((answer, tries), (Err(refused), 1));
    }
}

#[test]
fn an_error_is_named_in_three_ways() {
    let name = |play: Play| match tried(vec![play]).0 {
        Err(Failure::Refused { exception, .. }) => exception,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(refusal(404, "NotFoundException:http://internal.amazon.com/coral/")), "NotFoundException");
    assert_eq!(name(Play::status(404, r#"{"code": "NotFoundException", "message": "x"}"#)), "NotFoundException");
    assert_eq!(
        name(Play::status(404, r#"{"__type": "com.amazonaws.appmesh#NotFoundException"}"#)),
        "NotFoundException"
    );
}

#[test]
fn what_does_not_speak_the_api_is_told_so() {
    let why = |play: Play| tried(vec![play]).0.unwrap_err().to_string();
    let html = why(Play::ok("<html>hello</html>"));
    assert!(html.contains("does not speak the App Mesh API") && html.contains("<html>hello"), "{html}");
    assert!(why(Play::ok("[]")).contains("no object of JSON"));
    let moved = why(Play::status(302, "").with("location", "http://elsewhere/"));
    assert!(moved.contains("status 302 without a word"), "{moved}");
    assert!(why(Play::Close { after: b"SSH-2.0-OpenSSH_9\r\n" }).contains("does not speak the App Mesh API"));
}

#[test]
fn answers_are_bounded_in_size_and_time() {
    let endless = tried(vec![Play::Endless]).0.unwrap_err().to_string();
    let is_bounded = endless.contains(&format!("more than {MAX_ANSWER} bytes")) || endless.contains("within 0.4 s");
    assert!(is_bounded, "{endless}");
    let start = Instant::now();
    let silence = tried(vec![Play::Silence]).0.unwrap_err().to_string();
    assert!(silence.contains("has not answered within 0.4 s"), "{silence}");
    assert!(start.elapsed() < Duration::from_secs(8), "three tries of 0.4 s, and 3 s of pauses at most");
    let large = format!(r#"{{"meshes": [], "more": "{}"}}"#, "x".repeat(MAX_ANSWER));
    let server = Server::start(vec![Play::ok(large)]);
    let limits = Limits { timeout: Duration::from_secs(20), ..Limits::default() };
    let why = client_of(&format!("http://{}", server.address), limits).call(&list()).unwrap_err().to_string();
    assert!(why.contains("more than"), "{why}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn where_nobody_is_the_answer_says_what_to_do() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limits = Limits { attempts: Some(1), ..Limits::default() };
    let why = client_of(&format!("http://{address}"), limits).call(&list()).unwrap_err().to_string();
    assert_eq!(
        why,
        format!(
            "http://{address} does not answer: the connection is refused; start it with `meshwright serve`, or give the address of \
             another with --endpoint-url"
        )
    );
}

#[test]
fn many_calls_are_answered_in_their_order() {
    // One after the other, as the server has one thread: the order of questions is any.
    let server = Server::start(vec![meshes()]);
    let calls: Vec<Call> = (0..30).map(|_| list()).collect();
    let mut done = 0;
    let answers = client(&server).call_all(&calls, &mut |_| done += 1);
    assert_eq!((answers.len(), done, server.asked().len()), (30, 30, 30));
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[test]
fn where_one_call_is_lost_the_others_are_not_waited_for() {
    let server = Server::start(vec![Play::Silence]);
    let limits = Limits { timeout: Duration::from_millis(200), attempts: Some(1), ..Limits::default() };
    let client = client_of(&format!("http://{}", server.address), limits);
    let calls: Vec<Call> = (0..1000).map(|_| list()).collect();
    let start = Instant::now();
    let answers = client.call_all(&calls, &mut |_| {});
    assert!(answers.iter().all(Result::is_err));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(server.asked().len() <= PARALLEL);
}

#[test]
fn a_call_says_what_the_api_expects() {
    let server = Server::start(vec![meshes()]);
    let target = Target { mesh: "a/b".to_owned(), parent: None, name: None };
    let call = Call::new(Operation::Create(Kind::VirtualNode), target).with_member("virtualNodeName", "x");
    client(&server).call(&call).unwrap();
    client(&server).call(&list()).unwrap();
    let asked = server.asked();
    assert!(asked[0].head.starts_with("put /v20190125/meshes/a%2fb/virtualnodes http/1.1\r\n"), "{}", asked[0].head);
    assert!(asked[0].head.contains("content-type: application/json"));
    assert_eq!(asked[0].body, r#"{"virtualNodeName":"x"}"#);
    assert!(asked[1].head.starts_with("get /v20190125/meshes http/1.1\r\n"), "{}", asked[1].head);
    assert!(!asked[1].head.contains("content-length"), "{}", asked[1].head);
}
