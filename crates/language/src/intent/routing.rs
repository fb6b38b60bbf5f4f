//! Routers, routes, services and gateways.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Action;
use super::node::{AccessLog, ClientTls, Listener};
use super::policy::{Protocol, Retry, Timeout};

/// A virtual router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VirtualRouter {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// Where it listens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<RouterListener>,
    /// Its routes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

impl VirtualRouter {
    /// Whether it is only named.
    pub(crate) fn says_nothing(&self) -> bool {
        *self == Self { name: self.name.clone(), action: self.action, ..Self::default() }
    }
}

/// A listener of a virtual router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RouterListener {
    /// The port, 1..=65535.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    /// The protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
}

/// A route of a virtual router.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Route {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its virtual router, where it does not stand in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub router: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// Its protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Which requests it takes.
    #[serde(rename = "match", skip_serializing_if = "Match::is_empty")]
    pub matcher: Match,
    /// Where it sends them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// How failed requests are tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long a request may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// Its precedence, 0..=1000; lower is tried first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
}

impl Route {
    /// Whether it is only named.
    pub(crate) fn says_nothing(&self) -> bool {
        self.protocol.is_none() && self.takes_no_request()
    }

    /// Whether nothing is said of its requests yet.
    pub(crate) fn takes_no_request(&self) -> bool {
        let Self { name, router, action, protocol, .. } = self.clone();
        *self == Self { name, router, action, protocol, ..Self::default() }
    }
}

/// Which requests a route takes; everything that is said must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Match {
    /// Whether it takes what no other route of the router takes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub otherwise: bool,
    /// The path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Pathway>,
    /// Headers; of gRPC, metadata.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// Query parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<Query>,
    /// The method: `GET`, `POST`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `http` or `https`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    /// The gRPC service, with its package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_service: Option<String>,
    /// The gRPC method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grpc_method: Option<String>,
    /// The host name; gateway routes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Hostname>,
}

impl Match {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How a path is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Pathway {
    /// Starts so.
    Prefix(String),
    /// Equal.
    Exact(String),
    /// Matches the pattern as a whole (RE2).
    Regex(String),
}

/// A header that must match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// How its value is compared; absent means that it must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Comparison>,
    /// Whether the comparison is turned round.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invert: bool,
}

/// How a header's value is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Comparison {
    /// Equal.
    Exact(String),
    /// Starts so.
    Prefix(String),
    /// Ends so.
    Suffix(String),
    /// Matches the pattern as a whole (RE2).
    Regex(String),
    /// A whole number from `start` to before `end`.
    #[serde(rename_all = "camelCase")]
    Range {
        /// The first number of the range.
        start: i64,
        /// The first number past it.
        end: i64,
    },
}

impl Comparison {
    /// The end of a range that has none: the largest whole number that every reader of JSON keeps as it is; its negative is the
    /// least. The API and Envoy take 64 bits, but jq 1.6 and JavaScript round the largest of these to one that neither takes.
    ///
    /// Source: RFC 8259, section 6.
    pub const FARTHEST: i64 = (1 << 53) - 1;
}

/// A query parameter that must match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Query {
    /// Its name.
    pub name: String,
    /// Its value; absent means that it must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// How a host name is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Hostname {
    /// Equal.
    Exact(String),
    /// Ends so.
    Suffix(String),
}

/// Where a route sends requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// The virtual node.
    pub node: String,
    /// Its relative weight, 0..=100; absent, what the others leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Its port, where it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
}

/// A virtual service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VirtualService {
    /// Its name: the host name that clients call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// What answers its requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
}

/// What answers a virtual service's requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Provider {
    /// A virtual router.
    Router(String),
    /// A virtual node.
    Node(String),
}

/// A virtual gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VirtualGateway {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// Where it listens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<Listener>,
    /// Its gateway routes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<GatewayRoute>,
    /// TLS towards the mesh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_tls: Option<ClientTls>,
    /// Its access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log: Option<AccessLog>,
}

/// A route of a virtual gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GatewayRoute {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its gateway, where it does not stand in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// Its protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Which requests it takes.
    #[serde(rename = "match", skip_serializing_if = "Match::is_empty")]
    pub matcher: Match,
    /// The application or virtual service it sends them to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The port of the virtual service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_port: Option<u32>,
    /// What it changes of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewrite: Option<Rewrite>,
    /// Its precedence, 0..=1000; lower is tried first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
}

impl GatewayRoute {
    /// Whether nothing is said of its requests yet.
    pub(crate) fn takes_no_request(&self) -> bool {
        let Self { name, gateway, action, protocol, .. } = self.clone();
        *self == Self { name, gateway, action, protocol, ..Self::default() }
    }
}

/// What a gateway route changes of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rewrite {
    /// What the matched prefix becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// What the whole path becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether the matched prefix stays as it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_prefix: bool,
    /// Whether the host name stays as it is.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_hostname: bool,
}
