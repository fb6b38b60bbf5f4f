//! A proxy that is given the names of two resources.

use meshwright_model::finding::Severity;
use meshwright_model::proxied::ProxyName;
use meshwright_model::workload::PROXY_NAME_VARIABLES;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-names-differ",
    severity: Severity::Warning,
    summary: "two variables of a proxy name different virtual nodes or gateways",
    why: "only one of them counts: the proxy may stand for another resource than the one that was meant",
    source: "App Mesh User Guide, envoy-config: APPMESH_RESOURCE_ARN comes before those that it replaced; aws/amazon-ecs-service-connect-agent, agent/envoy_bootstrap/envoy_bootstrap.go",
    bad: BAD,
    cure: &[("virtualNode/stock}", "virtualNode/orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies() {
        let container = proxy.container;
        let Some(first) = ProxyName::of(container.value) else { continue };
        for variable in PROXY_NAME_VARIABLES.into_iter().filter(|variable| *variable != container.variable) {
            let Some((index, value)) = container.container.variable(variable) else { continue };
            let Some(other) = ProxyName::of(value).filter(|other| is_another(&first, other)) else { continue };
            let name = |name: &ProxyName| format!("{} `{}` of mesh `{}`", name.kind, name.name, name.mesh);
            let message = format!("`{variable}` names {}, but `{}` {}", name(&other), container.variable, name(&first));
            let path = proxy.path(&["environment"]).index(index).field("value");
            report
                .add_task(proxy.workload, path, message)
                .help(format!("drop `{variable}`: `{}` comes first", container.variable))
                .related_task(proxy.workload, proxy.name_path(), format!("names {}", name(&first)));
        }
    }
}

/// Whether a name is another for certain.
fn is_another(one: &ProxyName, other: &ProxyName) -> bool {
    let differ = |one: Option<&str>, other: Option<&str>| one.zip(other).is_some_and(|(one, other)| one != other);
    one.kind != other.kind || differ(one.mesh.text(), other.mesh.text()) || differ(one.name.text(), other.name.text())
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
            - {Name: APPMESH_VIRTUAL_NODE_NAME, Value: mesh/shop/virtualNode/stock}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          Environment:
            - {Name: STOCK_URL, Value: \"http://stock.shop.local:9090\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
