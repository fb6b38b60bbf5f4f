//! A gateway that has no gateway routes.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "gateway-without-routes",
    severity: Severity::Warning,
    summary: "a virtual gateway has no gateway routes",
    why: "it answers every request with 404",
    source: "Envoy, router filter: 404 where no route matches (response flag NR)",
    bad: BAD,
    cure: &[("  Service:\n", CURE)],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let namers = facts.namers(&[Kind::GatewayRoute]);
    for gateway in facts.gateways().filter(|gateway| facts.gateway_routes_of(*gateway).next().is_none()) {
        if !namers.are_known_for(gateway.position) {
            continue;
        }
        let message =
            format!("virtual gateway `{}` has no gateway routes: it answers every request with 404", gateway.name());
        let found = report.add(gateway.resource, Path::of(&["virtualGatewayName"]), message);
        found.help("add a gateway route, or validate the file that holds its gateway routes together with this one");
        if !facts.holds(gateway.position, Kind::GatewayRoute) {
            // They may well stand in other files.
            found.severity(Severity::Info);
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualGatewayName: front
      Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: Node
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";

const CURE: &str = "  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    DependsOn: [Gateway, Service]
    Properties:
      MeshName: shop
      VirtualGatewayName: front
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
  Service:
";
