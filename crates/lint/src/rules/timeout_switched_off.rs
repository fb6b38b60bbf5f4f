//! A timeout of 0, which is none.

use meshwright_model::duration::Duration;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, listener_path, per_request, route_path, timeout_field};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "timeout-switched-off",
    severity: Severity::Info,
    summary: "a timeout of 0 lets requests take any time",
    why: "a callee that hangs keeps its callers waiting, and with them their connections; for streams that is often meant",
    source: "App Mesh User Guide, virtual_nodes: \"A value of 0 disables the timeout\"",
    bad: BAD,
    cure: &[("{Value: 0, Unit: s}", "{Value: 10, Unit: s}")],
    check,
};

const HELP: &str = "say how long a request may take, unless it is a stream without an end";

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        if protocol.per_request().and_then(Duration::millis) == Some(0) {
            let message = format!("route `{}` lets a request take any time, as its timeout is 0", route.name());
            report.add(route.resource, route_path(protocol, &["timeout", "perRequest"]), message).help(HELP);
        }
    }
    for node in facts.nodes() {
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let Some(timeout) = &listener.timeout else { continue };
            if per_request(timeout).and_then(Duration::millis) == Some(0) {
                let message =
                    format!("the listener of `{}` lets a request take any time, as its timeout is 0", node.name());
                let path = listener_path(index, &["timeout", timeout_field(timeout), "perRequest"]);
                report.add(node.resource, path, message).help(HELP);
            }
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
          Timeout: {PerRequest: {Value: 0, Unit: s}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            Timeout: {HTTP: {PerRequest: {Value: 60, Unit: s}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
