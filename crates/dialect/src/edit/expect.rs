//! Whether a new reading is an old one with edits made: the edits are made on the model's values, knowing nothing of texts.

use std::sync::LazyLock;

use meshwright_model::Resource;
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::parameter::Declaration;
use meshwright_model::path::Step;
use meshwright_model::shape::Shape;
use meshwright_model::workload::{TaskDefinition, Workload};

use super::root;
use crate::reading::Reading;

static TASK: LazyLock<Shape> = LazyLock::new(Shape::of::<TaskDefinition>);

/// Whether `after` is `before` with the edits made, and nothing else changed.
///
/// # Errors
/// Says what differs.
pub fn reads_as(before: &Reading, edits: &[Edit], after: &Reading) -> Result<(), String> {
    let is_created = |resource: &&Resource| {
        edits.iter().any(|edit| matches!(&edit.change, Change::Create(new) if new.id() == resource.id()))
    };
    let was_there = |resource: &&Resource| before.inventory.resources.iter().any(|old| old.id() == resource.id());
    let is_deleted = |resource: &&Resource| edits.iter().any(|edit| edit.origin == resource.origin && deletes(edit));
    let old: Vec<&Resource> = before.inventory.resources.iter().filter(|resource| !is_deleted(resource)).collect();
    let (new, made): (Vec<&Resource>, Vec<&Resource>) =
        after.inventory.resources.iter().partition(|resource| was_there(resource) || !is_created(resource));
    if old.len() != new.len() {
        return Err(format!("there are {} resources, not {}", new.len(), old.len()));
    }
    for edit in edits {
        let Change::Declare(Declaration { name, .. }) = &edit.change else { continue };
        if after.inventory.parameters.iter().all(|parameter| parameter.name != *name) {
            return Err(format!("there is no parameter `{name}`"));
        }
    }
    for edit in edits {
        let Change::Create(wanted) = &edit.change else { continue };
        let found = made.iter().chain(&new).find(|resource| resource.id() == wanted.id());
        let found = found.ok_or_else(|| format!("there is no {}", wanted.id()))?;
        compare(&model(wanted), &model(found)).map_err(|path| format!("{}: {path}", wanted.id()))?;
    }
    // Others may take their names from what is renamed.
    let renames = edits.iter().any(|edit| match edit.path.steps().first() {
        Some(Step::Field(name)) => edit.resource.is_some() && name != "spec" && name != "tags",
        _ => false,
    });
    for (old, new) in old.into_iter().zip(new) {
        let of_it: Vec<&Edit> =
            edits.iter().filter(|edit| is_of(edit, old.origin) && edit.resource.is_some()).collect();
        if of_it.is_empty() && (renames || old.says_the_same(new)) {
            continue;
        }
        let shape = root::shape(old.kind());
        check(model(old), &model(new), &of_it, &shape).map_err(|path| format!("{}: {path}", old.id()))?;
    }
    tasks(before, edits, after)
}

fn tasks(before: &Reading, edits: &[Edit], after: &Reading) -> Result<(), String> {
    let (old, new) = (&before.inventory.workloads, &after.inventory.workloads);
    if old.len() != new.len() {
        return Err(format!("there are {} task definitions, not {}", new.len(), old.len()));
    }
    for (old, new) in old.iter().zip(new) {
        let of_it: Vec<&Edit> =
            edits.iter().filter(|edit| is_of(edit, old.origin) && edit.resource.is_none()).collect();
        let value = |workload: &Workload| NewValue::of(&workload.task);
        check(value(old), &value(new), &of_it, &TASK).map_err(|path| format!("{}: {path}", old.label))?;
    }
    Ok(())
}

fn deletes(edit: &Edit) -> bool {
    edit.change == Change::Remove && edit.path.steps().is_empty()
}

fn is_of(edit: &Edit, origin: Option<meshwright_model::resource::Origin>) -> bool {
    edit.origin == origin && !deletes(edit) && !matches!(edit.change, Change::Create(_) | Change::Declare(_))
}

fn check(mut old: NewValue, new: &NewValue, edits: &[&Edit], shape: &Shape) -> Result<(), String> {
    for edit in edits {
        let is_made = old.make(edit.path.steps(), &edit.change, shape);
        is_made.ok_or_else(|| format!("{} is no place", edit.path))?;
    }
    compare(&old, new)
}

/// A resource as a value.
fn model(resource: &Resource) -> NewValue {
    let kind = resource.kind();
    let mut members = vec![("meshName", NewValue::of(&resource.mesh))];
    members.extend(
        kind.parent().zip(resource.parent.as_ref()).map(|(kind, name)| (kind.name_field(), NewValue::of(name))),
    );
    if kind.name_field() != "meshName" {
        members.push((kind.name_field(), NewValue::of(&resource.name)));
    }
    members.extend(resource.mesh_owner.as_ref().map(|owner| ("meshOwner", NewValue::of(owner))));
    members.push(("spec", NewValue::of(&resource.spec)));
    members.push(("tags", NewValue::of(&resource.tags)));
    NewValue::Object(members)
}

/// Compares what two values say: a list that is empty may be left out, and a number may be written as text.
fn compare(wanted: &NewValue, found: &NewValue) -> Result<(), String> {
    let differ = || Err(format!("`{}` is due, and there is `{}`", shown(wanted), shown(found)));
    match (wanted, found) {
        (NewValue::Object(wanted), NewValue::Object(found)) => {
            let empty = NewValue::List(Vec::new());
            let get = |members: &'_ [(&'static str, NewValue)], key: &str| {
                members.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
            };
            for (key, _) in wanted.iter().chain(found) {
                let (wanted, found) = (get(wanted, key), get(found, key));
                let pair = (wanted.as_ref().unwrap_or(&empty), found.as_ref().unwrap_or(&empty));
                compare(pair.0, pair.1).map_err(|why| format!("{key}: {why}"))?;
            }
            Ok(())
        }
        (NewValue::List(wanted), NewValue::List(found)) if wanted.len() == found.len() => {
            wanted.iter().zip(found).try_for_each(|(wanted, found)| compare(wanted, found))
        }
        (NewValue::Open(wanted), NewValue::Open(found)) if wanted == found => Ok(()),
        (NewValue::Object(_) | NewValue::List(_), _) | (_, NewValue::Object(_) | NewValue::List(_)) => differ(),
        (wanted, found) if shown(wanted) == shown(found) => Ok(()),
        _ => differ(),
    }
}

fn shown(value: &NewValue) -> String {
    match value {
        NewValue::Text(text) => text.clone(),
        NewValue::Integer(integer) => integer.to_string(),
        NewValue::Bool(truth) => truth.to_string(),
        NewValue::Open(expression) => expression.to_string(),
        NewValue::List(items) if items.is_empty() => "nothing".to_owned(),
        NewValue::List(items) => format!("{} elements", items.len()),
        NewValue::Object(_) => "an object".to_owned(),
    }
}
