//! A gateway route of a gateway that is not in the mesh.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::facts::dangling;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-virtual-gateway",
    severity: Severity::Error,
    summary: "a gateway route belongs to a virtual gateway that is not in the mesh",
    why: "the API answers 404 NotFoundException and does not create the gateway route, so no request ever takes it",
    source: "App Mesh API reference, CreateGatewayRoute: NotFoundException where a resource that is named does not \
             exist",
    bad: BAD,
    cure: &[("VirtualGatewayName: fornt\n", "VirtualGatewayName: front\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for route in facts.gateway_routes().filter(|route| facts.gateway_of(*route).is_none()) {
        if let Some(gateway) = &route.resource.parent {
            let path = || Path::of(&["virtualGatewayName"]);
            dangling::report(facts, report, route.resource, (Kind::VirtualGateway, gateway), path);
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
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    DependsOn: [Gateway, Service]
    Properties:
      MeshName: shop
      VirtualGatewayName: fornt
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {Target: {VirtualService: {VirtualServiceName: orders.shop.local}}}
";
