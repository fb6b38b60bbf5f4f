//! An application that does not wait for its proxy.

use meshwright_model::Scalar;
use meshwright_model::edit::{Change, NewValue};
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::workload::ContainerDefinition;

use crate::facts::{Facts, Proxy, Task, container_path};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-depends-on",
    severity: Severity::Warning,
    summary: "no container of a task waits until the task's proxy is healthy",
    why: "the application starts before its proxy can forward: its first calls fail, and requests arrive too early",
    source: "aws/aws-app-mesh-roadmap#44 and aws/aws-app-mesh-roadmap#334; ECS API reference, ContainerDependency",
    bad: BAD,
    cure: &[("Condition: START", "Condition: HEALTHY")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.holds_all_containers()) {
        let Some(proxy) = task.sidecar() else { continue };
        let Some(name) = proxy.container.container.name.as_ref().and_then(Scalar::known).map(Text::as_str) else {
            continue;
        };
        let mut others = task.others();
        let waits = |(index, container)| waits_for(task, index, container, name);
        // One that waits is the application; nobody can tell whether helpers beside it should.
        if others.any(|other| matches!(waits(other), Waits::UntilHealthy | Waits::Unclear)) {
            continue;
        }
        let Some((index, container)) = application(task, proxy) else { continue };
        let path = container_path(index, &["dependsOn"]);
        let (place, edit, message) = match waits((index, container)) {
            Waits::For(condition, place) => {
                let path = path.index(place).field("condition");
                let message = format!("this waits for `{name}` to reach {condition}, not until it is HEALTHY");
                (path.clone(), edit_task(task.workload, path, Change::Set("HEALTHY".into())), message)
            }
            _ => {
                let pair = vec![("containerName", name.into()), ("condition", "HEALTHY".into())];
                let append = Change::Append(NewValue::Object(pair));
                let own = container.name.as_ref().map(ToString::to_string).unwrap_or_default();
                let message = format!("container `{own}` does not wait until its proxy `{name}` is healthy");
                (path.clone(), edit_task(task.workload, path, append), message)
            }
        };
        let found = report.add_task(task.workload, place, message).related_task(
            task.workload,
            proxy.path(&["name"]),
            "the proxy",
        );
        // Without a health check the application would never start.
        if proxy.container.container.health_check.is_some() {
            found.fix(format!("wait until `{name}` is HEALTHY"), vec![edit]);
        }
    }
}

enum Waits<'a> {
    UntilHealthy,
    For(&'a str, usize),
    NotAtAll,
    Unclear,
}

fn waits_for<'a>(task: Task<'_, 'a>, index: usize, container: &'a ContainerDefinition, proxy: &str) -> Waits<'a> {
    if task.workload.has_gap(&container_path(index, &["dependsOn"])) {
        return Waits::Unclear;
    }
    for (place, dependency) in container.depends_on.iter().flatten().enumerate() {
        let (Some(name), Some(condition)) =
            (known(dependency.container_name.as_ref()), known(dependency.condition.as_ref()))
        else {
            return Waits::Unclear;
        };
        if name == proxy {
            return if condition == "HEALTHY" { Waits::UntilHealthy } else { Waits::For(condition, place) };
        }
    }
    Waits::NotAtAll
}

/// The container that answers for the node: the one with a port mapping, or the only one; never one that the proxy waits for.
fn application<'a>(task: Task<'_, 'a>, proxy: &Proxy<'_>) -> Option<(usize, &'a ContainerDefinition)> {
    let awaited = proxy.container.container.depends_on.iter().flatten();
    let awaited: Vec<&str> = awaited.filter_map(|dependency| known(dependency.container_name.as_ref())).collect();
    let is_free = |(_, container): &(usize, &ContainerDefinition)| {
        known(container.name.as_ref()).is_some_and(|name| !awaited.contains(&name))
    };
    let free: Vec<_> = task.others().filter(is_free).collect();
    let is_open_to_tcp = |(_, container): &(usize, &ContainerDefinition)| {
        container.port_mappings.iter().flatten().any(|mapping| known(mapping.protocol.as_ref()) != Some("udp"))
    };
    match free[..] {
        [only] => Some(only),
        _ => free.into_iter().find(is_open_to_tcp),
    }
}

fn known(text: Option<&Scalar<Text>>) -> Option<&str> {
    Some(text?.known()?.as_str())
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
            - {ContainerName: envoy, Condition: START}
";
