//! A route of no protocol.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "no-protocol-in-route",
    severity: Severity::Error,
    summary: "a route or gateway route has none of the protocols",
    why: "exactly one of httpRoute, http2Route, grpcRoute and tcpRoute says what the route does; the API refuses it without",
    source: "inferred from App Mesh API reference, RouteSpec and GatewayRouteSpec: a route is one of its protocols",
    bad: BAD,
    cure: &[(
        "{Priority: 1}",
        "{HttpRoute: {Match: {Prefix: /}, Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}}}",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let spec = Path::of(&["spec"]);
    let routes = facts.routes().filter(|route| route.spec.protocols().next().is_none()).map(|route| route.resource);
    let gateway_routes = facts.gateway_routes().filter(|route| route.spec.protocols().next().is_none());
    let gateway_routes = gateway_routes.map(|route| route.resource);
    for (resource, noun) in
        routes.map(|route| (route, "route")).chain(gateway_routes.map(|route| (route, "gateway route")))
    {
        if !resource.has_gap(&spec) {
            let message = format!("{noun} `{}` is for no protocol", Key::of(&resource.name).shown());
            report
                .add(resource, spec.clone(), message)
                .help("say what it matches and where it sends, under one protocol");
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
      Spec: {Priority: 1}
";
