//! What a request asks for, as data: what to make or change, with every value that was said and none that was not.
//!
//! The English grammar yields an [`Intent`], `--intent FILE` reads one, and a language model has to produce one; its JSON
//! Schema is [`schema`]. What an intent leaves out is decided when it becomes resources, and each such decision is said.

mod former;
mod likeness;
mod node;
mod policy;
mod quantity;
mod rename;
mod routing;
mod tagging;
mod variation;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use former::Former;
pub use likeness::{Likeness, NodePart};
pub use node::{
    AccessLog, AccessLogFormat, Call, Certificate, ClientTls, CloudMap, ConnectionPool, Discovery, Dns, HealthCheck,
    Listener, ListenerTls, OutlierDetection, TlsMode, Trust, Version, VirtualNode,
};
pub use policy::{Protocol, Retry, Timeout};
pub(crate) use quantity::scaled;
pub use quantity::{Percent, Span};
pub use rename::{Rename, ResourceKind};
pub use routing::{
    Comparison, GatewayRoute, Header, Hostname, Match, Pathway, Provider, Query, Rewrite, Route, RouterListener,
    Target, VirtualGateway, VirtualRouter, VirtualService,
};
pub use tagging::Tagging;

/// What to make or change in a mesh.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Intent {
    /// The mesh that everything belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mesh: Option<Mesh>,
    /// Applications: each becomes a virtual service with its virtual node, or with a virtual router and a node per version.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applications: Vec<VirtualNode>,
    /// Virtual nodes on their own, without a virtual service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub virtual_nodes: Vec<VirtualNode>,
    /// What holds for every application and virtual node that says nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everywhere: Option<VirtualNode>,
    /// Virtual routers with their routes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub virtual_routers: Vec<VirtualRouter>,
    /// Routes whose router is not to be made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
    /// Virtual services on their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub virtual_services: Vec<VirtualService>,
    /// Virtual gateways with their gateway routes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub virtual_gateways: Vec<VirtualGateway>,
    /// Gateway routes whose gateway is not to be made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gateway_routes: Vec<GatewayRoute>,
    /// Envoy containers of ECS tasks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sidecars: Vec<Sidecar>,
    /// What is to be taken away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removals: Vec<Removal>,
    /// What is to have another name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renames: Vec<Rename>,
    /// What the request says was there before it changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub formers: Vec<Former>,
    /// Parts that are to be as those of another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub likenesses: Vec<Likeness>,
    /// Tags of what is there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taggings: Vec<Tagging>,
    /// Tags of everything that is made.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Environments, such as `staging` and `production`: one template whose parameters differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Values that are others in an environment: by its name, and by their place in the intent, such as
    /// `virtualNodes[0].listeners[0].timeout.perRequest`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variations: BTreeMap<String, BTreeMap<String, String>>,
}

/// Whether something is to be made or is there already and to be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Make it.
    #[default]
    Create,
    /// Change what is there.
    Change,
}

impl Action {
    /// Whether it is the one that goes without saying.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references to `skip_serializing_if`")]
    pub(crate) fn is_create(&self) -> bool {
        *self == Self::Create
    }
}

/// A mesh.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Mesh {
    /// Its name; without one it is a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is to be made or changed; absent, it is there already and only named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// What happens to traffic to destinations outside the mesh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress: Option<Egress>,
    /// Which IP versions are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<IpPreference>,
    /// The account that owns it, where it is shared by another: 12 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What happens to traffic to destinations outside the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Egress {
    /// It passes.
    AllowAll,
    /// It is dropped.
    DropAll,
}

/// Which IP versions are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum IpPreference {
    /// IPv4 only.
    Ipv4Only,
    /// IPv6 only.
    Ipv6Only,
    /// IPv4 first.
    Ipv4Preferred,
    /// IPv6 first.
    Ipv6Preferred,
}

/// The Envoy container of an ECS task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Sidecar {
    /// The virtual node it is the proxy of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_node: Option<String>,
    /// The virtual gateway it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub virtual_gateway: Option<String>,
    /// The image of the proxy; without one it is a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The image of the application beside it; without one it is a parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_image: Option<String>,
    /// How much traffic it is sized for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic: Option<Traffic>,
    /// CPU units of the proxy, 1024 to a vCPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<u32>,
    /// Memory of the proxy in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<u32>,
    /// The ports that the application listens on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub application_ports: Vec<u32>,
    /// Ports to which the application's own calls pass by the proxy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub egress_ignored_ports: Vec<u32>,
    /// The user the proxy runs as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<u32>,
    /// The proxy's log level: `trace`, `debug`, `info`, `warning`, `error`, `critical` or `off`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level: Option<String>,
    /// Whether X-Ray tracing is switched on.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub xray: bool,
    /// Whether the request asks for the old variable `APPMESH_VIRTUAL_NODE_NAME`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub old_name_variable: bool,
}

/// How much traffic a proxy is sized for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Traffic {
    /// Little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
}

/// Something that is to be taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Removal {
    /// What it is.
    pub kind: RemovalKind,
    /// What kind of resource it is, or has the part; without one, the only resource of that name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceKind>,
    /// Its name; of a part, the resource's.
    pub name: String,
    /// The part's own name, where there are several: a target, a backend, a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Who gets the requests of what is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heir: Option<Heir>,
    /// Whether every resource of that name goes: a node, its virtual service, its router.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_whole: bool,
}

impl Removal {
    /// Takes a resource away, or what of it the kind says.
    pub fn of(kind: RemovalKind, name: impl Into<String>) -> Self {
        Self { kind, resource: None, name: name.into(), part: None, heir: None, is_whole: false }
    }

    /// Takes one of several parts of a resource away.
    pub fn of_part(kind: RemovalKind, name: impl Into<String>, part: impl Into<String>) -> Self {
        Self { part: Some(part.into()), ..Self::of(kind, name) }
    }
}

/// Who gets the requests of what is taken away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Heir {
    /// The virtual node.
    pub node: String,
    /// Whether it gets the requests of all other targets too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_only: bool,
}

/// What can be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RemovalKind {
    /// A resource of whatever kind has the name, and what points at it.
    Resource,
    /// A weighted target of routes.
    Target,
    /// A backend of a virtual node.
    Backend,
    /// The retry policy of a route.
    RetryPolicy,
    /// The timeout of a route or virtual node.
    Timeout,
    /// The health check of a virtual node.
    HealthCheck,
    /// The outlier detection of a virtual node.
    OutlierDetection,
    /// The connection pool of a virtual node.
    ConnectionPool,
    /// TLS of a virtual node's listeners.
    Tls,
    /// The access log of a virtual node.
    AccessLog,
    /// A tag: `part` is its key and `name` the resource's; without `part`, `name` is its key on every resource that has it.
    Tag,
}

/// The JSON Schema of [`Intent`].
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Intent).to_value()
}
