//! How long requests may take: on the caller's side by the route, on the callee's side by the listener.

use std::fmt;

use meshwright_model::defaults::PER_REQUEST_TIMEOUT_MILLIS;
use meshwright_model::duration::Duration;
use meshwright_model::limits::PortProtocol;
use meshwright_model::listener::Listener;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::timeout::ListenerTimeout;

use super::{Node, Route, listener_path, route_path};

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

/// How long a request may take in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The limit; `None` where there is none, because a timeout of 0 switches it off.
    pub limit: Option<Millis>,
    /// Whether the file says nothing, so that App Mesh's 15 seconds hold.
    pub is_default: bool,
}

impl Patience {
    fn of(given: Option<&Duration>) -> Option<Self> {
        let Some(given) = given else {
            return Some(Self { limit: Some(Millis(PER_REQUEST_TIMEOUT_MILLIS)), is_default: true });
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
    if matches!(protocol, ProtocolRoute::Tcp(_)) {
        return None;
    }
    let given = protocol.per_request();
    let may_be_hidden = given.is_none() && !route.resource.gaps.is_empty();
    if may_be_hidden && route.resource.has_gap(&route_path(protocol, &["timeout", "perRequest"])) {
        return None;
    }
    Patience::of(given)
}

/// How long a node's listener lets a request take; `None` for TCP, where its file leaves that open, and where its timeout is
/// for another protocol than its own.
pub fn listener_patience(node: Node<'_>, index: usize) -> Option<Patience> {
    let listener = node.spec.listeners.as_ref()?.get(index)?;
    let protocol = *listener.port_mapping.protocol.known()?;
    if protocol == PortProtocol::Tcp {
        return None;
    }
    let may_be_hidden = !node.resource.gaps.is_empty();
    let Some(timeout) = &listener.timeout else {
        let is_open = may_be_hidden && node.resource.has_gap(&listener_path(index, &["timeout"]));
        return if is_open { None } else { Patience::of(None) };
    };
    if timeout_field(timeout) != protocol.as_str() {
        return None;
    }
    let given = per_request(timeout);
    let path = || listener_path(index, &["timeout", timeout_field(timeout), "perRequest"]);
    if given.is_none() && may_be_hidden && node.resource.has_gap(&path()) { None } else { Patience::of(given) }
}

/// The field of a listener's timeout that its protocol has: `http`, where it speaks that.
pub fn timeout_key(listener: &Listener) -> Option<&'static str> {
    match listener.port_mapping.protocol.known()? {
        PortProtocol::Tcp => None,
        protocol => Some(protocol.as_str()),
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
pub fn idle(timeout: &ListenerTimeout) -> Option<&Duration> {
    match timeout {
        ListenerTimeout::Http(timeout) | ListenerTimeout::Http2(timeout) => timeout.idle.as_ref(),
        ListenerTimeout::Grpc(timeout) => timeout.idle.as_ref(),
        ListenerTimeout::Tcp(timeout) => timeout.idle.as_ref(),
    }
}
