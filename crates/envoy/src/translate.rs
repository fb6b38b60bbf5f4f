//! What a proxy does, said in Envoy's messages: listeners, routes, clusters, endpoints.
//!
//! [`meshwright_traffic::proxy`] has decided everything; here each part gets Envoy's form and the name that App Mesh gave it, since
//! dashboards and alarms depend on those names. Sources of forms: the configuration of a gateway in capa-cloud/capa.io,
//! `content/zh/blog/cloudstack/envoy/envoy-gateway.md` ("the gateway's dump"), and App Mesh User Guide, Envoy logs.

mod access_log;
mod chain;
mod cluster;
mod gateway;
mod hosts;
mod http;
mod instance;
mod machine;
mod matcher;
pub mod names;
mod node;
mod route;
mod secret;
mod tls;

use std::collections::BTreeMap;

use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Proxy, Role};

use crate::envoy::config::bootstrap::v3::bootstrap::StaticResources;
use crate::envoy::config::cluster::v3::Cluster;
use crate::envoy::config::endpoint::v3::ClusterLoadAssignment;
use crate::envoy::config::listener::v3::Listener;

pub use hosts::{Hosts, Routes};
pub use instance::{Endpoints, Instance};
pub use machine::Machine;
pub use secret::Secret;

/// The port on which a node's proxy gets what others send its application.
///
/// Source: App Mesh User Guide, getting started with Amazon ECS, `ProxyIngressPort`.
pub const INGRESS_PORT: u16 = 15000;

/// How a proxy gets its configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// Over one stream of the aggregated discovery service.
    Ads,
    /// All at once in its bootstrap, so that it needs no control plane.
    Static,
}

/// The version of an Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The major number.
    pub major: u32,
    /// The minor number.
    pub minor: u32,
}

/// The Envoy that sums up weights itself and knows what to do with a header that is there already.
///
/// Source: Envoy 1.24.0, release notes: `total_weight` and `append` are deprecated.
const V1_24: Version = Version { major: 1, minor: 24 };

/// How a configuration is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The Envoy that gets it; `None` is a new one.
    pub version: Option<Version>,
    /// How connections reach a node's proxy.
    pub capture: Capture,
    /// The machine that all of the mesh is on; `None` where it is on many.
    pub machine: Option<Machine>,
    /// How it gets its configuration.
    pub delivery: Delivery,
    /// Without a control plane: the folder beside the proxy with what AWS Certificate Manager would have handed out. In it, each
    /// [`Secret`] has a folder with its files.
    pub certificates: String,
}

/// Where certificates are looked for, unless a user says otherwise.
pub const CERTIFICATES: &str = "/etc/meshwright/certificates";

impl Default for Options {
    fn default() -> Self {
        Self {
            version: None,
            capture: Capture::OriginalDestination,
            machine: None,
            delivery: Delivery::Ads,
            certificates: CERTIFICATES.to_owned(),
        }
    }
}

/// What a proxy gets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// Where it listens.
    pub listeners: Vec<Listener>,
    /// Where requests go; empty where they stand inside listeners.
    pub routes: Vec<Routes>,
    /// Where it sends to.
    pub clusters: Vec<Cluster>,
    /// The hosts of clusters that are told apart from them.
    pub endpoints: Vec<ClusterLoadAssignment>,
    /// What of AWS Certificate Manager it asks for, by the name under which it does; without a control plane, by the folder in which
    /// it looks for the files.
    pub secrets: BTreeMap<String, Secret>,
}

impl Configuration {
    /// It as a part of a bootstrap.
    pub fn into_static(self) -> StaticResources {
        StaticResources { listeners: self.listeners, clusters: self.clusters, ..StaticResources::default() }
    }
}

/// A translation under way.
struct Translation<'t, 'a> {
    proxy: &'t Proxy<'a>,
    endpoints: &'t Endpoints,
    options: &'t Options,
    configuration: Configuration,
    hosts: &'t mut Hosts<'a>,
}

/// What a proxy gets.
pub fn translate(proxy: &Proxy<'_>, endpoints: &Endpoints, options: &Options) -> Configuration {
    translate_sharing(proxy, endpoints, options, &mut Hosts::default())
}

/// What a proxy gets, which shares what it can with others of its world.
pub fn translate_sharing<'a>(
    proxy: &Proxy<'a>,
    endpoints: &Endpoints,
    options: &Options,
    hosts: &mut Hosts<'a>,
) -> Configuration {
    let configuration = Configuration::default();
    let mut translation = Translation { proxy, endpoints, options, configuration, hosts };
    match &proxy.role {
        Role::Node { listeners, egress, filter } => translation.node(listeners, egress, *filter),
        Role::Gateway { listeners, hosts } => translation.gateway(listeners, hosts),
    }
    // One whose TLS is not known stays away, so that requests to it fail rather than go in plaintext or unchecked.
    for target in proxy.targets.iter().filter(|target| target.tls.is_known()) {
        translation.egress_cluster(target);
    }
    translation.configuration
}

impl Translation<'_, '_> {
    fn is_static(&self) -> bool {
        self.options.delivery == Delivery::Static
    }

    /// Whether the Envoy is one that needs what was deprecated in 1.24.
    fn is_before_1_24(&self) -> bool {
        self.options.version.is_some_and(|version| version < V1_24)
    }
}
