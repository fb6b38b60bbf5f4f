//! Proxies that share one network.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, Proxy};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "several-proxies",
    severity: Severity::Warning,
    summary: "a task in mode `awsvpc` runs proxies of several virtual nodes or gateways",
    why: "they share one network and the same ports: 9901 for administration, 15000 and 15001 for redirected traffic, which only one can take",
    source: "inferred from App Mesh User Guide, envoy-logs: every proxy binds 15000, 15001 and 9901, and containers \
             of a task in awsvpc share their ports",
    bad: BAD,
    cure: &[(SECOND, "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.network_mode() == Some("awsvpc")) {
        let Some((first, others)) = task.proxies.split_first() else { continue };
        let value = |proxy: &Proxy<'_>| proxy.container.value.to_string();
        for proxy in others.iter().filter(|proxy| proxy.container.value != first.container.value) {
            let message = format!("`{}` shares its task's network with `{}`", value(proxy), value(first));
            report.add_task(task.workload, proxy.name_path(), message).help("give each its own task").related_task(
                task.workload,
                first.name_path(),
                "the other proxy",
            );
        }
    }
}

const SECOND: &str = "\
        - Name: second
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/stock}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
";

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
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: second
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/stock}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
";
