//! A gateway's task that leads its traffic through the gateway.

use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-configuration-on-gateway",
    severity: Severity::Warning,
    summary: "a task that runs a virtual gateway's proxy redirects its traffic",
    why: "a gateway listens on its own ports: what is redirected to port 15000 meets nothing",
    source: "App Mesh User Guide, virtual_gateways: \"proxyConfiguration and user should not be configured\"",
    bad: BAD,
    cure: &[(FAULT, "NetworkMode: awsvpc\n")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let Some(redirection) = task.redirection() else { continue };
        let Some(proxy) = task.proxies.first() else { continue };
        if task.proxies.iter().all(|proxy| proxy.kind() == Some(Kind::VirtualGateway)) {
            let message = "this task's proxy is a virtual gateway's, which needs no traffic redirected to it";
            report
                .add_task(task.workload, redirection.path(), message)
                .help("leave the proxyConfiguration out")
                .related_task(proxy.workload, proxy.name_path(), "the proxy stands for a virtual gateway");
        }
    }
}

const FAULT: &str = "\
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
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualGateway/front}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
