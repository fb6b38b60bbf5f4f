//! A listener on a port that no container opens.

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::reference::Key;

use crate::facts::{Facts, Proxy, Task, container_path, listener_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "container-port-differs",
    severity: Severity::Warning,
    summary: "a virtual node listens on a port that no container of its task opens",
    why: "the proxy hands requests to that port of the task, where most likely nothing listens: 503, flag UF",
    source: "App Mesh User Guide, troubleshooting-connectivity: the virtual node and the application must listen on \
             the same port",
    bad: BAD,
    cure: &[("ContainerPort: 9090", "ContainerPort: 8080")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.holds_all_containers()) {
        let Some((resource, position)) = task.sidecar().and_then(Proxy::companion) else { continue };
        let Some(opened) = Opened::of(task) else { continue };
        for endpoint in &facts.endpoints(position).list {
            let Some(port) = endpoint.port.filter(|port| !opened.ports.contains(port)) else { continue };
            let name = Key::of(&resource.name).shown();
            let (index, but, help) = match (opened.first, opened.datagram_ports.iter().find(|udp| udp.1 == port)) {
                (_, Some((index, _))) => (
                    *index,
                    "its task's containers open that port for UDP alone".to_owned(),
                    "let the port mapping be tcp",
                ),
                (Some(index), None) => {
                    let ports: Vec<String> = opened.ports.iter().map(i64::to_string).collect();
                    let but = format!("its task's containers open {}", ports.join(", "));
                    (index, but, "let the container, its port mapping and the listener have one port")
                }
                // Who opens no port for TCP may need none of it: in awsvpc mode a port is open without a mapping.
                (None, None) => continue,
            };
            let message = format!("virtual node `{name}` listens on port {port}, but {but}");
            let place = listener_path(endpoint.index, &["portMapping", "port"]);
            report.add_task(task.workload, container_path(index, &["portMappings"]), message).help(help).related(
                resource,
                place,
                format!("`{name}` listens on {port}"),
            );
        }
    }
}

/// What containers beside the proxy open.
#[derive(Default)]
struct Opened {
    /// The first container that opens a port for TCP.
    first: Option<usize>,
    /// The ports for TCP.
    ports: Vec<i64>,
    /// The ports for UDP, each with its container.
    datagram_ports: Vec<(usize, i64)>,
}

impl Opened {
    /// What the containers of a task open; `None` where one may open more.
    fn of(task: Task<'_, '_>) -> Option<Self> {
        let mut opened = Self::default();
        for (index, container) in task.others() {
            if task.workload.has_gap(&container_path(index, &["portMappings"])) {
                return None;
            }
            for mapping in container.port_mappings.iter().flatten() {
                let protocol = mapping.protocol.as_ref().map(|protocol| protocol.known().map(Text::as_str));
                let port = || Some(mapping.container_port.as_ref()?.known()?.value());
                if protocol == Some(Some("udp")) {
                    opened.datagram_ports.extend(port().map(|port| (index, port)));
                    continue;
                }
                opened.first = opened.first.or(Some(index));
                // A range of ports has none of its own.
                opened.ports.push(port()?);
            }
        }
        Some(opened)
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
          PortMappings:
            - {ContainerPort: 9090, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
