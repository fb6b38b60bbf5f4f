//! What is said of statistics, and where they go.

use crate::bootstrap::{on_port, pipe, socket};
use crate::envoy::config::bootstrap::v3::Bootstrap;
use crate::envoy::config::core::v3::{SocketAddress, socket_address::Protocol};
use crate::envoy::config::metrics::v3::dog_statsd_sink::DogStatsdSpecifier;
use crate::envoy::config::metrics::v3::stats_sink::ConfigType;
use crate::envoy::config::metrics::v3::tag_specifier::TagValue;
use crate::envoy::config::metrics::v3::{DogStatsdSink, StatsConfig, StatsSink, TagSpecifier};
use crate::json::pack;
use crate::settings::{DogStatsd, Proxy, Settings, Stats};
use meshwright_model::Kind;

/// Tags that are cut out of the names that the metrics extension gives. That of the service must come last, as it takes all
/// up to a letter with which other tags start. Source: the agent's `agent/envoy_bootstrap/metric_filter/metric_filter.go`.
const OF_EXTENSION: &[(&str, &str)] = &[
    ("TargetVirtualNode", r"^appmesh(?:\..+?\..+?)*(\.TargetVirtualNode\.(.+?))(?:\..+?\..+?)*\.(?:.+)$"),
    ("TargetVirtualService", r"^appmesh(?:\..+?\..+?)*(\.TargetVirtualService\.([^MVT]+))(?:\..+?\..+?)*\.(?:.+)$"),
];

/// Tags that are cut out of the names of what comes in, `….ingress.PROTOCOL.PORT.…`.
const OF_LISTENERS: &[(&str, &str)] = &[
    ("appmesh.listener_protocol", r".*?\.ingress\.((\w+?)\.)[0-9]+?\.(.+?)$"),
    ("appmesh.listener_port", r".*?\.ingress\.\w+?\.(([0-9]+?)\.)(.+?)$"),
    ("envoy_rds_route_config", r".*?\.ingress\.\w+?\.[0-9]+?\.rds\.((.*?)\.)(.+?)$"),
];

pub(super) fn add(bootstrap: &mut Bootstrap, settings: &Settings) {
    let stats = &settings.stats;
    if !stats.is_from_file {
        bootstrap.stats_config = Some(StatsConfig { stats_tags: tags(stats, &settings.proxy), ..Default::default() });
    }
    bootstrap.stats_flush_interval = stats.flush_interval;
    bootstrap.stats_sinks.extend(stats.dog_statsd.as_ref().map(sink));
}

fn tags(stats: &Stats, proxy: &Proxy) -> Vec<TagSpecifier> {
    let fixed = |name: &str, value: &str| tag(name, TagValue::FixedValue(value.to_owned()));
    let cut = |(name, pattern): &(&str, &str)| tag(name, TagValue::Regex((*pattern).to_owned()));
    let (of_dashboards, of_extension) = match proxy.arn.kind {
        Kind::VirtualGateway => ("appmesh.virtual_gateway", "VirtualGateway"),
        _ => ("appmesh.virtual_node", "VirtualNode"),
    };
    let mut tags = Vec::new();
    if stats.has_resource_tags {
        tags.extend([fixed("appmesh.mesh", proxy.mesh()), fixed(of_dashboards, &proxy.arn.name)]);
    }
    if stats.has_metrics_extension {
        tags.extend(OF_EXTENSION.iter().map(cut));
        tags.extend([fixed("Mesh", proxy.mesh()), fixed(of_extension, &proxy.arn.name)]);
    }
    tags.extend(OF_LISTENERS.iter().map(cut));
    tags
}

fn tag(name: &str, value: TagValue) -> TagSpecifier {
    TagSpecifier { tag_name: name.to_owned(), tag_value: Some(value) }
}

fn sink(dog_statsd: &DogStatsd) -> StatsSink {
    let address = match dog_statsd {
        DogStatsd::Socket(path) => pipe(path, 0),
        DogStatsd::Udp { address, port } => {
            socket(SocketAddress { protocol: Protocol::Udp.into(), address: address.clone(), ..on_port(*port) })
        }
    };
    let config =
        DogStatsdSink { dog_statsd_specifier: Some(DogStatsdSpecifier::Address(address)), ..Default::default() };
    StatsSink {
        name: "envoy.stat_sinks.dog_statsd".to_owned(),
        config_type: Some(ConfigType::TypedConfig(pack(&config))),
    }
}
