//! What stands behind the proxies: an Envoy that answers on many ports and says what it got; and clients.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::certificates::Certificates;
use crate::process::{Running, free_ports};

/// How many ports answer in plaintext, and how many for each way of speaking TLS.
const ECHOES: usize = 24;
const SECURED: usize = 4;

/// What stands behind the proxies.
pub(crate) struct Lab {
    /// The ports that answer in plaintext.
    pub(crate) echoes: Vec<u16>,
    /// Those that answer over TLS, each with what a listener says of it.
    pub(crate) secured: Vec<(u16, Value)>,
    /// What is shown and trusted.
    pub(crate) certificates: Certificates,
    _echo: Running,
}

/// A way of speaking TLS.
#[derive(Clone, Copy)]
enum Manner {
    /// TLS alone.
    Strict,
    /// Plaintext as well.
    Permissive,
    /// TLS, and clients show who they are.
    Mutual,
}

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
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
pub(crate) struct Echo {
    pub(crate) port: u16,
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let certificates = Certificates::new();
        let echoes = free_ports(ECHOES + 3 * SECURED);
        let (echoes, others) = echoes.split_at(ECHOES);
        let mut listeners: Vec<Value> = echoes.iter().map(|port| echo(*port)).collect();
        let mut secured = Vec::new();
        for (ports, manner) in others.chunks(SECURED).zip([Manner::Strict, Manner::Permissive, Manner::Mutual]) {
            for port in ports {
                listeners.push(secured_echo(*port, manner, &certificates));
                secured.push((*port, manner.said(&certificates)));
            }
        }
        let bootstrap =
            json!({"node": {"id": "echo", "cluster": "echo"}, "static_resources": {"listeners": listeners}});
        Self { echoes: echoes.to_vec(), secured, certificates, _echo: Running::start(&bootstrap, "the echo") }
    }

    /// Whether a port answers in plaintext.
    pub(crate) fn answers(&self, port: u16) -> bool {
        self.echoes.contains(&port)
    }
}

impl Manner {
    /// As a listener of App Mesh says it.
    fn said(self, certificates: &Certificates) -> Value {
        let mode = if matches!(self, Self::Permissive) { "PERMISSIVE" } else { "STRICT" };
        let mut said = json!({"mode": mode, "certificate": {"file": certificates.file("server")}});
        if matches!(self, Self::Mutual) {
            said["validation"] = json!({"trust": {"file": {"certificateChain": certificates.authority()}}});
        }
        said
    }
}

/// A listener that answers every request with what it got, over TLS.
fn secured_echo(port: u16, manner: Manner, certificates: &Certificates) -> Value {
    let file = certificates.file("server");
    let mut common = json!({
        "tls_certificates": [{
            "certificate_chain": {"filename": file["certificateChain"]},
            "private_key": {"filename": file["privateKey"]},
        }],
        "alpn_protocols": ["h2", "http/1.1"],
    });
    let mut context = json!({
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext"});
    if matches!(manner, Manner::Mutual) {
        common["validation_context"] = json!({"trusted_ca": {"filename": certificates.authority()}});
        context["require_client_certificate"] = json!(true);
    }
    context["common_tls_context"] = common;
    let mut listener = echo(port);
    let open = listener["filter_chains"][0].clone();
    let chain = &mut listener["filter_chains"][0];
    chain["transport_socket"] = json!({"name": "envoy.transport_sockets.tls", "typed_config": context});
    if matches!(manner, Manner::Permissive) {
        chain["filter_chain_match"] = json!({"transport_protocol": "tls"});
        listener["filter_chains"].as_array_mut().unwrap().push(open);
        listener["listener_filters"] = json!([{"name": "envoy.filters.listener.tls_inspector", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"}}]);
    }
    listener
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
pub(crate) fn send(port: u16, meant: Option<u16>, request: &str) -> Answer {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(2)) else { return Answer::Closed };
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let proxied = meant.map(|meant| format!("PROXY TCP4 127.0.0.1 127.0.0.1 40000 {meant}\r\n")).unwrap_or_default();
    let _ = stream.write_all(format!("{proxied}{request}").as_bytes());
    // The head says all; Envoy may keep the connection for a while after it.
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
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
