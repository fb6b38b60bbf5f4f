//! A host port that is not the container's, where there is no host.

use meshwright_model::Scalar;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Long;

use crate::facts::{Facts, container_path};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "host-port-differs",
    severity: Severity::Error,
    summary: "a port mapping in network mode `awsvpc` has another host port than container port",
    why: "ECS refuses the task definition: in this mode the task has an address of its own, and no port is mapped",
    source: "ECS API reference, PortMapping: hostPort is left out or equal to containerPort in mode awsvpc",
    bad: BAD,
    cure: &[("HostPort: 80, ", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks().filter(|task| task.network_mode() == Some("awsvpc")) {
        for (index, container) in task.containers() {
            for (place, mapping) in container.port_mappings.iter().flatten().enumerate() {
                let port = |port: &Option<Scalar<Long>>| Some(port.as_ref()?.known()?.value());
                let (Some(host), Some(own)) = (port(&mapping.host_port), port(&mapping.container_port)) else {
                    continue;
                };
                // ECS prints 0 for a host port that was left out in other modes.
                if host != own && host != 0 {
                    let path = container_path(index, &["portMappings"]).index(place).field("hostPort");
                    let remove = edit_task(task.workload, path.clone(), Change::Remove);
                    let message =
                        format!("host port {host} differs from container port {own}, which mode awsvpc refuses");
                    report.add_task(task.workload, path, message).fix("leave the host port out", vec![remove]);
                }
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
          PortMappings:
            - {ContainerPort: 8080, HostPort: 80, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
