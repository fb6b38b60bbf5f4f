//! A proxy configuration that cannot be set up.

use meshwright_model::Path;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::workload::Workload;

use crate::facts::{Facts, Redirection};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "invalid-proxy-configuration",
    severity: Severity::Error,
    summary: "a proxyConfiguration is of no known type, lacks a property or has a malformed one",
    why: "the plugin that sets the redirection up refuses it, and the task's network with it: the task does not start",
    source: "aws/amazon-vpc-cni-plugins, plugins/aws-appmesh/config/netconfig.go; aws/amazon-ecs-agent, agent/api/appmesh/appmesh.go",
    bad: BAD,
    cure: &[("\"8080, 9090\"", "\"8080,9090\"")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        if let Some(redirection) = task.redirection() {
            kind(task.workload, report);
            absences(task.workload, redirection, report);
            ports(task.workload, redirection, report);
            addresses(task.workload, redirection, report);
        }
    }
}

fn kind(workload: &Workload, report: &mut Report) {
    let configuration = workload.task.proxy_configuration.as_ref();
    let Some(kind) = configuration.and_then(|configuration| configuration.kind.as_ref()?.known()) else { return };
    if kind.as_str() != KIND {
        let path = Path::of(&["proxyConfiguration", "type"]);
        let set = edit_task(workload, path.clone(), Change::Set(KIND.into()));
        let message = format!("`{}` is no type of proxy that ECS knows; `{KIND}` is", kind.as_str());
        report.add_task(workload, path, message).fix(format!("set {KIND}"), vec![set]);
    }
}

/// The only type. Source: ECS API reference, `ProxyConfiguration`; `AppMeshFromACS` of the agent refuses any other.
const KIND: &str = "APPMESH";

fn absences(workload: &Workload, redirection: Redirection<'_>, report: &mut Report) {
    let lacks = |name| redirection.lacks(name);
    let has = |name| redirection.property(name).is_some_and(|(_, value)| !value.is_empty());
    let mut add = |message: &str, severity| {
        report.add_task(workload, redirection.properties_path(), message).severity(severity);
    };
    if lacks("IgnoredUID") && lacks("IgnoredGID") {
        add("neither IgnoredUID nor IgnoredGID says whose traffic is the proxy's own", Severity::Error);
    }
    if lacks("ProxyEgressPort") {
        add("ProxyEgressPort is missing", Severity::Error);
    }
    if has("AppPorts") && lacks("ProxyIngressPort") {
        add("AppPorts needs a ProxyIngressPort to be led to", Severity::Error);
    }
    if has("ProxyIngressPort") && lacks("AppPorts") {
        // Agents of old took no ports for one empty port, which passed.
        add("ProxyIngressPort needs AppPorts: without them, leave both out", Severity::Warning);
    }
}

fn ports(workload: &Workload, redirection: Redirection<'_>, report: &mut Report) {
    for name in ["AppPorts", "EgressIgnoredPorts", "ProxyIngressPort", "ProxyEgressPort"] {
        let Some((index, value)) = redirection.property(name) else { continue };
        let is_sound = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
        let Some(wrong) = value.split(',').find(|port| !is_sound(port)) else { continue };
        if wrong.contains(['$', '{', '@']) {
            continue;
        }
        let path = redirection.value_path(index);
        if is_sound(wrong.trim()) {
            let tight: String = value.chars().filter(|letter| !letter.is_whitespace()).collect();
            let set = edit_task(workload, path.clone(), Change::Set(tight.as_str().into()));
            let found =
                report.add_task(workload, path, format!("`{name}` has blanks between its ports, which are refused"));
            found.fix("take the blanks out", vec![set]);
        } else {
            report.add_task(workload, path, format!("`{wrong}` in `{name}` is no port"));
        }
    }
}

fn addresses(workload: &Workload, redirection: Redirection<'_>, report: &mut Report) {
    let Some((index, value)) = redirection.property("EgressIgnoredIPs") else { return };
    let is_sound = |text: &str| {
        let (address, length) = text.split_once('/').unwrap_or((text, "0"));
        length.parse::<u8>().is_ok() && (is_ipv4(address) || is_like_ipv6(address))
    };
    let mut given = value.split(',').map(str::trim).filter(|_| !value.is_empty());
    if let Some(wrong) = given.find(|text| !is_sound(text) && !text.contains(['$', '{', '@'])) {
        let message = format!("`{wrong}` in `EgressIgnoredIPs` is no address and no block of addresses");
        report.add_task(workload, redirection.value_path(index), message);
    }
}

fn is_ipv4(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(|part| part.parse::<u8>().is_ok())
}

fn is_like_ipv6(text: &str) -> bool {
    text.contains(':') && text.chars().all(|letter| letter.is_ascii_hexdigit() || matches!(letter, ':' | '.'))
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
          - {Name: AppPorts, Value: \"8080, 9090\"}
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
