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
        let edges: Vec<(usize, usize, Path)> = task
            .dependencies()
            .filter_map(|dependency| Some((dependency.index, task.container(dependency.name)?.0, dependency.path)))
            .collect();
        let mut seen = Vec::new();
        for (start, _, path) in &edges {
            if seen.contains(start) {
                continue;
            }
            let Some(circle) = circle(&edges, *start) else { continue };
            let names: Vec<String> = circle.iter().chain([start]).map(|index| name(task, *index)).collect();
            let message = match circle.len() {
                1 => format!("{} waits for itself", names[0]),
                _ => format!("containers wait in a circle: {}", names.join(" for ")),
            };
            report.add_task(task.workload, path.clone(), message);
            seen.extend(circle);
        }
    }
}

/// The containers on a way from one back to itself, from it on.
fn circle(edges: &[(usize, usize, Path)], start: usize) -> Option<Vec<usize>> {
    let mut ways = vec![vec![start]];
    let mut visited = vec![start];
    while let Some(way) = ways.pop() {
        let end = way.last().copied()?;
        for (_, next, _) in edges.iter().filter(|(from, _, _)| *from == end) {
            if *next == start {
                return Some(way);
            }
            if !visited.contains(next) {
                visited.push(*next);
                ways.push(way.iter().copied().chain([*next]).collect());
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
