//! A gateway route of another protocol than its gateway's listener.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path, listener_path, protocol_clash};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "gateway-route-protocol-differs",
    severity: Severity::Warning,
    summary: "a gateway route is of another protocol than its gateway's listener",
    why: "App Mesh made one route table for each listener and its protocol; what became of a route of another one is not documented, so its requests may be answered with 404",
    source: "inferred from App Mesh User Guide, routes, where the type must match the listener's protocol; gateway \
             routes have the same types",
    bad: BAD,
    cure: &[("Http2Route:", "HttpRoute:")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some((gateway, endpoint)) = facts.gateway_endpoint(route, protocol) else { continue };
        let Some((port, spoken)) = endpoint.port.zip(endpoint.protocol) else { continue };
        if protocol_clash(protocol.protocol(), spoken).is_none() {
            continue;
        }
        let (of_route, spoken) = (protocol.protocol().as_str(), spoken.as_str());
        let message = format!(
            "gateway route `{}` is for {of_route}, but gateway `{}` speaks {spoken} on port {port}",
            route.name(),
            gateway.name()
        );
        report
            .add(route.resource, gateway_route_path(protocol, &[]), message)
            .help("let the gateway route be of its listener's protocol")
            .related(
                gateway.resource,
                listener_path(endpoint.index, &["portMapping", "protocol"]),
                format!("`{}` speaks {spoken}", gateway.name()),
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
        Http2Route:
          Match: {Prefix: /}
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
";
