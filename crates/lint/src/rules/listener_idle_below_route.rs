//! A stream that its route lets be silent for longer than the callee's listener does.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_idle, listener_patience, route_idle, route_path, timeout_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "listener-idle-below-route",
    severity: Severity::Warning,
    summary: "a route lets a stream be silent for longer than a target's listener does",
    why: "the callee's proxy resets the stream first, after 300 seconds where its listener says nothing, and the call fails",
    source: "aws/aws-app-mesh-roadmap#302: set the idle timeout of the route and of all listeners",
    bad: BAD,
    cure: &[("Protocol: http}\n", "Protocol: http}\n            Timeout: {HTTP: {Idle: {Value: 900, Unit: s}}}\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes().filter(|(_, protocol)| protocol.idle().is_some()) {
        let Some(idle) = route_idle(route, protocol) else { continue };
        for (node, index) in facts.listeners_reached(route, protocol) {
            let Some(listener) = listener_idle(node, index).filter(|listener| listener.is_shorter_than(idle)) else {
                continue;
            };
            // Where the listener's own requests may be cut, another rule says so.
            let is_told = listener_patience(node, index).is_none_or(|patience| patience.outlasts(listener));
            let Some(path) = timeout_path(node, index, "idle").filter(|_| !is_told) else { continue };
            let by_default = if listener.is_default { ", by default" } else { "" };
            let message = format!(
                "route `{}` lets a stream be silent for {idle}, but the listener of `{}` resets it after {listener}{by_default}",
                route.name(),
                node.name(),
            );
            report
                .add(route.resource, route_path(protocol, &["timeout", "idle"]), message)
                .help("raise the idle timeout of the listener as well")
                .related(node.resource, path, format!("`{}` resets it after {listener}", node.name()));
            break;
        }
    }
}

const BAD: &str = "\
Resources:
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
          Timeout: {Idle: {Value: 900, Unit: s}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
