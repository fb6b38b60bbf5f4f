//! A route for a port on which its router does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-match-port",
    severity: Severity::Error,
    summary: "a route is for a port on which its router does not listen",
    why: "the port of a match picks one of the router's listeners; without that listener no request ever comes to the route",
    source: "App Mesh User Guide, routes: the port of a match is that of the router's listener",
    bad: BAD,
    cure: &[("Port: 8081}", "Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some(router) = facts.router_with(route) else { continue };
        let endpoints = facts.endpoints(router.position);
        let Some(port) = endpoints.unknown_port(protocol.match_port()) else { continue };
        let ports = endpoints.shown();
        let message =
            format!("route `{}` is for port {port}, but router `{}` listens on {ports}", route.name(), router.name());
        report
            .add(route.resource, route_path(protocol, &["match", "port"]), message)
            .help("name a port of the router's, or give the router this listener")
            .related(
                router.resource,
                Path::of(&["spec", "listeners"]),
                format!("`{}` listens on {ports}", router.name()),
            );
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /, Port: 8081}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
";
