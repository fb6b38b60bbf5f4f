//! A gateway in a mesh that another account shares.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "gateway-in-shared-mesh",
    severity: Severity::Warning,
    summary: "a virtual gateway or gateway route is created in a mesh of another account",
    why: "the permissions of a shared mesh cover nodes, routers, routes and virtual services, no gateways: the API answers 403 \
          ForbiddenException",
    source: "App Mesh User Guide, sharing: owners can create virtual gateways and gateway routes",
    bad: BAD,
    cure: &[("      MeshOwner: '111122223333'\n", "")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let gateways = facts.gateways().map(|gateway| gateway.resource);
    for resource in gateways.chain(facts.gateway_routes().map(|route| route.resource)) {
        let Some(owner) = resource.mesh_owner.as_ref().and_then(|owner| owner.known()) else { continue };
        // Whoever defines the mesh owns it; and what exists was not refused.
        if facts.mesh_of(resource).is_some() || resource.metadata.is_some() {
            continue;
        }
        let message = format!("{} in a mesh that account {} owns", named(resource), owner.as_str());
        let found = report.add(resource, Path::of(&["meshOwner"]), message);
        found.help("let the owner of the mesh create it; leave meshOwner out where that account is your own");
    }
}

fn named(resource: &Resource) -> String {
    let kind: Kind = resource.kind();
    format!("{kind} `{}`", Key::of(&resource.name).shown())
}

const BAD: &str = "\
Resources:
  Gateway:
    Type: AWS::AppMesh::VirtualGateway
    Properties:
      MeshName: shop
      MeshOwner: '111122223333'
      VirtualGatewayName: front
      Spec: {Listeners: [{PortMapping: {Port: 8088, Protocol: http}}]}
";
