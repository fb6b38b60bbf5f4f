//! A target that does not say which listener of its node is meant.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, exist_together, target_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-target-port",
    severity: Severity::Error,
    summary: "a route's target does not say which of its node's listeners is meant",
    why: "where a node has several listeners the port of the target is required: nothing else says where requests go",
    source: "App Mesh User Guide, routes: \"If the selected virtual node has multiple listeners, Target port is \
             required\"",
    bad: BAD,
    cure: &[("{VirtualNode: orders, Weight: 1}", "{VirtualNode: orders, Weight: 1, Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        for target in facts.targets(route) {
            let Some(node) = target.node else { continue };
            let endpoints = facts.endpoints(node.position);
            if endpoints.list.len() < 2 || target.port.is_some() || !exist_together(route.resource, node.resource) {
                continue;
            }
            let path = target_path(protocol, target.index).field("port");
            if !endpoints.needs_port(route.resource, target.port, &path) {
                continue;
            }
            let ports = endpoints.shown();
            let message = format!("the target names no port, and virtual node `{}` listens on {ports}", node.name());
            let found = report.add(route.resource, path.clone(), message);
            found.help("name the port of the node's to send to");
            found.related(
                node.resource,
                Path::of(&["spec", "listeners"]),
                format!("`{}` listens on {ports}", node.name()),
            );
            if let Some(port) = endpoints.only(protocol.protocol()).and_then(|endpoint| endpoint.port) {
                found.fix(
                    format!("set port {port}, the node's only one for {}", protocol.protocol().as_str()),
                    vec![edit(route.resource, path, Change::Set(port.into()))],
                );
            }
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
              - {VirtualNode: orders, Weight: 1}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
          - PortMapping: {Port: 9090, Protocol: grpc}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
