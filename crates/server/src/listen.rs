//! Connections: how many there are, how long each may take, and TLS around them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

/// How many connections may wait to be taken; whoever comes when they do tries again a second later.
const BACKLOG: u32 = 4096;

/// The most headers of a request, and the most bytes of its head.
const MAX_HEADERS: usize = 100;
const MAX_HEAD: usize = 32 << 10;

/// How long those that are answered still have when the server ends.
const FAREWELL: Duration = Duration::from_secs(10);

/// How long to wait when the system has no more files to give.
const RESPITE: Duration = Duration::from_millis(50);

/// What a connection is told that is one too many.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nx-amzn-errortype: \
    ServiceUnavailableException\r\nconnection: close\r\ncontent-length: 58\r\n\r\n{\"message\":\"the server has as many connections as it can\"}";

/// How many clients there may be, and how long each may take for a step.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most connections at a time; whoever comes then is told to try again.
    pub connections: usize,
    /// For the handshake of TLS.
    pub handshake: Duration,
    /// For the head of a request; so long may a connection be idle too.
    pub head: Duration,
    /// For the body of a request.
    pub body: Duration,
    /// For taking a part of an answer.
    pub write: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        let long = Duration::from_secs(30);
        Self { connections: 8192, handshake: Duration::from_secs(10), head: long, body: long, write: long }
    }
}

/// Listens, with room for a burst of clients.
///
/// # Errors
/// The address is not of this machine, or is taken.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again must not wait for the connections of the one before.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Answers connections until `end` comes, and those that are open then for a while longer.
pub(crate) async fn accept(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    bounds: Bounds,
    router: Router,
    end: impl Future<Output = ()>,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let places = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut end = pin!(end);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        let Ok((stream, _)) = accepted else {
            sleep(RESPITE).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            if acceptor.is_none() {
                let _ = stream.try_write(FULL);
            }
            continue;
        };
        let (acceptor, router, watcher) = (acceptor.clone(), router.clone(), graceful.watcher());
        // Answers are small, and a client that waits for one sends nothing more.
        let _ = stream.set_nodelay(true);
        tokio::spawn(async move {
            let _place: OwnedSemaphorePermit = place;
            let Some(acceptor) = acceptor else { return answer(stream, bounds, router, watcher).await };
            let shaken = timeout(bounds.handshake, acceptor.accept(stream)).await;
            if let Ok(Ok(stream)) = shaken {
                answer(stream, bounds, router, watcher).await;
            }
        });
    }
    drop(listener);
    let _ = timeout(FAREWELL, graceful.shutdown()).await;
}

/// Answers what comes over a connection.
async fn answer<S>(stream: S, bounds: Bounds, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Send + 'static,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(bounds.write));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(router));
    // Whoever breaks off, or is no client of HTTP, is owed nothing.
    let _ = watcher.watch(connection).await;
}
