//! A gateway route to no virtual service.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::dangling;
use crate::facts::{Facts, gateway_route_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-gateway-target",
    severity: Severity::Error,
    summary: "a gateway route hands requests to a virtual service that is not in the mesh",
    why: "the API refuses the gateway route, so the gateway answers its requests with 404",
    source: "inferred from aws/aws-app-mesh-controller-for-k8s, which creates the virtual service first and waits \
             for it",
    bad: BAD,
    cure: &[("VirtualServiceName: order.shop.local}", "VirtualServiceName: orders.shop.local}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_gateway_routes() {
        if facts.service_of(route).is_none() {
            let name = (Kind::VirtualService, &protocol.target().virtual_service.virtual_service_name);
            let fields = &["action", "target", "virtualService", "virtualServiceName"];
            dangling::report(facts, report, route.resource, name, || gateway_route_path(protocol, fields));
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
  GatewayRoute:
    Type: AWS::AppMesh::GatewayRoute
    DependsOn: [Gateway, Service]
    Properties:
      MeshName: shop
      VirtualGatewayName: front
      GatewayRouteName: orders
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {Target: {VirtualService: {VirtualServiceName: order.shop.local}}}
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
