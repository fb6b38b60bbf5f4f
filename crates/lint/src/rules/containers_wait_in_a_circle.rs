//! Containers that wait for each other.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, Task};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "containers-wait-in-a-circle",
    severity: Severity::Error,
    summary: "containers of a task wait for each other",
    why: "none of them can start first, so none starts",
    source: "aws/amazon-ecs-agent, agent/engine/dependencygraph/graph.go: ValidDependencies",
    bad: BAD,
    cure: &[("          DependsOn: [{ContainerName: app, Condition: START}]\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let mut awaited: Vec<Vec<usize>> = vec![Vec::new(); task.containers().count()];
        let mut waits: Vec<(usize, Path)> = Vec::new();
        for dependency in task.dependencies() {
            let Some((other, _)) = task.container(dependency.name) else { continue };
            awaited[dependency.index].push(other);
            waits.push((dependency.index, dependency.path));
        }
        let mut is_seen = vec![false; awaited.len()];
        for (start, path) in waits {
            if is_seen[start] {
                continue;
            }
            let Some(circle) = circle(&awaited, start) else { continue };
            let names: Vec<String> = circle.iter().chain([&start]).map(|index| name(task, *index)).collect();
            let message = match circle.len() {
                1 => format!("{} waits for itself", names[0]),
                _ => format!("containers wait in a circle: {}", names.join(" for ")),
            };
            report.add_task(task.workload, path, message);
            for index in circle {
                is_seen[index] = true;
            }
        }
    }
}

/// The containers on a way from one back to itself, from it on; `awaited` are those that each one waits for.
fn circle(awaited: &[Vec<usize>], start: usize) -> Option<Vec<usize>> {
    let mut before: Vec<Option<usize>> = vec![None; awaited.len()];
    let mut ends = vec![start];
    while let Some(end) = ends.pop() {
        for next in &awaited[end] {
            if *next == start {
                let mut circle: Vec<usize> = std::iter::successors(Some(end), |index| before[*index]).collect();
                circle.reverse();
                return Some(circle);
            }
            if before[*next].is_none() {
                before[*next] = Some(end);
                ends.push(*next);
            }
        }
    }
    None
}

fn name(task: Task<'_, '_>, index: usize) -> String {
    let mut containers = task.containers();
    let name = containers.nth(index).and_then(|(_, container)| container.name.as_ref());
    name.map(|name| format!("`{name}`")).unwrap_or_default()
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
          DependsOn: [{ContainerName: app, Condition: START}]
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
