//! Traffic that is led to ports on which the proxy does not listen.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "wrong-proxy-ports",
    severity: Severity::Error,
    summary: "a task leads its traffic to other ports than the proxy's",
    why: "the proxy listens on 15000 for what comes in and on 15001 for what goes out; elsewhere connections are refused",
    source: "App Mesh User Guide, getting-started-ecs and envoy-logs: 15000 in, 15001 out",
    bad: BAD,
    cure: &[("\"15002\"", "\"15000\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(_)) = (task.redirection(), task.sidecar()) else { continue };
        for (name, right) in [("ProxyIngressPort", "15000"), ("ProxyEgressPort", "15001")] {
            let Some((index, port)) = redirection.property(name) else { continue };
            if port == right || port.parse::<u16>().is_err() {
                continue;
            }
            let path = redirection.value_path(index);
            let set = edit_task(task.workload, path.clone(), Change::Set(right.into()));
            let message = format!("`{name}` is {port}, but the proxy listens on {right}");
            report.add_task(task.workload, path, message).fix(format!("set port {right}"), vec![set]);
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
          - {Name: ProxyIngressPort, Value: \"15002\"}
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
