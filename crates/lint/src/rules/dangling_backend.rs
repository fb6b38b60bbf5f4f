//! A backend that names no virtual service.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::dangling;
use crate::facts::{Facts, backend_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-backend",
    severity: Severity::Warning,
    summary: "a backend names a virtual service that is not in the mesh",
    why: "the API takes it, and the node's proxy gets no route to that name until the virtual service exists: calls are refused, or \
          pass the mesh by where its egress filter lets everything out",
    source: "aws/aws-app-mesh-examples#92: a backend may name a virtual service that does not exist yet",
    bad: BAD,
    cure: &[("VirtualServiceName: payment.shop.local}", "VirtualServiceName: payments.shop.local}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for node in facts.nodes() {
        for call in facts.calls(node).filter(|call| call.service.is_none()) {
            let name = (Kind::VirtualService, &call.backend.virtual_service_name);
            let path = || backend_path(call.index, &["virtualServiceName"]);
            dangling::report(facts, report, node.resource, name, path);
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Orders:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Backends:
          - VirtualService: {VirtualServiceName: payment.shop.local}
  Payments:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: payments
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: payments.shop.local}}
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: Payments
    Properties:
      MeshName: shop
      VirtualServiceName: payments.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: payments}}}
";
