//! A router that provides no virtual service.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "orphan-virtual-router",
    severity: Severity::Warning,
    summary: "a virtual router provides no virtual service",
    why: "requests come to a router only through a virtual service that it provides, so its routes are never used",
    source: "App Mesh User Guide, virtual_routers: they handle traffic for one or more virtual services",
    bad: BAD,
    cure: &[("VirtualNode: {VirtualNodeName: orders}}}", "VirtualRouter: {VirtualRouterName: orders}}}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let namers = facts.namers(&[Kind::VirtualService]);
    for router in facts.routers().filter(|router| !facts.is_named(router.position)) {
        if !namers.are_known_for(router.position) {
            continue;
        }
        let message = format!("virtual router `{}` provides no virtual service", router.name());
        let found = report.add(router.resource, Path::of(&["virtualRouterName"]), message);
        found.help("make it the provider of a virtual service, or leave it out");
        if !facts.holds(router.position, Kind::VirtualService) {
            // Virtual services may well stand in other files.
            found.severity(Severity::Info);
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
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: /}
          Action: {WeightedTargets: [{VirtualNode: orders, Weight: 1}]}
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: [Router, Node]
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";
