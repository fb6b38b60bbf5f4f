//! A proxy whose end the task outlives.

use meshwright_model::Scalar;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;

use crate::facts::Facts;
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-not-essential",
    severity: Severity::Warning,
    summary: "a proxy's container is not essential to its task",
    why: "when the proxy ends, the task goes on without it, and every connection that is still led to it is refused; nothing starts a new one",
    source: "ECS API reference, ContainerDefinition: a task ends with its essential containers only; in \
             aws/aws-app-mesh-examples every Envoy container is essential",
    bad: BAD,
    cure: &[("          Essential: false\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies {
            let container = proxy.container.container;
            if container.essential.as_ref().and_then(Scalar::known) != Some(&false) {
                continue;
            }
            let path = proxy.path(&["essential"]);
            let message = "this proxy is not essential: its task lives on when it ends";
            let name = container.name.as_ref().and_then(Scalar::known).map(Text::as_str);
            let is_awaited = task.dependencies().any(|dependency| {
                Some(dependency.name) == name && matches!(dependency.condition, None | Some("SUCCESS" | "COMPLETE"))
            });
            let set = edit_task(task.workload, path.clone(), Change::Set(true.into()));
            let found = report.add_task(task.workload, path, message);
            // Nobody can wait for the end of what is essential.
            if is_awaited {
                found.help("let nothing wait for the proxy's end, and make it essential");
            } else {
                found.fix("make the proxy essential", vec![set]);
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
          Essential: false
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
