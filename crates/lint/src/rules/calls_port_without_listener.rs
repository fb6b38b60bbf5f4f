//! An application that is told to call a virtual service on a port which has no listener.

use meshwright_model::Scalar;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::reference::Key;

use crate::facts::{Address, Endpoints, Facts, Told, container_path, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "calls-port-without-listener",
    severity: Severity::Warning,
    summary: "an application is told to call a virtual service on a port where its provider does not listen",
    why: "the caller's proxy has no filter chain for that port: the call passes the mesh by, or its connection is closed",
    source: "App Mesh User Guide, troubleshooting-connectivity: no matching filter chain found, as the port is not \
             the router's",
    bad: BAD,
    cure: &[("stock.shop.local:80/v1", "stock.shop.local:9090/v1")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for Address { told, service } in facts.addresses() {
        let Some(port) = told.url.port else { continue };
        let Some((provider, Err(endpoints))) = facts.dialled_on(service, port) else { continue };
        if told.url.has_usual_port() && has_port_apart(&told, endpoints) {
            continue;
        }
        let resource = provider.resource();
        let (kind, name) = (resource.kind(), Key::of(&resource.name).shown());
        let listens = format!("{kind} `{name}` listens on {}", endpoints.shown());
        let message = format!("virtual service `{}` is called on port {port}, but {listens}", service.name());
        report.add_task(told.workload, told.path(), message).help(format!("call port {}", endpoints.shown())).related(
            resource,
            listener_path(0, &["portMapping", "port"]),
            listens,
        );
    }
}

/// Whether a container is told one of the ports, or something unknown, that may be put behind an address.
fn has_port_apart(told: &Told<'_>, endpoints: &Endpoints) -> bool {
    let container = told.container;
    let is_for_a_port = |name: Option<&Scalar<Text>>| {
        let name = name.and_then(Scalar::known);
        name.is_none_or(|name| name.as_str().to_ascii_lowercase().contains("port"))
    };
    let is_open = ["environment", "environmentFiles", "secrets"]
        .into_iter()
        .any(|field| told.workload.has_gap(&container_path(told.index, &[field])));
    let has_secret_port = container.secrets.iter().flatten().any(|secret| is_for_a_port(secret.name.as_ref()));
    let has_port = || {
        container.environment.iter().flatten().any(|pair| {
            let value = pair.value.as_ref();
            let port = value.and_then(|value| value.known()?.as_str().trim_start_matches(':').parse().ok());
            match port {
                Some(port) => endpoints.on(port).is_some(),
                None => value.is_some_and(|value| value.known().is_none()) && is_for_a_port(pair.name.as_ref()),
            }
        })
    };
    is_open
        || has_secret_port
        || container.environment_files.as_ref().is_some_and(|files| !files.is_empty())
        || has_port()
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
            - {Name: STOCK_URL, Value: \"http://stock.shop.local:80/v1\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
