//! What speaks against a plan before it begins: what would still be named when it is gone, what is named and never there, and what the
//! API would refuse.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::checks::{faults, name_fault, tag_key_fault, tags_fault};
use meshwright_model::reference::{Key, Need};
use meshwright_model::visible::visible;
use meshwright_model::{Kind, Spec};

use super::names::Identifier;
use super::plan::{Change, Plan, Step};
use super::wanted::{Known, Standing};

/// The most obstacles that are named.
const MAX_NAMED: usize = 20;

/// What speaks against a plan.
pub(crate) fn obstacles(plan: &Plan, wanted: &[Known], standing: &[Standing]) -> Vec<String> {
    let deleted = plan.steps.iter().filter(|step| step.change == Change::Delete && !step.is_replacement);
    let doomed: BTreeSet<&Identifier> = deleted.map(|step| &step.name).collect();
    let mut after: BTreeMap<&Identifier, &Known> = standing.iter().map(|own| (&own.known.name, &own.known)).collect();
    after.extend(wanted.iter().map(|own| (&own.name, own)));
    after.retain(|name, _| !doomed.contains(name));
    let mut all = Vec::new();
    let changed: BTreeSet<&Identifier> = wanted.iter().map(|own| &own.name).collect();
    for (name, own) in &after {
        for needed in needs(own) {
            if doomed.contains(&needed) {
                all.push(format!("{needed} cannot be deleted: {name} {}", why(name, &needed)));
            } else if changed.contains(name) && !after.contains_key(&needed) {
                all.push(format!("{name} {}, which is neither in the files nor there", names(name, &needed)));
            }
        }
    }
    let made = plan.steps.iter().filter_map(|step| Some((step, step.wanted.as_ref()?)));
    all.extend(made.flat_map(|(step, own)| refusals(step, own)));
    all.extend(without_port(plan, &after));
    let surplus = all.len().saturating_sub(MAX_NAMED);
    all.truncate(MAX_NAMED);
    if surplus > 0 {
        all.push(format!("and {surplus} more"));
    }
    all
}

/// What the API refuses of a resource by itself. What stays as it is has been taken already.
fn refusals(step: &Step, own: &Known) -> Vec<String> {
    let is_new = step.change == Change::Create;
    let mut all = Vec::new();
    if is_new {
        all.extend(name_fault(own.name.kind, &own.name.name));
    }
    if is_new || !step.spec.is_empty() {
        all.extend(faults(&own.spec));
    }
    if is_new || !step.tags.is_empty() {
        all.extend(tags_fault(own.tags.len()));
        all.extend(own.tags.keys().filter_map(|key| tag_key_fault(key)).map(|why| format!("tags: {why}")));
    }
    all.into_iter().map(|why| format!("{}: {}", own.name, visible(&why))).collect()
}

/// Routes that do not say for which listener of their router they are, where either of them changes.
fn without_port(plan: &Plan, after: &BTreeMap<&Identifier, &Known>) -> Vec<String> {
    let changed: BTreeSet<&Identifier> =
        plan.steps.iter().filter(|step| step.wanted.is_some()).map(|step| &step.name).collect();
    let mut all = Vec::new();
    for (name, own) in after {
        let (Spec::Route(route), Some(parent)) = (&own.spec, &name.parent) else { continue };
        let of = Identifier { mesh: name.mesh.clone(), kind: Kind::VirtualRouter, parent: None, name: parent.clone() };
        let needs_port =
            matches!(after.get(&of).map(|own| &own.spec), Some(Spec::VirtualRouter(own)) if own.needs_ports());
        if needs_port && route.lacks_port() && (changed.contains(name) || changed.contains(&of)) {
            all.push(format!("{name}: its match needs a port, as {of} has several listeners"));
        }
    }
    all
}

/// What must be there for a resource to stand.
fn needs(own: &Known) -> Vec<Identifier> {
    let Known { name, spec, .. } = own;
    let mut all = Vec::new();
    if name.kind != Kind::Mesh {
        let mesh = name.mesh.name.clone();
        all.push(Identifier { mesh: name.mesh.clone(), kind: Kind::Mesh, parent: None, name: mesh });
    }
    if let (Some(kind), Some(parent)) = (name.kind.parent(), &name.parent) {
        all.push(Identifier { mesh: name.mesh.clone(), kind, parent: None, name: parent.clone() });
    }
    let references = spec.references();
    let needed = references.iter().filter(|reference| reference.need != Need::Eventually);
    all.extend(needed.filter_map(|reference| match reference.name {
        Key::Known(text) => {
            Some(Identifier { mesh: name.mesh.clone(), kind: reference.kind, parent: None, name: text.to_owned() })
        }
        _ => None,
    }));
    all
}

fn why(name: &Identifier, needed: &Identifier) -> String {
    if is_inside(name, needed) { "is in it and stays".to_owned() } else { "names it and stays".to_owned() }
}

fn names(name: &Identifier, needed: &Identifier) -> String {
    if is_inside(name, needed) { format!("is in {needed}") } else { format!("names {needed}") }
}

fn is_inside(name: &Identifier, other: &Identifier) -> bool {
    other.kind == Kind::Mesh || name.kind.parent() == Some(other.kind)
}
