//! A gateway route to a port on which its virtual service does not listen.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-gateway-target-port",
    severity: Severity::Error,
    summary: "a gateway route sends to a port on which its virtual service does not listen",
    why: "the port of the target picks a listener of the service's router or node; without that listener its requests have nowhere to go",
    source: "App Mesh User Guide, gateway-routes: the port of a target picks a listener of the service's provider",
    bad: BAD,
    cure: &[("Target: {Port: 8081,", "Target: {Port: 8080,")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        if protocol.target().port.is_none() {
            continue;
        }
        let Some(provider) = facts.provider_behind(route) else { continue };
        let endpoints = facts.endpoints(provider.position());
        let Some(port) = endpoints.unknown_port(protocol.target().port.as_ref()) else { continue };
        let (ports, kind) = (endpoints.shown(), provider.resource().kind());
        let message = format!(
            "gateway route `{}` sends to port {port}, but the service's {kind} listens on {ports}",
            route.name()
        );
        report
            .add(route.resource, gateway_route_path(protocol, &["action", "target", "port"]), message)
            .help("name a port of the service's, or give its provider this listener")
            .related(provider.resource(), Path::of(&["spec", "listeners"]), format!("the {kind} listens on {ports}"));
    }
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::GatewayRoute
    Properties:
      MeshName: shop
      VirtualGatewayName: entrance
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {Target: {Port: 8081, VirtualService: {VirtualServiceName: orders.shop.local}}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
