//! A container that waits for the end of one whose end is the task's.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, container_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "waits-for-essential-to-end",
    severity: Severity::Error,
    summary: "a container waits for an essential container to end",
    why: "ECS refuses the task: `A dependency container with SUCCESS or COMPLETE condition cannot be an essential container`",
    source: "ECS API reference, ContainerDependency; boto/boto3#2436",
    bad: BAD,
    cure: &[("Condition: SUCCESS", "Condition: HEALTHY")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for dependency in task.dependencies() {
            let Some(condition @ ("SUCCESS" | "COMPLETE")) = dependency.condition else { continue };
            let Some((index, container)) = task.container(dependency.name) else { continue };
            let is_essential = match &container.essential {
                Some(essential) => essential.known() == Some(&true),
                // A container is essential unless it says otherwise.
                None => !task.workload.has_gap(&container_path(index, &["essential"])),
            };
            if is_essential {
                let name = dependency.name;
                let message = format!("`{name}` is essential: its {condition} cannot be waited for");
                let place = if container.essential.is_some() { "essential" } else { "name" };
                report
                    .add_task(task.workload, dependency.path.field("condition"), message)
                    .help("wait for HEALTHY or START instead, or set essential to false")
                    .related_task(task.workload, container_path(index, &[place]), format!("`{name}` is essential"));
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
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: SUCCESS}
";
