//! A proxy configuration that names no proxy.

use meshwright_model::Scalar;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-proxy-container",
    severity: Severity::Error,
    summary: "a proxyConfiguration names a container that is not in the task, or is no proxy",
    why: "ECS cannot start the proxy before the containers that depend on it, and refuses the task or starts it in the wrong order",
    source: "ECS API reference, ProxyConfiguration: containerName is the container that serves as the App Mesh proxy",
    bad: BAD,
    cure: &[("ContainerName: proxy\n", "ContainerName: envoy\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.holds_all_containers()) {
        let Some(redirection) = task.redirection() else { continue };
        let Some(name) = redirection.container_name() else { continue };
        let path = redirection.path().field("containerName");
        let only_proxy = match task.proxies {
            [proxy] => proxy.container.container.name.as_ref().and_then(Scalar::known),
            _ => None,
        };
        let found = match task.container(name) {
            None if task.proxies.is_empty() => {
                // The rest of a base definition is put in by a script, as in the colour application of AWS's examples.
                let message =
                    format!("`{name}` is no container of this task: it must be put in before the task is registered");
                report.add_task(task.workload, path.clone(), message).severity(Severity::Warning)
            }
            None => {
                let message = format!("`{name}` is no container of this task");
                report.add_task(task.workload, path.clone(), message)
            }
            Some((index, _)) if only_proxy.is_some() && !task.is_proxy(index) => {
                let message = format!("container `{name}` is no proxy");
                report.add_task(task.workload, path.clone(), message).severity(Severity::Warning)
            }
            Some(_) => continue,
        };
        if let Some(proxy) = only_proxy {
            let set = edit_task(task.workload, path, Change::Set(proxy.as_str().into()));
            found.help(format!("the proxy is `{}`", proxy.as_str()));
            found.fix(format!("name `{}`", proxy.as_str()), vec![set]);
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
        ContainerName: proxy
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
