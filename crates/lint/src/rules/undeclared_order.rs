//! A resource that its template may create too early.

use std::fmt::Write;

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "undeclared-order",
    severity: Severity::Warning,
    summary: "a template names a resource of its own by text alone, so nothing tells that it must be created first",
    why: "CloudFormation creates both at the same time; where the other is not there yet, the API answers 404 NotFoundException and \
          the stack is rolled back",
    source: "CloudFormation User Guide, DependsOn attribute; aws/aws-app-mesh-examples#67 shows the error",
    bad: BAD,
    cure: &[("MeshName: shop # no GetAtt", "MeshName: !GetAtt Mesh.MeshName")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let resources = &facts.inventory().resources;
    let document = |position: usize| resources[position].origin.map(|origin| origin.document);
    for (position, resource) in resources.iter().enumerate().filter(|(_, resource)| resource.label.is_some()) {
        let is_near = |needed: &usize| resources[*needed].label.is_some() && document(*needed) == document(position);
        let mut missing: Vec<usize> = facts.needs(position).filter(is_near).collect();
        let (before, is_all) = facts.before(position);
        missing.retain(|needed| is_all && !before.contains(needed));
        missing.dedup();
        if let Some(first) = missing.first() {
            let missing: Vec<&Resource> = missing.iter().map(|position| &resources[*position]).collect();
            add(report, resource, &missing, path_to(facts, resource, *first));
        }
    }
}

/// Where a resource names another.
fn path_to(facts: &Facts<'_>, resource: &Resource, target: usize) -> Path {
    let target = &facts.inventory().resources[target];
    let reference = resource
        .references()
        .into_iter()
        .find(|reference| reference.kind == target.kind() && reference.name == Key::of(&target.name));
    reference.map(|reference| reference.path).unwrap_or_default()
}

fn add(report: &mut Report, resource: &Resource, missing: &[&Resource], path: Path) {
    let shown = |resource: &Resource| format!("{} `{}`", resource.kind(), Key::of(&resource.name).shown());
    let Some((first, others)) = missing.split_first() else { return };
    let mut message = format!("nothing tells CloudFormation to create {} before {}", shown(first), shown(resource));
    if !others.is_empty() {
        let _ = write!(message, ", and {} more", others.len());
    }
    let labels: Vec<&str> = missing.iter().filter_map(|missing| missing.label.as_deref()).take(10).collect();
    let found = report.add(resource, path, message);
    found.help(format!("give the name by GetAtt, or add DependsOn: {}", labels.join(", ")));
    found.related(first, Path::of(&[first.kind().name_field()]), format!("{} is defined here", shown(first)));
}

const BAD: &str = "\
Resources:
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Orders:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop # no GetAtt
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
";
