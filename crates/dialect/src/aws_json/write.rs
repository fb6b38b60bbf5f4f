//! Writes AWS JSON: a resource as `create-*` takes it, or as `describe-*` prints it where its metadata is known.

use std::collections::BTreeMap;

use meshwright_model::order::Order;
use meshwright_model::resource::{Gap, Metadata};
use meshwright_model::subject::Subject;
use meshwright_model::value::ScalarType;
use meshwright_model::{Expression, Inventory, Path, Resource, Scalar};

use super::{NAMING, VIEWS};
use crate::envelope::below_spec;
use crate::ledger::{Loss, Written};
use crate::out::Out;
use crate::print;

/// Writes all resources in creation order: one as an object, several as an array.
pub(crate) fn write(inventory: &Inventory) -> Written {
    let mut ledger = Vec::new();
    let order = Order::of(&inventory.index());
    let resources = order.placed.iter().map(|placed| &inventory.resources[placed.position]);
    let mut objects: Vec<Out> = resources.map(|resource| write_resource(resource, &mut ledger)).collect();
    let rest =
        [(inventory.workloads.len(), "task definition"), (inventory.statements.len(), "statement of a role's policy")];
    for (count, what) in rest.into_iter().filter(|(count, _)| *count > 0) {
        let message = format!("{count} × {what}: not a resource of App Mesh; left out");
        ledger.push(Loss { subject: None, path: None, message });
    }
    ledger.extend(left_out(inventory));
    let out = if objects.len() == 1 { objects.swap_remove(0) } else { Out::List(objects) };
    Written { text: print::json(&out), ledger }
}

/// What the files declare beside App Mesh resources, where the inventory knows of it. Parameters, conditions and mappings
/// are resolved, and what is left open of them is said where it stands.
fn left_out(inventory: &Inventory) -> Option<Loss> {
    let resolved = ["Parameters", "Conditions", "Mappings", "AWSTemplateFormatVersion", "Description", "Metadata"];
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for declaration in &inventory.declarations {
        if !resolved.contains(&declaration.section.as_str()) {
            *counts.entry(declaration.section.trim_matches(['(', ')'])).or_default() += 1;
        }
    }
    let counts: Vec<String> = counts.into_iter().map(|(section, count)| format!("{count} × {section}")).collect();
    let message = format!("{}: only CloudFormation has them; left out", counts.join(", "));
    (!counts.is_empty()).then_some(Loss { subject: None, path: None, message })
}

fn write_resource(resource: &Resource, ledger: &mut Vec<Loss>) -> Out {
    let kind = resource.kind();
    let subject = Subject::of(resource);
    let mut entries: Vec<(String, Out)> = Vec::new();
    push_name(&mut entries, "meshName", &resource.mesh);
    if let (Some(parent_kind), Some(parent)) = (kind.parent(), &resource.parent) {
        push_name(&mut entries, parent_kind.name_field(), parent);
    }
    if kind.name_field() != "meshName" {
        push_name(&mut entries, kind.name_field(), &resource.name);
    }
    if let Some(owner) = &resource.mesh_owner {
        entries.push(("meshOwner".to_owned(), Out::of(owner, &NAMING, "meshOwner")));
    }
    entries.push(("spec".to_owned(), Out::of(&resource.spec, &NAMING, "spec")));
    let mut out = Out::Map(entries);
    if let Out::Map(entries) = &mut out {
        if !resource.tags.is_empty() {
            entries.push(("tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
        }
        entries.extend(resource.metadata.iter().flat_map(metadata));
    }
    for (path, gap) in &resource.gaps {
        note_gap(&mut out, resource, path, gap, &subject, ledger);
    }
    let note = &mut |path: &Path, expression: &Expression| {
        let message = match expression {
            Expression::Reference(name) if print::is_variable(name) => {
                format!("`{expression}` stays open: written as a variable of jq")
            }
            _ => format!("`{expression}` stays open: written as text, which neither jq nor the AWS CLI fills in"),
        };
        ledger.push(Loss { subject: Some(subject.clone()), path: Some(path.clone()), message });
    };
    out.walk_open(&mut Path::default(), note);
    if let Some(condition) = &resource.condition {
        let message = format!("it exists only if `{condition}`: AWS JSON has no conditions; written as if it did");
        ledger.push(Loss { subject: Some(subject), path: None, message });
    }
    out
}

/// A name that the file leaves to the command line stays left out.
fn push_name(entries: &mut Vec<(String, Out)>, field: &'static str, name: &Scalar<impl ScalarType>) {
    let is_left_out = name.open().is_some_and(|expression| match expression {
        Expression::Reference(name) | Expression::Attribute(_, name) => name == field,
        _ => false,
    });
    let is_missing = matches!(name, Scalar::Refused(refusal) if refusal.text.is_none());
    if !is_left_out && !is_missing {
        entries.push((field.to_owned(), Out::of(name, &NAMING, field)));
    }
}

fn metadata(metadata: &Metadata) -> Vec<(String, Out)> {
    let member = |(key, value, is_text): &(String, String, bool)| {
        let value = if *is_text { Out::Text(value.clone()) } else { Out::Bare(value.clone()) };
        (key.clone(), value)
    };
    let mut entries = Vec::new();
    if !metadata.members.is_empty() {
        entries.push(("metadata".to_owned(), Out::Map(metadata.members.iter().map(member).collect())));
    }
    if let Some(status) = &metadata.status {
        entries.push(("status".to_owned(), Out::map([("status", Out::text(status))])));
    }
    entries
}

fn note_gap(out: &mut Out, resource: &Resource, path: &Path, gap: &Gap, subject: &Subject, ledger: &mut Vec<Loss>) {
    let message = match gap {
        Gap::Faulty => "could not be read; left out".to_owned(),
        Gap::Open(Expression::Absent) => return,
        Gap::Open(expression) => {
            if let (Expression::Reference(_), Some(below), Out::Map(entries)) =
                (expression, below_spec(path), &mut *out)
                && let Some((_, spec)) = entries.iter_mut().find(|(key, _)| key == "spec")
            {
                // A shell variable in the place of an object goes back where it stood.
                spec.insert(below, VIEWS.spec(resource.kind()), Out::Open(expression.clone()));
                return;
            }
            format!("`{expression}` is open: AWS JSON has no expressions; left out")
        }
    };
    ledger.push(Loss { subject: Some(subject.clone()), path: Some(path.clone()), message });
}
