//! Where requests go, how long they may take, and when they are tried again.

use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::{Destination, Retry, Rule, Share, Target, VIRTUAL_SERVICE_HEADER, VirtualHost};
use prost_types::Duration;
use serde::Serialize;

use super::matcher::route_match;
use super::{Translation, names};
use crate::envoy::config::core::v3::Metadata;
use crate::envoy::config::route::v3 as rds;
use crate::envoy::config::route::v3::retry_policy::{RetryHostPredicate, retry_host_predicate};
use crate::envoy::config::route::v3::route::Action;
use crate::envoy::config::route::v3::route_action::ClusterSpecifier;
use crate::envoy::config::route::v3::weighted_cluster::ClusterWeight;
use crate::envoy::config::route::v3::{Route, RouteAction, RouteConfiguration, RouteMatch, WeightedCluster};
use crate::envoy::extensions::retry::host::previous_hosts::v3::PreviousHostsPredicate;
use crate::json::pack;

/// How often another host is drawn for an attempt. Source: the gateway's dump.
const HOST_DRAWS: i64 = 5;

/// Where a share goes: the node, protocol and port of a cluster's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reached<'a> {
    node: &'a str,
    protocol: PortProtocol,
    port: u16,
}

impl<'a> Reached<'a> {
    /// Where a way of a proxy with these targets leads; `protocol` is that of what leads nowhere.
    pub(super) fn of(way: &Destination<'a>, targets: &[Target<'a>], protocol: PortProtocol) -> Self {
        match way {
            Destination::Target(position) => {
                let Target { node, protocol, port, .. } = targets[*position];
                Self { node, protocol, port }
            }
            Destination::Nowhere { node, port, why: _ } => Self { node, protocol, port: port.unwrap_or_default() },
        }
    }
}

impl Translation<'_, '_> {
    /// A virtual service as a host.
    pub(super) fn virtual_host(&self, host: &VirtualHost<'_>, protocol: PortProtocol) -> rds::VirtualHost {
        let VirtualHost { service, port: _, domains, routing, ways } = host;
        let is_marked = service.is_empty();
        let routes = routing.table.entries().iter().map(|entry| {
            let rule = &routing.rules[entry.id];
            let service = rule.marker.unwrap_or(service);
            let removed = if is_marked { vec![VIRTUAL_SERVICE_HEADER.to_owned()] } else { Vec::new() };
            Route {
                name: rule.name.to_owned(),
                r#match: Some(route_match(&entry.matcher)),
                action: Some(Action::Route(self.action(rule, ways, protocol))),
                metadata: Some(tags(&[Tag { key: "TargetVirtualService", value: service }])),
                response_headers_to_remove: removed,
                ..Route::default()
            }
        });
        let name = if is_marked { "default_backend" } else { service };
        rds::VirtualHost {
            name: name.to_owned(),
            domains: domains.clone(),
            routes: routes.collect(),
            ..rds::VirtualHost::default()
        }
    }

    fn action(&self, rule: &Rule<'_>, ways: &[Destination<'_>], protocol: PortProtocol) -> RouteAction {
        let Rule {
            route: _,
            name: _,
            router: _,
            shares,
            timeout_millis,
            has_own_timeout: _,
            idle_millis,
            retry,
            marker: _,
        } = rule;
        RouteAction {
            cluster_specifier: Some(self.cluster_specifier(shares, ways, protocol)),
            timeout: Some(duration(*timeout_millis)),
            idle_timeout: idle_millis.map(duration),
            retry_policy: Some(retry_policy(retry)),
            ..RouteAction::default()
        }
    }

    /// Where shares go: one cluster, or several by their weights.
    fn cluster_specifier(
        &self,
        shares: &[Share],
        ways: &[Destination<'_>],
        protocol: PortProtocol,
    ) -> ClusterSpecifier {
        if let [only] = shares {
            return ClusterSpecifier::Cluster(self.destination(&ways[only.way], protocol));
        }
        let clusters = shares.iter().map(|share| ClusterWeight {
            name: self.destination(&ways[share.way], protocol),
            weight: Some(share.weight),
            ..ClusterWeight::default()
        });
        #[expect(deprecated, reason = "what older Envoys need")]
        ClusterSpecifier::WeightedClusters(WeightedCluster {
            clusters: clusters.collect(),
            total_weight: self.is_before_1_24().then(|| Share::total(shares)),
            ..WeightedCluster::default()
        })
    }

    /// The name of a destination's cluster. One that leads nowhere has a name that no cluster bears, so that Envoy answers 503.
    pub(super) fn destination(&self, destination: &Destination<'_>, protocol: PortProtocol) -> String {
        let Reached { node, protocol, port } = Reached::of(destination, &self.proxy.targets, protocol);
        names::egress_cluster(self.proxy.mesh, node, protocol, port)
    }

    /// A set of routes, which may name clusters that are not there.
    pub(super) fn route_configuration(&self, name: String, virtual_hosts: Vec<rds::VirtualHost>) -> RouteConfiguration {
        RouteConfiguration {
            name,
            virtual_hosts,
            // Over ADS that is Envoy's own default; what stands in a file would be refused as a whole.
            validate_clusters: self.is_static().then_some(false),
            ..RouteConfiguration::default()
        }
    }
}

/// A route for all requests to one cluster.
pub(super) fn catch_all(cluster: String, timeout: Option<Duration>, idle_timeout: Option<Duration>) -> Route {
    let everything = rds::route_match::PathSpecifier::Prefix("/".to_owned());
    Route {
        r#match: Some(RouteMatch { path_specifier: Some(everything), ..RouteMatch::default() }),
        action: Some(Action::Route(RouteAction {
            cluster_specifier: Some(ClusterSpecifier::Cluster(cluster)),
            timeout,
            idle_timeout,
            ..RouteAction::default()
        })),
        ..Route::default()
    }
}

fn retry_policy(retry: &Retry) -> rds::RetryPolicy {
    let Retry { max_retries, per_try_millis, conditions, status_codes, is_default: _ } = retry;
    let predicate = RetryHostPredicate {
        name: "envoy.retry_host_predicates.previous_hosts".to_owned(),
        config_type: Some(retry_host_predicate::ConfigType::TypedConfig(pack(&PreviousHostsPredicate {}))),
    };
    rds::RetryPolicy {
        retry_on: conditions.join(","),
        num_retries: Some(*max_retries),
        per_try_timeout: per_try_millis.map(duration),
        retry_host_predicate: vec![predicate],
        host_selection_retry_max_attempts: HOST_DRAWS,
        retriable_status_codes: status_codes.iter().copied().map(u32::from).collect(),
        ..rds::RetryPolicy::default()
    }
}

/// Milliseconds as Envoy's duration.
pub(super) fn duration(millis: u64) -> Duration {
    let nanos = i32::try_from(millis % 1000 * 1_000_000).unwrap_or_default();
    Duration { seconds: i64::try_from(millis / 1000).unwrap_or(i64::MAX), nanos }
}

/// What App Mesh's metrics extension reads.
#[derive(Serialize)]
struct Tags<'t> {
    tags: &'t [Tag<'t>],
}

/// What a cluster or a route is of.
#[derive(Serialize)]
pub(super) struct Tag<'t> {
    pub(super) key: &'static str,
    pub(super) value: &'t str,
}

/// Tags, as JSON in a text. Source: the gateway's dump, `aws.appmesh.aggregate_stats`.
pub(super) fn tags(tags: &[Tag<'_>]) -> Metadata {
    // Texts are always JSON.
    let text = serde_json::to_string(&Tags { tags }).unwrap_or_default();
    let config = prost_types::Value { kind: Some(prost_types::value::Kind::StringValue(text)) };
    let stats = prost_types::Struct { fields: [("config".to_owned(), config)].into() };
    Metadata { filter_metadata: [("aws.appmesh.aggregate_stats".to_owned(), stats)].into(), ..Metadata::default() }
}
