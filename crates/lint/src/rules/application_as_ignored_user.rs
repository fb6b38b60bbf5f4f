//! An application that runs as the user whose traffic is not redirected.

use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;
use meshwright_model::workload::ContainerDefinition;
use meshwright_model::{Kind, Path, Scalar, Spec};

use crate::facts::{Facts, Proxy, Redirection, container_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "application-as-ignored-user",
    severity: Severity::Warning,
    summary: "an application runs as the user or group whose traffic the task's redirection ignores",
    why: "what it sends is taken for the proxy's own and is not led to the proxy: its calls pass by every route, retry and filter of the mesh",
    source: "ECS API reference, ProxyConfiguration: IgnoredUID and IgnoredGID are the proxy container's, so that it ignores its \
             own traffic",
    bad: BAD,
    cure: &[("          User: \"1337\" # app\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for task in facts.tasks() {
        let (Some(redirection), Some(proxy)) = (task.redirection(), task.sidecar()) else { continue };
        let Some((_, ports)) = redirection.ports("AppPorts") else { continue };
        // Daemons for logs and traces run as that user on purpose.
        for (index, container) in task.others().filter(|(_, container)| serves(container, &ports)) {
            let Some(user) = container.user.as_ref().and_then(Scalar::known).map(Text::as_str) else { continue };
            let Some((place, whose)) = ignored(redirection, user) else { continue };
            let name = container.name.as_ref().map_or_else(|| "the application".to_owned(), |name| format!("`{name}`"));
            let message = format!("{name} runs as {whose}, whose traffic is ignored: its calls pass by the proxy");
            report
                .add_task(task.workload, container_path(index, &["user"]), message)
                .severity(if calls_nobody(proxy) { Severity::Info } else { Severity::Warning })
                .help("run it as another user than the proxy")
                .related_task(task.workload, redirection.value_path(place), format!("{whose} is ignored"));
        }
    }
}

/// Whether a container is what the proxy hands its requests to.
fn serves(container: &ContainerDefinition, ports: &[i64]) -> bool {
    container.port_mappings.iter().flatten().any(|mapping| {
        let is_udp =
            mapping.protocol.as_ref().and_then(Scalar::known).is_some_and(|protocol| protocol.as_str() == "udp");
        let port = mapping.container_port.as_ref().and_then(Scalar::known).map(|port| port.value());
        !is_udp && port.is_some_and(|port| ports.contains(&port))
    })
}

/// The property that names a container's user or its group, and which of them that is.
fn ignored(redirection: Redirection<'_>, user: &str) -> Option<(usize, String)> {
    let (uid, gid) = user.split_once(':').map_or((user, None), |(uid, gid)| (uid, Some(gid)));
    let is_ignored = |name: &str, own: &str| {
        let (index, number) = redirection.property(name)?;
        (number == own && own.parse::<u32>().is_ok()).then_some(index)
    };
    let of_user = is_ignored("IgnoredUID", uid).map(|index| (index, format!("user {uid}")));
    of_user.or_else(|| gid.and_then(|gid| Some((is_ignored("IgnoredGID", gid)?, format!("group {gid}")))))
}

/// Whether the node is known to call nothing of the mesh, so that no call can pass it by.
fn calls_nobody(proxy: &Proxy<'_>) -> bool {
    let Some((resource, _)) = proxy.companion() else { return false };
    match &resource.spec {
        Spec::VirtualNode(spec) if resource.kind() == Kind::VirtualNode => {
            spec.backends.as_ref().is_none_or(Vec::is_empty) && !resource.has_gap(&Path::of(&["spec", "backends"]))
        }
        _ => false,
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
          User: \"1337\" # app
          PortMappings:
            - {ContainerPort: 8080, Protocol: tcp}
          DependsOn:
            - {ContainerName: envoy, Condition: HEALTHY}
";
