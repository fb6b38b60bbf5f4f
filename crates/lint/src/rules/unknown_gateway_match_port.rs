//! A gateway route for a port on which its gateway does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-gateway-match-port",
    severity: Severity::Error,
    summary: "a gateway route is for a port on which its gateway does not listen",
    why: "the port of a match picks one of the gateway's listeners; without that listener no request ever comes to the route",
    source: "App Mesh User Guide, gateway-routes: the port of a match picks the gateway's listener",
    bad: BAD,
    cure: &[("Port: 8081}", "Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(gateway) = facts.gateway_with(route) else { continue };
        let endpoints = facts.endpoints(gateway.position);
        let Some(port) = endpoints.unknown_port(protocol.match_port()) else { continue };
        let ports = endpoints.shown();
        let message = format!(
            "gateway route `{}` is for port {port}, but gateway `{}` listens on {ports}",
            route.name(),
            gateway.name()
        );
        report
            .add(route.resource, gateway_route_path(protocol, &["match", "port"]), message)
            .help("name a port of the gateway's, or give the gateway this listener")
            .related(
                gateway.resource,
                Path::of(&["spec", "listeners"]),
                format!("`{}` listens on {ports}", gateway.name()),
            );
    }
}

const BAD: &str = "\
Resources:
  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: shop
      VirtualGatewayName: entrance
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Route:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: entrance
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /, Port: 8081}
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
";
