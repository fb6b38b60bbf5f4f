//! One proxy on a request's way, and what it does.

use meshwright_model::limits::PortProtocol;
use meshwright_model::{Kind, Resource};

use super::arrival::Arrival;
use super::attempts::Attempts;
use crate::proxy::Retry;

/// One proxy on a request's way, and what it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Hop<'a> {
    /// The kind of what the proxy stands for: a node or a gateway.
    pub kind: Kind,
    /// Its name.
    pub name: &'a str,
    /// What decides here.
    pub step: Step<'a>,
    /// The routes that there are, in the order in which they are tried, and why each does not take the request.
    pub considered: Vec<Considered<'a>>,
    /// Where it goes from here; empty where it ends here.
    pub targets: Vec<Arrival<'a>>,
    /// What the request is when it leaves; `None` where there are only bytes.
    pub rewritten: Option<Rewritten>,
    /// How long it may take from here on, in milliseconds, all attempts included; `None` is without end.
    pub timeout_millis: Option<u64>,
    /// How long it may be silent, in milliseconds, where a file says so; 0 is without end.
    pub idle_millis: Option<u64>,
    /// When it is tried again; `None` where it never is.
    pub retry: Option<Retry>,
    /// What that comes to.
    pub attempts: Attempts,
}

/// What decides at a hop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<'a> {
    /// A route of a router; `None` where a node answers for its virtual service alone.
    Route {
        /// The virtual service.
        service: &'a str,
        /// The route.
        route: Option<&'a Resource>,
        /// The router's name; empty where there is none.
        router: &'a str,
        /// The route's name; the node's where there is none.
        name: &'a str,
    },
    /// A gateway route.
    GatewayRoute(&'a Resource),
    /// The listener of a node, before its application.
    Listener {
        /// Its port.
        port: u16,
        /// Its protocol.
        protocol: PortProtocol,
    },
    /// No route: what is not of the mesh passes.
    PassThrough,
    /// Nothing takes the request.
    Nothing,
}

/// A route, held against a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Considered<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its priority, where it has one.
    pub priority: Option<i64>,
    /// Whether it is tried: none is after the one that takes the request.
    pub is_tried: bool,
    /// Why it does not take the request; `None` where it does, or would.
    pub why: Option<String>,
}

/// A request when it leaves a proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The host.
    pub host: String,
    /// The path and the query.
    pub path: String,
}
