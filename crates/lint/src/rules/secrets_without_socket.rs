//! A node whose certificates come over a socket that its proxy does not know.

use meshwright_model::Path;
use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;

use crate::facts::{Existence, Facts, Proxy, TlsPart};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "secrets-without-socket",
    severity: Severity::Warning,
    summary: "a node or gateway takes secrets from a Secret Discovery Service, and its proxy's task names no socket",
    why: "the proxy has nobody to ask (Secret is not supplied by SDS): its listener does not open, or its calls fail",
    source: "App Mesh User Guide, tls: APPMESH_SDS_SOCKET_PATH names the endpoint",
    bad: BAD,
    cure: &[(
        "virtualNode/orders}\n",
        "virtualNode/orders}\n            - {Name: APPMESH_SDS_SOCKET_PATH, Value: /run/spire/agent.sock}\n",
    )],
    check,
};

const SOCKET: &str = "APPMESH_SDS_SOCKET_PATH";

fn check(facts: &Facts<'_>, report: &mut Report) {
    let asking: Vec<(&TlsPart<'_>, Path)> =
        facts.tls_parts().iter().filter_map(|part| Some((part, part.secrets().next()?.1))).collect();
    for proxy in facts.proxies().iter().filter(|proxy| !asking.is_empty() && lacks_socket(proxy)) {
        let Some(resource) = proxy.resource else { continue };
        let together = Existence::of(resource).and(Existence::under(proxy.workload.condition.as_deref()));
        let asks = asking.iter().find(|(part, _)| std::ptr::eq(part.resource, resource));
        let Some((_, path)) = asks.filter(|_| together.is_clear()) else { continue };
        let name = Key::of(&resource.name).shown();
        let message =
            format!("`{name}` takes secrets from a Secret Discovery Service, but its proxy has no `{SOCKET}`");
        report
            .add_task(proxy.workload, proxy.path(&["environment"]), message)
            .help("set it to the path of the service's socket, and mount that into the container")
            .related(resource, path.clone(), format!("a secret of `{name}`"));
    }
}

/// Whether a proxy's environment certainly does not name the socket.
fn lacks_socket(proxy: &Proxy<'_>) -> bool {
    let mut pairs = proxy.container.container.environment.iter().flatten();
    // A variable whose name is open may be this one.
    let may_name = |name: Option<&str>| name.is_none_or(|name| name == SOCKET);
    !pairs.any(|pair| may_name(pair.name.as_ref().and_then(|name| Some(name.known()?.as_str()))))
        && !proxy.workload.has_gap(&proxy.path(&["environment"]))
}

const BAD: &str = "\
Resources:
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
            TLS:
              Mode: STRICT
              Certificate: {SDS: {SecretName: orders-cert}}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: orders
      ContainerDefinitions:
        - Name: envoy
          Image: envoy
          Environment:
            - {Name: APPMESH_XDS_ENDPOINT, Value: unix:///run/mesh.sock}
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/orders}
";
