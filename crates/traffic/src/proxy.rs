//! What one proxy does, in App Mesh's words and with everything that App Mesh added without saying so.
//!
//! A [`Proxy`] is plain data that is whole: each value is known, each default spelt out, each reference followed. `trace` follows
//! a request through it, the crate `envoy` says it to Envoy; so both state one truth. What a faulty or open file keeps from being
//! known is left out, and said in [`Proxy::omissions`].

mod egress;
mod gateway;
mod ingress;
mod known;
mod listening;
mod refused;
mod retry;
mod routed;
mod router;
mod rule;
mod services;
mod target;
mod tls;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

use meshwright_model::limits::{EgressFilterType, IpPreference, PortProtocol};
use meshwright_model::logging::FileAccessLog;
use meshwright_model::{Kind, Path, Resource};

pub use gateway::{GatewayHost, GatewayListener, GatewayRule, HostRewrite, PathRewrite};
pub use ingress::{NodeListener, Pool};
pub use retry::Retry;
pub use rule::{Connection, Destination, Routing, Rule, Share};
pub use target::{Discovery, HealthCheck, OutlierDetection, Target};
pub use tls::{Certificate, ClientTls, ServerTls, Trust, Validation};
pub use world::World;

/// The port on which a gateway's proxy takes its own requests again, to route them to virtual services.
///
/// Source: the configuration of a gateway in capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`.
pub const EGRESS_PORT: u16 = 15001;

/// The header by which a gateway's proxy tells itself which virtual service is meant where the host stays as it was.
///
/// Source: the configuration of a gateway in capa-cloud/capa.io, `content/zh/blog/cloudstack/envoy/envoy-gateway.md`.
pub const VIRTUAL_SERVICE_HEADER: &str = "x-app-mesh-virtual-service";

/// What one proxy does.
#[derive(Debug)]
pub struct Proxy<'a> {
    /// The mesh.
    pub mesh: &'a str,
    /// The node or gateway.
    pub resource: &'a Resource,
    /// The node's or gateway's name.
    pub name: &'a str,
    /// What it does as a node's or as a gateway's proxy.
    pub role: Role<'a>,
    /// Where it logs requests.
    pub log: Option<&'a FileAccessLog>,
    /// Which IP versions it uses where it is the one that is reached.
    pub ip_preference: Option<IpPreference>,
    /// The listeners of nodes that it sends to; a [`Destination`] names one by its position.
    pub targets: Vec<Target<'a>>,
    /// What was left out, and why.
    pub omissions: Vec<Omission<'a>>,
}

/// What a proxy does besides sending to targets.
#[derive(Debug)]
pub enum Role<'a> {
    /// It stands beside an application.
    Node {
        /// Where it takes requests for its application.
        listeners: Vec<NodeListener<'a>>,
        /// What it does with what its application sends, by the port that is dialled.
        egress: BTreeMap<u16, Outbound<'a>>,
        /// What it does with the rest.
        filter: EgressFilterType,
    },
    /// It stands at the edge of the mesh.
    Gateway {
        /// Where it takes requests.
        listeners: Vec<GatewayListener<'a>>,
        /// The virtual services behind it, each once.
        hosts: Vec<VirtualHost<'a>>,
    },
}

/// What becomes of what an application sends to a port.
#[derive(Debug)]
pub enum Outbound<'a> {
    /// Its requests are told apart by host.
    Http {
        /// The protocol of the first backend on the port.
        protocol: PortProtocol,
        /// The virtual services, each once.
        hosts: Vec<VirtualHost<'a>>,
    },
    /// Its connections all go one way.
    Tcp {
        /// The virtual service.
        service: &'a str,
        /// The way.
        connection: Connection<'a>,
    },
}

/// A virtual service as the host of requests.
#[derive(Debug)]
pub struct VirtualHost<'a> {
    /// The virtual service.
    pub service: &'a str,
    /// The port of its provider's listener.
    pub port: u16,
    /// The hosts that it answers to.
    pub domains: Vec<String>,
    /// What becomes of requests.
    pub routing: Rc<Routing<'a>>,
    /// Where shares go.
    pub ways: Vec<Destination<'a>>,
}

/// Something that could not be said, since a part of it is open, faulty or not in the mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct Omission<'a> {
    /// The resource that says it.
    pub resource: &'a Resource,
    /// Where it says it.
    pub path: Path,
    /// What is left out and why: lower case, no full stop.
    pub why: String,
    /// Whether the file leaves open what is missing, so that it will be there once that is known.
    pub is_open: bool,
}

impl Omission<'_> {
    /// Whether what is left out can decide where a request goes, and not only how it is watched or how long it may take.
    pub fn decides(&self) -> bool {
        const OTHERS: &[&str] = &[
            "healthCheck",
            "outlierDetection",
            "accessLog",
            "timeout",
            "perRequest",
            "idle",
            "connectionPool",
            "retryPolicy",
        ];
        let path = self.path.to_string();
        !OTHERS.iter().any(|field| path.ends_with(field))
    }
}

impl<'a> Proxy<'a> {
    /// What the proxy of a node or gateway does; `None` where the world has none of that name.
    pub fn of(world: &World<'a>, kind: Kind, name: &str) -> Option<Self> {
        let mut proxy = match kind {
            Kind::VirtualNode => egress::node(world, name),
            Kind::VirtualGateway => gateway::gateway(world, name),
            _ => None,
        }?;
        proxy.leave_out_unnamed(world);
        Some(proxy)
    }

    /// What the proxy of a node does with what others send it, and nothing of what it sends itself.
    pub fn ingress_of(world: &World<'a>, name: &str) -> Option<Self> {
        ingress::node(world, name)
    }

    /// Notes what cannot be told apart by its name, where the proxy may need it.
    fn leave_out_unnamed(&mut self, world: &World<'a>) {
        let is_gateway = matches!(self.role, Role::Gateway { .. });
        let concerns = |resource: &&&'a Resource| match resource.kind() {
            Kind::Mesh | Kind::VirtualGateway => false,
            Kind::GatewayRoute => is_gateway,
            Kind::VirtualNode | Kind::VirtualRouter | Kind::Route | Kind::VirtualService => true,
        };
        for resource in world.nameless().iter().filter(concerns) {
            let is_open = [Some(&resource.name), resource.parent.as_ref()]
                .into_iter()
                .flatten()
                .any(|name| name.open().is_some());
            let (path, why) =
                (Path::default(), "it is left out: its name, or that of what it belongs to, is not known".to_owned());
            self.omissions.push(Omission { resource, path, why, is_open });
        }
        for resource in world.twins().iter().filter(concerns) {
            let why = "it is left out: another one before it has its name".to_owned();
            self.omissions.push(Omission { resource, path: Path::default(), why, is_open: false });
        }
    }
}
