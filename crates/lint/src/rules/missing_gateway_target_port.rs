//! A gateway route that does not say which port of its virtual service is meant.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path};
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-gateway-target-port",
    severity: Severity::Error,
    summary: "a gateway route does not say which port of its virtual service is meant",
    why: "where the service's router or node has several listeners the port of the target is required: nothing else says where requests go",
    source: "App Mesh User Guide, gateway-routes: \"Virtual service provider port is required when the provider … \
             has multiple listeners\"",
    bad: BAD,
    cure: &[("Target: {VirtualService:", "Target: {Port: 8080, VirtualService:")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        if protocol.target().port.is_some() {
            continue;
        }
        let Some(provider) = facts.provider_behind(route) else { continue };
        let endpoints = facts.endpoints(provider.position());
        if endpoints.list.len() < 2 {
            continue;
        }
        let path = gateway_route_path(protocol, &["action", "target", "port"]);
        if !endpoints.needs_port(route.resource, protocol.target().port.as_ref(), &path) {
            continue;
        }
        let (ports, kind) = (endpoints.shown(), provider.resource().kind());
        let message = format!(
            "gateway route `{}` names no port to send to, and the service's {kind} listens on {ports}",
            route.name()
        );
        let found = report.add(route.resource, path.clone(), message);
        found.help("name the port of the service's to send to, in the target");
        found.related(provider.resource(), Path::of(&["spec", "listeners"]), format!("the {kind} listens on {ports}"));
        if let Some(port) = endpoints.only(protocol.protocol()).and_then(|endpoint| endpoint.port) {
            found.fix(
                format!("set port {port}, the service's only one for {}", protocol.protocol().as_str()),
                vec![edit(route.resource, path, Change::Set(port.into()))],
            );
        }
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
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualRouter: {VirtualRouterName: orders}}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
          - PortMapping: {Port: 9090, Protocol: grpc}
";
