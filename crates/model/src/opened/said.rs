//! What files leave open, in words: for whoever needs resources that are known as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::edit::NewValue;
use crate::expression::Expression;
use crate::inventory::Inventory;
use crate::kind::Kind;
use crate::path::Path;
use crate::resource::{Gap, Resource};
use crate::scalar::Scalar;
use crate::visible::visible;

/// The most open values that are named.
const MAX_NAMED: usize = 10;

/// What is open, and where first.
struct Open {
    /// As it is shown.
    text: String,
    place: String,
    help: String,
    others: usize,
}

/// What files leave open of their resources, each value once, on an indented line of its own: what it is, where it stands, and what would
/// settle it; `None` where all are known as a whole.
pub fn left_open(inventory: &Inventory) -> Option<String> {
    text(inventory, true)
}

/// The same of their names alone.
pub fn open_names(inventory: &Inventory) -> Option<String> {
    text(inventory, false)
}

fn text(inventory: &Inventory, is_whole: bool) -> Option<String> {
    let mut all = All::default();
    for resource in &inventory.resources {
        let values = if is_whole { values(resource) } else { names(resource) };
        for (path, expression) in values {
            all.add(expression.to_string(), resource, &path, || help(&expression, resource, inventory));
        }
        if let Some(condition) = resource.condition.as_ref().filter(|_| is_whole) {
            let help = || "give --parameter NAME=VALUE for what decides it".to_owned();
            all.add(format!("whether `{condition}` holds"), resource, &"the condition", help);
        }
    }
    let mut lines: Vec<String> = all.open.iter().map(line).collect();
    let surplus = all.positions.len() - lines.len();
    if surplus > 0 {
        lines.push(format!("and {surplus} more"));
    }
    (!lines.is_empty()).then(|| lines.iter().fold(String::new(), |text, line| text + "\n  " + &visible(line)))
}

/// All that is open: the first of them in words, the others counted.
#[derive(Default)]
struct All {
    open: Vec<Open>,
    /// The place of each text among all, in the order in which they were found.
    positions: BTreeMap<String, usize>,
}

impl All {
    fn add(&mut self, text: String, resource: &Resource, place: &dyn Display, help: impl FnOnce() -> String) {
        let found = self.positions.len();
        let position = *self.positions.entry(text.clone()).or_insert(found);
        if position < found {
            if let Some(own) = self.open.get_mut(position) {
                own.others += 1;
            }
        } else if position < MAX_NAMED {
            self.open.push(Open { text, place: format!("{place} of {}", resource.id()), help: help(), others: 0 });
        }
    }
}

fn line(own: &Open) -> String {
    let Open { text, place, help, others } = own;
    let others = match others {
        0 => String::new(),
        1 => " and 1 other place".to_owned(),
        count => format!(" and {count} other places"),
    };
    format!("{text}, {place}{others}: {help}")
}

/// The names of a resource that are open, with their places.
fn names(resource: &Resource) -> Vec<(Path, Expression)> {
    let kind = resource.kind();
    let named = |field: &'static str, open: Option<&Expression>| Some((Path::of(&[field]), open?.clone()));
    let parent = resource.parent.as_ref().zip(kind.parent());
    let own = if kind == Kind::Mesh { None } else { resource.name.open() };
    [
        named("meshName", resource.mesh.open()),
        named("meshOwner", resource.mesh_owner.as_ref().and_then(Scalar::open)),
        parent.and_then(|(parent, kind)| named(kind.name_field(), parent.open())),
        named(kind.name_field(), own),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Every value of a resource that is open, with its place: of its names, its tags and its specification.
fn values(resource: &Resource) -> Vec<(Path, Expression)> {
    let mut all = names(resource);
    for (index, tag) in resource.tags.iter().enumerate() {
        let at = Path::of(&["tags"]).index(index);
        let value = tag.value.as_ref().and_then(Scalar::open);
        all.extend(tag.key.open().map(|open| (at.field("key"), open.clone())));
        all.extend(value.map(|open| (at.field("value"), open.clone())));
    }
    for (path, gap) in &resource.gaps {
        if let Gap::Open(expression) = gap {
            all.push((path.clone(), expression.clone()));
        }
    }
    collect(&NewValue::of(&resource.spec), &Path::of(&["spec"]), &mut all);
    all
}

fn collect(value: &NewValue, at: &Path, all: &mut Vec<(Path, Expression)>) {
    match value {
        NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) | NewValue::Open(Expression::Absent) => {}
        NewValue::Open(expression) => all.push((at.clone(), expression.clone())),
        NewValue::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &at.index(index), all));
        }
        NewValue::Object(members) => members.iter().for_each(|(name, own)| collect(own, &at.field(*name), all)),
    }
}

/// What would settle an expression.
fn help(expression: &Expression, resource: &Resource, inventory: &Inventory) -> String {
    let (mut given, mut is_beyond) = (BTreeSet::new(), false);
    // A template reads the parameters that it declares, and what CloudFormation knows by itself; elsewhere any name is one, also that of a
    // member that a file leaves to the command line.
    let is_template = resource.label.is_some();
    let is_declared = |name: &str| inventory.parameters.iter().any(|parameter| parameter.name == name);
    expression.walk(&mut |part| match part {
        Expression::Reference(name) if !is_template || name.starts_with("AWS::") || is_declared(name) => {
            given.insert(format!("--parameter {}=…", name.as_str()));
        }
        Expression::Attribute(_, member) if !is_template => {
            given.insert(format!("--parameter {member}=…"));
        }
        Expression::Reference(_) | Expression::Attribute(..) | Expression::Call(..) => is_beyond = true,
        _ => {}
    });
    if is_beyond || given.is_empty() {
        return "no parameter gives it: write its value there, or name the file that says it as well".to_owned();
    }
    format!("give {}", given.into_iter().collect::<Vec<_>>().join(" "))
}
