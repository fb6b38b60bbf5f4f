//! Writes AWS JSON: a resource as `create-*` takes it, or as `describe-*` prints it where its metadata is known.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::order::Order;
use meshwright_model::parameter::Declaration;
use meshwright_model::path::Step;
use meshwright_model::resource::{Gap, Metadata};
use meshwright_model::subject::Subject;
use meshwright_model::value::ScalarType;
use meshwright_model::{Expression, Inventory, Path, Resource, Scalar, Symbol};

use super::names::{Names, variables};
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
    let resources: Vec<&Resource> = resources.collect();
    let is_alone = resources.len() == 1;
    let mut objects: Vec<Out> = resources.iter().map(|resource| object(resource, is_alone)).collect();
    let names = Names::of(&objects);
    let mut stays = BTreeMap::new();
    for (resource, out) in resources.into_iter().zip(&mut objects) {
        names.give(out);
        note(resource, &mut ledger);
        note_open(resource, out, &names, &mut stays);
    }
    ledger.extend(stays.into_iter().map(|((_, what), first)| first.loss(&what)));
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
            ("Resources", None) if name.starts_with("Fn::") => count(2, shorten(name)),
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

/// A resource as `create-*` takes it, its open blocks in their places.
fn object(resource: &Resource, is_alone: bool) -> Out {
    let kind = resource.kind();
    let mut entries: Vec<(String, Out)> = Vec::new();
    push_name(&mut entries, "meshName", &resource.mesh, is_alone);
    if let (Some(parent_kind), Some(parent)) = (kind.parent(), &resource.parent) {
        push_name(&mut entries, parent_kind.name_field(), parent, is_alone);
    }
    if kind.name_field() != "meshName" {
        push_name(&mut entries, kind.name_field(), &resource.name, is_alone);
    }
    if let Some(owner) = &resource.mesh_owner {
        entries.push(("meshOwner".to_owned(), Out::of(owner, &NAMING, "meshOwner")));
    }
    let mut spec = Out::of(&resource.spec, &NAMING, "spec");
    for (path, gap) in &resource.gaps {
        if let (Gap::Open(expression), Some(below)) = (gap, place_of_block(path, gap)) {
            spec.insert(below, VIEWS.spec(kind), Out::Open(expression.clone()));
        }
    }
    entries.push(("spec".to_owned(), spec));
    if !resource.tags.is_empty() {
        entries.push(("tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
    }
    entries.extend(resource.metadata.iter().flat_map(metadata));
    Out::Map(entries)
}

/// Says what AWS JSON could not say of a resource.
fn note(resource: &Resource, ledger: &mut Vec<Loss>) {
    let subject = Subject::of(resource);
    let mut add = |path: Option<&Path>, message: String| {
        ledger.push(Loss { subject: Some(subject.clone()), path: path.cloned(), message });
    };
    for (path, gap) in &resource.gaps {
        match gap {
            Gap::Faulty => add(Some(path), "could not be read; left out".to_owned()),
            Gap::Open(Expression::Absent) => {}
            Gap::Open(_) if place_of_block(path, gap).is_some() => {}
            Gap::Open(expression) => {
                add(Some(path), format!("`{expression}` is open: AWS JSON has no expressions; left out"));
            }
        }
    }
    if let Some(condition) = &resource.condition {
        add(None, format!("it exists only if `{condition}`: AWS JSON has no conditions; written as if it did"));
    }
}

/// Where something that stays open stands first, and at how many places.
struct Stays {
    subject: Subject,
    path: Path,
    places: usize,
}

impl Stays {
    fn loss(self, what: &str) -> Loss {
        let more = match self.places {
            1 => String::new(),
            places => format!("; so at {places} places"),
        };
        Loss { subject: Some(self.subject), path: Some(self.path), message: format!("{what}{more}") }
    }
}

/// Notes what stays open in a resource: each variable and each text once, by its name and what there is to say of it.
///
/// What a file of AWS JSON leaves to jq is written back as it stood, and is no loss.
fn note_open(resource: &Resource, out: &Out, names: &Names, stays: &mut BTreeMap<(String, String), Stays>) {
    let is_own = resource.label.is_none();
    let mut add = |path: &Path, name: String, what: String| {
        let first = || Stays { subject: Subject::of(resource), path: path.clone(), places: 0 };
        stays.entry((name, what)).or_insert_with(first).places += 1;
    };
    out.walk_open(&mut Path::default(), &mut |path: &Path, expression: &Expression| {
        let is_for_jq = matches!(expression, Expression::Reference(name) if is_variable(name))
            || print::jq_parts(expression).is_some();
        if !is_for_jq {
            let text = names.original(expression).to_string();
            let what = format!("`{text}` stays open: written as text, which neither jq nor the AWS CLI fills in");
            return add(path, text, what);
        }
        for symbol in variables(expression) {
            let (name, renamed) = (names.original_of(symbol), names.told(symbol));
            if !is_own || renamed.is_some() || is_invented(resource, symbol) {
                let renamed = renamed.unwrap_or_default();
                let what = format!("`${{{name}}}` stays open: written as a variable of jq{renamed}");
                add(path, name.name.clone(), what);
            }
        }
    });
}

/// Whether a variable stands for a name that its file left out.
fn is_invented(resource: &Resource, symbol: &Symbol) -> bool {
    let names = [Some(&resource.mesh), resource.parent.as_ref(), Some(&resource.name)];
    let mut left_out = names.into_iter().flatten().filter_map(|name| match name.open() {
        Some(Expression::Attribute(file, field)) => Some(variable_of(file, field)),
        _ => None,
    });
    left_out.any(|variable| variable == *symbol)
}

/// The variable for a name that a file leaves to the command line.
fn variable_of(file: &Symbol, field: &str) -> Symbol {
    let plain = |char: char| if char.is_ascii_alphanumeric() { char } else { '_' };
    Symbol::new(format!("{}_{field}", file.chars().map(plain).collect::<String>()), file.scope)
}

/// Where in its specification an open block goes back: a variable in the place of an object, as jq writes it.
fn place_of_block<'a>(path: &'a Path, gap: &Gap) -> Option<&'a [Step]> {
    let Gap::Open(expression) = gap else { return None };
    let is_variable = matches!(expression, Expression::Reference(_)) || print::jq_parts(expression).is_some();
    below_spec(path).filter(|_| is_variable)
}

/// A name that the file leaves to the command line stays left out; of several resources in one text it is the file that
/// tells their names apart, so that each becomes a variable.
fn push_name(entries: &mut Vec<(String, Out)>, field: &'static str, name: &Scalar<impl ScalarType>, is_alone: bool) {
    let out = match name.open() {
        None if name.is_missing() => return,
        Some(Expression::Reference(name)) if name.as_str() == field => return,
        Some(Expression::Attribute(_, name)) if name == field && is_alone => return,
        Some(Expression::Attribute(file, name)) if name == field => {
            Out::Open(Expression::Reference(variable_of(file, field)))
        }
        _ => Out::of(name, &NAMING, field),
    };
    entries.push((field.to_owned(), out));
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
