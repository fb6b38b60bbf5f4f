//! A node that is sent health checks by many callers.

use std::collections::HashSet;

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Node, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "many-health-checks",
    severity: Severity::Info,
    summary: "many callers check a node's hosts at a short interval",
    why: "every copy of every caller checks every host on its own, so an application may be busy with health checks",
    source: "App Mesh User Guide, troubleshooting-scaling: each client's proxy checks each endpoint",
    bad: BAD,
    cure: &[("IntervalMillis: 5000", "IntervalMillis: 20000")],
    check,
};

/// How many checks a second each host takes for granted, from one copy of each caller.
const MAX_PER_SECOND: usize = 2;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        let mut callers = None;
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let Some(health_check) = &listener.health_check else { continue };
            let Some(interval) = health_check.interval_millis.known().map(|interval| interval.value()) else {
                continue;
            };
            let callers = *callers.get_or_insert_with(|| count_callers(facts, node));
            let Ok(millis) = usize::try_from(interval) else { continue };
            if callers.saturating_mul(1000) < millis.saturating_mul(MAX_PER_SECOND) {
                continue;
            }
            let message = format!(
                "{callers} callers check every host of virtual node `{}` each {} seconds, and so does every copy of each",
                node.name(),
                interval / 1000
            );
            report
                .add(node.resource, listener_path(index, &["healthCheck", "intervalMillis"]), message)
                .help("make the interval longer, or let outlier detection see failures instead");
        }
    }
}

/// How many nodes and gateways send to a node.
fn count_callers<'a>(facts: &Facts<'a>, node: Node<'a>) -> usize {
    let mut callers = HashSet::new();
    for service in facts.services_reaching(node) {
        callers.extend(facts.calls_to(service).map(|call| call.node.position));
        let gateways = facts.gateway_routes_to(service).filter_map(|route| facts.gateway_of(route));
        callers.extend(gateways.map(|gateway| gateway.position));
    }
    callers.len()
}

const BAD: &str = "\
Resources:
  Caller1: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-1, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller2: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-2, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller3: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-3, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller4: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-4, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller5: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-5, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller6: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-6, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller7: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-7, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller8: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-8, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller9: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-9, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
  Caller10: {Type: AWS::AppMesh::VirtualNode, Properties: {MeshName: shop, VirtualNodeName: caller-10, Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]}}}
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
            HealthCheck: {HealthyThreshold: 2, IntervalMillis: 5000, TimeoutMillis: 2000, UnhealthyThreshold: 2, Protocol: http, Path: /ping}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
