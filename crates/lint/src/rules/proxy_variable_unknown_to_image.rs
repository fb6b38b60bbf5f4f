//! A proxy whose image is too old for the variable that names it.

use meshwright_model::finding::Severity;

use crate::facts::{EnvoyImage, Facts};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-variable-unknown-to-image",
    severity: Severity::Error,
    summary: "a proxy's image is older than the variable that names what it stands for",
    why: "images before 1.15 read APPMESH_VIRTUAL_NODE_NAME alone, so the proxy does not start",
    source: "App Mesh User Guide, envoy-config: APPMESH_RESOURCE_ARN from image 1.15 on",
    bad: BAD,
    cure: &[("v1.12.3.0-prod", "v1.29.12.1-prod")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies.iter().filter(|proxy| proxy.container.variable == "APPMESH_RESOURCE_ARN") {
            let (index, container) = (proxy.container.index, proxy.container.container);
            let Some([major, minor]) = EnvoyImage::of(container).and_then(|image| image.version) else { continue };
            let has_no_other = ["APPMESH_VIRTUAL_NODE_NAME", "APPMESH_RESOURCE_NAME"]
                .iter()
                .all(|name| task.lacks_variable(index, container, name));
            if [major, minor] < [1, 15] && has_no_other {
                let message = format!("image {major}.{minor} does not read APPMESH_RESOURCE_ARN, which came with 1.15");
                let path = proxy.path(&["environment"]).index(proxy.container.variable_index).field("name");
                report
                    .add_task(task.workload, path, message)
                    .help("use an image of today, or name it with APPMESH_VIRTUAL_NODE_NAME as well")
                    .related_task(task.workload, proxy.path(&["image"]), format!("the image is {major}.{minor}"));
            }
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
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.12.3.0-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
