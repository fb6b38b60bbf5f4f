//! A container that waits for health that nobody measures.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, container_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "waits-for-unchecked-container",
    severity: Severity::Error,
    summary: "a container waits until another is HEALTHY that has no health check",
    why: "the condition never comes true, so the container never starts",
    source: "ECS API reference, ContainerDependency; aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go: HEALTHY needs a reported health status",
    bad: BAD,
    cure: &[(
        "sock\"}\n",
        "sock\"}\n          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for dependency in task.dependencies().filter(|dependency| dependency.condition == Some("HEALTHY")) {
            let Some((index, container)) = task.container(dependency.name) else { continue };
            if task.lacks_health_check(index, container) {
                let message = format!("`{}` has no health check, so it never becomes HEALTHY", dependency.name);
                report
                    .add_task(task.workload, dependency.path.field("condition"), message)
                    .help(format!(
                        "give `{}` a health check in the task definition: one in its image does not count",
                        dependency.name
                    ))
                    .related_task(
                        task.workload,
                        container_path(index, &["name"]),
                        "the container without a health check",
                    );
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
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
