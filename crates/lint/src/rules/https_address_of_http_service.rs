//! An application that is told to speak TLS to a virtual service whose listener is for HTTP.

use meshwright_model::finding::Severity;
use meshwright_model::limits::PortProtocol;
use meshwright_model::reference::Key;

use crate::facts::{Address, Facts, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "https-address-of-http-service",
    severity: Severity::Warning,
    summary: "an application is told an https address of a virtual service that is dialled over HTTP",
    why: "the application starts TLS with its own proxy, which expects plain HTTP there: `unknown protocol` or `wrong version number`",
    source: "aws/aws-app-mesh-roadmap#162, aws/aws-app-mesh-roadmap#200 and aws/aws-app-mesh-examples#289",
    bad: BAD,
    cure: &[("https://stock.shop.local:9090/v1", "http://stock.shop.local:9090/v1")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for Address { told, service } in facts.addresses() {
        let Some(port) = told.url.port.filter(|_| told.url.scheme == Some("https")) else { continue };
        let Some((provider, Ok(endpoint))) = facts.dialled_on(service, port) else { continue };
        let Some(protocol) = endpoint.protocol.filter(|protocol| *protocol != PortProtocol::Tcp) else { continue };
        let is_meant =
            facts.calls(told.node).any(|call| call.service.is_some_and(|other| other.position == service.position));
        if !is_meant {
            continue;
        }
        let resource = provider.resource();
        let (kind, name) = (resource.kind(), Key::of(&resource.name).shown());
        let expects = format!("{kind} `{name}` expects {} on port {port}", protocol.as_str());
        let message = format!("virtual service `{}` is called with https, but {expects}", service.name());
        report
            .add_task(told.workload, told.path(), message)
            .help("call it with http and let the proxies encrypt, or let the listeners be tcp where the application encrypts")
            .related(resource, listener_path(endpoint.index, &["portMapping", "protocol"]), expects);
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
            - {Name: STOCK_URL, Value: \"https://stock.shop.local:9090/v1\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
