//! A client of gRPC that says what it is told to say, and reads no more than it is told to.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::client::{Builder, ResponseFuture, SendRequest};
use http::Request;
use tokio::net::TcpStream;

/// The call of proxies, in the state of the world.
pub(crate) const DISCOVER: &str = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";

pub(crate) const CLUSTERS: &str = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
pub(crate) const ROUTES: &str = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
pub(crate) const SECRETS: &str = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/// Does something that waits.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A field of a message.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut length = content.len();
    let mut field = vec![number << 3 | 2];
    while length > 0x7f {
        field.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    [field, content.to_vec()].concat()
}

/// A request of a proxy with an id, for a kind and names.
pub(crate) fn asks(id: &str, kind: &str, names: &[&str]) -> Bytes {
    let names: Vec<u8> = names.iter().flat_map(|name| field(3, name.as_bytes())).collect();
    let message = [field(2, &field(1, id.as_bytes())), names, field(4, kind.as_bytes())].concat();
    [&[0], &u32::try_from(message.len()).unwrap().to_be_bytes()[..], &message].concat().into()
}

/// A connection of a client that takes so many bytes before it reads.
pub(crate) async fn connect(address: SocketAddr, window: u32) -> SendRequest<Bytes> {
    let stream = TcpStream::connect(address).await.unwrap();
    let mut builder = Builder::new();
    let (client, connection) =
        builder.initial_window_size(window).initial_connection_window_size(1 << 16).handshake(stream).await.unwrap();
    tokio::spawn(connection);
    client.ready().await.unwrap()
}

/// Calls a method with one message; the stream stays open as long as what this answers with.
pub(crate) fn send(
    client: &mut SendRequest<Bytes>,
    method: &str,
    message: Bytes,
) -> (ResponseFuture, h2::SendStream<Bytes>) {
    let request = Request::post(format!("http://localhost{method}")).header("content-type", "application/grpc");
    let (response, mut stream) = client.send_request(request.body(()).unwrap(), false).unwrap();
    stream.send_data(message, false).unwrap();
    (response, stream)
}
