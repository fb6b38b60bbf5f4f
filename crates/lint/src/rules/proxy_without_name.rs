//! A proxy that is not told what it stands for.

use meshwright_model::Scalar;
use meshwright_model::finding::Severity;
use meshwright_model::workload::{ContainerDefinition, PROXY_NAME_VARIABLES};

use crate::facts::{EnvoyImage, Facts, Redirection, Task, container_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-without-name",
    severity: Severity::Error,
    summary: "a container runs AWS's Envoy image and is not told what it stands for",
    why: "the agent in the image ends at its start: `APPMESH_RESOURCE_ARN environment variable must be set`",
    source: "source of the agent in AWS's image, aws/amazon-ecs-service-connect-agent, \
             agent/envoy_bootstrap/envoy_bootstrap.go: \"APPMESH_RESOURCE_ARN environment variable must be set\"",
    bad: BAD,
    cure: &[(
        "Environment:\n",
        "Environment:\n            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for (index, container) in task.others() {
            let Some(severity) = runs_agent(task, container) else { continue };
            let is_lacking = PROXY_NAME_VARIABLES
                .iter()
                .chain(SPARED_BY)
                .all(|variable| task.lacks_variable(index, container, variable));
            if is_lacking {
                let message = "this proxy is not told which virtual node or gateway it stands for";
                report
                    .add_task(task.workload, container_path(index, &["environment"]), message)
                    .severity(severity)
                    .help("set APPMESH_RESOURCE_ARN");
            }
        }
    }
}

/// How sure it is that a container runs the agent of AWS's image: by its image; by a variable that nothing else reads; or as
/// the proxy of a task whose image is open or a copy, which another Envoy may be, too.
fn runs_agent(task: Task<'_, '_>, container: &ContainerDefinition) -> Option<Severity> {
    if EnvoyImage::of(container).is_some() || container.variable("APPMESH_XDS_ENDPOINT").is_some() {
        return Some(Severity::Error);
    }
    // Where another container is the proxy, the wrong one is named, which is another rule's.
    let redirection = task.redirection().filter(|_| task.proxies.is_empty());
    let proxy = redirection.and_then(Redirection::container_name)?;
    let name = container.name.as_ref().and_then(Scalar::known)?;
    (name.as_str() == proxy).then_some(Severity::Warning)
}

/// With these the image is something else than the proxy of a node or gateway. Source: the README of
/// aws/amazon-ecs-service-connect-agent.
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
