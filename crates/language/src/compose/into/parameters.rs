//! What a request leaves out and nobody can choose is left to a parameter, which the file gets; where it cannot have any, and
//! for names of what is there, it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::parameter::Declaration;
use meshwright_model::reference::Key;
use meshwright_model::resource::Origin;
use meshwright_model::{Expression, Inventory, Kind};

use super::Desk;

const PARAMETERS: &str = "Parameters";

impl Desk<'_> {
    /// Asks for what new resources are called by, or call others by: a parameter would name nothing that is there.
    pub(super) fn ask_for_names(&mut self, made: &Inventory) {
        let names = names(made);
        for declaration in made.declarations.iter().filter(|declaration| names.contains(&declaration.name)) {
            self.ask_for(declaration);
        }
    }

    fn ask_for(&mut self, declaration: &Declaration) {
        let Declaration { name, body, .. } = declaration;
        let what = match body {
            Expression::Map(members) => members.iter().find(|(key, _)| key == "Description"),
            _ => None,
        };
        let what = what.and_then(|(_, text)| text.text()).unwrap_or(name).to_owned();
        self.draft.ask(format!("What should stand in the file as this: {what}?"));
    }

    /// Lets each file declare the parameters that its edits name and it does not have.
    pub(super) fn declare_parameters(&mut self) {
        let mut known = std::mem::take(&mut self.made);
        known.append(&mut self.draft.inventory.declarations);
        let there: BTreeSet<&str> =
            self.finder.inventory.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        known.retain(|new| new.section == PARAMETERS && !there.contains(new.name.as_str()));
        let mut users: BTreeMap<String, BTreeMap<Option<u32>, Option<Origin>>> = BTreeMap::new();
        for edit in &self.edits {
            let document = edit.origin.map(|origin| origin.document);
            for name in mentioned(edit) {
                users.entry(name).or_default().entry(document).or_insert(edit.origin);
            }
        }
        self.draft.inventory.parameters.retain(|parameter| users.contains_key(&parameter.name));
        let mut declared: Vec<Edit> = Vec::new();
        for declaration in known {
            let Some(origins) = users.remove(&declaration.name) else { continue };
            if self.can_declare(&declaration.name) {
                declared.extend(origins.into_values().map(|origin| Edit::declare(declaration.clone(), origin)));
            } else {
                self.ask_for(&declaration);
            }
        }
        self.draft.say_parameters();
        self.edits.splice(0..0, declared);
    }

    /// Whether the files can have a parameter of that name: resources with logical ids stand in templates.
    fn can_declare(&self, name: &str) -> bool {
        let mut labels = self.finder.inventory.resources.iter().map(|resource| resource.label.as_ref());
        labels.all(|label| label.is_some_and(|label| label.name != name))
    }
}

/// The parameters that something is called by.
fn names(made: &Inventory) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |key: Key<'_>| {
        if let Key::Open(Expression::Reference(symbol)) = key {
            names.insert(symbol.name.clone());
        }
    };
    for resource in &made.resources {
        add(Key::of(&resource.name));
        let references = resource.references();
        references.iter().filter(|reference| reference.kind != Kind::Mesh).for_each(|reference| add(reference.name));
    }
    names
}

/// The names in what an edit puts there: of parameters, among others.
fn mentioned(edit: &Edit) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match &edit.change {
        Change::Set(value) | Change::Append(value) => collect(value, &mut names),
        Change::Create(resource) => {
            collect(&NewValue::of(&resource.spec), &mut names);
            collect(&NewValue::of(&resource.tags), &mut names);
        }
        Change::Remove | Change::Declare(_) => {}
    }
    names
}

fn collect(value: &NewValue, names: &mut BTreeSet<String>) {
    match value {
        NewValue::List(items) => items.iter().for_each(|item| collect(item, names)),
        NewValue::Object(members) => members.iter().for_each(|(_, value)| collect(value, names)),
        NewValue::Open(expression) => collect_of(expression, names),
        NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) => {}
    }
}

fn collect_of(expression: &Expression, names: &mut BTreeSet<String>) {
    match expression {
        Expression::Reference(symbol) => {
            names.insert(symbol.name.clone());
        }
        Expression::Join(parts) | Expression::List(parts) => parts.iter().for_each(|part| collect_of(part, names)),
        Expression::Map(members) => members.iter().for_each(|(_, value)| collect_of(value, names)),
        _ => {}
    }
}
