//! An application that sends everything to another proxy.

use meshwright_model::finding::Severity;

use crate::facts::{Facts, container_path, variable};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "http-proxy-without-no-proxy",
    severity: Severity::Warning,
    summary: "an application in the mesh has HTTP_PROXY and no NO_PROXY",
    why: "it asks that proxy for names of the mesh, in a form that Envoy does not route: calls fail with 500 or 503",
    source: "App Mesh User Guide, troubleshooting-connectivity: what NO_PROXY must include",
    bad: BAD,
    cure: &[(
        "proxy.corp:3128\"}\n",
        "proxy.corp:3128\"}\n            - {Name: NO_PROXY, Value: \"localhost,127.0.0.1,169.254.169.254,169.254.170.2,.shop.local\"}\n",
    )],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.sidecar().is_some()) {
        for (index, container) in task.others() {
            let set = ["HTTP_PROXY", "http_proxy"].into_iter().find_map(|name| variable(container, name));
            let Some((place, _)) = set.filter(|(_, value)| !value.is_empty()) else { continue };
            if ["NO_PROXY", "no_proxy"].iter().all(|name| task.lacks_variable(index, container, name)) {
                let path = container_path(index, &["environment"]).index(place).field("name");
                report
                    .add_task(task.workload, path, "calls to the mesh go to this proxy too: there is no NO_PROXY")
                    .help(
                        "let NO_PROXY name localhost, 127.0.0.1, 169.254.169.254, 169.254.170.2 and the mesh's names",
                    );
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
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          Environment:
            - {Name: HTTP_PROXY, Value: \"http://proxy.corp:3128\"}
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
