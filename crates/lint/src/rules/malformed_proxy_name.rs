//! A proxy whose name is none of a virtual node or gateway.

use meshwright_model::arn::Arn;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::{Expression, Kind, Resource};

use crate::facts::{Facts, Proxy};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "malformed-proxy-name",
    severity: Severity::Error,
    summary: "what a proxy is told to stand for is neither an ARN nor a name like `mesh/shop/virtualNode/orders`",
    why: "the proxy ends at its start, or is refused by the control plane",
    source: "source of the agent in AWS's image, aws/amazon-ecs-service-connect-agent, \
             agent/envoy_bootstrap/envoy_bootstrap.go: the name is taken apart at `/`, and fewer than four parts \
             end the start",
    bad: BAD,
    cure: &[("Value: orders}", "Value: mesh/shop/virtualNode/orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies().iter().filter(|proxy| proxy.resource.is_none()) {
        if let Some(message) = fault(facts, proxy) {
            report.add_task(proxy.workload, proxy.name_path(), message).help(HELP);
        }
    }
}

fn fault(facts: &Facts<'_>, proxy: &Proxy<'_>) -> Option<String> {
    let value = proxy.container.value;
    if let Some(text) = value.known().map(Text::as_str) {
        return match text.parse::<Arn>() {
            Ok(arn) if matches!(arn.kind, Kind::VirtualNode | Kind::VirtualGateway) => None,
            Ok(arn) => Some(format!("`{text}` names a {}, which has no proxy", arn.kind)),
            // Something that another tool fills in.
            Err(_) if text.contains(['$', '{', '<', '%', '@']) => None,
            Err(error) => Some(error.to_string()),
        };
    }
    let Expression::Attribute(label, attribute) = value.open()? else { return None };
    let document = proxy.workload.origin?.document;
    let is_labelled = |resource: &&Resource| {
        resource.label.as_ref() == Some(label) && resource.origin.is_some_and(|origin| origin.document == document)
    };
    let resource = facts.resources().find(is_labelled)?;
    (attribute != "Arn").then(|| format!("`{value}` is not the ARN of {} `{label}`", resource.kind()))
}

const HELP: &str = "give the ARN of a virtual node or virtual gateway, or `mesh/MESH/virtualNode/NODE`";

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
            - {Name: APPMESH_RESOURCE_ARN, Value: orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
