//! What stands in for a node's application: it answers on the node's ports who it is, and calls the node's backends as an application
//! would, by their names.
//!
//! A call carries how many more calls it may cause, so that meshes whose services call each other in circles come to an end.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use meshwright_ads::Home;
use meshwright_model::limits::PortProtocol;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use crate::client::{Client, NODE_HEADER, TREE_HEADER, add_headers, request};
use crate::network::Network;
use crate::parts::{Backend, Part};
use crate::tree::{Call, Tree};

/// How many more calls a request may cause, where it does not say it.
const BUDGET: usize = 32;

/// The header that says it.
const BUDGET_HEADER: HeaderName = HeaderName::from_static("x-meshwright-budget");

/// Headers of proxies, which are not passed on.
const OF_PROXIES: &[&str] = &["x-envoy-", "x-forwarded-", "x-app-mesh-", "x-meshwright-"];

/// The most connections of a stand-in.
const MAX_CONNECTIONS: usize = 1024;

/// The most bytes of a tree in a header. Envoy takes 60 kB of headers (Envoy's documentation, HTTP connection manager,
/// `max_request_headers_kb`; of answers it takes as many).
const MAX_HEADER: usize = 16 << 10;

/// The most bytes of a request; they are read and forgotten.
const MAX_REQUEST: usize = 16 << 20;

/// The stand-in of a node.
#[derive(Debug)]
pub struct StandIn {
    shared: Arc<Shared>,
    listening: BTreeMap<SocketAddr, JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    node: String,
    backends: RwLock<Vec<(Backend, Client)>>,
    places: Arc<Semaphore>,
}

impl StandIn {
    /// One that listens nowhere yet.
    pub fn new(node: &str) -> Self {
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let shared = Shared { node: node.to_owned(), backends: RwLock::default(), places };
        Self { shared: Arc::new(shared), listening: BTreeMap::new() }
    }

    /// Makes it what its node is now; says where it cannot listen.
    pub fn update(&mut self, part: &Part, home: &Home, network: &Network) -> Vec<String> {
        let dialled = |port| SocketAddr::new(home.addresses.egress, port);
        let client = |own: &Backend| Client::new(network, dialled(own.port), own.protocol, None);
        let backends = part.backends.iter().map(|own| (own.clone(), client(own))).collect();
        *self.shared.backends.write().unwrap_or_else(PoisonError::into_inner) = backends;
        let wanted = listening(part, home);
        self.listening.retain(|address, server| {
            let stays = wanted.contains(address) && !server.is_finished();
            if !stays {
                server.abort();
            }
            stays
        });
        let mut faults = Vec::new();
        for address in wanted {
            if self.listening.contains_key(&address) {
                continue;
            }
            match network.listen(address) {
                Ok(listener) => {
                    self.listening.insert(address, tokio::spawn(serve(listener, Arc::clone(&self.shared))));
                }
                Err(why) => faults.push(format!("{}: its stand-in cannot listen on {address}: {why}", part.name)),
            }
        }
        faults
    }
}

/// Where it listens: in a namespace of its own as applications do, on all addresses.
fn listening(part: &Part, home: &Home) -> Vec<SocketAddr> {
    let at = |address: IpAddr| {
        let address = if home.is_apart { Ipv6Addr::UNSPECIFIED.into() } else { address };
        move |port: u16| SocketAddr::new(address, port)
    };
    // Where health is asked for on a port of its own, nothing is redirected, and the application answers itself.
    let health = part.health_ports.iter().copied().map(at(home.addresses.ingress));
    part.ports.keys().copied().map(at(home.addresses.application)).chain(health).collect()
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.listening.values().for_each(JoinHandle::abort);
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&shared.places).try_acquire_owned() else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(|request: Request<Incoming>| {
                let shared = Arc::clone(&shared);
                async move { Ok::<_, Infallible>(shared.answer(request).await) }
            });
            let mut server = auto::Builder::new(TokioExecutor::new());
            server.http1().timer(TokioTimer::new());
            server.http2().timer(TokioTimer::new());
            // Whoever breaks off, or speaks something else, is owed nothing.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let _ = Limited::new(body, MAX_REQUEST).collect().await;
        let headers = &parts.headers;
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Source: Envoy's documentation, health checking: probes name themselves so.
        let is_probe = text(USER_AGENT).starts_with("Envoy/HC");
        let calls =
            if is_probe { Vec::new() } else { self.call_backends(&parts.method, parts.uri.path(), headers).await };
        let tree = Tree { node: self.node.clone(), calls };
        let is_grpc = text(CONTENT_TYPE).starts_with("application/grpc");
        let is_json = text(ACCEPT).contains("application/json");
        let (kind, body) = match (is_grpc, is_json) {
            (true, _) => ("application/grpc", String::new()),
            (_, true) => ("application/json", tree.to_json().to_string()),
            _ => ("text/plain; charset=utf-8", tree.text()),
        };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        let answered = response.headers_mut();
        answered.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        if is_grpc {
            answered.insert(HeaderName::from_static("grpc-status"), HeaderValue::from_static("0"));
            let said = HeaderValue::from_str(&tree.to_json().to_string()).ok().filter(|said| said.len() <= MAX_HEADER);
            answered.extend(said.map(|said| (TREE_HEADER, said)));
        }
        if let Ok(node) = HeaderValue::from_str(&self.node) {
            answered.insert(NODE_HEADER, node);
        }
        response
    }

    async fn call_backends(&self, method: &Method, path: &str, headers: &HeaderMap) -> Vec<Call> {
        let mut backends = self.backends.read().unwrap_or_else(PoisonError::into_inner).clone();
        let said = headers.get(BUDGET_HEADER).and_then(|budget| budget.to_str().ok()?.parse().ok());
        let budget: usize = said.unwrap_or(BUDGET).min(BUDGET);
        backends.truncate(budget);
        if backends.is_empty() {
            return Vec::new();
        }
        let left = (budget - backends.len()) / backends.len();
        let mut running = Vec::new();
        for (backend, client) in backends {
            let request = asked(&backend, method, path, headers, left);
            running.push(tokio::spawn(async move { client.call(backend.service, request).await }));
        }
        let mut calls = Vec::new();
        for call in running {
            calls.extend(call.await.ok());
        }
        calls
    }
}

/// The request to a backend: the path and the headers of the application's own are passed on, where the backend takes them.
fn asked(backend: &Backend, method: &Method, path: &str, headers: &HeaderMap, budget: usize) -> Request<Full<Bytes>> {
    let Backend { service, port, protocol, prefixes, asked } = backend;
    let authority = if *port == 80 { service.clone() } else { format!("{service}:{port}") };
    let is_passed = *protocol != PortProtocol::Grpc && prefixes.iter().any(|prefix| path.starts_with(prefix));
    let (method, path) = if is_passed { (method.as_str(), path) } else { (asked.method.as_str(), asked.path.as_str()) };
    let mut request = request(&authority, *protocol, method, path);
    let passed = request.headers_mut();
    for (name, value) in headers {
        let name_text = name.as_str();
        let is_of_proxy = OF_PROXIES.iter().any(|own| name_text.starts_with(own));
        if (name_text.starts_with("x-") && !is_of_proxy) || name_text == "traceparent" {
            passed.append(name, value.clone());
        }
    }
    if !is_passed {
        add_headers(passed, &asked.headers);
    }
    passed.insert(BUDGET_HEADER, HeaderValue::from(budget));
    request
}
