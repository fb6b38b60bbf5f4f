//! The API as HTTP has it: what is no operation, no JSON, or too much.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use meshwright_server::Api;
use meshwright_server::http::{MAX_BODY, Settings, serve};
use meshwright_store::{Memory, Store};
use serde_json::Value;
use tokio::net::TcpListener;

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::over(Api::default(), Box::new(Memory::default()))
    }

    pub(crate) fn over(api: Api, store: Box<dyn Store>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let settings = Settings { region: "us-east-1".to_owned(), account: "123456789012".to_owned() };
        runtime.spawn(serve(listener, api, store, settings, std::future::pending()));
        Self { address, _runtime: runtime }
    }

    /// Sends bytes, and reads what comes until the connection ends or has nothing more to say.
    fn send(&self, bytes: &[u8]) -> String {
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
        let head = "host: x\r\nconnection: close\r\n";
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
