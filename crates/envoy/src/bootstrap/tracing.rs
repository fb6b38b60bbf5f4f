//! Tracers, and the clusters that some of them send to.

use crate::bootstrap::node::{members, text};
use crate::bootstrap::{on_port, one_endpoint, socket, static_resources};
use crate::envoy::config::bootstrap::v3::Bootstrap;
use crate::envoy::config::cluster::v3::{Cluster, cluster::DiscoveryType};
use crate::envoy::config::core::v3::{DataSource, SocketAddress, data_source::Specifier, socket_address::Protocol};
use crate::envoy::config::trace::v3::tracing::{Http, http::ConfigType};
use crate::envoy::config::trace::v3::x_ray_config::SegmentFields;
use crate::envoy::config::trace::v3::zipkin_config::CollectorEndpointVersion;
use crate::envoy::config::trace::v3::{DatadogConfig, Tracing, XRayConfig, ZipkinConfig};
use crate::json::pack;
use crate::settings::{Proxy, Sampling, Tracer};

/// Turns a tracer on.
#[expect(deprecated, reason = "App Mesh's listeners leave the tracer to the bootstrap, as their resources know none")]
pub(super) fn add(bootstrap: &mut Bootstrap, tracer: &Tracer, proxy: &Proxy) {
    let (name, config) = match tracer {
        Tracer::XRay { .. } => ("envoy.tracers.xray", pack(&xray(tracer, proxy))),
        Tracer::Jaeger { is_json, .. } => ("envoy.tracers.zipkin", pack(&zipkin(*is_json))),
        Tracer::Datadog { service, .. } => {
            let service_name = service.clone();
            let config = DatadogConfig { collector_cluster: DATADOG.to_owned(), service_name, ..Default::default() };
            ("envoy.tracers.datadog", pack(&config))
        }
    };
    let http = Http { name: name.to_owned(), config_type: Some(ConfigType::TypedConfig(config)) };
    bootstrap.tracing = Some(Tracing { http: Some(http) });
    static_resources_of(bootstrap, tracer);
}

const JAEGER: &str = "jaeger";
const DATADOG: &str = "datadog_agent";

fn static_resources_of(bootstrap: &mut Bootstrap, tracer: &Tracer) {
    let cluster = match tracer {
        Tracer::XRay { .. } => return,
        Tracer::Jaeger { address, port, .. } => collector(JAEGER, address, *port),
        Tracer::Datadog { address, port, .. } => collector(DATADOG, address, *port),
    };
    static_resources(bootstrap).clusters.push(cluster);
}

fn collector(name: &str, address: &str, port: u16) -> Cluster {
    let address = SocketAddress { address: address.to_owned(), ..on_port(port) };
    one_endpoint(name, DiscoveryType::StrictDns, socket(address))
}

fn zipkin(is_json: bool) -> ZipkinConfig {
    let version = if is_json { CollectorEndpointVersion::HttpJson } else { CollectorEndpointVersion::HttpProto };
    ZipkinConfig {
        collector_cluster: JAEGER.to_owned(),
        collector_endpoint: "/api/v2/spans".to_owned(),
        collector_endpoint_version: version.into(),
        shared_span_context: Some(false),
        ..Default::default()
    }
}

/// A gateway too is a `virtual_node_name` there, as X-Ray knows no other.
fn xray(tracer: &Tracer, proxy: &Proxy) -> XRayConfig {
    let Tracer::XRay { daemon, segment, sampling } = tracer else { return XRayConfig::default() };
    let names = members([("mesh_name", text(proxy.mesh())), ("virtual_node_name", text(&proxy.arn.name))]);
    let aws = prost_types::Struct { fields: [("app_mesh".to_owned(), names)].into() };
    XRayConfig {
        daemon_endpoint: Some(SocketAddress {
            protocol: Protocol::Udp.into(),
            address: daemon.ip().to_string(),
            ..on_port(daemon.port())
        }),
        segment_name: segment.clone(),
        sampling_rule_manifest: sampling.as_ref().map(manifest),
        segment_fields: Some(SegmentFields { origin: "AWS::AppMesh::Proxy".to_owned(), aws: Some(aws) }),
    }
}

/// Where the agent writes a file for a rate, it stands in the bootstrap itself.
fn manifest(sampling: &Sampling) -> DataSource {
    let specifier = match sampling {
        Sampling::Manifest(file) => Specifier::Filename(file.clone()),
        Sampling::Percent(percent) => {
            let rate = f64::from(*percent) / 100.0;
            let default = serde_json::json!({"fixed_target": 1, "rate": rate});
            Specifier::InlineString(serde_json::json!({"version": 2, "default": default, "rules": []}).to_string())
        }
    };
    DataSource { specifier: Some(specifier), ..Default::default() }
}
