//! A health check of another port than its listener's.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "health-check-port-differs",
    severity: Severity::Error,
    summary: "a health check names another port than its listener's",
    why: "the API demands the listener's own port: a check of another one says nothing of what callers reach",
    source: "App Mesh API reference, HealthCheckPolicy: \"This port must match the port defined in the PortMapping\"",
    bad: BAD,
    cure: &[("Port: 8081", "Port: 8080")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for health_check in facts.health_checks() {
        let checked = health_check.port.and_then(|port| port.known()).map(|port| port.value());
        let Some((checked, port)) = checked.zip(health_check.endpoint.port) else { continue };
        if checked == port {
            continue;
        }
        let (resource, path) = (health_check.resource, health_check.place("port"));
        report
            .add(
                resource,
                path.clone(),
                format!("the health check is of port {checked}, but the listener is on {port}"),
            )
            .related(
                resource,
                listener_path(health_check.endpoint.index, &["portMapping", "port"]),
                format!("the listener is on {port}"),
            )
            .fix(format!("set port {port}"), vec![edit(resource, path, Change::Set(port.into()))]);
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http, Path: /ping, Port: 8081}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
