//! More ports than one rule of iptables takes.

use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "more-than-15-ports",
    severity: Severity::Warning,
    summary: "a proxyConfiguration lists more than 15 ports",
    why: "one rule of iptables takes 15: older agents fail the task, newer ones leave the others out",
    source: "aws/aws-app-mesh-roadmap#269 and aws/aws-app-mesh-roadmap#436; aws/amazon-vpc-cni-plugins, \
             plugins/aws-appmesh/plugin/commands.go: multiportLimit",
    bad: BAD,
    cure: &[(",16\"", "\"")],
    check,
};

/// The most ports of one list. Source: `multiportLimit` in aws/amazon-vpc-cni-plugins.
const MOST: usize = 15;

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let Some(redirection) = task.redirection() else { continue };
        for (name, effect) in
            [("EgressIgnoredPorts", "led through the proxy after all"), ("AppPorts", "not led through the proxy")]
        {
            let Some((index, ports)) = redirection.ports(name) else { continue };
            if ports.len() > MOST {
                let message = format!(
                    "`{name}` lists {} ports: the task fails, or those after the fifteenth are {effect}",
                    ports.len()
                );
                report.add_task(task.workload, redirection.value_path(index), message);
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
          - {Name: EgressIgnoredPorts, Value: \"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\"}
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
