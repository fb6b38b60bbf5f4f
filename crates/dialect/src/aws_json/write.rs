//! Writes AWS JSON: a resource as `create-*` takes it, or as `describe-*` prints it where its metadata is known.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::order::Order;
use meshwright_model::parameter::Declaration;
use meshwright_model::resource::{Gap, Metadata};
use meshwright_model::subject::Subject;
use meshwright_model::value::ScalarType;
use meshwright_model::{Expression, Inventory, Path, Resource, Scalar};

use super::{NAMING, VIEWS};
use crate::check::shorten;
use crate::envelope::below_spec;
use crate::json::is_variable;
use crate::ledger::{Loss, Written};
use crate::out::Out;
use crate::print;

/// Writes all resources in creation order: one as an object, several as an array.
pub(crate) fn write(inventory: &Inventory) -> Written {
    let mut ledger = Vec::new();
    let order = Order::of(&inventory.index());
    let resources = order.placed.iter().map(|placed| &inventory.resources[placed.position]);
    let mut objects: Vec<Out> = resources.map(|resource| write_resource(resource, &mut ledger)).collect();
    ledger.extend(left_out(inventory).into_iter().map(|message| Loss { subject: None, path: None, message }));
    let out = if objects.len() == 1 { objects.swap_remove(0) } else { Out::List(objects) };
    Written { text: print::json(&out), ledger }
}

/// What the files hold beside App Mesh resources, as far as the inventory knows of it.
fn left_out(inventory: &Inventory) -> Vec<String> {
    let mut counts: [BTreeMap<String, usize>; 4] = Default::default();
    let mut count = |group: usize, what: String| *counts[group].entry(what).or_default() += 1;
    let mut declared = BTreeSet::new();
    for Declaration { section, name, body } in &inventory.declarations {
        match (section.as_str(), kind_of(body)) {
            // It says how to read what is left out.
            ("AWSTemplateFormatVersion", _) => {}
            ("Parameters" | "Conditions" | "Mappings", _) => count(3, section.clone()),
            ("Resources", Some(kind)) => {
                declared.insert(name.as_str());
                count(if kind.starts_with("AWS::AppMesh::") { 2 } else { 1 }, shorten(kind));
            }
            (section, _) => count(1, shorten(section.trim_matches(['(', ')']))),
        }
    }
    let tasks = inventory.workloads.iter().filter(|workload| !declared.contains(&*workload.label));
    tasks.for_each(|_| count(0, "task definition".to_owned()));
    let statements = inventory.statements.iter().filter(|statement| !declared.contains(&*statement.role));
    statements.for_each(|_| count(0, "statement of a role's policy".to_owned()));
    let said = [
        "not a resource of App Mesh; left out",
        "only CloudFormation has them; left out",
        "its condition does not hold, or only CloudFormation knows what it says; left out",
        "only CloudFormation has them; what they come to is written where it is used",
    ];
    counts.into_iter().zip(said).filter_map(|(counts, what)| Some(format!("{}: {what}", listed(counts)?))).collect()
}

/// The type of a resource that is declared.
fn kind_of(body: &Expression) -> Option<&str> {
    let Expression::Map(members) = body else { return None };
    members.iter().find(|(key, _)| key == "Type").and_then(|(_, kind)| kind.text())
}

/// Counts in words, if there are any.
fn listed(counts: BTreeMap<String, usize>) -> Option<String> {
    let words: Vec<String> = counts.into_iter().map(|(what, count)| format!("{count} × {what}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
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
            Expression::Reference(name) if is_variable(name) => {
                format!("`{expression}` stays open: written as a variable of jq")
            }
            _ if print::jq_parts(expression).is_some() => {
                format!("`{expression}` stays open: written as a text that jq fills in")
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
        Expression::Reference(name) => name.as_str() == field,
        Expression::Attribute(_, name) => name == field,
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
            let is_variable = matches!(expression, Expression::Reference(_)) || print::jq_parts(expression).is_some();
            if let (true, Some(below), Out::Map(entries)) = (is_variable, below_spec(path), &mut *out)
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
