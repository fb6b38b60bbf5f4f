//! A timeout that no caller waits for.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Millis, Patience, Router, route_path, route_patience};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "timeout-longer-than-callers",
    severity: Severity::Info,
    summary: "a request may take longer than any request that causes it",
    why: "the callers of the calling node have given up before; the work goes on for an answer that nobody reads",
    source: "inferred from App Mesh User Guide, routes: the timeout of a route bounds the whole request, and with \
             it what that causes",
    bad: BAD,
    cure: &[("{Value: 12, Unit: s}", "{Value: 4, Unit: s}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let by_node = longest_by_node(facts);
    for router in facts.routers() {
        let Some(longest) = longest_of_callers(facts, router, &by_node) else { continue };
        for route in facts.routes_of(router) {
            let Some(protocol) = route.spec.protocols().next().filter(|protocol| protocol.per_request().is_some())
            else {
                continue;
            };
            let Some(patience) = route_patience(route, protocol) else { continue };
            let callers = Patience { limit: Some(longest), is_default: false };
            if callers.is_shorter_than(patience) {
                let message = format!(
                    "route `{}` lets a request take {patience}, but no request that causes it may take over {longest}",
                    route.name()
                );
                report
                    .add(route.resource, route_path(protocol, &["timeout", "perRequest"]), message)
                    .help("give up before the callers do: let timeouts shrink along a chain of calls");
            }
        }
    }
}

/// The longest that a request to each node may take, by position: `None` where that has no end or is not known, and where
/// the node is reached by no route, as nothing is known of its callers.
fn longest_by_node(facts: &Facts<'_>) -> Vec<Option<Millis>> {
    let mut longest = vec![None; facts.inventory().resources.len()];
    for node in facts.nodes() {
        // A node that provides a service itself is reached without a route.
        if facts.services_of(node.position).next().is_some() || !facts.holds_all(node.resource, Kind::Route) {
            continue;
        }
        let mut limits = facts.routes_to(node).map(|(route, _)| {
            let protocol = route.spec.protocols().next()?;
            route_patience(route, protocol)?.limit
        });
        longest[node.position] =
            limits.try_fold(Millis(0), |longest, limit| Some(longest.max(limit?))).filter(|longest| longest.0 > 0);
    }
    longest
}

/// The longest that a request may take which causes requests to a router; `None` where one has no end or is not known.
fn longest_of_callers(facts: &Facts<'_>, router: Router<'_>, by_node: &[Option<Millis>]) -> Option<Millis> {
    let mut longest = Millis(0);
    for service in facts.services_of(router.position) {
        if facts.gateway_routes_to(service).next().is_some() {
            return None;
        }
        for call in facts.calls_to(service) {
            longest = longest.max(by_node[call.node.position]?);
        }
    }
    (longest.0 > 0).then_some(longest)
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties:
      MeshName: shop
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
          Timeout: {PerRequest: {Value: 5, Unit: s}}
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
          Timeout: {PerRequest: {Value: 12, Unit: s}}
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
