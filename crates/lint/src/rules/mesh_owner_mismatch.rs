//! Resources of one mesh that do not agree on who owns it.

use std::collections::{HashMap, HashSet};

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "mesh-owner-mismatch",
    severity: Severity::Warning,
    summary: "resources of one mesh in one file name different owners of that mesh",
    why: "meshes of two accounts are two meshes: what lies in one cannot name what lies in the other, so the API refuses it",
    source: "App Mesh API reference, meshOwner: the account that shared the mesh, the caller's own where it is absent",
    bad: BAD,
    cure: &[("MeshOwner: '444455556666'", "MeshOwner: '111122223333'")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let mut firsts: HashMap<(Option<u32>, Key<'_>), &Resource> = HashMap::new();
    let mut reported = HashSet::new();
    for resource in facts.resources().filter(|resource| resource.kind() != Kind::Mesh) {
        let Some(owner) = owner(resource) else { continue };
        let place = (resource.origin.map(|origin| origin.document), Key::of(&resource.mesh));
        let first = *firsts.entry(place).or_insert(resource);
        let Some(other) = self::owner(first).filter(|other| *other != owner) else { continue };
        if reported.insert((place, owner)) {
            let mesh = place.1.shown();
            let message =
                format!("mesh `{mesh}` of account {owner}, but another resource means that of account {other}");
            let found = report.add(resource, Path::of(&["meshOwner"]), message);
            found.help("name one owner in all resources of the mesh");
            found.related(first, Path::of(&["meshOwner"]), format!("account {other} is named here"));
        }
    }
}

fn owner(resource: &Resource) -> Option<&str> {
    resource.mesh_owner.as_ref()?.known().map(meshwright_model::limits::AccountId::as_str)
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      MeshOwner: '111122223333'
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Service:
    Type: AWS::AppMesh::VirtualService
    DependsOn: Node
    Properties:
      MeshName: shop
      MeshOwner: '444455556666'
      VirtualServiceName: orders.shop.local
      Spec: {Provider: {VirtualNode: {VirtualNodeName: orders}}}
";
