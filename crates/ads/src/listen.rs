//! Connections of proxies: HTTP/2 over TCP, TLS or a Unix socket, with bounds.

use std::convert::Infallible;
use std::future::Future;
use std::io;
#[cfg(unix)]
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use meshwright_envoy::envoy::service::discovery::v3::{DeltaDiscoveryRequest, DiscoveryRequest};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tonic::Status;

use crate::authority::OfSocket;
use crate::caller::{Authorize, Caller};
use crate::calls::{Requests, Responses};
use crate::csds;
use crate::stream::{Control, MAX_RESPONSES, speak};
use crate::wire::Asking;

/// The most connections at a time.
const MAX_CONNECTIONS: usize = 20_000;

/// The most streams of a connection: a proxy has one.
const MAX_STREAMS: u32 = 16;

/// How long the handshake of TLS may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a connection may be there before its first call.
const FIRST_CALL: Duration = Duration::from_secs(30);

/// How often a connection is asked whether it is still there, and how long it has to answer. App Mesh's proxies ask
/// as often (the gateway's dump, `grpc.keepalive_time_ms`).
const KEEP_ALIVE: Duration = Duration::from_secs(10);
const KEEP_ALIVE_ANSWER: Duration = Duration::from_secs(20);

/// How long to wait when the system has no more files to give.
const RESPITE: Duration = Duration::from_millis(50);

/// Where proxies connect.
#[derive(Debug)]
pub enum Listener {
    /// A port, where everything is as it is.
    Tcp(TcpListener),
    /// A port with TLS. Whoever shows no certificate of a client must be somebody by its calls, where that is asked for.
    Tls(TcpListener, Arc<ServerConfig>, Option<Authorize>),
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
                Socket::Tcp(stream, peer) => answer(stream, Peer { name: peer, authorize: None }, control).await,
                Socket::Tls(stream, peer, tls, authorize) => {
                    match timeout(HANDSHAKE, TlsAcceptor::from(tls).accept(stream)).await {
                        Ok(Ok(stream)) => {
                            let is_certified = stream.get_ref().1.peer_certificates().is_some();
                            let peer = Peer { name: peer, authorize: authorize.filter(|_| !is_certified) };
                            answer(stream, peer, control).await;
                        }
                        // A check of whether the port is open says nothing at all.
                        Ok(Err(why)) if why.kind() == io::ErrorKind::UnexpectedEof => {}
                        Ok(Err(why)) => control.proxies.refuse(&peer, "", &format!("TLS: {why}")),
                        Err(_) => control.proxies.refuse(&peer, "", "TLS: the handshake takes too long"),
                    }
                }
                #[cfg(unix)]
                Socket::Unix(stream) => {
                    let peer = Peer { name: "unix".to_owned(), authorize: None };
                    answer(stream, peer, control).await;
                }
            }
        });
    }
}

enum Socket {
    Tcp(TcpStream, String),
    Tls(TcpStream, String, Arc<ServerConfig>, Option<Authorize>),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

async fn accept(listener: &Listener) -> io::Result<Socket> {
    Ok(match listener {
        Listener::Tcp(listener) => {
            let (stream, peer) = accept_tcp(listener).await?;
            Socket::Tcp(stream, peer)
        }
        Listener::Tls(listener, tls, authorize) => {
            let (stream, peer) = accept_tcp(listener).await?;
            Socket::Tls(stream, peer, Arc::clone(tls), authorize.clone())
        }
        #[cfg(unix)]
        Listener::Unix(listener) => Socket::Unix(listener.accept().await?.0),
    })
}

async fn accept_tcp(listener: &TcpListener) -> io::Result<(TcpStream, String)> {
    let (stream, peer) = listener.accept().await?;
    // A change is small, and must not wait for more.
    stream.set_nodelay(true)?;
    Ok((stream, peer.to_string()))
}

/// The other end of a connection.
#[derive(Clone)]
struct Peer {
    name: String,
    /// Who it is, where its calls must say it.
    authorize: Option<Authorize>,
}

async fn answer<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(stream: S, peer: Peer, control: Control) {
    let has_called = Arc::new(AtomicBool::new(false));
    let called = Arc::clone(&has_called);
    let service = service_fn(move |request: Request<Incoming>| {
        let response = route(request, &control, &peer).unwrap_or_else(Status::into_http);
        called.fetch_or(!response.body().is_end_stream(), Ordering::Relaxed);
        async move { Ok::<_, Infallible>(response) }
    });
    let mut connection = pin!(
        http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(KEEP_ALIVE_ANSWER)
            .max_concurrent_streams(MAX_STREAMS)
            // A relay takes what is said to its socket elsewhere.
            .serve_connection(TokioIo::new(OfSocket::new(stream)), service)
    );
    // Whoever breaks off, speaks something else or says nothing is owed nothing.
    if timeout(FIRST_CALL, connection.as_mut()).await.is_err() && has_called.load(Ordering::Relaxed) {
        let _ = connection.await;
    }
}

/// The methods of the aggregated discovery service.
const STATE_OF_THE_WORLD: &str = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
const DELTA: &str = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";

fn route(request: Request<Incoming>, control: &Control, peer: &Peer) -> Result<Response<Responses>, Status> {
    let answer = match request.uri().path() {
        STATE_OF_THE_WORLD => discover::<DiscoveryRequest>,
        DELTA => discover::<DeltaDiscoveryRequest>,
        csds::STREAM => tell_each,
        csds::FETCH => tell_once,
        other => return Err(Status::unimplemented(format!("there is no {other} here"))),
    };
    let (head, body) = request.into_parts();
    let caller = match &peer.authorize {
        None => Caller::anyone(&control.region, &control.account),
        Some(Authorize(authorize)) => authorize(&head).map_err(|why| {
            control.proxies.refuse(&peer.name, "", &why);
            Status::unauthenticated(why)
        })?,
    };
    let mut response = Response::new(answer(body, control.clone(), caller, peer.name.clone()));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    Ok(response)
}

fn discover<A: Asking>(body: Incoming, control: Control, caller: Caller, peer: String) -> Responses {
    let (responses, outgoing) = mpsc::channel(MAX_RESPONSES);
    let talk = speak(control, caller, peer, Requests::<A>::of(body), responses);
    Responses::of(A::PROTOCOL, talk, outgoing)
}

fn tell_each(body: Incoming, control: Control, caller: Caller, _: String) -> Responses {
    tell(body, control, caller, false)
}

fn tell_once(body: Incoming, control: Control, caller: Caller, _: String) -> Responses {
    tell(body, control, caller, true)
}

fn tell(body: Incoming, control: Control, caller: Caller, is_one: bool) -> Responses {
    // The next answer is made when the last one is on its way; that it is not read is noticed by a task of its own.
    let (answers, outgoing) = mpsc::channel(1);
    tokio::spawn(csds::tell(control.proxies, caller, Requests::of(body), answers, is_one));
    Responses::written(outgoing)
}
