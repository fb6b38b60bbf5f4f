//! A weighted target that names no virtual node.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::dangling;
use crate::facts::{Facts, target_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-virtual-node",
    severity: Severity::Error,
    summary: "a weighted target names a virtual node that is not in the mesh",
    why: "the API refuses the route, and that share of its requests has nowhere to go",
    source: "janakiramm/app-mesh-tutorial#1: NotFoundException, VirtualNode with name … is missing, for a route",
    bad: BAD,
    cure: &[("VirtualNode: orders-v3", "VirtualNode: orders-v1")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (route, protocol) in facts.protocol_routes() {
        for target in facts.targets(route).filter(|target| target.node.is_none()) {
            let name = (Kind::VirtualNode, &target.target.virtual_node);
            let path = || target_path(protocol, target.index).field("virtualNode");
            dangling::report(facts, report, route.resource, name, path);
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Orders:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action:
            WeightedTargets:
              - {VirtualNode: orders-v3, Weight: 1}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
