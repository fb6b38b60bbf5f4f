//! A proxy as far as the control plane sees it: it asks as Envoy does, accepts everything, and says when.

use std::future::poll_fn;
use std::path::Path;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use h2::client::{Builder, Connection, ResponseFuture};
use h2::{RecvStream, SendStream};
use http::Request;
use meshwright_envoy::envoy::config::cluster::v3::Cluster;
use meshwright_envoy::envoy::config::cluster::v3::cluster::{ClusterDiscoveryType, DiscoveryType};
use meshwright_envoy::envoy::config::core::v3::node::UserAgentVersionType;
use meshwright_envoy::envoy::config::core::v3::{BuildVersion, Node};
use meshwright_envoy::envoy::config::endpoint::v3::ClusterLoadAssignment;
use meshwright_envoy::envoy::config::listener::v3::{Filter, Listener, filter};
use meshwright_envoy::envoy::config::route::v3::RouteConfiguration;
use meshwright_envoy::envoy::extensions::filters::network::http_connection_manager::v3::HttpConnectionManager;
use meshwright_envoy::envoy::extensions::filters::network::http_connection_manager::v3::http_connection_manager::RouteSpecifier;
use meshwright_envoy::envoy::service::discovery::v3::{
    DeltaDiscoveryRequest, DeltaDiscoveryResponse, DiscoveryRequest, DiscoveryResponse,
};
use meshwright_envoy::envoy::r#type::v3::SemanticVersion;
use prost::{Message, Name};
use prost_types::Any;
use tokio::net::UnixStream;

use super::accepts::{Accepted, Accepts};
use super::chunks::Chunks;

const METHODS: &str = "envoy.service.discovery.v3.AggregatedDiscoveryService";

/// The bytes before a message: whether it is compressed, and its length.
const PREFIX: usize = 5;

/// How much a control plane may send before it waits, more than it ever does.
const WINDOW: u32 = 16 << 20;

/// The protocol that a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    StateOfTheWorld,
    Delta,
}

/// A proxy.
#[derive(Clone, Debug)]
pub(super) struct Proxy {
    /// Its number, by which it says what it does.
    pub(super) number: usize,
    pub(super) protocol: Protocol,
    /// How it says who it is.
    pub(super) node: String,
}

/// What every response has, in either protocol; its resources are passed over.
#[derive(Clone, PartialEq, Message)]
struct Heading {
    #[prost(string, tag = "1")]
    version: String,
    #[prost(string, tag = "4")]
    type_url: String,
    #[prost(string, tag = "5")]
    nonce: String,
}

impl Proxy {
    /// Speaks until the control plane goes; says when it has accepted route configurations.
    pub(super) async fn speak(self, socket: Arc<Path>, accepts: Arc<Accepts>) -> Result<()> {
        let socket = UnixStream::connect(socket).await?;
        let mut builder = Builder::new();
        builder.initial_window_size(WINDOW).initial_connection_window_size(WINDOW);
        let (mut client, connection) = builder.handshake(socket).await?;
        let mut connection = pin!(connection);
        let method = match self.protocol {
            Protocol::StateOfTheWorld => "StreamAggregatedResources",
            Protocol::Delta => "DeltaAggregatedResources",
        };
        let request = Request::post(format!("http://localhost/{METHODS}/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())?;
        let (response, requests) = client.send_request(request, false)?;
        let mut stream = Stream { proxy: self, requests, names: [const { Vec::new() }; 2], has_asked_all: false };
        stream.say(&Heading { type_url: Cluster::type_url(), ..Heading::default() }, &[], true)?;
        let mut incoming = Incoming::Response(response);
        let mut buffer = Chunks::default();
        loop {
            tokio::select! {
                message = incoming.next(&mut buffer) => {
                    let Some(message) = message? else { return Ok(()) };
                    let has_routes = stream.answer(&message)?;
                    flush(connection.as_mut()).await;
                    if has_routes {
                        accepts.add(Accepted { number: stream.proxy.number, at: Instant::now() });
                    }
                }
                ended = &mut connection => return Ok(ended?),
            }
        }
    }
}

/// Writes what is said.
async fn flush(mut connection: Pin<&mut Connection<UnixStream, Bytes>>) {
    // That it has ended is seen by whoever waits for that.
    poll_fn(|context| {
        let _ = connection.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

/// What comes.
enum Incoming {
    Response(ResponseFuture),
    Body(RecvStream),
}

impl Incoming {
    /// The next message, once it is whole; `None` where the stream ends.
    async fn next(&mut self, buffer: &mut Chunks) -> Result<Option<Chunks>> {
        loop {
            if buffer.remaining() >= PREFIX {
                let mut prefix = buffer.clone();
                prefix.advance(1);
                let length = usize::try_from(prefix.get_u32())?;
                if prefix.remaining() >= length {
                    buffer.advance(PREFIX);
                    return Ok(Some(buffer.take_front(length)));
                }
            }
            match self {
                Self::Response(response) => *self = Self::Body(response.await?.into_body()),
                Self::Body(body) => {
                    let Some(data) = body.data().await else { return Ok(None) };
                    let data = data?;
                    body.flow_control().release_capacity(data.len())?;
                    buffer.push(data);
                }
            }
        }
    }
}

/// The one stream of a proxy.
struct Stream {
    proxy: Proxy,
    requests: SendStream<Bytes>,
    /// What it asks for by name: hosts, and route configurations.
    names: [Vec<String>; 2],
    /// Whether it has asked for listeners: it does once it has clusters.
    has_asked_all: bool,
}

/// Where the names of hosts stand, and those of route configurations.
const HOSTS: usize = 0;
const ROUTES: usize = 1;

impl Stream {
    /// Accepts a response, and asks for what it leads to; whether it had route configurations.
    fn answer(&mut self, message: &Chunks) -> Result<bool> {
        let heading = Heading::decode(message.clone())?;
        let url = heading.type_url.clone();
        let names = match url.as_str() {
            url if url == RouteConfiguration::type_url() => self.names[ROUTES].clone(),
            url if url == ClusterLoadAssignment::type_url() => self.names[HOSTS].clone(),
            _ => Vec::new(),
        };
        self.say(&heading, &names, false)?;
        if url == Cluster::type_url() {
            let clusters = self.resources::<Cluster>(message)?;
            self.ask(HOSTS, &ClusterLoadAssignment::type_url(), hosts(&clusters))?;
            if !std::mem::replace(&mut self.has_asked_all, true) {
                self.say(&Heading { type_url: Listener::type_url(), ..Heading::default() }, &[], false)?;
            }
        } else if url == Listener::type_url() {
            let listeners = self.resources::<Listener>(message)?;
            self.ask(ROUTES, &RouteConfiguration::type_url(), routes(&listeners)?)?;
        }
        Ok(url == RouteConfiguration::type_url())
    }

    fn resources<M: Message + Name + Default>(&self, message: &Chunks) -> Result<Vec<M>> {
        let all: Vec<Any> = match self.proxy.protocol {
            Protocol::StateOfTheWorld => DiscoveryResponse::decode(message.clone())?.resources,
            Protocol::Delta => {
                let own = DeltaDiscoveryResponse::decode(message.clone())?;
                own.resources.into_iter().filter_map(|own| own.resource).collect()
            }
        };
        all.iter().map(|any| any.to_msg().context("a resource")).collect()
    }

    /// Asks for names that it has not asked for.
    fn ask(&mut self, kind: usize, type_url: &str, names: Vec<String>) -> Result<()> {
        let new: Vec<String> = names.into_iter().filter(|name| !self.names[kind].contains(name)).collect();
        if new.is_empty() {
            return Ok(());
        }
        self.names[kind].extend(new);
        let names = self.names[kind].clone();
        self.say(&Heading { type_url: type_url.to_owned(), ..Heading::default() }, &names, false)
    }

    /// Says that it has what a heading says, and which names it wants.
    fn say(&mut self, heading: &Heading, names: &[String], is_first: bool) -> Result<()> {
        let node = is_first.then(|| self.node());
        let Heading { version, type_url, nonce } = heading.clone();
        match self.proxy.protocol {
            Protocol::StateOfTheWorld => send(
                &mut self.requests,
                &DiscoveryRequest {
                    node,
                    type_url,
                    version_info: version,
                    response_nonce: nonce,
                    resource_names: names.to_vec(),
                    ..DiscoveryRequest::default()
                },
            ),
            Protocol::Delta => {
                let is_answer = !nonce.is_empty();
                let request = DeltaDiscoveryRequest {
                    node,
                    type_url,
                    response_nonce: nonce,
                    resource_names_subscribe: if is_answer { Vec::new() } else { names.to_vec() },
                    ..DeltaDiscoveryRequest::default()
                };
                send(&mut self.requests, &request)
            }
        }
    }

    fn node(&self) -> Node {
        let version = SemanticVersion { major_number: 1, minor_number: 34, ..SemanticVersion::default() };
        let build = BuildVersion { version: Some(version), ..BuildVersion::default() };
        Node {
            id: self.proxy.node.clone(),
            cluster: self.proxy.node.clone(),
            user_agent_name: "envoy".to_owned(),
            user_agent_version_type: Some(UserAgentVersionType::UserAgentBuildVersion(build)),
            ..Node::default()
        }
    }
}

/// The clusters whose hosts are told apart from them.
fn hosts(clusters: &[Cluster]) -> Vec<String> {
    let is_told = |own: &&Cluster| matches!(own.cluster_discovery_type, Some(ClusterDiscoveryType::Type(kind)) if kind == DiscoveryType::Eds as i32);
    clusters.iter().filter(is_told).map(|own| own.name.clone()).collect()
}

/// The route configurations that listeners name.
fn routes(listeners: &[Listener]) -> Result<Vec<String>> {
    let chains = listeners.iter().flat_map(|own| own.filter_chains.iter().chain(&own.default_filter_chain));
    let mut names = Vec::new();
    for filter in chains.flat_map(|chain| &chain.filters) {
        let Filter { config_type: Some(filter::ConfigType::TypedConfig(any)), .. } = filter else { continue };
        let Ok(manager) = any.to_msg::<HttpConnectionManager>() else { continue };
        match manager.route_specifier {
            Some(RouteSpecifier::Rds(own)) => names.push(own.route_config_name),
            other => bail!("a listener has its routes from elsewhere: {other:?}"),
        }
    }
    Ok(names)
}

fn send(requests: &mut SendStream<Bytes>, message: &impl Message) -> Result<()> {
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(message.encoded_len())?);
    message.encode(&mut bytes)?;
    Ok(requests.send_data(bytes.freeze(), false)?)
}
