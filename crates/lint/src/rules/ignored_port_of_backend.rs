//! Calls to a backend that pass by the proxy, as their port is ignored.

use meshwright_model::finding::Severity;

use crate::facts::{Existence, Facts, Proxy, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ignored-port-of-backend",
    severity: Severity::Warning,
    summary: "EgressIgnoredPorts holds the port of a backend of the task's virtual node",
    why: "calls on an ignored port are not led to the proxy: no route, retry, timeout, encryption or metric of the mesh applies to them",
    source: "ECS API reference, ProxyConfiguration: outbound traffic to EgressIgnoredPorts is not redirected",
    bad: BAD,
    cure: &[("\"22,9090\"", "\"22\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let Some(redirection) = task.redirection() else { continue };
        let Some((index, ignored)) = redirection.ports("EgressIgnoredPorts") else { continue };
        let companion = task.sidecar().and_then(Proxy::companion);
        let Some(node) = companion.and_then(|(_, position)| facts.node_at(position)) else { continue };
        let mut said = Vec::new();
        for dialled in facts.dialled_by(node) {
            let port = dialled.port;
            let existence = dialled.existence().and(Existence::under(task.workload.condition.as_deref()));
            if !ignored.contains(&port) || said.contains(&port) || !existence.is_clear() {
                continue;
            }
            said.push(port);
            let service = &dialled.call.backend.virtual_service_name;
            let message =
                format!("port {port} is ignored, but backend `{service}` of `{}` is called on it", node.name());
            let place = listener_path(dialled.endpoint.index, &["portMapping", "port"]);
            report
                .add_task(task.workload, redirection.value_path(index), message)
                .help(format!("take {port} out of EgressIgnoredPorts, or the service out of the backends"))
                .related(dialled.provider.resource(), place, format!("the port of `{service}`"));
        }
    }
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
          - {Name: EgressIgnoredPorts, Value: \"22,9090\"}
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
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
