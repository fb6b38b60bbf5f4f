//! A port mapping with a protocol that ECS does not have.

use meshwright_model::Scalar;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, container_path};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "port-mapping-protocol",
    severity: Severity::Warning,
    summary: "a container's port mapping has another protocol than `tcp` or `udp`",
    why: "ECS has these two; what a listener speaks belongs into the virtual node",
    source: "ECS API reference, PortMapping: protocol is tcp or udp",
    bad: BAD,
    cure: &[("ContainerPort: 8080, Protocol: http", "ContainerPort: 8080, Protocol: tcp")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for (index, container) in task.containers() {
            for (place, mapping) in container.port_mappings.iter().flatten().enumerate() {
                let Some(protocol) = mapping.protocol.as_ref().and_then(Scalar::known) else { continue };
                if matches!(protocol.as_str(), "tcp" | "udp" | "") {
                    continue;
                }
                let path = container_path(index, &["portMappings"]).index(place).field("protocol");
                let found = report.add_task(
                    task.workload,
                    path.clone(),
                    format!("`{}` is neither tcp nor udp", protocol.as_str()),
                );
                // Everything that a mesh carries is TCP.
                found.fix("set tcp", vec![edit_task(task.workload, path, Change::Set("tcp".into()))]);
            }
        }
    }
}

const BAD: &str = "\
Resources:
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
            - {ContainerPort: 8080, Protocol: http}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
