//! A listener whose port is not led through the proxy.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::ListenerTlsMode;
use meshwright_model::reference::Key;
use meshwright_model::{Resource, Spec};

use crate::facts::{Facts, listener_path};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "app-ports-miss-listener",
    severity: Severity::Warning,
    summary: "a virtual node listens on a port that its task does not lead through the proxy",
    why: "requests to that port reach the application directly: no logs, metrics or limits, and callers that speak TLS fail",
    source: "aws/aws-app-mesh-roadmap#166; App Mesh User Guide, troubleshooting-connectivity: without interception \
             traffic reaches the application directly",
    bad: BAD,
    cure: &[("Name: AppPorts, Value: \"9090\"", "Name: AppPorts, Value: \"8080\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(proxy)) = (task.redirection(), task.sidecar()) else { continue };
        let (Some((resource, position)), Some((index, ports))) = (proxy.companion(), redirection.ports("AppPorts"))
        else {
            continue;
        };
        let endpoints = &facts.endpoints(position).list;
        for endpoint in endpoints {
            let Some(port) = endpoint.port.filter(|port| !ports.contains(port)) else { continue };
            let name = Key::of(&resource.name).shown();
            let message = format!("virtual node `{name}` listens on port {port}, which is not among AppPorts");
            let path = redirection.value_path(index);
            let found = report.add_task(task.workload, path.clone(), message);
            if is_strict(resource, endpoint.index) {
                found
                    .severity(Severity::Error)
                    .help("callers speak TLS to this port, and the application itself would have to");
            }
            // A port that nothing listens on is most likely the one that was meant.
            let is_replaced = ports.len() == 1 && endpoints.len() == 1;
            let all = if is_replaced { port.to_string() } else { with(&ports, port) };
            found.fix(
                format!("set AppPorts {all}"),
                vec![edit_task(task.workload, path, Change::Set(all.as_str().into()))],
            );
            let place = listener_path(endpoint.index, &["portMapping", "port"]);
            found.related(resource, place, format!("`{name}` listens on {port}"));
        }
    }
}

fn with(ports: &[i64], port: i64) -> String {
    let all: Vec<String> = ports.iter().chain([&port]).map(i64::to_string).collect();
    all.join(",")
}

fn is_strict(resource: &Resource, index: usize) -> bool {
    let Spec::VirtualNode(spec) = &resource.spec else { return false };
    let tls = spec.listeners.as_ref().and_then(|listeners| listeners.get(index)?.tls.as_ref());
    tls.is_some_and(|tls| tls.mode.known() == Some(&ListenerTlsMode::Strict))
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
          - {Name: AppPorts, Value: \"9090\"}
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
