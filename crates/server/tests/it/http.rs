//! The API as HTTP has it: what is no operation, no JSON, or too much.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use meshwright_server::http::{MAX_BODY, Settings, serve};
use meshwright_server::{Bounds, Service, listen};
use meshwright_store::{Memory, Store};
use serde_json::Value;

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(Settings::of("us-east-1", "123456789012"))
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self::of(Box::new(Memory::default()), false, settings)
    }

    /// A server over a store, with quotas or without.
    pub(crate) fn over(store: Box<dyn Store>, quotas: bool) -> Self {
        Self::of(store, quotas, Settings::of("us-east-1", "123456789012"))
    }

    fn of(store: Box<dyn Store>, quotas: bool, settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(async { listen(([127, 0, 0, 1], 0).into()) }).unwrap();
        let address = listener.local_addr().unwrap();
        let service = Arc::new(Service::start(store, quotas).unwrap());
        runtime.spawn(serve(listener, service, settings, std::future::pending()));
        Self { address, _runtime: runtime }
    }

    /// Sends bytes, and reads what comes until the connection ends or has nothing more to say.
    pub(crate) fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A request: its status, the error's name, and the body.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, String, Value) {
        self.ask_with(method, path, "", body)
    }

    /// A request with lines of headers of its own.
    fn ask_with(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String, Value) {
        let length = body.len();
        let head = "host: localhost\r\nconnection: close\r\n";
        let mut request =
            format!("{method} {path} HTTP/1.1\r\n{head}{headers}content-length: {length}\r\n\r\n").into_bytes();
        request.extend_from_slice(body);
        let answer = self.send(&request);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        let error = headers.find(|(name, _)| name.eq_ignore_ascii_case("x-amzn-errortype"));
        let error = error.map(|(_, value)| value.to_owned()).unwrap_or_default();
        (status, error, serde_json::from_str(body).unwrap_or_default())
    }
}

#[test]
fn what_is_no_operation_is_told_so() {
    let server = Server::start();
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/v20190125/mesh", 404),
        ("POST", "/v20190125/meshes", 405),
        ("GET", "/v20190125/meshes/%ff", 404),
        ("DELETE", "/v20190125/tags", 405),
    ] {
        let (own, error, body) = server.ask(method, path, b"");
        assert_eq!((own, error.as_str()), (status, "UnknownOperationException"), "{method} {path}");
        assert!(body["message"].is_string(), "{body}");
    }
}

#[test]
fn bodies_that_are_none_are_refused_with_the_reason() {
    let server = Server::start();
    let refused = |body: &[u8], part: &str| {
        let (status, error, answer) = server.ask("PUT", "/v20190125/meshes", body);
        assert_eq!((status, error.as_str()), (400, "BadRequestException"), "{answer}");
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(part), "{message}");
    };
    refused(b"{", "not JSON");
    refused(b"[]", "not a JSON object");
    refused(b"\xff\xfe", "not JSON");
    refused(b"", "meshName is missing");
    refused(br#"{"meshName": 7}"#, "meshName: 7 is not text");
    refused(br#"{"meshName": ""}"#, "meshName");
    refused(format!(r#"{{"meshName": "{}"}}"#, "m".repeat(256)).as_bytes(), "meshName");
    refused(br#"{"meshName": "m", "clientToken": ""}"#, "clientToken");
    refused(br#"{"meshName": "m", "spec": []}"#, "spec: it is not an object");
    refused(br#"{"meshName": "m", "spec": {"egressFilter": {"type": "SOME"}}}"#, "spec.egressFilter.type");
    refused(br#"{"meshName": "m", "tags": [{"value": "v"}]}"#, "tags[0].key is missing");
    refused(format!("{}1{}", "[".repeat(2000), "]".repeat(2000)).as_bytes(), "not JSON");
    refused(&vec![b' '; MAX_BODY + 1], "longer than");
    let (status, ..) = server.ask("GET", "/v20190125/meshes/m", b"");
    assert_eq!(status, 404, "nothing was made");
    // What the API does not know is left out.
    let (status, _, made) =
        server.ask("PUT", "/v20190125/meshes", br#"{"meshName": "m", "more": 1, "spec": {"other": {}}}"#);
    assert_eq!((status, &made["spec"]), (200, &serde_json::json!({})));
}

#[test]
fn names_come_back_as_they_were_given() {
    let server = Server::start();
    for (name, path) in [("a/b", "a%2Fb"), ("é %", "%C3%A9%20%25"), ("..", "..")] {
        let body = serde_json::json!({"meshName": name}).to_string();
        assert_eq!(server.ask("PUT", "/v20190125/meshes", body.as_bytes()).0, 200, "{name}");
        let (status, _, found) = server.ask("GET", &format!("/v20190125/meshes/{path}"), b"");
        assert_eq!((status, found["meshName"].as_str()), (200, Some(name)));
    }
}

#[test]
fn each_region_has_meshes_of_its_own() {
    let server = Server::start();
    let signed = |region: &str| {
        let credential = format!("AKID/20261129/{region}/appmesh/aws4_request");
        format!("authorization: AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00\r\n")
    };
    let shop = br#"{"meshName": "shop"}"#;
    let (status, _, made) = server.ask_with("PUT", "/v20190125/meshes", &signed("eu-west-1"), shop);
    assert_eq!(
        (status, made["metadata"]["arn"].as_str()),
        (200, Some("arn:aws:appmesh:eu-west-1:123456789012:mesh/shop"))
    );
    let (status, error, answer) = server.ask_with("GET", "/v20190125/meshes/shop", &signed("us-east-1"), b"");
    assert_eq!((status, error.as_str()), (404, "NotFoundException"));
    let message =
        "Mesh with name shop is not present for account 123456789012 in region us-east-1; there is one in eu-west-1";
    assert_eq!(answer["message"], message);
    assert_eq!(server.ask("GET", "/v20190125/meshes", b"").2["meshes"], serde_json::json!([]));
    // The same name in another region is another mesh.
    assert_eq!(server.ask_with("PUT", "/v20190125/meshes", &signed("us-east-1"), shop).0, 200);
}

#[test]
fn garbage_on_the_socket_harms_nobody_else() {
    let server = Server::start();
    for bytes in [&b"\x16\x03\x01\x02\x00"[..], b"GET", b"GET / HTTP/9.9\r\n\r\n", &[0; 4096]] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let _ = stream.write_all(bytes);
    }
    assert_eq!(server.ask("GET", "/v20190125/meshes", b"").0, 200);
}

/// A server that waits for nobody longer than a moment.
fn hasty(connections: usize) -> Server {
    let moment = Duration::from_millis(200);
    let mut settings = Settings::of("us-east-1", "123456789012");
    settings.bounds = Bounds { connections, handshake: moment, head: moment, body: moment, write: moment };
    Server::with(settings)
}

#[test]
fn who_does_not_go_on_is_let_go() {
    let server = hasty(100);
    let silent = TcpStream::connect(server.address).unwrap();
    let mut slow_head = TcpStream::connect(server.address).unwrap();
    slow_head.write_all(b"GET /v20190125/meshes HTTP/1.1\r\nhost").unwrap();
    let mut slow_body = TcpStream::connect(server.address).unwrap();
    slow_body.write_all(b"PUT /v20190125/meshes HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{").unwrap();
    assert_eq!(server.ask("GET", "/v20190125/meshes", b"").0, 200, "others are answered meanwhile");
    for (mut stream, said) in [(silent, ""), (slow_head, ""), (slow_body, "408 Request Timeout")] {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(said), "{answer}");
    }
}

#[test]
fn who_takes_no_answer_is_let_go() {
    let server = hasty(1);
    let mut deaf = TcpStream::connect(server.address).unwrap();
    deaf.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
    let question = b"GET /v20190125/meshes/none HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1000);
    // The server stops reading when its answers are not read, and ends the connection then.
    while deaf.write_all(&question).is_ok() {}
    let is_free = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        server.ask("GET", "/v20190125/meshes", b"").0 == 200
    });
    assert!(is_free, "the only place is free again");
}

#[test]
fn who_comes_when_all_places_are_taken_is_told_to_try_again() {
    let server = Server::with(Settings {
        bounds: Bounds { connections: 2, ..Bounds::default() },
        ..Settings::of("us-east-1", "123456789012")
    });
    let keep = |_| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(b"GET /v20190125/meshes HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut first = [0; 12];
        stream.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
        stream
    };
    let kept: Vec<TcpStream> = (0..2).map(keep).collect();
    let answer = server.send(b"");
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = format!("content-length: {}\r\n", body.len());
    assert!(answer.contains(&length) && serde_json::from_str::<Value>(body).is_ok(), "{answer}");
    drop(kept);
}

#[test]
fn hundreds_of_idle_connections_hinder_nobody() {
    let server = Server::start();
    let idle: Vec<TcpStream> = (0..400).map_while(|_| TcpStream::connect(server.address).ok()).collect();
    assert_eq!(idle.len(), 400);
    assert_eq!(server.ask("GET", "/v20190125/meshes", b"").0, 200);
}

#[test]
fn a_page_of_another_site_is_refused_by_a_server_without_credentials() {
    let server = Server::start();
    let status = |headers: &str| server.ask_with("GET", "/v20190125/meshes", headers, b"").0;
    assert_eq!(status("origin: http://evil.example\r\n"), 403);
    let by_name = |name: &str| {
        server.send(format!("GET /v20190125/meshes HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n").as_bytes())
    };
    // A name of its own that leads here makes a page's requests look like those of any client.
    let answer = by_name("evil.example:8480");
    assert!(by_name("10.0.0.1").starts_with("HTTP/1.1 403"));
    assert!(by_name("evil.amazonaws.com").starts_with("HTTP/1.1 403"));
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("no public name: use localhost"), "{answer}");
    for name in [
        "localhost",
        "LOCALHOST:1",
        "appmesh.localhost:8480",
        "127.0.0.1:8480",
        "[::1]:8480",
        "meshwright:8480",
        "host.docker.internal",
        "appmesh.eu-west-1.amazonaws.com",
    ] {
        let answer = by_name(name);
        assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {answer}");
    }
    let own = format!(
        "GET /v20190125/meshes HTTP/1.1\r\nhost: {}\r\norigin: http://localhost:1\r\nconnection: close\r\n\r\n",
        server.address
    );
    assert!(server.send(own.as_bytes()).starts_with("HTTP/1.1 200"));
}

#[test]
fn heads_and_names_are_as_long_as_a_uri_may_be() {
    let server = Server::start();
    let status = |length: usize| {
        let head = format!(
            "GET /v20190125/meshes HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: {}\r\n\r\n",
            "x".repeat(length)
        );
        server.send(head.as_bytes()).get(9..12).unwrap_or_default().to_owned()
    };
    assert_eq!((status(30 << 10), status(80 << 10)), ("200".to_owned(), "431".to_owned()));
    // The longest names: each character takes 12 bytes of a path.
    let name = "\u{1d4b3}".repeat(255);
    let path = "%F0%9D%92%B3".repeat(255);
    let put = |path: &str, body: serde_json::Value| {
        let (status, _, answer) = server.ask("PUT", &format!("/v20190125/meshes{path}"), body.to_string().as_bytes());
        assert_eq!(status, 200, "{answer}");
    };
    let listeners = serde_json::json!({"listeners": [{"portMapping": {"port": 1, "protocol": "http"}}]});
    put("", serde_json::json!({"meshName": name}));
    put(&format!("/{path}/virtualNodes"), serde_json::json!({"virtualNodeName": name, "spec": {}}));
    put(&format!("/{path}/virtualRouters"), serde_json::json!({"virtualRouterName": name, "spec": listeners}));
    let target = serde_json::json!({"weightedTargets": [{"virtualNode": name, "weight": 1}]});
    let route = serde_json::json!({"httpRoute": {"match": {"prefix": "/"}, "action": target}});
    put(&format!("/{path}/virtualRouter/{path}/routes"), serde_json::json!({"routeName": name, "spec": route}));
    let route = format!("/v20190125/meshes/{path}/virtualRouter/{path}/routes/{path}");
    assert_eq!(server.ask("GET", &route, b"").2["routeName"], name);
    let long = serde_json::json!({"virtualServiceName": "s".repeat(1025), "spec": {}}).to_string();
    let (status, error, _) = server.ask("PUT", &format!("/v20190125/meshes/{path}/virtualServices"), long.as_bytes());
    assert_eq!((status, error.as_str()), (400, "BadRequestException"));
}
