//! `${Name}` in plain text, where only `Fn::Sub` would put a value in.

use super::template::{Declared, Template, app_mesh_kind, call};
use crate::check::shorten;
use crate::fault::Fault;
use crate::tree::{NodeId, Tree};

/// What every template may refer to. Source: CloudFormation User Guide, pseudo parameters.
const PSEUDO_PARAMETERS: &[&str] = &[
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// The properties of a task definition that no shell reads.
const OF_TASK: &[&str] = &["Family", "TaskRoleArn", "ExecutionRoleArn", "ProxyConfiguration"];
/// Those of its containers; in `Command` and its like a name may be a shell's variable.
const OF_CONTAINER: &[&str] = &["Name", "Image", "User", "Environment"];

/// Every text of the App Mesh resources and tasks that names something of its template and is not under `Fn::Sub`.
///
/// What the name stands for must be there, as other templating uses the same signs; and a macro may put values in.
pub(crate) fn faults(template: &Template, tree: &Tree) -> Vec<Fault> {
    if template.is_expanded {
        return Vec::new();
    }
    let mut nodes: Vec<NodeId> = template.resources.iter().flat_map(|declared| starts(tree, declared)).collect();
    nodes.reverse();
    let mut faults = Vec::new();
    while let Some(node) = nodes.pop() {
        if let Some(text) = tree.scalar(node) {
            faults.extend(fault(template, tree, node, text));
        } else if call(tree, node).is_none() {
            nodes.extend(tree.entries(node).iter().rev().map(|entry| entry.value));
            nodes.extend(tree.items(node).iter().rev());
        }
    }
    faults
}

/// The parts of a resource that are looked through.
fn starts(tree: &Tree, declared: &Declared) -> Vec<NodeId> {
    let Some(properties) = declared.properties else { return Vec::new() };
    if app_mesh_kind(&declared.kind).is_some() {
        return vec![properties];
    }
    if declared.kind != "AWS::ECS::TaskDefinition" {
        return Vec::new();
    }
    let members = |map: NodeId, names: &[&str]| names.iter().filter_map(|name| tree.get(map, name)).collect::<Vec<_>>();
    let containers = tree.get(properties, "ContainerDefinitions").map_or(&[][..], |list| tree.items(list));
    let of_containers = containers.iter().flat_map(|container| members(*container, OF_CONTAINER));
    members(properties, OF_TASK).into_iter().chain(of_containers).collect()
}

fn fault(template: &Template, tree: &Tree, node: NodeId, text: &str) -> Option<Fault> {
    let mut names = text.split("${").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    let name = names.find(|name| is_declared(template, name))?;
    let message = format!("`${{{}}}` stays as it stands: only Fn::Sub puts a value in", shorten(name));
    Some(Fault::warning("literal-reference", tree.span(node), message).help("put the text under Fn::Sub, or `!Sub`"))
}

/// Whether a name, or the one before its attribute, is declared in the template.
fn is_declared(template: &Template, name: &str) -> bool {
    match name.split_once('.') {
        Some((label, _)) => template.declared(label).is_some(),
        None => {
            template.parameters.contains_key(name)
                || template.declared(name).is_some()
                || PSEUDO_PARAMETERS.contains(&name)
        }
    }
}
