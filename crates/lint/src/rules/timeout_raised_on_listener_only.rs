//! A listener that waits longer than any route to it does.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::timeout::ListenerTimeout;

use crate::facts::{
    Facts, Node, Patience, Route, exist_together, listener_path, listener_patience, per_request, route_path,
    route_patience, timeout_field,
};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "timeout-raised-on-listener-only",
    severity: Severity::Warning,
    summary: "a listener lets requests take over 15 seconds, but no route to it does",
    why: "the caller's proxy ends a request after the route's 15 seconds, so that the listener's timeout never matters",
    source: "App Mesh User Guide, virtual_nodes: raise the timeout of the routes as well",
    bad: BAD,
    cure: &[("Weight: 1}\n", "Weight: 1}\n          Timeout: {PerRequest: {Value: 60, Unit: s}}\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        for (index, listener) in node.spec.listeners.iter().flatten().enumerate() {
            let Some(timeout) = listener.timeout.as_ref().filter(|timeout| per_request(timeout).is_some()) else {
                continue;
            };
            let Some(patience) = listener_patience(node, index) else { continue };
            // A node that provides a service itself is also reached without a route.
            if facts.services_of(node.position).next().is_none() {
                check_listener(facts, (node, index), (timeout, patience), report);
            }
        }
    }
}

fn check_listener<'a>(
    facts: &Facts<'a>,
    (node, index): (Node<'a>, usize),
    (timeout, patience): (&ListenerTimeout, Patience),
    report: &mut Report,
) {
    let mut routes = Vec::new();
    for (route, target) in facts.routes_to(node) {
        let Some((protocol, reached)) = reached_listener(facts, node, route, target) else { return };
        if reached != index {
            continue;
        }
        if !is_shorter_by_default(route, protocol, patience) || !exist_together(route.resource, node.resource) {
            return;
        }
        routes.push((route, protocol));
    }
    let Some((first, first_protocol)) = routes.first() else { return };
    let others = if routes.len() > 1 { " and the other routes to it" } else { "" };
    let message = format!(
        "the listener of `{}` lets a request take {patience}, but route `{}`{others} only 15 s, by default",
        node.name(),
        first.name()
    );
    let path = listener_path(index, &["timeout", timeout_field(timeout), "perRequest"]);
    // Routes of other files may say more.
    let is_sure = facts.holds_all(node.resource, Kind::Route);
    report
        .add(node.resource, path, message)
        .severity(if is_sure { Severity::Warning } else { Severity::Info })
        .help("raise the timeout of the route as well, or do without that of the listener")
        .related(first.resource, route_path(*first_protocol, &["timeout"]), format!("`{}` says nothing", first.name()));
}

/// The listener of a node that a route's target leads to.
fn reached_listener<'a>(
    facts: &Facts<'a>,
    node: Node<'a>,
    route: Route<'a>,
    target: usize,
) -> Option<(ProtocolRoute<'a>, usize)> {
    let protocol = route.spec.protocols().next()?;
    let target = protocol.action().weighted_targets.get(target)?;
    let endpoint = facts.endpoints(node.position).reached(target.port.as_ref())?;
    Some((protocol, endpoint.index))
}

fn is_shorter_by_default(route: Route<'_>, protocol: ProtocolRoute<'_>, listener: Patience) -> bool {
    route_patience(route, protocol).is_some_and(|patience| patience.is_default && patience.is_shorter_than(listener))
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
  OrdersRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
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
            Timeout: {HTTP: {PerRequest: {Value: 60, Unit: s}}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
