//! Virtual nodes: the applications of a mesh, each behind its proxy.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;
use crate::limits::{
    AwsCloudMapInstanceAttributeKey, AwsCloudMapInstanceAttributeValue, AwsCloudMapName, DnsResponseType, Hostname,
    IpPreference, ServiceName,
};
use crate::listener::Listener;
use crate::logging::Logging;
use crate::path::Path;
use crate::reference::{Key, Need, Reference};
use crate::scalar::Name;
use crate::scalar::Scalar;
use crate::tls::ClientPolicy;

/// The name of a virtual node.
pub type VirtualNodeName = Name;

/// A virtual node. API shape `VirtualNodeSpec`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualNodeSpec {
    /// How it treats backends that say nothing themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend_defaults: Option<BackendDefaults>,
    /// What it may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backends: Option<Vec<Backend>>,
    /// Where it listens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listeners: Option<Vec<Listener>>,
    /// Its access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// How clients find its hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_discovery: Option<ServiceDiscovery>,
}

/// Defaults for all backends. API shape `BackendDefaults`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackendDefaults {
    /// How the proxy treats them as a client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_policy: Option<ClientPolicy>,
}

/// What a node may call. API union `Backend`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Backend {
    /// A virtual service.
    VirtualService(VirtualServiceBackend),
}

/// A virtual service that a node may call. API shape `VirtualServiceBackend`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualServiceBackend {
    /// How the proxy treats it as a client; replaces the defaults as a whole (inferred: the API reference and the User Guide,
    /// virtual nodes, know of no merging).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_policy: Option<ClientPolicy>,
    /// The service; it need not exist yet.
    pub virtual_service_name: Scalar<ServiceName>,
}

/// How a node's hosts are found. API union `ServiceDiscovery`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ServiceDiscovery {
    /// Through AWS Cloud Map.
    AwsCloudMap(AwsCloudMapServiceDiscovery),
    /// Through DNS.
    Dns(DnsServiceDiscovery),
}

/// Discovery through AWS Cloud Map. API shape `AwsCloudMapServiceDiscovery`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsCloudMapServiceDiscovery {
    /// What instances must bear.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Vec<AwsCloudMapInstanceAttribute>>,
    /// IP versions; overrides the mesh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<Scalar<IpPreference>>,
    /// The namespace.
    pub namespace_name: Scalar<AwsCloudMapName>,
    /// The service.
    pub service_name: Scalar<AwsCloudMapName>,
}

/// An attribute of an instance. API shape `AwsCloudMapInstanceAttribute`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AwsCloudMapInstanceAttribute {
    /// The key.
    pub key: Scalar<AwsCloudMapInstanceAttributeKey>,
    /// The value.
    pub value: Scalar<AwsCloudMapInstanceAttributeValue>,
}

/// Discovery through DNS. API shape `DnsServiceDiscovery`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DnsServiceDiscovery {
    /// The name that is resolved.
    pub hostname: Scalar<Hostname>,
    /// IP versions; overrides the mesh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_preference: Option<Scalar<IpPreference>>,
    /// What the answers are; absent means a load balancer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_type: Option<Scalar<DnsResponseType>>,
}

impl VirtualNodeSpec {
    /// The virtual services it may call; they need not exist yet.
    pub fn references(&self) -> impl Iterator<Item = Reference<'_>> {
        let backends = self.backends.iter().flatten().enumerate();
        backends.map(|(index, Backend::VirtualService(backend))| Reference {
            path: Path::of(&["spec", "backends"]).index(index).field("virtualService").field("virtualServiceName"),
            kind: Kind::VirtualService,
            name: Key::of(&backend.virtual_service_name),
            need: Need::Eventually,
        })
    }
}
