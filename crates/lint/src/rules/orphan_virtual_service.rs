//! A virtual service that nobody calls.

use meshwright_model::finding::Severity;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "orphan-virtual-service",
    severity: Severity::Info,
    summary: "a virtual service is nobody's backend and no gateway route's target",
    why: "proxies learn only of their backends, so no request to this name goes through the mesh: callers may lack the backend",
    source: "aws/aws-app-mesh-roadmap#488: a proxy gets the routes of the virtual services in its backends",
    bad: BAD,
    cure: &[("Spec: {} # calls", "Spec: {Backends: [{VirtualService: {VirtualServiceName: orders.shop.local}}]} #")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let namers = facts.namers(&[Kind::VirtualNode, Kind::GatewayRoute]);
    for service in facts.services().filter(|service| !facts.is_named(service.position)) {
        // What has no provider either is the fault of another rule; and somebody must be there to call.
        if service.spec.provider.is_some()
            && facts.holds(service.position, Kind::VirtualNode)
            && namers.are_known_for(service.position)
        {
            let message = format!("nothing in the mesh calls virtual service `{}`", service.name());
            let found = report.add(service.resource, Path::of(&["virtualServiceName"]), message);
            found.help("add it to the backends of the nodes that call it");
        }
    }
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Front:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: shop
      VirtualNodeName: front
      Spec: {} # calls
  Orders:
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
    DependsOn: Orders
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";
