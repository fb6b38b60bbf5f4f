//! The bootstrap of a proxy: what Envoy must know before it asks anybody.
//!
//! It is that of App Mesh's agent, so that proxies of either agent can stand side by side. Where it differs, the code says so.
//!
//! Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/envoy_bootstrap.go`.

mod control_plane;
mod merge;
mod node;
mod stats;
mod tracing;

use prost_types::{Duration, Struct};

use crate::envoy::config::accesslog::v3::{AccessLog, access_log};
use crate::envoy::config::bootstrap::v3::bootstrap::StaticResources;
use crate::envoy::config::bootstrap::v3::cluster_manager::OutlierDetection;
use crate::envoy::config::bootstrap::v3::runtime_layer::{AdminLayer, LayerSpecifier};
use crate::envoy::config::bootstrap::v3::{self, Bootstrap, ClusterManager, LayeredRuntime, RuntimeLayer};
use crate::envoy::config::cluster::v3::{Cluster, cluster};
use crate::envoy::config::core::v3::{Address, Http2ProtocolOptions, Pipe, SocketAddress, address, socket_address};
use crate::envoy::config::endpoint::v3::{
    ClusterLoadAssignment, Endpoint, LbEndpoint, LocalityLbEndpoints, lb_endpoint::HostIdentifier,
};
use crate::envoy::extensions::access_loggers::file::v3::FileAccessLog;
use crate::envoy::extensions::upstreams::http::v3::HttpProtocolOptions;
use crate::envoy::extensions::upstreams::http::v3::http_protocol_options::{
    ExplicitHttpConfig, UpstreamProtocolOptions, explicit_http_config::ProtocolConfig,
};
use crate::json::pack;
use crate::settings::{Admin, AdminListener, Runtime, Settings};

pub use control_plane::ROOT_CERTIFICATES;
pub use merge::{Merged, Use, UserFile, merge};

/// The cluster of the process that gives certificates.
pub const SDS_CLUSTER: &str = "static_cluster_sds_unix_socket";

/// The socket of Envoy's administration, where it is one. Source: the agent's `agent/config/agent_config.go`.
const ADMIN_SOCKET: &str = "/tmp/envoy_admin.sock";

/// The mode of that socket. Source: the same.
const ADMIN_SOCKET_MODE: u32 = 0o600;

/// The bootstrap of a proxy.
///
/// For `unix://` the agent adds a cluster `local_cluster`, by which ECS Service Connect tells zones apart; a mesh has none.
pub fn bootstrap(settings: &Settings) -> Bootstrap {
    let mut bootstrap = Bootstrap {
        node: Some(node::node(settings)),
        dynamic_resources: settings.control_plane.as_ref().map(|from| control_plane::dynamic_resources(from, settings)),
        cluster_manager: Some(ClusterManager {
            outlier_detection: Some(OutlierDetection {
                event_log_path: settings.outlier_log.clone(),
                ..Default::default()
            }),
            ..Default::default()
        }),
        layered_runtime: Some(layered_runtime(&settings.runtime)),
        admin: Some(admin(&settings.admin)),
        ..Default::default()
    };
    if let Some(tracer) = &settings.tracer {
        tracing::add(&mut bootstrap, tracer, &settings.proxy);
    }
    if let Some(path) = &settings.sds_socket {
        static_resources(&mut bootstrap).clusters.push(sds_cluster(path));
    }
    stats::add(&mut bootstrap, settings);
    bootstrap
}

/// Gives a bootstrap all that a control plane would send.
pub fn freeze(bootstrap: &mut Bootstrap, resources: StaticResources) {
    let StaticResources { listeners, clusters, secrets } = resources;
    let frozen = static_resources(bootstrap);
    frozen.listeners.extend(listeners);
    frozen.clusters.extend(clusters);
    frozen.secrets.extend(secrets);
}

fn static_resources(bootstrap: &mut Bootstrap) -> &mut StaticResources {
    bootstrap.static_resources.get_or_insert_default()
}

fn admin(admin: &Admin) -> v3::Admin {
    let address = match admin.listener {
        AdminListener::Socket => pipe(ADMIN_SOCKET, ADMIN_SOCKET_MODE),
        AdminListener::Tcp { port, ipv6 } => {
            let address = if ipv6 { "::" } else { "0.0.0.0" }.to_owned();
            socket(SocketAddress { address, ipv4_compat: ipv6, ..on_port(port) })
        }
    };
    let access_log = AccessLog {
        config_type: Some(access_log::ConfigType::TypedConfig(pack(&FileAccessLog {
            path: admin.access_log.clone(),
            ..Default::default()
        }))),
        ..Default::default()
    };
    v3::Admin { access_log: vec![access_log], address: Some(address), ..Default::default() }
}

fn layered_runtime(runtime: &Runtime) -> LayeredRuntime {
    let layer = |name: &str, specifier| RuntimeLayer { name: name.to_owned(), layer_specifier: Some(specifier) };
    LayeredRuntime {
        layers: vec![
            layer("static_layer_0", LayerSpecifier::StaticLayer(static_runtime(runtime))),
            layer("admin_layer", LayerSpecifier::AdminLayer(AdminLayer {})),
        ],
    }
}

/// Envoy's flags, which the node says of itself too.
fn static_runtime(runtime: &Runtime) -> Struct {
    let features = [
        ("http_set_tracing_decision_in_request_id", runtime.set_tracing_decision),
        ("no_extension_lookup_by_name", runtime.no_extension_lookup_by_name),
        ("use_http_client_to_fetch_aws_credentials", runtime.use_http_client_to_fetch_aws_credentials),
    ];
    let mut flags = vec![
        // What is deprecated would otherwise be refused by an Envoy that is newer than who configures it.
        ("envoy.features.enable_all_deprecated_features".to_owned(), node::boolean(true)),
        ("re2.max_program_size.error_level".to_owned(), node::number(1000.0)),
    ];
    flags.extend(features.into_iter().filter_map(|(name, value)| {
        let value = node::boolean(value?);
        Some((format!("envoy.reloadable_features.{name}"), value))
    }));
    if runtime.max_requests_per_io_cycle > 0 {
        let most = node::number(runtime.max_requests_per_io_cycle.into());
        flags.push(("http.max_requests_per_io_cycle".to_owned(), most));
    }
    Struct { fields: flags.into_iter().collect() }
}

/// The process that gives certificates. The agent says HTTP/2 in a field of the cluster that is deprecated since.
fn sds_cluster(path: &str) -> Cluster {
    let http2 = HttpProtocolOptions {
        upstream_protocol_options: Some(UpstreamProtocolOptions::ExplicitHttpConfig(ExplicitHttpConfig {
            protocol_config: Some(ProtocolConfig::Http2ProtocolOptions(Http2ProtocolOptions::default())),
        })),
        ..Default::default()
    };
    let extension = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions".to_owned();
    Cluster {
        typed_extension_protocol_options: [(extension, pack(&http2))].into(),
        ..one_endpoint(SDS_CLUSTER, cluster::DiscoveryType::Static, pipe(path, 0))
    }
}

/// A cluster of one endpoint, which has a second to be connected to.
fn one_endpoint(name: &str, kind: cluster::DiscoveryType, address: Address) -> Cluster {
    let endpoint = LbEndpoint {
        host_identifier: Some(HostIdentifier::Endpoint(Endpoint { address: Some(address), ..Default::default() })),
        ..Default::default()
    };
    Cluster {
        name: name.to_owned(),
        connect_timeout: Some(Duration { seconds: 1, nanos: 0 }),
        cluster_discovery_type: Some(cluster::ClusterDiscoveryType::Type(kind.into())),
        load_assignment: Some(ClusterLoadAssignment {
            cluster_name: name.to_owned(),
            endpoints: vec![LocalityLbEndpoints { lb_endpoints: vec![endpoint], ..Default::default() }],
            ..Default::default()
        }),
        ..Default::default()
    }
}

fn on_port(port: u16) -> SocketAddress {
    SocketAddress { port_specifier: Some(socket_address::PortSpecifier::PortValue(port.into())), ..Default::default() }
}

fn socket(address: SocketAddress) -> Address {
    Address { address: Some(address::Address::SocketAddress(address)) }
}

fn pipe(path: &str, mode: u32) -> Address {
    Address { address: Some(address::Address::Pipe(Pipe { path: path.to_owned(), mode })) }
}
