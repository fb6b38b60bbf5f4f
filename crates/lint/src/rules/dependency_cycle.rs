//! Nodes that call each other in a circle.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::{CallGraph, Facts, Node, backend_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dependency-cycle",
    severity: Severity::Info,
    summary: "nodes call each other in a circle",
    why: "a slow or failing member slows all of them, itself included, and retries go round",
    source: "App Mesh User Guide, virtual_nodes: backends say what a node calls; routes lead to the nodes that answer",
    bad: BAD,
    cure: &[("        Backends: [{VirtualService: {VirtualServiceName: cart.shop.local}}]\n", "")],
    check,
};

/// The most nodes of a circle that a message names.
const MAX_NAMED: usize = 6;

fn check(facts: &Facts<'_>, report: &mut Report) {
    let graph = facts.call_graph();
    for group in &graph.circles {
        let mut nodes = group.iter().copied().filter(|position| facts.kind_at(*position) == Kind::VirtualNode);
        // A node that calls only itself is another rule's.
        let (Some(first), Some(_)) = (nodes.next(), nodes.next()) else { continue };
        let Some(circle) = circle(facts, graph, group, first) else { continue };
        if facts.exist_all_together(&circle) {
            add(facts, &circle, report);
        }
    }
}

/// A circle from a node through another one back to it.
fn circle(facts: &Facts<'_>, graph: &CallGraph, group: &[usize], first: usize) -> Option<Vec<usize>> {
    let is_member = |position: usize| group.binary_search(&position).is_ok();
    let is_node = |position: usize| facts.kind_at(position) == Kind::VirtualNode;
    let mut circle = graph.way(first, |position| is_node(position) && position != first, is_member)?;
    let second = *circle.last()?;
    let back = graph.way(second, |position| position == first, is_member)?;
    circle.extend(back.into_iter().skip(1));
    Some(circle)
}

fn add<'a>(facts: &Facts<'a>, circle: &[usize], report: &mut Report) {
    let nodes: Vec<(usize, Node<'_>)> =
        circle.iter().enumerate().filter_map(|(place, position)| Some((place, facts.node_at(*position)?))).collect();
    let Some(((_, first), others)) = nodes.split_first() else { return };
    let mut names: Vec<String> = others.iter().map(|(_, node)| format!("`{}`", node.name())).collect();
    if names.len() > MAX_NAMED {
        names.splice(MAX_NAMED - 1..names.len() - 1, ["\u{2026}".to_owned()]);
    }
    let message = format!("`{}` calls {}: a circle", first.name(), names.join(", which calls "));
    let backend = |place: usize, node: &Node<'a>| {
        let next = circle.get(place + 1)?;
        let call = facts.calls(*node).find(|call| call.service.is_some_and(|service| service.position == *next))?;
        Some((backend_path(call.index, &["virtualServiceName"]), call.service?.name()))
    };
    let Some((path, _)) = backend(0, first) else { return };
    let found = report.add(first.resource, path, message);
    found.help("find the call that could be left out, or made by a message; let none of the circle retry");
    for (place, node) in others.iter().take(MAX_NAMED) {
        if let Some((path, service)) = backend(*place, node) {
            found.related(node.resource, path, format!("`{}` calls `{service}`", node.name()));
        }
    }
}

const BAD: &str = "\
Resources:
  CartRouter:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: cart
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  CartService:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: cart.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: cart}}
  CartRoute:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: cart
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: cart, Weight: 1}
  CartNode:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: cart
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
        Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]
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
        Backends: [{VirtualService: {VirtualServiceName: cart.shop.local}}]
";
