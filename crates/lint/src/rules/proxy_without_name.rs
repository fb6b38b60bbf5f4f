//! A proxy that is not told what it stands for.

use meshwright_model::finding::Severity;
use meshwright_model::workload::PROXY_NAME_VARIABLES;

use crate::facts::{EnvoyImage, Facts, container_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-without-name",
    severity: Severity::Error,
    summary: "a container runs AWS's Envoy image and is not told what it stands for",
    why: "the agent in the image ends at its start: `APPMESH_RESOURCE_ARN environment variable must be set`",
    source: "AWS's Envoy image (reference 5.2, symptom D13)",
    bad: BAD,
    cure: &[(
        "Environment:\n",
        "Environment:\n            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for (index, container) in task.others().filter(|(_, container)| EnvoyImage::of(container).is_some()) {
            let is_lacking = PROXY_NAME_VARIABLES
                .iter()
                .chain(SPARED_BY)
                .all(|variable| task.lacks_variable(index, container, variable));
            if is_lacking {
                let message = "this proxy is not told which virtual node or gateway it stands for";
                report
                    .add_task(task.workload, container_path(index, &["environment"]), message)
                    .help("set APPMESH_RESOURCE_ARN");
            }
        }
    }
}

/// With these the image is something else than the proxy of a node or gateway. Source: reference 5.3 and 5.4.
const SPARED_BY: &[&str] = &["ENVOY_CONFIG_FILE", "APPNET_ENABLE_RELAY_MODE_FOR_XDS"];

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
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
