//! A path of a health check that asks for none.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "health-check-path-ignored",
    severity: Severity::Warning,
    summary: "a health check over TCP or gRPC has a path",
    why: "only checks over HTTP and HTTP/2 ask for a path; the others ignore it, so less is checked than the file says",
    source: "App Mesh API reference, HealthCheckPolicy: \"For any other protocol, this value is ignored\"",
    bad: BAD,
    cure: &[(", Path: /ping", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks() {
        let is_ignored = health_check.asks_for_path() == Some(false);
        let Some((path, protocol)) = health_check.path.zip(health_check.protocol).filter(|_| is_ignored) else {
            continue;
        };
        let message = format!("a health check over {} does not ask for `{path}`", protocol.as_str());
        let place = health_check.place("path");
        report
            .add(health_check.resource, place.clone(), message)
            .fix("drop the path", vec![edit(health_check.resource, place, Change::Remove)]);
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
          - PortMapping: {Port: 8080, Protocol: grpc}
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: grpc, Path: /ping}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
