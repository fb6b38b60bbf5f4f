//! A virtual service whose provider is not in the mesh.

use meshwright_model::finding::Severity;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::facts::dangling;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "dangling-provider",
    severity: Severity::Error,
    summary: "a virtual service is provided by a node or router that is not in the mesh",
    why: "the API refuses the virtual service, so whoever calls it gets no answer",
    source: "inferred from aws/aws-app-mesh-controller-for-k8s, which creates the provider first and waits for it",
    bad: BAD,
    cure: &[("VirtualRouter: {VirtualRouterName: order}", "VirtualRouter: {VirtualRouterName: orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for service in facts.services().filter(|service| facts.provider_of(*service).is_none()) {
        let provider = Path::of(&["spec", "provider"]);
        match &service.spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                let path = || provider.field("virtualNode").field("virtualNodeName");
                let name = (Kind::VirtualNode, &node.virtual_node_name);
                dangling::report(facts, report, service.resource, name, path);
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                let path = || provider.field("virtualRouter").field("virtualRouterName");
                let name = (Kind::VirtualRouter, &router.virtual_router_name);
                dangling::report(facts, report, service.resource, name, path);
            }
            None => {}
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
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: Router
    Properties:
      MeshName: shop
      VirtualServiceName: orders.shop.local
      Spec:
        Provider: {VirtualRouter: {VirtualRouterName: order}}
";
