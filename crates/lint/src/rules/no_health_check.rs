//! A node that is sent requests and that nobody checks.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "no-health-check",
    severity: Severity::Info,
    summary: "a listener that requests are sent to has neither a health check nor outlier detection",
    why: "its callers' proxies find out by failed requests alone that a host is gone, and keep sending to it until discovery forgets it",
    source: "App Mesh User Guide, virtual_nodes: a health check policy is optional; without one all hosts get requests",
    bad: BAD,
    cure: &[(
        "Protocol: http}\n",
        "Protocol: http}\n            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http, Path: /ping}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes().filter(|node| facts.is_named(node.position)) {
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let is_checked = listener.health_check.is_some() || listener.outlier_detection.is_some();
            let has_gap = |field| node.resource.has_gap(&listener_path(index, &[field]));
            if !is_checked && !has_gap("healthCheck") && !has_gap("outlierDetection") {
                let message = format!(
                    "nothing checks the hosts of virtual node `{}` on port {}",
                    node.name(),
                    listener.port_mapping.port
                );
                report
                    .add(node.resource, listener_path(index, &[]), message)
                    .help("add a health check, or outlier detection where there are many hosts");
            }
        }
    }
}

const BAD: &str = "\
Resources:
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
