//! A proxy that stands for a node or gateway that is not there.

use meshwright_model::Expression;
use meshwright_model::finding::Severity;
use meshwright_model::proxied::ProxyName;
use meshwright_model::reference::Key;

use crate::facts::{Facts, Lookup};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "proxy-of-unknown-resource",
    severity: Severity::Error,
    summary: "a proxy stands for a virtual node or gateway that is not in the mesh",
    why: "the control plane closes its stream with status 3, so it never gets a configuration",
    source: "App Mesh User Guide, troubleshooting-setup: gRPC status code 3, the mesh endpoint could not be found",
    bad: BAD,
    cure: &[("virtualNode/order}", "virtualNode/orders}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for proxy in facts.proxies().iter().filter(|proxy| proxy.resource.is_none()) {
        if report.is_full() {
            return;
        }
        let Some(ProxyName { mesh, kind, name }) = ProxyName::of(proxy.container.value) else { continue };
        let (mesh, name) = (as_key(&mesh), as_key(&name));
        let (severity, where_not, near) = match facts.look_up_key(mesh, proxy.workload.condition.as_deref(), kind, name)
        {
            Lookup::Fine => continue,
            Lookup::Missing { near, .. } => (Severity::Error, format!("mesh `{}`", mesh.shown()), near),
            Lookup::Elsewhere { near } => (Severity::Warning, "these files".to_owned(), near),
        };
        let message = format!("{kind} `{}` is not in {where_not}", name.shown());
        let found = report.add_task(proxy.workload, proxy.name_path(), message).severity(severity);
        match near {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("define the {kind}, or validate its file together with this one")),
        };
    }
}

fn as_key(name: &Expression) -> Key<'_> {
    name.text().map_or(Key::Open(name), Key::Known)
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners:
          - PortMapping: {Port: 8080, Protocol: http}
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: envoy
          Image: public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod
          User: \"1337\"
          Environment:
            - {Name: APPMESH_RESOURCE_ARN, Value: mesh/shop/virtualNode/order}
            - {Name: APPMESH_XDS_ENDPOINT, Value: \"unix:///run/mesh/xds.sock\"}
          HealthCheck: {Command: [CMD-SHELL, \"curl -s localhost:9901/server_info | grep -q LIVE\"]}
";
