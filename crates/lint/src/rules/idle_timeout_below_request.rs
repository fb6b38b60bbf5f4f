//! A request that may be silent for longer than its connection.

use meshwright_model::finding::Severity;
use meshwright_model::{Path, Resource};

use crate::facts::{
    Facts, Patience, listener_idle, listener_patience, route_idle, route_path, route_patience, timeout_path,
};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "idle-timeout-below-request",
    severity: Severity::Warning,
    summary: "a request may take longer than its stream may be silent",
    why: "a request that only waits for its answer counts as silent: it is reset by the idle timeout, 300 seconds by default, before its own",
    source: "App Mesh User Guide, routes and virtual_nodes; aws/aws-app-mesh-roadmap#302: streams are reset after \
             300 s of silence",
    bad: BAD,
    cure: &[("{Value: 600, Unit: s}}", "{Value: 600, Unit: s}, Idle: {Value: 600, Unit: s}}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let (Some(patience), Some(idle)) = (route_patience(route, protocol), route_idle(route, protocol)) else {
            continue;
        };
        if patience.outlasts(idle) {
            let path = route_path(protocol, &["timeout", "idle"]);
            add(route.resource, path, &format!("route `{}`", route.name()), (patience, idle), report);
        }
    }
    for node in facts.nodes() {
        for index in 0..node.spec.listeners.as_ref().map_or(0, Vec::len) {
            let (Some(patience), Some(idle)) = (listener_patience(node, index), listener_idle(node, index)) else {
                continue;
            };
            let Some(path) = timeout_path(node, index, "idle").filter(|_| patience.outlasts(idle)) else { continue };
            add(node.resource, path, &format!("the listener of `{}`", node.name()), (patience, idle), report);
        }
    }
}

fn add(resource: &Resource, path: Path, who: &str, (patience, idle): (Patience, Patience), report: &mut Report) {
    let by_default = if idle.is_default { " by default" } else { "" };
    let message = format!("{who} lets a request take {patience}, but be silent for {idle}{by_default} only");
    // That an idle timeout holds for a request that waits is seen with the default; the documentation speaks of connections.
    let severity = if idle.is_default { Severity::Warning } else { Severity::Info };
    report
        .add(resource, path, message)
        .severity(severity)
        .help("let the idle timeout be as long, on the route and on the listeners of its targets; 0 switches it off");
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
          Timeout: {PerRequest: {Value: 600, Unit: s}}
  OrdersNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            Timeout: {HTTP: {PerRequest: {Value: 900, Unit: s}, Idle: {Value: 900, Unit: s}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
