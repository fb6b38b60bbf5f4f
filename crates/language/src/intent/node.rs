//! Applications and virtual nodes, and what hangs on their listeners.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::policy::{Protocol, Retry, Timeout};
use super::quantity::{Percent, Span};
use super::{Action, IpPreference};

/// A virtual node, or an application that one or several virtual nodes run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VirtualNode {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is made or changed.
    #[serde(skip_serializing_if = "Action::is_create")]
    pub action: Action,
    /// The virtual node of the files that it is a copy of, but for its name and for what else is said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Versions that share an application's traffic.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Version>,
    /// Where it listens.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub listeners: Vec<Listener>,
    /// Whether it only calls, and listens nowhere.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub only_calls: bool,
    /// How its hosts are found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discovery: Option<Discovery>,
    /// Which IP versions are used to reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<IpPreference>,
    /// The applications or virtual services that it calls: its backends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// TLS towards every backend that says nothing itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_tls: Option<ClientTls>,
    /// Its access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log: Option<AccessLog>,
    /// Whether a virtual router stands before an application's node, also where nothing else asks for one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub behind_router: bool,
    /// How a failed request to an application is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How long a request to an application may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_timeout: Option<Timeout>,
}

impl VirtualNode {
    /// Whether it is only named.
    pub(crate) fn says_nothing(&self) -> bool {
        *self == Self { name: self.name.clone(), action: self.action, ..Self::default() }
    }

    /// Whether something is said of its nodes, and not only of the routes to them.
    pub(crate) fn changes_nodes(&self) -> bool {
        let of_routes = Self {
            name: self.name.clone(),
            action: self.action,
            route_timeout: self.route_timeout.clone(),
            retry: self.retry.clone(),
            versions: self.versions.clone(),
            ..Self::default()
        };
        *self != of_routes
    }
}

/// A version of an application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Version {
    /// `v1`, `blue`, `canary`; its virtual node is named after application and version.
    pub name: String,
    /// Its relative weight, 0..=100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
}

impl Version {
    /// `payments-v1`: the virtual node of the version of an application; a version that bears its name keeps its own.
    pub(crate) fn node_name(&self, application: &str) -> String {
        let Self { name, .. } = self;
        if name.starts_with(application) { name.clone() } else { format!("{application}-{name}") }
    }
}

/// A call to another application.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// The application or virtual service.
    pub to: String,
    /// TLS of this call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<ClientTls>,
}

/// A listener of a virtual node or gateway.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Listener {
    /// Whether it is one more, beside those that are there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_added: bool,
    /// The port, 1..=65535.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    /// The protocol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<ListenerTls>,
    /// How its health is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
    /// How long a request may take, and a connection be silent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Timeout>,
    /// Limits towards the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_pool: Option<ConnectionPool>,
    /// When clients stop sending to a host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlier_detection: Option<OutlierDetection>,
}

/// TLS of a listener.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ListenerTls {
    /// Whether it is required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<TlsMode>,
    /// The certificate that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// Whether clients must show a certificate too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mutual: bool,
    /// The authorities whose clients are trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Trust>,
    /// Names of which a client's certificate must bear one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub client_names: Vec<String>,
}

/// Whether TLS is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TlsMode {
    /// Only TLS is accepted.
    Strict,
    /// TLS and plain text are accepted.
    Permissive,
    /// Only plain text.
    Disabled,
}

/// Where a certificate comes from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Certificate {
    /// AWS Certificate Manager; listeners only.
    #[serde(rename_all = "camelCase")]
    Acm {
        /// The certificate's ARN; without it a parameter.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        arn: Option<String>,
    },
    /// Files in the proxy's container.
    #[serde(rename_all = "camelCase")]
    File {
        /// The chain, in PEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chain: Option<String>,
        /// The key, in PEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// A Secret Discovery Service beside the proxy, such as SPIRE.
    #[serde(rename_all = "camelCase")]
    Sds {
        /// The secret's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
    },
}

/// The authorities that are trusted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Trust {
    /// Private CAs of AWS; clients only.
    #[serde(rename_all = "camelCase")]
    Acm {
        /// Their ARNs, at most 3; without one a parameter.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arns: Vec<String>,
    },
    /// A file in the proxy's container.
    #[serde(rename_all = "camelCase")]
    File {
        /// The chain, in PEM.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chain: Option<String>,
    },
    /// A Secret Discovery Service.
    #[serde(rename_all = "camelCase")]
    Sds {
        /// The secret's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        secret: Option<String>,
    },
}

/// TLS of a client.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ClientTls {
    /// Whether TLS is required; absent means true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforce: Option<bool>,
    /// Whether the client shows a certificate too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mutual: bool,
    /// The certificate that the client shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
    /// The authorities that the client trusts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Trust>,
    /// Names of which the server's certificate must bear one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Ports it applies to; absent means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u32>,
}

/// How a listener's health is checked. What is absent is chosen to fit the listener.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HealthCheck {
    /// The path asked for; HTTP and HTTP/2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The port; must be the listener's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u32>,
    /// The protocol; absent means the listener's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Time between checks, 5s..=300s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Span>,
    /// Time after which a check has failed, 2s..=60s.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// Successes in a row that turn a host healthy, 2..=10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthy_threshold: Option<u32>,
    /// Failures in a row that turn a host unhealthy, 2..=10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unhealthy_threshold: Option<u32>,
}

/// Limits towards an application; which apply depends on the protocol.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConnectionPool {
    /// Connections at a time; HTTP/1.1 and TCP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_connections: Option<u32>,
    /// Requests that may wait for a connection; HTTP/1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pending_requests: Option<u32>,
    /// Requests at a time; HTTP/2 and gRPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests: Option<u32>,
}

/// When clients stop sending to a host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OutlierDetection {
    /// Server errors in a row that eject a host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_server_errors: Option<u32>,
    /// Time between sweeps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Span>,
    /// How long a first ejection lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_ejection_duration: Option<Span>,
    /// The largest share of hosts ejected at a time, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ejection_percent: Option<Percent>,
}

/// How a node's hosts are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Discovery {
    /// By DNS.
    Dns(Dns),
    /// By AWS Cloud Map.
    CloudMap(CloudMap),
}

/// Discovery by DNS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Dns {
    /// The name that is resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Whether its answers are the hosts themselves, and no load balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoints: Option<bool>,
}

/// Discovery by AWS Cloud Map.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CloudMap {
    /// The namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The attribute by which versions are told apart; absent means `version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_attribute: Option<String>,
    /// What instances must bear.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// An access log.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AccessLog {
    /// The file; absent means `/dev/stdout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its lines; absent means Envoy's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<AccessLogFormat>,
}

/// How the lines of an access log look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AccessLogFormat {
    /// JSON: each key and the command operator that fills it; empty means a usual choice.
    Json(BTreeMap<String, String>),
    /// Text with command operators; empty means a usual choice.
    Text(String),
}
