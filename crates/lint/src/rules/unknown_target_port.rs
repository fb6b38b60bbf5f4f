//! A target's port on which its node does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, exist_together, target_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-target-port",
    severity: Severity::Error,
    summary: "a route sends to a port on which its target does not listen",
    why: "clients know a node by its listeners alone, so that share of the requests has nowhere to go",
    source: "App Mesh User Guide, routes: the port of a target is a listener of its node",
    bad: BAD,
    cure: &[("Port: 9090}", "Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        for target in facts.targets(route) {
            let Some(node) = target.node else { continue };
            let endpoints = facts.endpoints(node.position);
            let Some(port) = endpoints.unknown_port(target.port) else { continue };
            if !exist_together(route.resource, node.resource) {
                continue;
            }
            let ports = endpoints.shown();
            let message =
                format!("route `{}` sends to port {port}, but node `{}` listens on {ports}", route.name(), node.name());
            report
                .add(route.resource, target_path(protocol, target.index).field("port"), message)
                .help("name a port of the node's, or give the node this listener")
                .related(
                    node.resource,
                    Path::of(&["spec", "listeners"]),
                    format!("`{}` listens on {ports}", node.name()),
                );
        }
    }
}

const BAD: &str = "\
Resources:
  Route:
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
              - {VirtualNode: orders, Weight: 1, Port: 9090}
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
