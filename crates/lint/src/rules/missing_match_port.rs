//! A route that does not say for which listener of its router it is.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, route_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-match-port",
    severity: Severity::Error,
    summary: "a route of a router with several listeners does not say for which it is",
    why: "the API refuses it: \"Route must define a port match criteria if the Virtual Router has multiple listeners\"",
    source: "aws/aws-app-mesh-controller-for-k8s#710 and aws/aws-app-mesh-controller-for-k8s#715: Route must define \
             a port match criteria if the Virtual Router has multiple listeners",
    bad: BAD,
    cure: &[("{Prefix: /}", "{Prefix: /, Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some(router) = facts.router_with(route) else { continue };
        let endpoints = facts.endpoints(router.position);
        if endpoints.list.len() < 2 || protocol.match_port().is_some() {
            continue;
        }
        let path = route_path(protocol, &["match", "port"]);
        if !endpoints.needs_port(route.resource, protocol.match_port(), &path) {
            continue;
        }
        let ports = endpoints.shown();
        let message = format!("route `{}` names no port, and its router listens on {ports}", route.name());
        let found = report.add(route.resource, path.clone(), message);
        found.help("name the router's port whose requests the route takes, in its match");
        found.related(
            router.resource,
            Path::of(&["spec", "listeners"]),
            format!("`{}` listens on {ports}", router.name()),
        );
        if let Some(port) = endpoints.only(protocol.protocol()).and_then(|endpoint| endpoint.port) {
            found.fix(
                format!("set port {port}, the router's only one for {}", protocol.protocol().as_str()),
                vec![edit(route.resource, path, Change::Set(port.into()))],
            );
        }
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
          - PortMapping: {Port: 9090, Protocol: grpc}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
";
