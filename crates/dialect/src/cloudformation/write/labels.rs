//! Logical ids: those of the files, and those made of names.

use std::collections::BTreeSet;

use meshwright_model::reference::Key;
use meshwright_model::{Inventory, Kind, Resource};

/// A logical id for each resource: the one its file gives, or one made of its name; each once.
pub(super) fn labels(inventory: &Inventory, others: &BTreeSet<&str>) -> Vec<String> {
    let parameters = inventory.parameters.iter().map(|parameter| parameter.name.clone());
    let mut taken: BTreeSet<String> = others.iter().map(|label| (*label).to_owned()).chain(parameters).collect();
    let mut labels = Vec::with_capacity(inventory.resources.len());
    for resource in &inventory.resources {
        let own = resource.label.clone().filter(|label| label.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let wanted = own.unwrap_or_else(|| made_label(resource));
        let free = (1..).map(|count| if count == 1 { wanted.clone() } else { format!("{wanted}{count}") });
        let label = free.into_iter().find(|label| !taken.contains(label)).unwrap_or(wanted);
        taken.insert(label.clone());
        labels.push(label);
    }
    labels
}

fn made_label(resource: &Resource) -> String {
    let kind = resource.kind();
    if kind == Kind::Mesh {
        return "Mesh".to_owned();
    }
    let text = |name: Key<'_>| match name {
        Key::Known(text) | Key::Refused(text) => text.to_owned(),
        Key::Open(expression) => expression.to_string(),
    };
    let parent = resource.parent.as_ref().map(|parent| text(Key::of(parent))).unwrap_or_default();
    logical(&format!("{parent} {} {}", text(Key::of(&resource.name)), kind.type_name()))
}

/// Words as one alphanumeric name in Pascal case, as logical ids and parameters must be.
pub(super) fn logical(words: &str) -> String {
    let parts = words.split(|char: char| !char.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let name: String = parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect();
    if name.is_empty() { "Unnamed".to_owned() } else { name.chars().take(200).collect() }
}
