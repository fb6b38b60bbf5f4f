//! A proxy of which nobody sees that it hangs.

use meshwright_model::Scalar;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-without-health-check",
    severity: Severity::Warning,
    summary: "a proxy's container has no health check",
    why: "a proxy that gets no configuration counts as running, so its task is kept and gets requests that it cannot answer",
    source: "App Mesh User Guide, getting-started-ecs: the health check of the Envoy container",
    bad: BAD,
    cure: &[(
        "sock\"}\n",
        "sock\"}\n          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let waits = |name: &str| {
            task.dependencies().any(|dependency| dependency.name == name && dependency.condition == Some("HEALTHY"))
        };
        for proxy in task.proxies {
            let container = proxy.container.container;
            // Whoever waits for it is what another rule speaks of.
            let is_awaited = container.name.as_ref().and_then(Scalar::known).is_some_and(|name| waits(name.as_str()));
            if !is_awaited && task.lacks_health_check(proxy.container.index, container) {
                report
                    .add_task(task.workload, proxy.path(&["healthCheck"]), "this proxy has no health check")
                    .help("check that `http://localhost:9901/server_info` says LIVE");
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
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
";
