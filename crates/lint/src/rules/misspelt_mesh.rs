//! A resource whose mesh is named almost like the only mesh of the files.

use std::collections::HashMap;

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::spelling::nearest;
use meshwright_model::{Kind, Path};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "misspelt-mesh",
    severity: Severity::Warning,
    summary: "a resource names a mesh that differs by a slip from the only mesh of the files",
    why: "where no such mesh exists the API answers 404 NotFoundException; where one does, the resource lands in the wrong mesh",
    source: "App Mesh API reference, NotFoundException where the mesh of a resource does not exist; that a name is \
             a slip is inferred from its letters",
    bad: BAD,
    cure: &[("MeshName: bookshpo\n", "MeshName: bookshop\n")],
    check,
};

/// Fewest characters of a name that can be told from another by a slip.
const SHORTEST: usize = 4;

fn check(facts: &Facts<'_>, report: &mut Report) {
    let mut meshes = facts.meshes();
    let (Some(mesh), None) = (meshes.next(), meshes.next()) else { return };
    let Key::Known(right) = Key::of(&mesh.resource.mesh) else { return };
    let mut members: HashMap<&str, usize> = HashMap::new();
    // Most are of that mesh, which is known already.
    let (mut count_right, is_right) = (0, |position: usize| facts.mesh_at(position) == Some(mesh.position));
    for (position, resource) in facts.resources().enumerate() {
        if is_right(position) {
            count_right += 1;
        } else if let Key::Known(name) = Key::of(&resource.mesh) {
            *members.entry(name).or_default() += 1;
        }
    }
    *members.entry(right).or_default() += count_right;
    let count = |name: &str| members.get(name).copied().unwrap_or_default();
    let is_slip = |name: &str| {
        // `shop-1` and `shop-2` are two meshes, short names are near to many, and what most resources say is no slip.
        name != right
            && name.chars().count() >= SHORTEST
            && without_digits(name) != without_digits(right)
            && count(name) < count(right)
            && nearest(name, [right].into_iter()).is_some()
    };
    let slips: Vec<&str> = members.keys().copied().filter(|name| is_slip(name)).collect();
    if slips.is_empty() {
        return;
    }
    for resource in facts.resources().filter(|resource| resource.kind() != Kind::Mesh) {
        let Key::Known(name) = Key::of(&resource.mesh) else { continue };
        if slips.contains(&name) {
            let message = format!("mesh `{name}` is not in these files, but `{right}` is");
            let found = report.add(resource, Path::of(&["meshName"]), message).help(format!("did you mean `{right}`?"));
            found.related(mesh.resource, Path::of(&["meshName"]), format!("mesh `{right}` is defined here"));
        }
    }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: bookshop}
  Router:
    Type: AWS::AppMesh::VirtualRouter
    DependsOn: Mesh
    Properties:
      MeshName: bookshop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
  Node:
    Type: AWS::AppMesh::VirtualNode
    DependsOn: Mesh
    Properties:
      MeshName: bookshpo
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
