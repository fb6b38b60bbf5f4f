//! A container that waits for one which is not there.

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::spelling::nearest;

use crate::facts::{Facts, Redirection};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "depends-on-unknown-container",
    severity: Severity::Error,
    summary: "a container waits for a container that is not in its task",
    why: "what it waits for never comes, so it never starts",
    source: "aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go: a dependency that does not exist is not resolved",
    bad: BAD,
    cure: &[("ContainerName: envoi,", "ContainerName: envoy,")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.holds_all_containers()) {
        let led_to = task.redirection().and_then(Redirection::container_name);
        for dependency in task.dependencies() {
            // A proxy that is put in later is said once, by another rule.
            if task.container(dependency.name).is_some() || led_to == Some(dependency.name) {
                continue;
            }
            let names = task.containers().filter_map(|(_, container)| container.name.as_ref()?.known());
            let near = nearest(dependency.name, names.map(Text::as_str));
            let message = format!("there is no container `{}` in this task", dependency.name);
            let found = report.add_task(task.workload, dependency.path.field("containerName"), message);
            if let Some(near) = near {
                found.help(format!("did you mean `{near}`?"));
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
            - {ContainerName: envoi, Condition: HEALTHY}
";
