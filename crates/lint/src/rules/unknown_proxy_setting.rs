//! A setting of the proxy's image whose value it does not know.

use meshwright_model::finding::Severity;

use crate::facts::{EnvoyImage, Facts, Proxy, Task, is_boolean, variable};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unknown-proxy-setting",
    severity: Severity::Warning,
    summary: "a variable of the proxy's image has a value that the image does not know",
    why: "the agent in the image takes its default instead, or refuses to start the proxy",
    source: "aws/amazon-ecs-service-connect-agent, agent/config/agent_config.go: an unknown ENVOY_LOG_LEVEL is `info`; \
             agent/envoy_bootstrap/env/env.go: `must be a boolean value`",
    bad: BAD,
    cure: &[("verbose", "debug")],
    check,
};

const LEVELS: [&str; 8] = ["trace", "debug", "info", "warn", "warning", "error", "critical", "off"];

/// Variables without whose meaning the agent makes no configuration. Source: `agent/envoy_bootstrap/envoy_bootstrap.go`.
const NEEDED: [&str; 9] = [
    "APPMESH_SET_TRACING_DECISION",
    "ENVOY_NO_EXTENSION_LOOKUP_BY_NAME",
    "ENVOY_USE_HTTP_CLIENT_TO_FETCH_AWS_CREDENTIALS",
    "ENVOY_ADMIN_ACCESS_ENABLE_IPV6",
    "ENABLE_ENVOY_XRAY_TRACING",
    "ENABLE_ENVOY_DATADOG_TRACING",
    "ENABLE_ENVOY_JAEGER_TRACING",
    "ENABLE_ENVOY_STATS_TAGS",
    "ENABLE_ENVOY_DOG_STATSD",
];

/// Variables that are read in some cases only, or replaced by their default. Source: the same, and
/// `agent/config/agent_config.go`.
const OTHERS: [&str; 7] = [
    "APPMESH_PREVIEW",
    "APPMESH_DUALSTACK_ENDPOINT",
    "APPNET_FIPS_MODE_ENABLED",
    "APPNET_ENABLE_RELAY_MODE_FOR_XDS",
    "ENABLE_STATS_SNAPSHOT",
    "DISABLE_HOT_RESTART",
    "ENVOY_SKIP_DEPRECATED_LOGS",
];

/// Files whose presence makes some variables needless. Source: `agent/envoy_bootstrap/envoy_bootstrap.go`.
const INSTEAD: [&str; 4] =
    ["ENVOY_CONFIG_FILE", "ENVOY_TRACING_CFG_FILE", "ENVOY_STATS_CONFIG_FILE", "ENVOY_ADMIN_MODE"];

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies {
            if let Some((place, level)) = variable(proxy.container.container, "ENVOY_LOG_LEVEL") {
                let lower = level.to_ascii_lowercase();
                if !is_blank(level) && !LEVELS.contains(&lower.as_str()) {
                    let message = format!("`{level}` is no level of ENVOY_LOG_LEVEL: the agent takes `info`");
                    add(task, proxy, place, message, report).help(format!("one of {}", LEVELS.join(", ")));
                }
            }
            for name in NEEDED.into_iter().chain(OTHERS) {
                let Some((place, value)) = variable(proxy.container.container, name) else { continue };
                if is_blank(value) || is_boolean(value.trim()) {
                    continue;
                }
                let is_fatal = NEEDED.contains(&name) && is_read(task, proxy);
                let outcome =
                    if is_fatal { "the agent does not start the proxy" } else { "true and false are, and 1 and 0" };
                let message = format!("`{value}` is no value of {name}: {outcome}");
                let severity = if is_fatal { Severity::Error } else { Severity::Warning };
                add(task, proxy, place, message, report).severity(severity).help("write `true` or `false`, `1` or `0`");
            }
        }
    }
}

fn add<'r>(
    task: Task<'_, '_>,
    proxy: &Proxy<'_>,
    place: usize,
    message: String,
    report: &'r mut Report,
) -> &'r mut crate::report::Found {
    report.add_task(task.workload, proxy.path(&["environment"]).index(place).field("value"), message)
}

/// Nothing, or something that is filled in later.
fn is_blank(value: &str) -> bool {
    value.trim().is_empty() || value.contains(['$', '{', '<', '@'])
}

/// Whether the image has the agent, and the agent reads all of [`NEEDED`].
fn is_read(task: Task<'_, '_>, proxy: &Proxy<'_>) -> bool {
    let (index, container) = (proxy.container.index, proxy.container.container);
    let has_agent = EnvoyImage::of(container).and_then(|image| image.version).is_some_and(|version| version >= [1, 22]);
    has_agent && INSTEAD.iter().all(|name| task.lacks_variable(index, container, name))
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
            - {Name: ENVOY_LOG_LEVEL, Value: verbose}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
