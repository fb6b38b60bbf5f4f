//! An application that is told to call a virtual service which is no backend of its node.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::{Address, Facts, Node, Service};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "calls-outside-backends",
    severity: Severity::Warning,
    summary: "an application is told the address of a virtual service that is no backend of its virtual node",
    why: "its calls pass the mesh's routes by where the mesh allows all egress, and are dropped where it does not",
    source: "App Mesh User Guide, troubleshooting-connectivity: what is no backend is dropped, or passes by every \
             route where the mesh allows all",
    bad: BAD,
    cure: &[(
        "        ServiceDiscovery: {DNS",
        "        Backends: [{VirtualService: {VirtualServiceName: stock.shop.local}}]\n        ServiceDiscovery: {DNS",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for Address { told, service } in facts.addresses() {
        let node = told.node;
        let backends = Path::of(&["spec", "backends"]);
        if node.resource.has_gap(&backends) || is_itself(facts, node, service) {
            continue;
        }
        let is_unclear_or_meant = facts.calls(node).any(|call| {
            let name = &call.backend.virtual_service_name;
            call.service.is_some_and(|other| other.position == service.position) || !Key::of(name).is_known()
        });
        if is_unclear_or_meant {
            continue;
        }
        let message = format!(
            "virtual service `{}` is called from here, but is no backend of virtual node `{}`",
            service.name(),
            node.name()
        );
        report
            .add_task(told.workload, told.path(), message)
            .help("add it to the node's backends")
            .related(node.resource, backends, format!("the backends of `{}`", node.name()))
            .related(service.resource, Path::of(&["virtualServiceName"]), "the virtual service");
    }
}

/// Whether a service may be answered by the node itself: its own address is no call.
fn is_itself<'a>(facts: &Facts<'a>, node: Node<'a>, service: Service<'a>) -> bool {
    facts.reached_by(service).iter().any(|reach| reach.node.position == node.position)
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: stock
      Spec:
        Listeners:
          - PortMapping: {Port: 9090, Protocol: http}
  Service:
    Type: AWS::AppMesh::VirtualService
    Properties:
      MeshName: shop
      VirtualServiceName: stock.shop.local
      Spec: {Provider: {VirtualRouter: {VirtualRouterName: stock}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ProxyConfiguration:
        Type: APPMESH
        ContainerName: envoy
        ProxyConfigurationProperties:
          - {Name: IgnoredUID, Value: \"1337\"}
          - {Name: ProxyIngressPort, Value: \"15000\"}
          - {Name: ProxyEgressPort, Value: \"15001\"}
          - {Name: AppPorts, Value: \"8080\"}
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          Environment:
            - {Name: STOCK_URL, Value: \"http://stock.shop.local:9090/v1\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
