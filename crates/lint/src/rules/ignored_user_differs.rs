//! A proxy that runs as another user than the one whose traffic is not redirected.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;

use crate::facts::Facts;
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "ignored-user-differs",
    severity: Severity::Error,
    summary: "a proxy runs as another user than the one that the task's redirection ignores",
    why: "what the proxy sends is led back into the proxy: it reaches neither its control plane nor any backend",
    source: "aws/aws-app-mesh-roadmap#446, aws/aws-app-mesh-roadmap#472 and aws/aws-app-mesh-roadmap#497; ECS API \
             reference, ProxyConfiguration: IgnoredUID",
    bad: BAD,
    cure: &[("User: \"1000\"", "User: \"1337\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(proxy)) = (task.redirection(), task.sidecar()) else { continue };
        let Some((index, ignored)) = redirection.property("IgnoredUID") else { continue };
        if !redirection.lacks("IgnoredGID") || ignored.parse::<u32>().is_err() {
            continue;
        }
        let path = proxy.path(&["user"]);
        let set = || edit_task(task.workload, proxy.path(&["user"]), Change::Set(ignored.into()));
        let title = format!("run the proxy as {ignored}");
        let found = match &proxy.container.container.user {
            Some(user) => {
                let Some(user) = user.known().map(Text::as_str) else { continue };
                let uid = user.split(':').next().unwrap_or(user);
                if uid == ignored || uid.parse::<u32>().is_err() {
                    continue;
                }
                let message = format!("the proxy runs as user {uid}, but the redirection ignores user {ignored}");
                report.add_task(task.workload, path, message).fix(title, vec![set()])
            }
            None if task.workload.has_gap(&path) => continue,
            None => {
                let message =
                    format!("the proxy's container says no user, but the redirection ignores user {ignored} alone");
                report.add_task(task.workload, path, message).severity(Severity::Warning).fix(title, vec![set()])
            }
        };
        found.related_task(task.workload, redirection.value_path(index), format!("user {ignored} is ignored"));
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
          User: \"1000\"
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
