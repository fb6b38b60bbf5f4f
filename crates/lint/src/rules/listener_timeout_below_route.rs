//! A request that its route lets take longer than the callee's listener does.

use meshwright_model::Path;
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::finding::Severity;
use meshwright_model::route::ProtocolRoute;

use crate::facts::{Facts, Millis, Node, Patience, Route, listener_patience, route_path, route_patience, timeout_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "listener-timeout-below-route",
    severity: Severity::Warning,
    summary: "a route lets a request take longer than a target's listener does",
    why: "the callee's proxy ends the request first, after 15 seconds where its listener says nothing, and the caller gets 504",
    source: "App Mesh User Guide, routes and virtual_nodes: above 15 seconds both timeouts must be raised",
    bad: BAD,
    cure: &[(
        "Protocol: http}\n",
        "Protocol: http}\n            Timeout: {HTTP: {PerRequest: {Value: 60, Unit: s}}}\n",
    )],
    check,
};

/// A target's listener that ends requests first.
struct Short<'a> {
    node: Node<'a>,
    path: Path,
    patience: Patience,
}

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        if report.is_full() {
            return;
        }
        if protocol.per_request().is_none() {
            continue;
        }
        let Some(patience) = route_patience(route, protocol) else { continue };
        let short = short_listeners(facts, route, protocol, patience);
        if let Some(shortest) = short.iter().min_by_key(|short| short.patience.limit) {
            let by_default = if shortest.patience.is_default { ", by default" } else { "" };
            let message = format!(
                "route `{}` lets a request take {patience}, but the listener of `{}` ends it after {}{by_default}",
                route.name(),
                shortest.node.name(),
                shortest.patience
            );
            let found = report.add(route.resource, route_path(protocol, &["timeout", "perRequest"]), message);
            found.help("raise the timeout of the listener as well, or lower that of the route");
            for short in &short {
                let what = format!("`{}` ends a request after {}", short.node.name(), short.patience);
                found.related(short.node.resource, short.path.clone(), what);
            }
            let edits = short.iter().map(|short| raise(short, patience.limit)).collect();
            found.fix(format!("let the listener take {patience} as well"), edits);
        }
    }
}

fn short_listeners<'a>(
    facts: &Facts<'a>,
    route: Route<'a>,
    protocol: ProtocolRoute<'a>,
    patience: Patience,
) -> Vec<Short<'a>> {
    let mut found: Vec<Short<'a>> = Vec::new();
    for (node, index) in facts.listeners_reached(route, protocol) {
        let Some(listener) = listener_patience(node, index) else { continue };
        if !listener.is_shorter_than(patience) {
            continue;
        }
        let Some(path) = timeout_path(node, index, "perRequest") else { continue };
        let is_again = found.iter().any(|short| short.node.position == node.position && short.path == path);
        if !is_again {
            found.push(Short { node, path, patience: listener });
        }
    }
    found
}

fn raise(short: &Short<'_>, limit: Option<Millis>) -> Edit {
    edit(short.node.resource, short.path.clone(), Change::Set(duration(limit.unwrap_or(Millis(0)))))
}

/// A duration as the API writes it.
fn duration(span: Millis) -> NewValue {
    let (unit, value) = if span.0.is_multiple_of(1000) { ("s", span.0 / 1000) } else { ("ms", span.0) };
    NewValue::Object(vec![("unit", unit.into()), ("value", i64::try_from(value).unwrap_or(i64::MAX).into())])
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
          Timeout: {PerRequest: {Value: 60, Unit: s}}
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
