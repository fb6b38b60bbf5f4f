//! Clusters: where a proxy sends to, how hosts are found, checked and ejected.

use meshwright_model::limits::{IpPreference, PortProtocol};
use meshwright_traffic::proxy::{Discovery, HealthCheck, OutlierDetection, Pool, Target};

use super::chain::socket;
use super::http::ads;
use super::route::{Tag, duration, tags};
use super::{Translation, names};
use crate::envoy::config::cluster::v3 as cds;
use crate::envoy::config::cluster::v3::circuit_breakers::Thresholds;
use crate::envoy::config::cluster::v3::cluster::{
    ClusterDiscoveryType, DiscoveryType, DnsLookupFamily, EdsClusterConfig, LbPolicy,
};
use crate::envoy::config::cluster::v3::{CircuitBreakers, Cluster};
use crate::envoy::config::core::v3 as core;
use crate::envoy::config::core::v3::health_check::{GrpcHealthCheck, HealthChecker, HttpHealthCheck, TcpHealthCheck};
use crate::envoy::config::endpoint::v3::lb_endpoint::HostIdentifier;
use crate::envoy::config::endpoint::v3::{ClusterLoadAssignment, Endpoint, LbEndpoint, LocalityLbEndpoints};
use crate::envoy::extensions::upstreams::http::v3::HttpProtocolOptions;
use crate::envoy::extensions::upstreams::http::v3::http_protocol_options::explicit_http_config::ProtocolConfig;
use crate::envoy::extensions::upstreams::http::v3::http_protocol_options::{
    ExplicitHttpConfig, UpstreamProtocolOptions,
};
use crate::envoy::r#type::v3::CodecClientType;
use crate::json::pack;

/// How long a connection to another node may take to come about. Source: the gateway's dump.
const EGRESS_CONNECT_MILLIS: u64 = 1000;

/// How long one to the application, or to the proxy itself, may take. Source: the gateway's dump.
const LOCAL_CONNECT_MILLIS: u64 = 250;

/// No bound. Source: App Mesh User Guide, Envoy defaults; the gateway's dump.
const UNBOUNDED: u32 = 2_147_483_647;

/// What options of HTTP stand under.
const HTTP_OPTIONS: &str = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/// A cluster of one address beside the proxy.
pub(super) fn static_cluster(name: String, address: &str, port: u16, protocol: PortProtocol, pool: Pool) -> Cluster {
    Cluster {
        cluster_discovery_type: Some(ClusterDiscoveryType::Type(DiscoveryType::Static.into())),
        connect_timeout: Some(duration(LOCAL_CONNECT_MILLIS)),
        load_assignment: Some(assignment(&name, [(address.to_owned(), port)])),
        circuit_breakers: Some(breakers(pool)),
        typed_extension_protocol_options: protocol_options(protocol),
        name,
        ..Cluster::default()
    }
}

impl Translation<'_, '_> {
    /// The cluster of a target.
    pub(super) fn egress_cluster(&mut self, target: &Target<'_>) {
        let Target {
            resource: _,
            node,
            port,
            protocol,
            discovery,
            ip_preference,
            health_check: check,
            outlier_detection: detection,
            tls,
            server_tls: _,
        } = target;
        let name = names::egress_cluster(self.proxy.mesh, node, *protocol, *port);
        let (kind, load_assignment, eds_cluster_config) = match self.on_this_machine(node) {
            Some(address) => (DiscoveryType::Static, Some(assignment(&name, [(address, *port)])), None),
            None => self.hosts(&name, discovery, *port, *ip_preference),
        };
        let server_name = match discovery {
            Discovery::Dns { hostname, .. } => *hostname,
            Discovery::CloudMap { name, .. } => name,
        };
        let transport_socket = self.client_socket(tls, server_name, *protocol);
        self.configuration.clusters.push(Cluster {
            cluster_discovery_type: Some(ClusterDiscoveryType::Type(kind.into())),
            eds_cluster_config,
            connect_timeout: Some(duration(EGRESS_CONNECT_MILLIS)),
            load_assignment,
            health_checks: check.iter().map(|check| health_check(check, *port)).collect(),
            circuit_breakers: Some(breakers(Pool::default())),
            typed_extension_protocol_options: protocol_options(*protocol),
            dns_lookup_family: lookup_family(*ip_preference).into(),
            outlier_detection: detection.as_ref().map(outlier_detection),
            transport_socket,
            metadata: Some(tags(&[Tag { key: "TargetVirtualNode", value: node }])),
            name,
            ..Cluster::default()
        });
    }

    /// The address of a node's proxy, where all are on one machine.
    fn on_this_machine(&self, node: &str) -> Option<String> {
        self.options.machine.as_ref()?.nodes.get(node).map(ToString::to_string)
    }

    /// How the hosts of a target are found.
    fn hosts(
        &mut self,
        name: &str,
        discovery: &Discovery<'_>,
        port: u16,
        preference: Option<IpPreference>,
    ) -> (DiscoveryType, Option<ClusterLoadAssignment>, Option<EdsClusterConfig>) {
        match discovery {
            Discovery::Dns { hostname, are_endpoints } => {
                let kind = if *are_endpoints { DiscoveryType::StrictDns } else { DiscoveryType::LogicalDns };
                (kind, Some(assignment(name, [((*hostname).to_owned(), port)])), None)
            }
            Discovery::CloudMap { name: discovered, namespace: _, service: _, attributes } => {
                let known = self.endpoints.get(discovered).into_iter().flatten();
                let bearing = known.filter(|instance| instance.bears(attributes));
                // The port is the listener's, whatever the instance says of one (inferred).
                let hosts = bearing.filter_map(|instance| Some((instance.address(preference)?.to_string(), port)));
                let assigned = assignment(name, hosts);
                if self.is_static() {
                    return (DiscoveryType::Static, Some(assigned), None);
                }
                self.configuration.endpoints.push(assigned);
                let config = EdsClusterConfig { eds_config: Some(ads()), ..EdsClusterConfig::default() };
                (DiscoveryType::Eds, None, Some(config))
            }
        }
    }

    /// A cluster that goes where a connection was to go (inferred).
    pub(super) fn pass_through_cluster(&mut self, name: String) {
        if self.configuration.clusters.iter().any(|cluster| cluster.name == name) {
            return;
        }
        self.configuration.clusters.push(Cluster {
            name,
            cluster_discovery_type: Some(ClusterDiscoveryType::Type(DiscoveryType::OriginalDst.into())),
            connect_timeout: Some(duration(EGRESS_CONNECT_MILLIS)),
            lb_policy: LbPolicy::ClusterProvided.into(),
            circuit_breakers: Some(breakers(Pool::default())),
            ..Cluster::default()
        });
    }
}

fn assignment(name: &str, hosts: impl IntoIterator<Item = (String, u16)>) -> ClusterLoadAssignment {
    let endpoint = |(address, port): (String, u16)| LbEndpoint {
        host_identifier: Some(HostIdentifier::Endpoint(Endpoint {
            address: Some(socket(&address, port)),
            ..Endpoint::default()
        })),
        ..LbEndpoint::default()
    };
    let lb_endpoints: Vec<LbEndpoint> = hosts.into_iter().map(endpoint).collect();
    let group = LocalityLbEndpoints { lb_endpoints, ..LocalityLbEndpoints::default() };
    ClusterLoadAssignment { cluster_name: name.to_owned(), endpoints: vec![group], ..ClusterLoadAssignment::default() }
}

fn breakers(pool: Pool) -> CircuitBreakers {
    let Pool { max_connections, max_pending_requests, max_requests } = pool;
    let thresholds = Thresholds {
        max_connections: Some(max_connections.unwrap_or(UNBOUNDED)),
        max_pending_requests: Some(max_pending_requests.unwrap_or(UNBOUNDED)),
        max_requests: Some(max_requests.unwrap_or(UNBOUNDED)),
        max_retries: Some(UNBOUNDED),
        ..Thresholds::default()
    };
    CircuitBreakers { thresholds: vec![thresholds], ..CircuitBreakers::default() }
}

/// HTTP/2 where it is spoken; HTTP/1.1 is Envoy's default.
fn protocol_options(protocol: PortProtocol) -> std::collections::BTreeMap<String, prost_types::Any> {
    if !matches!(protocol, PortProtocol::Http2 | PortProtocol::Grpc) {
        return std::collections::BTreeMap::new();
    }
    let http2 = ProtocolConfig::Http2ProtocolOptions(core::Http2ProtocolOptions::default());
    let explicit = ExplicitHttpConfig { protocol_config: Some(http2) };
    let options = HttpProtocolOptions {
        upstream_protocol_options: Some(UpstreamProtocolOptions::ExplicitHttpConfig(explicit)),
        ..HttpProtocolOptions::default()
    };
    [(HTTP_OPTIONS.to_owned(), pack(&options))].into()
}

/// Source: aws-app-mesh-examples, howto-ipv6.
const fn lookup_family(preference: Option<IpPreference>) -> DnsLookupFamily {
    match preference {
        None | Some(IpPreference::Ipv6Preferred) => DnsLookupFamily::Auto,
        Some(IpPreference::Ipv4Preferred) => DnsLookupFamily::V4Preferred,
        Some(IpPreference::Ipv4Only) => DnsLookupFamily::V4Only,
        Some(IpPreference::Ipv6Only) => DnsLookupFamily::V6Only,
    }
}

/// How hosts are checked. Only 200 is healthy (aws/aws-app-mesh-roadmap#396), which is Envoy's default.
fn health_check(check: &HealthCheck<'_>, target_port: u16) -> core::HealthCheck {
    let HealthCheck { protocol, path, port, interval_millis, timeout_millis, healthy_threshold, unhealthy_threshold } =
        *check;
    let checker = match protocol {
        PortProtocol::Http | PortProtocol::Http2 => {
            let is_http2 = protocol == PortProtocol::Http2;
            let codec = if is_http2 { CodecClientType::Http2 } else { CodecClientType::Http1 };
            HealthChecker::HttpHealthCheck(HttpHealthCheck {
                path: path.filter(|path| !path.is_empty()).unwrap_or("/").to_owned(),
                codec_client_type: codec.into(),
                ..HttpHealthCheck::default()
            })
        }
        PortProtocol::Grpc => HealthChecker::GrpcHealthCheck(GrpcHealthCheck::default()),
        PortProtocol::Tcp => HealthChecker::TcpHealthCheck(TcpHealthCheck::default()),
    };
    core::HealthCheck {
        timeout: Some(duration(timeout_millis)),
        interval: Some(duration(interval_millis)),
        unhealthy_threshold: Some(unhealthy_threshold),
        healthy_threshold: Some(healthy_threshold),
        alt_port: (port != target_port).then_some(port.into()),
        health_checker: Some(checker),
        ..core::HealthCheck::default()
    }
}

/// When hosts are ejected; Envoy refuses spans of 0, which are left to it.
fn outlier_detection(detection: &OutlierDetection) -> cds::OutlierDetection {
    let OutlierDetection { max_server_errors, interval_millis, base_ejection_millis, max_ejection_percent } =
        *detection;
    let span = |millis: u64| (millis > 0).then(|| duration(millis));
    cds::OutlierDetection {
        consecutive_5xx: Some(max_server_errors),
        interval: span(interval_millis),
        base_ejection_time: span(base_ejection_millis),
        max_ejection_percent: Some(max_ejection_percent),
        ..cds::OutlierDetection::default()
    }
}
