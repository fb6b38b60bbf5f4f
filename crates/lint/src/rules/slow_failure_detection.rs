//! A health check that takes long to see a failure.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "slow-failure-detection",
    severity: Severity::Info,
    summary: "a health check takes more than a minute to find a host unhealthy",
    why: "until the last failure in a row its callers go on sending to the host; the quickest check takes two failures of 5 seconds each",
    source: "App Mesh API reference, HealthCheckPolicy: unhealthyThreshold failures, intervalMillis apart",
    bad: BAD,
    cure: &[("IntervalMillis: 30000", "IntervalMillis: 5000")],
    check,
};

/// What is taken for slow, in milliseconds.
const SLOW_MILLIS: i64 = 60_000;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks().filter(|health_check| !health_check.is_gateways) {
        let failures = health_check.unhealthy_threshold.known().map(|threshold| threshold.value());
        let interval = health_check.interval_millis.known().map(|interval| interval.value());
        let Some((failures, interval)) = failures.zip(interval) else { continue };
        if failures.saturating_mul(interval) <= SLOW_MILLIS {
            continue;
        }
        let seconds = failures.saturating_mul(interval) / 1000;
        let message = format!(
            "{failures} failures, {} seconds apart: a failed host is sent requests for about {seconds} seconds",
            interval / 1000
        );
        report.add(health_check.resource, listener_path(health_check.endpoint.index, &["healthCheck"]), message).help(
            "shorten the interval or lower unhealthyThreshold; every caller sends each host a check per interval",
        );
    }
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 30000, TimeoutMillis: 2000, UnhealthyThreshold: 3, Protocol: http, Path: /ping}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
