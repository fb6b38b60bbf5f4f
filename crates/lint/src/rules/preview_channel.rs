//! A proxy of the preview channel.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, is_true, variable};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "preview-channel",
    severity: Severity::Warning,
    summary: "a proxy is told to use the preview channel of App Mesh",
    why: "its endpoint is gone like the service's own, and its calls are signed for `appmesh-preview`",
    source: "App Mesh User Guide, preview: a service endpoint of its own; source of the agent in AWS's image, \
             aws/amazon-ecs-service-connect-agent, agent/envoy_bootstrap/envoy_bootstrap.go: APPMESH_PREVIEW",
    bad: BAD,
    cure: &[("            - {Name: APPMESH_PREVIEW, Value: \"1\"}\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies() {
        let Some((index, value)) = variable(proxy.container.container, "APPMESH_PREVIEW") else { continue };
        if is_true(value) {
            let variable = proxy.path(&["environment"]).index(index);
            let remove = edit_task(proxy.workload, variable.clone(), Change::Remove);
            let message = "this proxy uses the preview channel of App Mesh, which is gone";
            report
                .add_task(proxy.workload, variable.field("value"), message)
                .help("leave APPMESH_PREVIEW out")
                .fix("leave APPMESH_PREVIEW out", vec![remove]);
        }
    }
}

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
            - {Name: APPMESH_PREVIEW, Value: \"1\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
