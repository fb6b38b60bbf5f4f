//! A task with a sidecar that nothing leads its traffic through.

use meshwright_model::Path;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "missing-proxy-configuration",
    severity: Severity::Warning,
    summary: "a task runs the proxy of a virtual node and leads no traffic through it",
    why: "requests pass the proxy by: no routes, retries, TLS, logs or metrics of the mesh, unless the application calls the proxy's ports itself",
    source: "App Mesh User Guide, getting-started-ecs: the proxyConfiguration of a task",
    bad: BAD,
    cure: &[("NetworkMode: awsvpc\n", CURE)],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.lacks_redirection() && task.others().next().is_some()) {
        // What did the same before ECS had proxyConfiguration: a container that sets the rules up itself.
        let is_led_otherwise =
            task.others().any(|(index, container)| !task.lacks_variable(index, container, "APPMESH_APP_PORTS"));
        if is_led_otherwise {
            continue;
        }
        let Some(proxy) = task.sidecar() else { continue };
        let path = Path::of(&["proxyConfiguration"]);
        let message =
            "this task runs a virtual node's proxy and has no proxyConfiguration: nothing is led through the proxy";
        report
            .add_task(task.workload, path, message)
            .help("add a proxyConfiguration of type APPMESH that names the proxy's container")
            .related_task(task.workload, proxy.path(&["name"]), "the proxy");
    }
}

const CURE: &str = "\
NetworkMode: awsvpc
      ProxyConfiguration:
        Type: APPMESH
        ContainerName: envoy
        ProxyConfigurationProperties:
          - {Name: IgnoredUID, Value: \"1337\"}
          - {Name: ProxyIngressPort, Value: \"15000\"}
          - {Name: ProxyEgressPort, Value: \"15001\"}
          - {Name: AppPorts, Value: \"8080\"}
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
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
