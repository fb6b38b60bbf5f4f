//! A control plane's address that no proxy can use.

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::{Facts, variable};
use crate::report::{Report, edit_task};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "malformed-xds-endpoint",
    severity: Severity::Error,
    summary: "APPMESH_XDS_ENDPOINT is a URL, or names no port",
    why: "the proxy takes the whole of it for a name to look up, or asks port 443: it waits for its first configuration without end",
    source: "aws/amazon-ecs-service-connect-agent, agent/envoy_bootstrap/envoy_bootstrap.go: the value is the target \
             of a gRPC client; grpc/grpc, doc/naming.md: `host:port`, 443 where no port is named, and unknown schemes are part of a \
             DNS name",
    bad: BAD,
    cure: &[("https://mesh.corp:18000", "mesh.corp:18000")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        for proxy in task.proxies {
            let (index, container) = (proxy.container.index, proxy.container.container);
            let Some((place, endpoint)) = variable(container, "APPMESH_XDS_ENDPOINT") else { continue };
            let Some(fault) = Fault::of(endpoint.trim()) else { continue };
            // A relay takes the scheme off.
            let is_plain = ["APPNET_ENABLE_RELAY_MODE_FOR_XDS", "ENVOY_CONFIG_FILE"]
                .iter()
                .all(|name| task.lacks_variable(index, container, name));
            if !is_plain {
                continue;
            }
            let path = proxy.path(&["environment"]).index(place).field("value");
            let (message, severity) = match fault {
                Fault::Url(_) => {
                    (format!("`{endpoint}` is a URL, where `host:port` or `unix:///…` is due"), Severity::Error)
                }
                Fault::NoPort => (format!("`{endpoint}` names no port: the proxy asks port 443"), Severity::Warning),
            };
            let found = report.add_task(task.workload, path.clone(), message).severity(severity);
            match fault {
                Fault::Url(rest) if Fault::of(rest).is_none() => {
                    let set = edit_task(task.workload, path, Change::Set(rest.into()));
                    found.fix("leave the scheme out", vec![set]);
                }
                _ => _ = found.help("name the host and the port of your control plane, such as `mesh.internal:18000`"),
            }
        }
    }
}

/// What is wrong with an address.
enum Fault<'t> {
    /// It has a scheme or a path; this is what stands between them.
    Url(&'t str),
    NoPort,
}

/// Schemes of gRPC's own. Source: grpc/grpc, doc/naming.md.
const SCHEMES: [&str; 8] = ["unix", "unix-abstract", "dns", "ipv4", "ipv6", "vsock", "xds", "google-c2p"];

impl<'t> Fault<'t> {
    /// `None` where it is sound, empty, or not filled in yet.
    fn of(endpoint: &'t str) -> Option<Self> {
        if endpoint.is_empty() || endpoint.contains(['$', '{', '<', '@']) {
            return None;
        }
        if endpoint.split_once(':').is_some_and(|(scheme, _)| SCHEMES.contains(&scheme)) {
            return None;
        }
        let after = endpoint.split_once("://").map_or(endpoint, |(_, after)| after);
        let host = after.split('/').next().unwrap_or(after);
        if host != endpoint {
            return Some(Self::Url(host));
        }
        // The colons of an address in brackets are its own.
        let name = host.rsplit_once(']').map_or(host, |(_, port)| port);
        (!name.contains(':')).then_some(Self::NoPort)
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
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"https://mesh.corp:18000\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
        - Name: app
          Image: example/orders:1
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
