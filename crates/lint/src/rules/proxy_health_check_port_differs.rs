//! A health check of a proxy that asks where the proxy does not answer.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;

use crate::facts::{EnvoyImage, Facts, Proxy, Task, variable};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-health-check-port-differs",
    severity: Severity::Error,
    summary: "the health check of a proxy's container asks another port than the proxy's admin port",
    why: "nobody answers there, so the proxy counts as unhealthy: what waits for it never starts, and ECS replaces the task again and again",
    source: "App Mesh User Guide, envoy-config: ENVOY_ADMIN_ACCESS_PORT, 9901 by default; getting-started-ecs: the health check \
             of the Envoy container",
    bad: BAD,
    cure: &[("localhost:9902/server_info", "localhost:9901/server_info")],
    check,
};

/// What only Envoy's admin port answers. Source: Envoy's documentation, administration interface.
const PAGES: [&str; 5] = ["/server_info", "/ready", "/clusters", "/config_dump", "/listeners"];

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies {
            let Some((port, place)) = admin_port(task, proxy) else { continue };
            let command =
                proxy.container.container.health_check.iter().flat_map(|check| check.command.iter().flatten());
            for (index, word) in command.enumerate() {
                let Some(word) = word.known().map(Text::as_str) else { continue };
                let Some((before, asked, after)) = asked(word).filter(|(_, asked, _)| *asked != port) else { continue };
                let path = proxy.path(&["healthCheck", "command"]).index(index);
                let set = edit_task(
                    task.workload,
                    path.clone(),
                    Change::Set(format!("{before}{port}{after}").as_str().into()),
                );
                let message = format!("the health check asks port {asked}, but the proxy's admin port is {port}");
                let found = report.add_task(task.workload, path, message);
                found.fix(format!("ask port {port}"), vec![set]);
                // An image of one's own may have another port.
                if !EnvoyImage::may_be(proxy.container.container) {
                    found.severity(Severity::Warning);
                }
                if let Some(place) = place {
                    let path = proxy.path(&["environment"]).index(place).field("value");
                    found.related_task(task.workload, path, "the admin port");
                }
            }
        }
    }
}

/// A proxy's admin port, and the variable that says so; `None` where that is not sure.
fn admin_port(task: Task<'_, '_>, proxy: &Proxy<'_>) -> Option<(u16, Option<usize>)> {
    let (index, container) = (proxy.container.index, proxy.container.container);
    let is_plain =
        ["ENVOY_CONFIG_FILE", "ENVOY_ADMIN_MODE"].iter().all(|name| task.lacks_variable(index, container, name));
    if !is_plain {
        return None;
    }
    match variable(container, PORT) {
        Some((place, port)) => Some((port.trim().parse().ok()?, Some(place))),
        None => task.lacks_variable(index, container, PORT).then_some((9901, None)),
    }
}

const PORT: &str = "ENVOY_ADMIN_ACCESS_PORT";

/// The port at which a command asks for one of [`PAGES`], and what stands before and after it.
fn asked(command: &str) -> Option<(&str, u16, &str)> {
    ["localhost:", "127.0.0.1:"].into_iter().find_map(|host| {
        command.match_indices(host).find_map(|(at, _)| {
            let (before, rest) = command.split_at(at + host.len());
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, after) = rest.split_at(digits);
            let is_page = PAGES.iter().any(|page| after.starts_with(page));
            is_page.then_some((before, port.parse().ok()?, after))
        })
    })
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
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9902/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
