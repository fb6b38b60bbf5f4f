//! What happens to a request: through which proxies it goes, which route each chooses, and where it ends.
//!
//! The answer is that of Envoy under what [`crate::proxy`] says; the differential test holds both against each other.

mod arrival;
mod attempts;
mod domains;
mod gateway;
mod hop;
mod loopback;
mod node;
mod parts;
mod sent;

use meshwright_model::Kind;
use meshwright_model::request::Request;

use crate::capture::Capture;
use crate::proxy::{Omission, Proxy, Role, World};
use parts::Parts;

pub use arrival::{Arrival, Loss};
pub use attempts::Attempts;
pub use domains::host_of;
pub use hop::{Considered, Hop, Rewritten, Step};
pub use sent::{MAX_REQUEST, NoRequest, Sent};

/// What becomes of what a client sends.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace<'a> {
    /// How it ends.
    pub outcome: Outcome,
    /// The proxies that it goes through, in order; where it is shared out, one for each target.
    pub hops: Vec<Hop<'a>>,
    /// Why it ends so, and what else is worth knowing: sentences without a full stop.
    pub reasons: Vec<String>,
    /// What was left out of the mesh on the way, and why.
    pub omissions: Vec<Omission<'a>>,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It reaches an application, or leaves the mesh.
    Forwarded,
    /// A proxy answers itself.
    Answered {
        /// The status of HTTP; a gRPC client sees 200 and a status of its own ([`grpc_status`]).
        status: u16,
        /// Envoy's response flag.
        flag: &'static str,
    },
    /// The connection is closed without an answer.
    Closed {
        /// Envoy's response flag, where it logs one.
        flag: Option<&'static str>,
    },
    /// What the files leave open decides.
    Unknown,
}

impl Outcome {
    /// No route takes the request.
    pub(crate) const NO_ROUTE: Self = Self::Answered { status: 404, flag: "NR" };
    /// The route's cluster does not exist.
    pub(crate) const NO_CLUSTER: Self = Self::Answered { status: 503, flag: "NC" };
    /// No filter chain takes the connection. Envoy counts it and logs nothing.
    pub(crate) const NO_CHAIN: Self = Self::Closed { flag: None };
}

/// The status of gRPC that stands for an answer of Envoy's own.
///
/// Source: Envoy, `source/common/grpc/status.cc`, `httpToGrpcStatus`.
pub const fn grpc_status(status: u16) -> u32 {
    match status {
        400 => 13,
        401 => 16,
        403 => 7,
        404 => 12,
        429 | 502 | 503 | 504 => 14,
        _ => 2,
    }
}

impl<'a> Trace<'a> {
    /// What becomes of what the application of a node, or a client of a gateway, sends; `None` where the mesh has none of that name.
    pub fn of(world: &World<'a>, kind: Kind, name: &str, sent: &Sent) -> Option<Self> {
        Proxy::of(world, kind, name).map(|proxy| Self::through(world, &proxy, &Capture::OriginalDestination, sent))
    }

    /// Likewise, from its proxy, which connections reach in some way.
    pub fn through(world: &World<'a>, proxy: &Proxy<'a>, capture: &Capture, sent: &Sent) -> Self {
        let omissions = proxy.omissions.clone();
        let mut trace = Self { outcome: Outcome::Forwarded, hops: Vec::new(), reasons: Vec::new(), omissions };
        match (&proxy.role, capture) {
            (Role::Gateway { .. }, _) => trace.enter_gateway(world, proxy, sent),
            (Role::Node { .. }, Capture::OriginalDestination | Capture::Addresses(_)) => {
                trace.leave_node(world, proxy, sent);
            }
            (Role::Node { .. }, Capture::Loopback(ports)) => trace.leave_by_loopback(world, proxy, ports, sent),
        }
        trace.doubt();
        trace
    }

    /// Says of an outcome that it is not certain, where something on the way is left open.
    fn doubt(&mut self) {
        if !self.omissions.iter().any(|omission| omission.is_open && omission.decides()) {
            return;
        }
        match self.outcome {
            Outcome::Forwarded => self.reasons.push("what the files leave open may decide otherwise".to_owned()),
            Outcome::Unknown => {}
            outcome => {
                let shown = node::shown(outcome);
                self.reasons.push(format!("what the files leave open decides; without it the answer is: {shown}"));
                self.outcome = Outcome::Unknown;
            }
        }
    }

    /// Ends it.
    fn end(&mut self, outcome: Outcome, reason: impl Into<String>) {
        self.outcome = outcome;
        self.reasons.push(reason.into());
    }
}

/// The port that a request is sent to. Source: RFC 9110, 4.2.1 and 4.2.2.
fn dialled(request: &Request) -> Option<u16> {
    match request.port {
        Some(port) => u16::try_from(port).ok(),
        None => Some(default_port(request.scheme)),
    }
}

const fn default_port(scheme: &str) -> u16 {
    if scheme.len() == "https".len() { 443 } else { 80 }
}

/// What a client says as `Host`. Source: RFC 9110, 7.2: the port is left out where it is the scheme's own.
fn authority(request: &Request) -> String {
    match dialled(request) {
        Some(port) if port != default_port(request.scheme) => format!("{}:{port}", request.host),
        _ => request.host.clone(),
    }
}
