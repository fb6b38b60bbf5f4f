//! A proxy with more than one tracer.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, is_true, variable};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "several-tracers",
    severity: Severity::Error,
    summary: "a proxy is told to use more than one tracer",
    why: "the agent in AWS's image refuses to write a bootstrap for two, so the proxy does not start",
    source: "source of the agent in AWS's image, aws/amazon-ecs-service-connect-agent, \
             agent/envoy_bootstrap/envoy_bootstrap.go: \"Only a single envoy trace driver can be configured\"",
    bad: BAD,
    cure: &[("            - {Name: ENABLE_ENVOY_JAEGER_TRACING, Value: \"1\"}\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies() {
        let container = proxy.container.container;
        let mut on = TRACERS.iter().filter_map(|name| {
            let (index, value) = variable(container, name)?;
            is_true(value).then_some((*name, index))
        });
        let (Some((first, first_index)), Some((second, index))) = (on.next(), on.next()) else { continue };
        let path = |index| proxy.path(&["environment"]).index(index).field("value");
        let message = format!("{second} is on beside {first}: a proxy has one tracer at most");
        report.add_task(proxy.workload, path(index), message).help("turn one of them off").related_task(
            proxy.workload,
            path(first_index),
            format!("{first} is on"),
        );
    }
}

const TRACERS: [&str; 3] = ["ENABLE_ENVOY_XRAY_TRACING", "ENABLE_ENVOY_DATADOG_TRACING", "ENABLE_ENVOY_JAEGER_TRACING"];

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
            - {Name: ENABLE_ENVOY_XRAY_TRACING, Value: \"1\"}
            - {Name: ENABLE_ENVOY_JAEGER_TRACING, Value: \"1\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
