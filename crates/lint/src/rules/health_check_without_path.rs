//! A health check over HTTP that does not say what to ask for.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "health-check-without-path",
    severity: Severity::Warning,
    summary: "a health check over HTTP has no path",
    why: "Envoy demands a path of such a check, and App Mesh documents none that it would ask for instead",
    source: "Envoy API, HttpHealthCheck: path is required; App Mesh API reference, HealthCheckPolicy names no default",
    bad: BAD,
    cure: &[("Protocol: http}\n        Service", "Protocol: http, Path: /ping}\n        Service")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks() {
        let is_missing = health_check.asks_for_path() == Some(true)
            && health_check.path.is_none_or(|path| path.known().is_some_and(|path| path.as_str().is_empty()))
            && !health_check.resource.has_gap(&health_check.place("path"));
        if is_missing {
            let path = listener_path(health_check.endpoint.index, &["healthCheck"]);
            report
                .add(health_check.resource, path, "the health check does not say which path to ask for")
                .help("name the path at which the application says that it is well");
        }
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
