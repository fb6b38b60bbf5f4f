//! Traces: what a receiver of OpenTelemetry is sent, and that one which does not answer disturbs nobody.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::proxies::{free_port, until};
use crate::serve::Server;
use crate::{corpus, csds, judges_python, python};

/// The head and the body of a request.
type Request = (String, Vec<u8>);

/// Takes spans, and keeps the bodies of the requests.
struct Receiver {
    url: String,
    bodies: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let own = Arc::clone(&bodies);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let request = request(stream.unwrap());
                own.lock().unwrap().push(request);
            }
        });
        Self { url, bodies }
    }

    /// Its spans, as OpenTelemetry's own messages read them.
    fn spans(&self, python: &OsStr) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/otlp_judge.py");
        let mut command = Command::new(python);
        command.arg(judge);
        for (number, (_, body)) in self.bodies.lock().unwrap().iter().enumerate() {
            let file = folder.path().join(number.to_string());
            std::fs::write(&file, body).unwrap();
            command.arg(file);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// The head and the body of a request, which is answered.
fn request(stream: TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let length = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap()];
    reader.read_exact(&mut body).unwrap();
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    reader.into_inner().write_all(answer).unwrap();
    (head, body)
}

/// A call with more headers than others have; its status.
fn call(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> u16 {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// The spans of a name.
fn named<'s>(spans: &'s [Value], name: &str) -> Vec<&'s Value> {
    let found: Vec<&Value> = spans.iter().filter(|span| span["name"] == name).collect();
    let names: Vec<&str> = spans.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert!(!found.is_empty(), "{name}: {names:?}");
    found
}

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

#[test]
fn a_receiver_is_sent_calls_plans_and_responses() {
    let (Some(python), Some(otlp)) = (judges_python(), python("MESHWRIGHT_JUDGES_OTLP")) else { return };
    let receiver = Receiver::start();
    let ads = format!("127.0.0.1:{}", free_port());
    let flag = format!("--otlp={}", receiver.url);
    let server = Server::start(&["--load", &corpus("shop/shop.yaml"), "--ads", &ads, &flag]);
    // Proxies that accept clusters, and one of which refuses a listener.
    csds::judged(&python, &[&ads]);
    let sampled = format!("00-{TRACE}-{PARENT}-01");
    let unsampled = "00-11111111111111111111111111111111-2222222222222222-00";
    let secret = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDSECRET/x");
    let created = call(
        &server,
        "PUT",
        "/v20190125/meshes?clientToken=hushhush",
        &[("traceparent", &sampled), secret],
        &json!({"meshName": "other"}).to_string(),
    );
    assert_eq!(created, 200);
    assert_eq!(call(&server, "GET", "/v20190125/meshes/none", &[("traceparent", unsampled)], ""), 404);
    assert_eq!(call(&server, "GET", "/v20190125/meshes/absent", &[("traceparent", "nonsense")], ""), 404);
    assert_eq!(call(&server, "GET", "/nowhere", &[], ""), 404);
    until("the last span has come", || {
        receiver.bodies.lock().unwrap().iter().any(|(_, body)| body.windows(8).any(|part| part == b"/nowhere"))
    });
    let spans = receiver.spans(&otlp);

    let create = named(&spans, "AppMesh/CreateMesh")[0];
    assert_eq!((&create["trace"], &create["parent"]), (&json!(TRACE), &json!(PARENT)), "a part of its client's trace");
    assert_eq!((&create["kind"], &create["status"]), (&json!("SPAN_KIND_SERVER"), &json!("STATUS_CODE_UNSET")));
    let said = &create["attributes"];
    for (name, value) in [
        ("rpc.system.name", json!("aws-api")),
        ("rpc.method", json!("AppMesh/CreateMesh")),
        ("http.request.method", json!("PUT")),
        ("http.response.status_code", json!(200)),
        ("url.path", json!("/v20190125/meshes")),
        ("meshwright.resource.arn", json!("arn:aws:appmesh:us-east-1:123456789012:mesh/other")),
    ] {
        assert_eq!(said[name], value, "{name}: {said}");
    }
    assert_eq!(said["aws.request_id"].as_str().unwrap().len(), 36);
    assert!(create["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0 && seconds < 5.0), "{create}");
    assert!(create["age"].as_f64().is_some_and(|age| (-1.0..60.0).contains(&age)), "{create}");
    assert_eq!(create["resource"]["service.name"], "meshwright");

    let missing = named(&spans, "AppMesh/DescribeMesh");
    assert_eq!(missing.len(), 1, "nobody wants to know of the other");
    assert_eq!(missing[0]["attributes"]["error.type"], "NotFoundException");
    assert_eq!((&missing[0]["parent"], &missing[0]["status"]), (&json!(""), &json!("STATUS_CODE_UNSET")));
    assert_eq!(named(&spans, "_OTHER")[0]["attributes"]["url.path"], "/nowhere");

    let plan = named(&spans, "plan");
    assert!(plan.iter().any(|own| own["attributes"]["meshwright.changes"].as_i64() > Some(10)), "{plan:?}");

    let clusters = named(&spans, "CDS response");
    assert!(clusters.iter().all(|own| own["status"] == "STATUS_CODE_UNSET"), "{clusters:?}");
    let said = &clusters[0]["attributes"];
    assert_eq!((&said["meshwright.xds.kind"], &said["meshwright.mesh"]), (&json!("CDS"), &json!("shop")));
    assert!(said["meshwright.xds.resources"].as_i64() > Some(0) && said["meshwright.xds.version"] != "", "{said}");
    let refused = named(&spans, "LDS response")[0];
    assert_eq!(
        (&refused["status"], &refused["message"]),
        (&json!("STATUS_CODE_ERROR"), &json!("listener no: we know no such thing"))
    );
    assert_eq!(refused["attributes"]["error.type"], "rejected");
    assert_eq!(refused["attributes"]["meshwright.proxy.id"], "mesh/shop/virtualNode/orders");

    for (head, body) in receiver.bodies.lock().unwrap().iter() {
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n") && head.contains("application/x-protobuf"), "{head}");
        let text = String::from_utf8_lossy(body);
        assert!(!text.contains("AKIDSECRET") && !text.contains("hushhush"), "{text}");
    }
}

/// A server with an environment of its own.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(arguments: &[&str], environment: &[(&str, &str)], errors: Stdio) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--ads", "none"])
            .args(arguments)
            .envs(environment.iter().copied());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split_once("://").and_then(|(_, rest)| rest.split(' ').next()).unwrap().to_owned();
        Self { child, address }
    }

    /// Asks so often over one connection; how long that took.
    fn ask(&self, times: usize) -> Duration {
        let start = Instant::now();
        let mut stream = BufReader::new(TcpStream::connect(&self.address).unwrap());
        for _ in 0..times {
            stream.get_mut().write_all(b"GET /v20190125/meshes HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
            }
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
        }
        start.elapsed()
    }

    /// A measurement, by its name and labels.
    fn measured(&self, sample: &str) -> Option<u64> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(b"GET /meshwright/metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.lines().find_map(|line| line.strip_prefix(sample)?.trim().parse().ok())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_receiver_that_hangs_disturbs_nobody() {
    // It takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let otlp = format!("--otlp=http://{}", silent.local_addr().unwrap());
    let errors = Stdio::from(std::fs::File::create(&log).unwrap());
    let server = Serving::start(&[&otlp], &[("OTEL_EXPORTER_OTLP_TIMEOUT", "1500")], errors);
    let took = server.ask(4000);
    assert!(took < Duration::from_secs(30), "{took:?}");
    let overflown = || server.measured("meshwright_spans_dropped_total{reason=\"overflow\"}").unwrap();
    let refused = || server.measured("meshwright_spans_dropped_total{reason=\"refused\"}").unwrap();
    assert!(overflown() > 0, "more than wait are dropped");
    until("what was sent is given up", || refused() > 0);
    assert_eq!(server.measured("meshwright_spans_sent_total"), Some(0));
    let refused_once = refused();
    until("the next is given up too", || refused() > refused_once);
    let said = std::fs::read_to_string(&log).unwrap();
    assert_eq!(said.matches("traces are lost").count(), 1, "{said}");
    assert!(said.contains("meshwright_spans_dropped_total: "), "{said}");
}

/// Counts connections, and takes nothing.
fn counting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let own = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            own.fetch_add(1, Ordering::Relaxed);
            drop(stream);
        }
    });
    (url, connections)
}

#[test]
fn the_environment_alone_has_nothing_sent() {
    let (quiet, nobody) = counting();
    let (told, somebody) = counting();
    let endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let without = Serving::start(&[], &[(endpoint, &quiet)], Stdio::null());
    let off = Serving::start(&["--otlp"], &[(endpoint, &quiet), ("OTEL_SDK_DISABLED", "true")], Stdio::null());
    let with = Serving::start(&["--otlp"], &[(endpoint, &told)], Stdio::null());
    for server in [&without, &off, &with] {
        server.ask(10);
    }
    until("who has the flag sends where the environment says", || somebody.load(Ordering::Relaxed) > 0);
    assert_eq!(nobody.load(Ordering::Relaxed), 0);
    for (server, counts) in [(&without, false), (&off, false), (&with, true)] {
        assert_eq!(server.measured("meshwright_spans_sent_total").is_some(), counts);
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    for wrong in ["--otlp=localhost:4318", "--otlp=grpc://localhost:4317", "--otlp=http://"] {
        let run = crate::run(&["serve", "--listen", "127.0.0.1:0", "--ads", "none", wrong]);
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("--otlp: ") && run.err.contains("it is no http://HOST:PORT"), "{}", run.err);
    }
}
