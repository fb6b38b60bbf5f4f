//! A redirection in a network mode that has none.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-configuration-outside-awsvpc",
    severity: Severity::Warning,
    summary: "a task has a proxyConfiguration and another network mode than `awsvpc`",
    why: "ECS leads traffic through a proxy in the network of `awsvpc` alone; in any other mode requests pass the proxy by",
    source: "aws/amazon-ecs-agent: the redirection is part of BuildCNIConfigAwsvpc",
    bad: BAD,
    cure: &[("NetworkMode: bridge", "NetworkMode: awsvpc")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(mode)) = (task.redirection(), task.network_mode()) else { continue };
        if mode == "awsvpc" {
            continue;
        }
        let message = match &task.workload.task.network_mode {
            Some(_) => format!("network mode `{mode}` leads no traffic through a proxy"),
            None => "a task without networkMode is in mode `bridge`, which leads no traffic through a proxy".to_owned(),
        };
        let path = match &task.workload.task.network_mode {
            Some(_) => Path::of(&["networkMode"]),
            None => redirection.path(),
        };
        report.add_task(task.workload, path, message).help("set networkMode awsvpc").related_task(
            task.workload,
            redirection.path(),
            "the proxyConfiguration",
        );
    }
}

const BAD: &str = "\
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: bridge
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
            - {ContainerName: envoy, Condition: HEALTHY}
";
