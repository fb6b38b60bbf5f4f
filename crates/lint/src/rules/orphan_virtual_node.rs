//! A node that nothing leads to and that calls nothing.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "orphan-virtual-node",
    severity: Severity::Info,
    summary: "no route or virtual service leads to a virtual node, and it has no backends",
    why: "the mesh sends it nothing and it calls nothing through the mesh: sound for what only outsiders call, else a forgotten route",
    source: "App Mesh User Guide, virtual_nodes: reached through virtual services and routes, calling what is in its backends",
    bad: BAD,
    cure: &[("VirtualNodeName: orders}", "VirtualNodeName: orders-v1}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let namers = facts.namers(&[Kind::Route, Kind::VirtualService]);
    for node in facts.nodes().filter(|node| !facts.is_named(node.position)) {
        let calls_something = node.spec.backends.as_ref().is_some_and(|backends| !backends.is_empty());
        // The front of a mesh is reached from outside.
        let has_proxy = facts.proxies().iter().any(|proxy| proxy.position == Some(node.position));
        let may_call = node.resource.has_gap(&Path::of(&["spec", "backends"]));
        if !calls_something && !has_proxy && !may_call && namers.are_known_for(node.position) {
            let message = format!("nothing leads to virtual node `{}`, and it has no backends", node.name());
            let found = report.add(node.resource, Path::of(&["virtualNodeName"]), message);
            found.help("name it in a route or as the provider of a virtual service, or leave it out");
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  V1:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: orders-v1
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders-v1.shop.local}}
  Orders:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: [V1, Orders]
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider:
          VirtualNode: {VirtualNodeName: orders}
";
