//! A node that has its own service as a backend.

use meshwright_model::finding::Severity;

use crate::facts::{Call, Facts, backend_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "calls-itself",
    severity: Severity::Info,
    summary: "a node has a backend for which it alone answers",
    why: "its proxy sends such a call back to the node itself; most often the backend was copied from a caller",
    source: "App Mesh User Guide, virtual_nodes: a backend is a service that the node sends outbound traffic to",
    bad: BAD,
    cure: &[("        Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    // Who calls itself is in a circle.
    let circles = facts.call_graph().circles.iter().flatten();
    for node in circles.filter_map(|position| facts.node_at(*position)) {
        for call in facts.calls(node).filter(|call| leads_back_alone(facts, *call)) {
            let Some(service) = call.service else { continue };
            let message = format!("`{}` has the backend `{}`, for which it alone answers", node.name(), service.name());
            report
                .add(node.resource, backend_path(call.index, &["virtualServiceName"]), message)
                .help("drop the backend, unless its hosts call one another on purpose");
        }
    }
}

/// Whether every request of a call comes back to the node that makes it.
fn leads_back_alone(facts: &Facts<'_>, call: Call<'_>) -> bool {
    let Some(service) = call.service else { return false };
    let graph = facts.call_graph();
    let is_back = |position: &usize| *position == call.node.position;
    let leads_back = |position: &usize| {
        is_back(position) || {
            let callees = graph.callees(*position);
            // Of a route that has a target elsewhere, not all of its targets are in the graph.
            facts.names_are_held(*position) && !callees.is_empty() && callees.iter().all(is_back)
        }
    };
    let callees = graph.callees(service.position);
    !callees.is_empty() && callees.iter().all(leads_back) && facts.exist_all_together(callees)
}

const BAD: &str = "\
Resources:
  OrdersRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  OrdersService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: orders}}
  OrdersRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: orders, Weight: 1}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
        Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]
";
