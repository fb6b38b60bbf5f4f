//! How long requests may take: on the caller's side by the route, on the callee's side by the listener.

use std::fmt;

use meshwright_model::Path;
use meshwright_model::defaults::{IDLE_TIMEOUT_MILLIS, PER_REQUEST_TIMEOUT_MILLIS};
use meshwright_model::duration::Duration;
use meshwright_model::limits::PortProtocol;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::timeout::ListenerTimeout;

use super::{Facts, Node, Route, Target, exist_together, listener_path, route_path};

/// A span of time as a sentence names it: `20 s`, `1500 ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub u64);

impl fmt::Display for Millis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            millis if millis.is_multiple_of(1000) => write!(formatter, "{} s", millis / 1000),
            millis => write!(formatter, "{millis} ms"),
        }
    }
}

/// How long a request may take, or a stream be silent, in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The limit; `None` where there is none, because a timeout of 0 switches it off.
    pub limit: Option<Millis>,
    /// Whether the file says nothing, so that a default holds: 15 seconds for a request, 300 for silence.
    pub is_default: bool,
}

impl Patience {
    fn of(given: Option<&Duration>, default_millis: u64) -> Option<Self> {
        let Some(given) = given else {
            return Some(Self { limit: Some(Millis(default_millis)), is_default: true });
        };
        let millis = given.millis()?;
        Some(Self { limit: (millis > 0).then_some(Millis(millis)), is_default: false })
    }

    /// Whether it ends before the other does.
    pub fn is_shorter_than(self, other: Self) -> bool {
        match (self.limit, other.limit) {
            (Some(own), Some(other)) => own < other,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// Whether a request that it is for may be cut by the patience with its silence. Whoever lets requests take any time and
    /// sets an idle timeout relies on that one.
    pub fn outlasts(self, idle: Self) -> bool {
        idle.is_shorter_than(self) && (self.limit.is_some() || idle.is_default)
    }
}

impl fmt::Display for Patience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Some(limit) => limit.fmt(formatter),
            None => formatter.write_str("any time"),
        }
    }
}

/// How long a route lets a request take; `None` for TCP, which has no requests, and where its file leaves that open.
pub fn route_patience(route: Route<'_>, protocol: ProtocolRoute<'_>) -> Option<Patience> {
    of_route(route, protocol, "perRequest", protocol.per_request(), PER_REQUEST_TIMEOUT_MILLIS)
}

/// How long a route lets the stream of a request be silent; `None` likewise.
pub fn route_idle(route: Route<'_>, protocol: ProtocolRoute<'_>) -> Option<Patience> {
    of_route(route, protocol, "idle", protocol.idle(), IDLE_TIMEOUT_MILLIS)
}

fn of_route(
    route: Route<'_>,
    protocol: ProtocolRoute<'_>,
    field: &'static str,
    given: Option<&Duration>,
    default_millis: u64,
) -> Option<Patience> {
    if matches!(protocol, ProtocolRoute::Tcp(_)) {
        return None;
    }
    let may_be_hidden = given.is_none() && !route.resource.gaps.is_empty();
    if may_be_hidden && route.resource.has_gap(&route_path(protocol, &["timeout", field])) {
        return None;
    }
    Patience::of(given, default_millis)
}

/// How long a node's listener lets a request take; `None` for TCP, where its file leaves that open, and where its timeout is
/// for another protocol than its own.
pub fn listener_patience(node: Node<'_>, index: usize) -> Option<Patience> {
    of_listener(node, index, "perRequest", per_request, PER_REQUEST_TIMEOUT_MILLIS)
}

/// How long a node's listener lets the stream of a request be silent; `None` likewise.
pub fn listener_idle(node: Node<'_>, index: usize) -> Option<Patience> {
    of_listener(node, index, "idle", idle, IDLE_TIMEOUT_MILLIS)
}

fn of_listener(
    node: Node<'_>,
    index: usize,
    field: &'static str,
    given: fn(&ListenerTimeout) -> Option<&Duration>,
    default_millis: u64,
) -> Option<Patience> {
    let listener = node.spec.listeners.as_ref()?.get(index)?;
    let protocol = *listener.port_mapping.protocol.known()?;
    let is_for_another = listener.timeout.as_ref().is_some_and(|timeout| timeout_field(timeout) != protocol.as_str());
    if protocol == PortProtocol::Tcp || is_for_another {
        return None;
    }
    let given = listener.timeout.as_ref().and_then(given);
    let may_be_hidden = given.is_none() && !node.resource.gaps.is_empty();
    if may_be_hidden && node.resource.has_gap(&listener_path(index, &["timeout", protocol.as_str(), field])) {
        return None;
    }
    Patience::of(given, default_millis)
}

/// Where a value of a listener's timeout stands, or would stand.
pub fn timeout_path(node: Node<'_>, index: usize, field: &'static str) -> Option<Path> {
    let protocol = node.spec.listeners.as_ref()?.get(index)?.port_mapping.protocol.known()?;
    Some(listener_path(index, &["timeout", protocol.as_str(), field]))
}

impl<'a> Facts<'a> {
    /// The listeners to which a route sends requests: of nodes that exist where it does, for its own protocol. One comes as
    /// often as a target leads to it.
    pub fn listeners_reached(
        &self,
        route: Route<'a>,
        protocol: ProtocolRoute<'a>,
    ) -> impl Iterator<Item = (Node<'a>, usize)> {
        self.targets(route).filter_map(move |Target { weight, port, node, .. }| {
            let has_share = weight.is_none_or(|weight| weight > 0);
            let node = node.filter(|node| has_share && exist_together(route.resource, node.resource))?;
            let endpoint = self.endpoints(node.position).reached(port)?;
            (endpoint.protocol == Some(protocol.protocol())).then_some((node, endpoint.index))
        })
    }
}

/// The field under which a listener's timeout stands.
pub fn timeout_field(timeout: &ListenerTimeout) -> &'static str {
    match timeout {
        ListenerTimeout::Http(_) => "http",
        ListenerTimeout::Http2(_) => "http2",
        ListenerTimeout::Grpc(_) => "grpc",
        ListenerTimeout::Tcp(_) => "tcp",
    }
}

/// How long a request may take, where a listener's timeout says.
pub fn per_request(timeout: &ListenerTimeout) -> Option<&Duration> {
    match timeout {
        ListenerTimeout::Http(timeout) | ListenerTimeout::Http2(timeout) => timeout.per_request.as_ref(),
        ListenerTimeout::Grpc(timeout) => timeout.per_request.as_ref(),
        ListenerTimeout::Tcp(_) => None,
    }
}

/// How long a connection may be silent, where a listener's timeout says.
fn idle(timeout: &ListenerTimeout) -> Option<&Duration> {
    match timeout {
        ListenerTimeout::Http(timeout) | ListenerTimeout::Http2(timeout) => timeout.idle.as_ref(),
        ListenerTimeout::Grpc(timeout) => timeout.idle.as_ref(),
        ListenerTimeout::Tcp(timeout) => timeout.idle.as_ref(),
    }
}
