//! A port that is led into the proxy, which has no listener for it.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "app-port-without-listener",
    severity: Severity::Warning,
    summary: "a task leads a port through the proxy on which its virtual node does not listen",
    why: "the proxy has no filter chain for that port and closes every connection to it",
    source: "inferred from App Mesh User Guide, envoy-logs and getting-started-ecs: AppPorts are redirected to \
             lds_ingress_0.0.0.0_15000, which serves the node's listeners",
    bad: BAD,
    cure: &[("\"8080,9901\"", "\"8080\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(proxy)) = (task.redirection(), task.sidecar()) else { continue };
        let (Some((resource, position)), Some((index, ports))) = (proxy.companion(), redirection.ports("AppPorts"))
        else {
            continue;
        };
        let endpoints = facts.endpoints(position);
        // Where a listener's port is left out as well, that one fault is said once, by another rule.
        let is_missed = |port: &Option<i64>| port.is_some_and(|port| !ports.contains(&port));
        if !endpoints.is_whole || endpoints.list.iter().any(|endpoint| is_missed(&endpoint.port)) {
            continue;
        }
        for port in ports.iter().filter(|port| endpoints.on(**port).is_none()) {
            let name = Key::of(&resource.name).shown();
            let message = format!(
                "port {port} is led to the proxy, but virtual node `{name}` listens on {}: connections to {port} are closed",
                endpoints.shown()
            );
            report
                .add_task(task.workload, redirection.value_path(index), message)
                .help(format!("take {port} out of AppPorts, or give `{name}` a listener on it"))
                .related(resource, Path::of(&["spec", "listeners"]), format!("the listeners of `{name}`"));
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
          - {Name: AppPorts, Value: \"8080,9901\"}
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
