//! A route of several protocols.

use meshwright_model::finding::Severity;
use meshwright_model::gateway_route::ProtocolGatewayRoute;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "several-protocols-in-route",
    severity: Severity::Error,
    summary: "a route or gateway route has more than one of the protocols",
    why: "exactly one of httpRoute, http2Route, grpcRoute and tcpRoute may be there; the API refuses the route",
    source: "inferred from App Mesh API reference, RouteSpec and GatewayRouteSpec: a route is one of its protocols; \
             aws/aws-app-mesh-controller-for-k8s refuses several",
    bad: BAD,
    cure: &[(
        "        Http2Route:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
",
        "",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for route in facts.routes() {
        complain(route.resource, route.spec.protocols().map(ProtocolRoute::field), report);
    }
    for route in facts.gateway_routes() {
        complain(route.resource, route.spec.protocols().map(ProtocolGatewayRoute::field), report);
    }
}

fn complain(resource: &Resource, mut fields: impl Iterator<Item = &'static str>, report: &mut Report) {
    let (Some(first), Some(second)) = (fields.next(), fields.next()) else { return };
    report
        .add(
            resource,
            Path::of(&["spec", second]),
            format!("`{second}` stands beside `{first}`, and a route has one of them"),
        )
        .help("make it a route of its own")
        .related(resource, Path::of(&["spec", first]), format!("`{first}`"));
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
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
        Http2Route:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders-v2, Weight: 1}]}
";
