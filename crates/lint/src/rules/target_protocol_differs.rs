//! A route to a node that speaks another protocol.

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;

use crate::facts::{Endpoint, Facts, Node, exist_together, listener_path, protocol_clash, target_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "target-protocol-differs",
    severity: Severity::Error,
    summary: "a route leads to a node that speaks another protocol",
    why: "with TCP at one end and HTTP at the other its requests fail; among HTTP/1.1, HTTP/2 and gRPC App Mesh demands one protocol all along and says nothing of the rest",
    source: "App Mesh User Guide, routes: the route type must match the listener of the node; \
             aws/aws-app-mesh-roadmap#82",
    bad: BAD,
    cure: &[("Protocol: tcp}", "Protocol: http}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        // A route that differs from its router is another fault; what the router speaks is then what callers send.
        let listener = facts.router_endpoint(route, protocol).and_then(|(_, endpoint)| endpoint.protocol);
        let sent = listener.unwrap_or(protocol.protocol());
        for target in facts.targets(route) {
            let Some(node) = target.node else { continue };
            let Some(endpoint) = facts.endpoints(node.position).reached(target.port) else { continue };
            let Some((severity, spoken)) = clash(sent, endpoint) else { continue };
            if !exist_together(route.resource, node.resource) {
                continue;
            }
            let path = target_path(protocol, target.index).field("virtualNode");
            let message = message(&route.name(), sent, node, endpoint, spoken);
            let is_sent_nothing = target.weight == Some(0);
            report
                .add(route.resource, path, message)
                .severity(if is_sent_nothing { Severity::Warning } else { severity })
                .help("let route, router and nodes speak one protocol")
                .related(
                    node.resource,
                    listener_path(endpoint.index, &["portMapping", "protocol"]),
                    format!("`{}` speaks {}", node.name(), spoken.as_str()),
                );
        }
    }
}

fn clash(sent: PortProtocol, endpoint: Endpoint) -> Option<(Severity, PortProtocol)> {
    let spoken = endpoint.protocol?;
    protocol_clash(sent, spoken).map(|severity| (severity, spoken))
}

fn message(route: &str, sent: PortProtocol, node: Node<'_>, endpoint: Endpoint, spoken: PortProtocol) -> String {
    let port = endpoint.port.map(|port| format!(" on port {port}")).unwrap_or_default();
    format!("route `{route}` sends {}, but node `{}` speaks {}{port}", sent.as_str(), node.name(), spoken.as_str())
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
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
