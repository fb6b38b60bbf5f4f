//! One resource defined twice.

use meshwright_model::finding::Severity;
use meshwright_model::reference::Key;
use meshwright_model::{Path, Resource};

use crate::facts::Facts;
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-resource",
    severity: Severity::Error,
    summary: "two definitions give one mesh two resources of the same kind and name",
    why: "the second cannot be created beside the first: a stack fails, and of API calls the last one wins",
    source: "inferred from App Mesh API reference, CreateVirtualNode and the like: of their errors only \
             ConflictException fits a name that exists",
    bad: BAD,
    cure: &[("Second:", "V2:"), ("VirtualNodeName: orders # again", "VirtualNodeName: orders-v2")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    let resources = &facts.inventory().resources;
    for (first, second) in facts.index().duplicates() {
        let (first, second) = (&resources[*first], &resources[*second]);
        let Some(severity) = severity(first, second) else { continue };
        let field = second.kind().name_field();
        let message = format!("{} is defined more than once", named(second));
        let found = report.add(second, Path::of(&[field]), message).severity(severity);
        found.related(first, Path::of(&[field]), "it is defined here first");
        if let Some(condition) =
            second.condition.as_ref().or(first.condition.as_ref()).filter(|_| first.condition != second.condition)
        {
            found.help(format!("where condition `{condition}` holds there are both"));
        } else {
            found.help("other rules read the first alone; rename one, or leave one out");
        }
    }
}

/// How bad it is to have both; `None` where there may never be both, or where they say the same in two files.
fn severity(first: &Resource, second: &Resource) -> Option<Severity> {
    let document = |resource: &Resource| resource.origin.map(|origin| origin.document);
    if first.condition.is_some() && second.condition.is_some() && first.condition != second.condition {
        return None;
    }
    // Only CloudFormation has labels; a later API call may well be an update.
    let is_stack = first.label.is_some() && second.label.is_some();
    if document(first) == document(second) {
        return Some(match is_stack {
            true if first.condition == second.condition => Severity::Error,
            true => Severity::Warning,
            false => Severity::Info,
        });
    }
    // One parameter may have two values in two files.
    let id = second.id();
    let is_known = id.mesh.is_known() && id.name.is_known() && id.parent.is_none_or(Key::is_known);
    let severity = if is_stack { Severity::Warning } else { Severity::Info };
    (is_known && !first.says_the_same(second)).then_some(severity)
}

fn named(resource: &Resource) -> String {
    let name = Key::of(&resource.name).shown();
    match &resource.parent {
        Some(parent) => format!("{} `{name}` of `{}`", resource.kind(), Key::of(parent).shown()),
        None => format!("{} `{name}`", resource.kind()),
    }
}

const BAD: &str = "\
Resources:
  First:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders.shop.local}}
  Second:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders # again
      Spec:
        Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]
        ServiceDiscovery: {DNS: {Hostname: orders-v2.shop.local}}
";
