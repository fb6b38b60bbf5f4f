//! Connections of proxies: HTTP/2 over TCP, TLS or a Unix socket, with bounds.

use std::convert::Infallible;
use std::future::Future;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryRequest, DiscoveryRequest};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::Status;

#[cfg(unix)]
use crate::authority::OfSocket;
use crate::calls::{Requests, Responses};
use crate::stream::{Control, MAX_RESPONSES, speak};
use crate::wire::Asking;

/// The most connections at a time.
const MAX_CONNECTIONS: usize = 20_000;

/// The most streams of a connection: a proxy has one.
const MAX_STREAMS: u32 = 16;

/// How long the handshake of TLS may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How often a connection is asked whether it is still there, and how long it has to answer. App Mesh's proxies ask
/// as often (the gateway's dump, `grpc.keepalive_time_ms`).
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(20);

/// How long to wait when the system has no more files to give.
const RESPITE: Duration = Duration::from_millis(50);

/// Where proxies connect.
#[derive(Debug)]
pub enum Listener {
    /// A port, with TLS or without.
    Tcp(TcpListener, Option<Arc<ServerConfig>>),
    /// A Unix socket.
    #[cfg(unix)]
    Unix(UnixListener),
}

#[cfg(unix)]
impl Listener {
    /// A Unix socket at a path; one that a process has left behind is taken over.
    ///
    /// # Errors
    /// The path is taken, or cannot be made.
    pub fn unix(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::FileTypeExt as _;
        let is_socket = std::fs::symlink_metadata(path).is_ok_and(|own| own.file_type().is_socket());
        if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
            std::fs::remove_file(path)?;
        }
        UnixListener::bind(path).map(Self::Unix)
    }
}

/// Serves proxies until `end` comes.
pub async fn serve(listener: Listener, control: Control, end: impl Future<Output = ()>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener) => accepted,
            () = &mut end => return,
        };
        let Ok(socket) = accepted else {
            sleep(RESPITE).await;
            continue;
        };
        // Whoever comes when there are too many tries again.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let control = control.clone();
        tokio::spawn(async move {
            let _place = place;
            match socket {
                Socket::Tcp(stream, peer, None) => answer(stream, peer, control).await,
                Socket::Tcp(stream, peer, Some(tls)) => {
                    if let Ok(Ok(stream)) = timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(stream)).await {
                        answer(stream, peer, control).await;
                    }
                }
                #[cfg(unix)]
                Socket::Unix(stream) => answer(OfSocket::new(stream), "unix".to_owned(), control).await,
            }
        });
    }
}

enum Socket {
    Tcp(tokio::net::TcpStream, String, Option<Arc<ServerConfig>>),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

async fn accept(listener: &Listener) -> io::Result<Socket> {
    Ok(match listener {
        Listener::Tcp(listener, tls) => {
            let (stream, peer) = listener.accept().await?;
            // A change is small, and must not wait for more.
            stream.set_nodelay(true)?;
            Socket::Tcp(stream, peer.to_string(), tls.clone())
        }
        #[cfg(unix)]
        Listener::Unix(listener) => Socket::Unix(listener.accept().await?.0),
    })
}

async fn answer<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(stream: S, peer: String, control: Control) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (control, peer) = (control.clone(), peer.clone());
        async move { Ok::<_, Infallible>(route(request, control, peer)) }
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE_ANSWER)
        .max_concurrent_streams(MAX_STREAMS)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever breaks off, or speaks something else, is owed nothing.
    let _ = connection.await;
}

/// The methods of the aggregated discovery service.
const STATE_OF_THE_WORLD: &str = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
const DELTA: &str = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

fn route(request: Request<Incoming>, control: Control, peer: String) -> Response<Responses> {
    match request.uri().path() {
        STATE_OF_THE_WORLD => discover::<DiscoveryRequest>(request, control, peer),
        DELTA => discover::<DeltaDiscoveryRequest>(request, control, peer),
        other => Status::unimplemented(format!("there is no {other} here")).into_http(),
    }
}

fn discover<A: Asking>(request: Request<Incoming>, control: Control, peer: String) -> Response<Responses> {
    let (responses, outgoing) = mpsc::channel(MAX_RESPONSES);
    tokio::spawn(speak(control, peer, Requests::<A>::of(request.into_body()), responses));
    let mut response = Response::new(Responses::of(A::PROTOCOL, outgoing));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
