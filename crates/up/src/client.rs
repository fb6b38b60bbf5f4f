//! A client of one address, whatever host its requests ask for: as an application's, whose connections a proxy takes.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::rt::ReadBufCursor;
use hyper_util::client::legacy;
use hyper_util::rt::{TokioExecutor, TokioIo};
use meshwright_model::limits::PortProtocol;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;

use crate::network::Network;
use crate::tree::{Call, Tree};

/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The most bytes of an answer.
const MAX_ANSWER: usize = 1 << 20;

/// The header of an answer that says which node gave it.
pub const NODE_HEADER: HeaderName = HeaderName::from_static("x-meshwright-node");

/// The header of an answer that says all of it, where the body is to be a message of gRPC.
pub(crate) const TREE_HEADER: HeaderName = HeaderName::from_static("x-meshwright-tree");

/// A client of one address.
#[derive(Clone, Debug)]
pub struct Client {
    network: Network,
    address: SocketAddr,
    inner: legacy::Client<To, Full<Bytes>>,
}

/// Connects to one address.
#[derive(Clone, Debug)]
struct To {
    network: Network,
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
}

/// A connection, in TLS or not.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// A connection as hyper takes it.
struct Connected(TokioIo<Box<dyn Socket>>);

impl legacy::connect::Connection for Connected {
    fn connected(&self) -> legacy::connect::Connected {
        legacy::connect::Connected::new()
    }
}

impl hyper::rt::Read for Connected {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_read(context, into)
    }
}

impl hyper::rt::Write for Connected {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().0).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().0).poll_shutdown(context)
    }
}

impl tower_service::Service<Uri> for To {
    type Response = Connected;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Connected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let Self { network, address, tls } = self.clone();
        Box::pin(async move {
            let stream = network.connect(address).await?;
            stream.set_nodelay(true)?;
            let socket: Box<dyn Socket> = match tls {
                None => Box::new(stream),
                Some(tls) => Box::new(TlsConnector::from(tls).connect(address.ip().into(), stream).await?),
            };
            Ok(Connected(TokioIo::new(socket)))
        })
    }
}

impl Client {
    /// A client in a network that speaks a protocol; where any may be spoken inside, HTTP.
    pub fn new(network: &Network, address: SocketAddr, protocol: PortProtocol, tls: Option<Arc<ClientConfig>>) -> Self {
        let is_http2 = matches!(protocol, PortProtocol::Http2 | PortProtocol::Grpc);
        let tls = tls.map(|tls| {
            let mut tls = ClientConfig::clone(&tls);
            tls.alpn_protocols = vec![if is_http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
            Arc::new(tls)
        });
        let to = To { network: network.clone(), address, tls };
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        if protocol == PortProtocol::Tcp {
            // Where connections are shared out, and not requests, each request is to have one of its own.
            builder.pool_max_idle_per_host(0);
        }
        let inner = builder.http2_only(is_http2).build(to);
        Self { network: network.clone(), address, inner }
    }

    /// Where it connects.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether another connects to the same.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (&self.network, self.address) == (&other.network, other.address)
    }

    /// Calls what is known under a name, and says what came of it.
    pub async fn call(&self, service: String, request: Request<Full<Bytes>>) -> Call {
        match self.send(request).await {
            Ok(response) => understood(service, &response),
            Err(why) => Call { service, status: 0, answer: None, why },
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
        let answer = async {
            let response = self.inner.request(request).await.map_err(|why| innermost(&why))?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|why| innermost(&*why))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }
}

/// A request for a host, whose answer is to say who gave it.
pub(crate) fn request(authority: &str, protocol: PortProtocol, method: &str, path: &str) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::new()));
    *request.method_mut() = method.parse().unwrap_or_default();
    *request.uri_mut() = format!("http://{authority}{path}").parse().unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if protocol == PortProtocol::Grpc {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    } else if let Ok(host) = HeaderValue::from_str(authority) {
        headers.insert(HOST, host);
    }
    request
}

/// Adds headers; what is no header is left out.
pub(crate) fn add_headers(headers: &mut HeaderMap, more: &[(String, String)]) {
    for (name, value) in more {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
}

/// The longest reason that is taken from an answer.
const MAX_REASON: usize = 120;

fn understood(service: String, response: &Response<Bytes>) -> Call {
    let node = response.headers().get(NODE_HEADER).and_then(|node| node.to_str().ok());
    let body = response.headers().get(TREE_HEADER).map_or(&response.body()[..], HeaderValue::as_bytes);
    let said = serde_json::from_slice(body).ok().and_then(|body| Tree::from_json(&body));
    let answer = said.or_else(|| node.map(|node| Tree { node: node.to_owned(), calls: Vec::new() }));
    // Envoy says in a line why it answers itself.
    let line = || {
        String::from_utf8_lossy(response.body()).lines().next().unwrap_or_default().chars().take(MAX_REASON).collect()
    };
    let why = if answer.is_some() { String::new() } else { line() };
    Call { service, status: status(response), answer, why }
}

/// The cause of an error that says something.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut deepest = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

/// What came of a call, as gRPC says it in a header where it is spoken.
fn status<B>(response: &Response<B>) -> u16 {
    let grpc = response.headers().get("grpc-status").and_then(|status| status.to_str().ok());
    match grpc {
        None | Some("0") => response.status().as_u16(),
        // Source: gRPC's documents, statuscodes.md: 14 is UNAVAILABLE, 12 UNIMPLEMENTED.
        Some("14") => StatusCode::SERVICE_UNAVAILABLE.as_u16(),
        Some("12") => StatusCode::NOT_FOUND.as_u16(),
        Some(_) => StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
    }
}
