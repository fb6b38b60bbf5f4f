//! A router that has no routes.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "router-without-routes",
    severity: Severity::Warning,
    summary: "a virtual router has no routes",
    why: "every request to the virtual services that it provides is answered with 404, or its connection is closed",
    source: "Envoy, router filter: 404 where no route matches (response flag NR)",
    bad: BAD,
    cure: &[("  Service:\n", CURE)],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let namers = facts.namers(&[Kind::Route]);
    for router in facts.routers().filter(|router| facts.routes_of(*router).next().is_none()) {
        // One that provides no virtual service is an orphan, which another rule reports.
        if !facts.is_named(router.position) || !namers.are_known_for(router.position) {
            continue;
        }
        let message = format!("virtual router `{}` has no routes", router.name());
        let found = report.add(router.resource, Path::of(&["virtualRouterName"]), message);
        found.help("add a route, or validate the file that holds its routes together with this one");
        if !facts.holds(router.position, Kind::Route) {
            // Routes may well stand in other files, or be written by what deploys them.
            found.severity(Severity::Info);
        }
        for service in facts.services_of(router.position).take(1) {
            let what = format!("it provides virtual service `{}`", service.name());
            found.related(service.resource, Path::of(&["spec", "provider"]), what);
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
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: Router
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualRouter: {VirtualRouterName: orders}}}
";

const CURE: &str = "  Route:
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
";
