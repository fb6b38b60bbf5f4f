//! A route of another protocol than its router's listener.

use crate::facts::{Facts, listener_path, protocol_clash, route_path};
use crate::report::Report;
use crate::rule::Rule;
use meshwright_model::finding::Severity;

pub(super) const RULE: Rule = Rule {
    name: "route-protocol-differs-from-router",
    severity: Severity::Error,
    summary: "a route is of another protocol than its router's listener",
    why: "with TCP at one end and HTTP at the other its requests fail; among HTTP/1.1, HTTP/2 and gRPC App Mesh demands one protocol all along and says nothing of the rest",
    source: "App Mesh User Guide, routes: the route type must match the router's listener; aws/aws-app-mesh-roadmap#82",
    bad: BAD,
    cure: &[("Protocol: http}", "Protocol: tcp}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        let Some((router, endpoint)) = facts.router_endpoint(route, protocol) else { continue };
        let Some((port, spoken)) = endpoint.port.zip(endpoint.protocol) else { continue };
        let Some(severity) = protocol_clash(protocol.protocol(), spoken) else { continue };
        let (of_route, spoken) = (protocol.protocol().as_str(), spoken.as_str());
        let message = format!(
            "route `{}` is for {of_route}, but router `{}` speaks {spoken} on port {port}",
            route.name(),
            router.name()
        );
        report
            .add(route.resource, route_path(protocol, &[]), message)
            .severity(severity)
            .help("let route, router and nodes speak one protocol")
            .related(
                router.resource,
                listener_path(endpoint.index, &["portMapping", "protocol"]),
                format!("`{}` speaks {spoken}", router.name()),
            );
    }
}

const BAD: &str = "\
Resources:
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: ledger
      Spec:
        Listeners:
          - PortMapping: {Port: 5432, Protocol: http}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: ledger
      RouteName: all
      Spec:
        TcpRoute:
          Action: {WeightedTargets: [{VirtualNode: ledger, Weight: 1}]}
";
