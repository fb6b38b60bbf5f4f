//! What a request leaves out and nobody can choose is left to a parameter, which the file gets; where it cannot have any, and
//! for names of what is there, it is asked for.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::parameter::Declaration;
use meshwright_model::reference::Key;
use meshwright_model::{Expression, Inventory};

use super::Desk;

const PARAMETERS: &str = "Parameters";

impl Desk<'_> {
    /// Asks for what new resources are called by, or call others by: a parameter would name nothing that is there.
    pub(super) fn ask_for_names(&mut self, made: &Inventory) {
        for declaration in made.declarations.iter().filter(|declaration| is_name(made, &declaration.name)) {
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
        let is_new = |declaration: &Declaration| {
            let there = &self.finder.inventory.parameters;
            declaration.section == PARAMETERS && there.iter().all(|parameter| parameter.name != declaration.name)
        };
        known.retain(is_new);
        let mut declared: Vec<Edit> = Vec::new();
        for declaration in known {
            let users = self.edits.iter().filter(|edit| mentions(edit, &declaration.name));
            let origins: Vec<_> = users.map(|edit| edit.origin).collect();
            if origins.is_empty() {
                self.draft.inventory.parameters.retain(|parameter| parameter.name != declaration.name);
            } else if self.can_declare(&declaration.name) {
                for origin in origins {
                    let new = Edit::declare(declaration.clone(), origin);
                    let document = |edit: &Edit| edit.origin.map(|origin| origin.document);
                    let is_same = |edit: &Edit| edit.change == new.change && document(edit) == document(&new);
                    if !declared.iter().any(is_same) {
                        declared.push(new);
                    }
                }
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

/// Whether a parameter is what something is called by.
fn is_name(made: &Inventory, parameter: &str) -> bool {
    let is_it = |key: Key<'_>| matches!(key, Key::Open(Expression::Reference(symbol)) if symbol.name == parameter);
    made.resources.iter().any(|resource| {
        is_it(Key::of(&resource.name))
            || resource.references().iter().any(|reference| parameter != "MeshName" && is_it(reference.name))
    })
}

/// Whether an edit puts a value there that names a parameter.
fn mentions(edit: &Edit, parameter: &str) -> bool {
    match &edit.change {
        Change::Set(value) | Change::Append(value) => names(value, parameter),
        Change::Create(resource) => {
            names(&NewValue::of(&resource.spec), parameter) || names(&NewValue::of(&resource.tags), parameter)
        }
        Change::Remove | Change::Declare(_) => false,
    }
}

fn names(value: &NewValue, parameter: &str) -> bool {
    match value {
        NewValue::List(items) => items.iter().any(|item| names(item, parameter)),
        NewValue::Object(members) => members.iter().any(|(_, value)| names(value, parameter)),
        NewValue::Open(expression) => refers(expression, parameter),
        NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) => false,
    }
}

fn refers(expression: &Expression, parameter: &str) -> bool {
    match expression {
        Expression::Reference(symbol) => symbol.name == parameter,
        Expression::Join(parts) | Expression::List(parts) => parts.iter().any(|part| refers(part, parameter)),
        Expression::Map(members) => members.iter().any(|(_, value)| refers(value, parameter)),
        _ => false,
    }
}
