//! An application that is told a part of a backend's name as its address.

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Scalar};

use crate::facts::{Call, Facts, Told, backend_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unqualified-backend-address",
    severity: Severity::Warning,
    summary: "an application is told only the first part of the name of a backend",
    why: "hosts are compared whole: a call of the short name is no call of the backend, and passes the mesh by or is refused",
    source: "App Mesh User Guide, troubleshooting connectivity: use the fully qualified name",
    bad: BAD,
    cure: &[("http://stock:9090", "http://stock.shop.local:9090")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for told in facts.told().filter(|told| told.url.port.is_some()) {
        let Some(call) = meant(facts, &told) else { continue };
        let host = told.url.host;
        let message = format!(
            "`{host}` is called, but the backend of virtual node `{}` is `{}`",
            told.node.name(),
            call.backend.virtual_service_name
        );
        report
            .add_task(told.workload, told.path(), message)
            .help(format!("call `{}`", call.backend.virtual_service_name))
            .related(
                told.node.resource,
                backend_path(call.index, &["virtualServiceName"]),
                "the backend that is most likely meant",
            );
    }
}

/// The backend whose name goes on where the address ends, where there is one alone, it listens on the port, and nothing else
/// bears the short name.
fn meant<'a>(facts: &Facts<'a>, told: &Told<'a>) -> Option<Call<'a>> {
    let is_longer = |call: &Call<'a>| match Key::of(&call.backend.virtual_service_name) {
        Key::Known(name) => name.strip_prefix(told.url.host).is_some_and(|rest| rest.starts_with('.')),
        Key::Open(_) | Key::Refused(_) => false,
    };
    let mut longer = facts.calls(told.node).filter(is_longer);
    let (call, None) = (longer.next()?, longer.next()) else { return None };
    let (_, Ok(_)) = facts.dialled_on(call.service?, told.url.port?)? else { return None };
    let mesh = Key::of(&told.node.resource.mesh);
    let is_service = facts.index().named(mesh, Kind::VirtualService, Key::Known(told.url.host)).is_some();
    let mut containers = told.workload.task.container_definitions.iter().flatten();
    let is_container = containers
        .any(|container| container.name.as_ref().and_then(Scalar::known).map(Text::as_str) == Some(told.url.host));
    (!is_service && !is_container).then_some(call)
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
        Backends: [{VirtualService: {VirtualServiceName: stock.shop.local}}]
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
            - {Name: STOCK_URL, Value: \"http://stock:9090\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
