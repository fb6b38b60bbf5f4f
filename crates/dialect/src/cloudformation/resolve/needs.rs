//! What a resource comes after.

use std::collections::{BTreeMap, BTreeSet};

use super::super::template::{Declared, app_mesh_kind, attribute, call};
use super::Resolver;
use crate::tree::{NodeId, Tree};

/// The most steps from resource to resource that looking for dependencies takes in one template.
const MAX_WALK: usize = 1_000_000;

impl Resolver<'_> {
    /// The labels that a resource comes after: those it refers to, those of `DependsOn`, and the App Mesh resources that
    /// these come after in their turn, where other services' resources stand between.
    pub(crate) fn end(&self, tree: &Tree, declared: &Declared) -> Vec<String> {
        self.note_depends_on(tree, declared);
        let mut needed = self.needed.take();
        self.add_beyond(tree, &mut needed);
        needed.remove(&declared.label);
        needed.into_iter().collect()
    }

    /// The labels that `DependsOn` names.
    fn note_depends_on(&self, tree: &Tree, declared: &Declared) {
        for (name, node) in depends_on(tree, declared) {
            if self.template.declared(name).is_none() {
                self.undefined(tree.span(node), "resource", name, self.template.labels());
            }
            self.needed.borrow_mut().insert(name.to_owned());
        }
    }

    /// Adds the App Mesh resources that other services' resources come after.
    fn add_beyond(&self, tree: &Tree, needed: &mut BTreeSet<String>) {
        let is_other = |declared: &&Declared| app_mesh_kind(&declared.kind).is_none();
        let mut pending: Vec<usize> =
            needed.iter().filter_map(|name| self.template.by_label.get(name).copied()).collect();
        pending.retain(|position| is_other(&&self.template.resources[*position]));
        let mut seen: BTreeSet<usize> = pending.iter().copied().collect();
        let mut referred = self.referred.borrow_mut();
        while let Some(position) = pending.pop() {
            let next = self.referred_by(tree, position, &mut referred);
            self.walked.set(self.walked.get() + 1 + next.len());
            if self.walked.get() > MAX_WALK {
                return;
            }
            for position in next {
                let declared = &self.template.resources[*position];
                if !is_other(&declared) {
                    needed.insert(declared.label.clone());
                } else if seen.insert(*position) {
                    pending.push(*position);
                }
            }
        }
    }

    /// The resources that one names anywhere in its body.
    fn referred_by<'m>(
        &self,
        tree: &Tree,
        position: usize,
        referred: &'m mut BTreeMap<usize, BTreeSet<usize>>,
    ) -> &'m BTreeSet<usize> {
        referred.entry(position).or_insert_with(|| {
            let declared = &self.template.resources[position];
            let mut names: Vec<String> =
                depends_on(tree, declared).into_iter().map(|(name, _)| name.to_owned()).collect();
            let mut nodes = vec![declared.body];
            while let Some(node) = nodes.pop() {
                names_of(tree, node, &mut names);
                nodes.extend(tree.items(node));
                nodes.extend(tree.entries(node).iter().map(|entry| entry.value));
            }
            names.iter().filter_map(|name| self.template.by_label.get(name).copied()).collect()
        })
    }
}

fn depends_on<'t>(tree: &'t Tree, declared: &Declared) -> Vec<(&'t str, NodeId)> {
    let Some(node) = tree.get(declared.body, "DependsOn") else { return Vec::new() };
    let labels = if tree.is_list(node) { tree.items(node) } else { &[node] };
    labels.iter().filter_map(|label| Some((tree.scalar(*label)?, *label))).collect()
}

/// The names that a call at this node refers to.
fn names_of(tree: &Tree, node: NodeId, names: &mut Vec<String>) {
    let Some((function, argument)) = call(tree, node) else { return };
    match function {
        "Ref" => names.extend(tree.scalar(argument).map(str::to_owned)),
        "Fn::GetAtt" => names.extend(attribute(tree, argument).map(|(label, _)| label.to_owned())),
        "Fn::Sub" => {
            let text = tree.scalar(argument).or_else(|| tree.scalar(*tree.items(argument).first()?));
            let parts = text.unwrap_or_default().split("${").skip(1);
            names.extend(parts.filter_map(|part| part.split(['.', '}']).next()).map(|name| name.trim().to_owned()));
        }
        _ => {}
    }
}
