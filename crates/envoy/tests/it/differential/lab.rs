//! What stands behind the proxies: an Envoy that answers on many ports and says what it got; and clients.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::process::{Running, free_ports};

/// How many ports answer.
const ECHOES: usize = 24;

/// What stands behind the proxies.
pub(super) struct Lab {
    /// The ports that answer.
    pub(super) echoes: Vec<u16>,
    _echo: Running,
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The connection ends without a word.
    Closed,
    /// A response: its status, the status of gRPC, and where it was made by the echo, what that got.
    Response {
        /// The status.
        status: u16,
        /// The status of gRPC.
        grpc: Option<u32>,
        /// What the echo got; `None` where a proxy answered.
        echo: Option<Echo>,
    },
}

/// What the echo got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Echo {
    pub(super) port: u16,
    pub(super) host: String,
    pub(super) path: String,
}

impl Lab {
    pub(super) fn new() -> Self {
        let echoes = free_ports(ECHOES);
        let listeners: Vec<Value> = echoes.iter().map(|port| echo(*port)).collect();
        let bootstrap =
            json!({"node": {"id": "echo", "cluster": "echo"}, "static_resources": {"listeners": listeners}});
        Self { echoes, _echo: Running::start(bootstrap, "the echo") }
    }
}

/// A listener that answers every request with what it got.
fn echo(port: u16) -> Value {
    let header = |key: &str, value: &str| json!({"header": {"key": key, "value": value}});
    let route = json!({
        "match": {"prefix": "/"},
        "direct_response": {"status": 200},
        "response_headers_to_add": [
            header("x-echo-port", &port.to_string()),
            header("x-echo-host", "%REQ(:AUTHORITY)%"),
            header("x-echo-path", "%REQ(:PATH)%"),
        ],
    });
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "echo",
        "route_config": {"virtual_hosts": [{"name": "echo", "domains": ["*"], "routes": [route]}]},
        "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"}}],
    });
    json!({
        "name": format!("echo_{port}"),
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [
            {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
    })
}

/// Sends a request to a port of the loopback; `meant` is where the connection was to go, where the proxy is told.
pub(super) fn send(port: u16, meant: Option<u16>, request: &str) -> Answer {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(2)) else { return Answer::Closed };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let proxied = meant.map(|meant| format!("PROXY TCP4 127.0.0.1 127.0.0.1 40000 {meant}\r\n")).unwrap_or_default();
    let _ = stream.write_all(format!("{proxied}{request}").as_bytes());
    // The head says all; Envoy may keep the connection for a while after it.
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&part[..count]),
            _ => break,
        }
    }
    answer(&String::from_utf8_lossy(&bytes))
}

fn answer(text: &str) -> Answer {
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let Some(status) = head.split(' ').nth(1).and_then(|status| status.parse().ok()) else { return Answer::Closed };
    let header = |name: &str| {
        let mut headers = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
    };
    let echo = header("x-echo-port").map(|port| Echo {
        port: port.parse().unwrap(),
        host: header("x-echo-host").unwrap_or_default(),
        path: header("x-echo-path").unwrap_or_default(),
    });
    Answer::Response { status, grpc: header("grpc-status").map(|status| status.parse().unwrap()), echo }
}
