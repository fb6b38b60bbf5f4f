//! A gateway route to a virtual service that speaks another protocol.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, gateway_route_path, listener_path, protocol_clash};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "gateway-target-protocol-differs",
    severity: Severity::Error,
    summary: "a gateway route leads to a virtual service that speaks another protocol",
    why: "a gateway speaks HTTP only, so a service on TCP gets none of its requests; among HTTP/1.1, HTTP/2 and gRPC App Mesh demands one protocol all along and says nothing of the rest",
    source: "aws/aws-app-mesh-roadmap#233 (no TCP through a gateway) and aws/aws-app-mesh-roadmap#82 (protocols \
             along the chain must agree)",
    bad: BAD,
    cure: &[("Protocol: tcp}", "Protocol: http}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        let Some(provider) = facts.provider_behind(route) else { continue };
        let port = protocol.target().port.as_ref();
        let Some(endpoint) = facts.endpoints(provider.position()).reached(port) else { continue };
        let Some((port, spoken)) = endpoint.port.zip(endpoint.protocol) else { continue };
        // A route that differs from its gateway is another fault; what the gateway speaks is then what comes in.
        let listener = facts.gateway_endpoint(route, protocol).and_then(|(_, endpoint)| endpoint.protocol);
        let sent = listener.unwrap_or(protocol.protocol());
        let Some(severity) = protocol_clash(sent, spoken) else { continue };
        let (sent, spoken, kind) = (sent.as_str(), spoken.as_str(), provider.resource().kind());
        let message = format!(
            "gateway route `{}` sends {sent}, but the service's {kind} speaks {spoken} on port {port}",
            route.name()
        );
        report
            .add(route.resource, gateway_route_path(protocol, &["action", "target"]), message)
            .severity(severity)
            .help("let gateway, gateway route and service speak one protocol")
            .related(
                provider.resource(),
                listener_path(endpoint.index, &["portMapping", "protocol"]),
                format!("the {kind} speaks {spoken}"),
            );
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
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: tcp}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
