//! A route of a router that is not in the mesh.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::facts::dangling;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-virtual-router",
    severity: Severity::Error,
    summary: "a route belongs to a virtual router that is not in the mesh",
    why: "the API answers 404 NotFoundException and does not create the route, so no request ever takes it",
    source: "App Mesh API reference, CreateRoute: NotFoundException where a resource that is named does not exist",
    bad: BAD,
    cure: &[("VirtualRouterName: order\n", "VirtualRouterName: orders\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for route in facts.routes().filter(|route| facts.router_of(*route).is_none()) {
        if let Some(router) = &route.resource.parent {
            let path = || Path::of(&["virtualRouterName"]);
            dangling::report(facts, report, route.resource, (Kind::VirtualRouter, router), path);
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Route:
    Type: AWS::AppMesh::Route
    DependsOn: [Router, Node]
    Properties:
      MeshName: shop
      VirtualRouterName: order
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
";
