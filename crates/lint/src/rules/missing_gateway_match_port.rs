//! A gateway route that does not say for which listener of its gateway it is.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-gateway-match-port",
    severity: Severity::Error,
    summary: "a gateway route of a gateway with several listeners does not say for which it is",
    why: "with several listeners the port of the match is required: nothing else says where its requests come in",
    source: "App Mesh User Guide, gateway-routes: \"Port match is required if this virtual gateway has multiple \
             listeners\"",
    bad: BAD,
    cure: &[("{Prefix: /}", "{Prefix: /, Port: 8080}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(gateway) = facts.gateway_with(route) else { continue };
        let endpoints = facts.endpoints(gateway.position);
        if endpoints.list.len() < 2 || protocol.match_port().is_some() {
            continue;
        }
        let path = gateway_route_path(protocol, &["match", "port"]);
        if !endpoints.needs_port(route.resource, protocol.match_port(), &path) {
            continue;
        }
        let ports = endpoints.shown();
        let message = format!("gateway route `{}` names no port, and its gateway listens on {ports}", route.name());
        let found = report.add(route.resource, path.clone(), message);
        found.help("name the gateway's port whose requests the route takes, in its match");
        found.related(
            gateway.resource,
            Path::of(&["spec", "listeners"]),
            format!("`{}` listens on {ports}", gateway.name()),
        );
        if let Some(port) = endpoints.only(protocol.protocol()).and_then(|endpoint| endpoint.port) {
            found.fix(
                format!("set port {port}, the gateway's only one for {}", protocol.protocol().as_str()),
                vec![edit(route.resource, path, Change::Set(port.into()))],
            );
        }
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
          - PortMapping: {Port: 9090, Protocol: grpc}
  Route:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: entrance
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
";
