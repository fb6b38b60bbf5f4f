//! A proxy that gets its name from a variable of the past.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{EnvoyImage, Facts};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "deprecated-proxy-variable",
    severity: Severity::Info,
    summary: "a proxy gets its name from a variable that APPMESH_RESOURCE_ARN replaced",
    why: "the proxy still reads it as a fallback, and only where APPMESH_RESOURCE_ARN is not set",
    source: "App Mesh User Guide, envoy-config: APPMESH_RESOURCE_ARN instead of APPMESH_VIRTUAL_NODE_NAME from \
             image 1.15 on",
    bad: BAD,
    cure: &[("APPMESH_VIRTUAL_NODE_NAME", "APPMESH_RESOURCE_ARN")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies() {
        let variable = proxy.container.variable;
        let image = EnvoyImage::of(proxy.container.container);
        if variable == CURRENT || image.and_then(|image| image.version).is_some_and(|version| version < KNOWN_SINCE) {
            continue;
        }
        let path = proxy.path(&["environment"]).index(proxy.container.variable_index).field("name");
        let message = format!("`{variable}` is deprecated: {CURRENT} names what a proxy stands for");
        let rename = edit_task(proxy.workload, path.clone(), Change::Set(CURRENT.into()));
        report.add_task(proxy.workload, path, message).fix(format!("set {CURRENT} instead"), vec![rename]);
    }
}

const CURRENT: &str = "APPMESH_RESOURCE_ARN";
/// The first image that reads it.
const KNOWN_SINCE: [u32; 2] = [1, 15];

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
            - {Name: APPMESH_VIRTUAL_NODE_NAME, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
