//! A proxy that asks AWS's control plane, which is gone.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, variable};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-without-xds-endpoint",
    severity: Severity::Error,
    summary: "a proxy asks the control plane of AWS, which ended on 2026-09-30",
    why: "the proxy waits for its first configuration without end, so a new or restarted task never serves a request",
    source: "source of the agent in AWS's image, aws/amazon-ecs-service-connect-agent, \
             agent/envoy_bootstrap/envoy_bootstrap.go: APPMESH_XDS_ENDPOINT, else AWS's host, and an initial fetch \
             timeout of 0",
    bad: BAD,
    cure: &[(
        "orders}\n",
        "orders}\n            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}\n",
    )],
    check,
};

/// What the host names of AWS's control plane have in common. Source: App Mesh User
/// Guide, troubleshooting-setup.
const GONE: &str = "-envoy-management";

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies {
            let (index, container) = (proxy.container.index, proxy.container.container);
            if let Some((place, endpoint)) = variable(container, ENDPOINT) {
                if endpoint.contains(GONE) && endpoint.contains("amazonaws") {
                    let path = proxy.path(&["environment"]).index(place).field("value");
                    let message = format!("`{endpoint}` is a control plane of AWS, which ended on 2026-09-30");
                    report.add_task(task.workload, path, message).help(HELP);
                }
            } else if task.lacks_variable(index, container, ENDPOINT)
                // A bootstrap of one's own names its control plane itself. Source: `ENVOY_CONFIG_FILE` of the agent.
                && task.lacks_variable(index, container, "ENVOY_CONFIG_FILE")
            {
                let message = "this proxy asks the control plane of AWS, which ended on 2026-09-30: it waits at its start without end";
                report.add_task(task.workload, proxy.path(&["environment"]), message).help(HELP);
            }
        }
    }
}

const ENDPOINT: &str = "APPMESH_XDS_ENDPOINT";
const HELP: &str = "let APPMESH_XDS_ENDPOINT name a control plane of your own: `unix:///…` is plain text, `host:port` needs a certificate that the proxy's system trusts";

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
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
