//! Logical ids: those of the files, and those made of names.

use std::collections::{BTreeSet, HashMap};

use meshwright_model::reference::Key;
use meshwright_model::{Inventory, Kind, Resource};

/// A logical id for each resource: the one its file gives, or one made of its name; each once.
pub(super) fn labels(inventory: &Inventory, others: &BTreeSet<&str>) -> Vec<String> {
    let parameters = inventory.parameters.iter().map(|parameter| parameter.name.clone());
    let mut taken: BTreeSet<String> = others.iter().map(|label| (*label).to_owned()).chain(parameters).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut labels = Vec::with_capacity(inventory.resources.len());
    for resource in &inventory.resources {
        // A template's own label stays as it stood: its expressions speak of it.
        let wanted = resource.label.as_deref().map_or_else(|| made_label(resource), str::to_owned);
        let mut label = wanted.clone();
        // Counting goes on from the last of that name, so that many of one name are no work.
        let count = counts.entry(wanted.clone()).or_insert(1);
        while !taken.insert(label.clone()) {
            *count += 1;
            label = format!("{wanted}{count}");
        }
        labels.push(label);
    }
    labels
}

/// The logical id that is made of a resource's name.
pub(crate) fn made_label(resource: &Resource) -> String {
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
pub(crate) fn logical(words: &str) -> String {
    let parts = words.split(|char: char| !char.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let name: String = parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect();
    if name.is_empty() { "Unnamed".to_owned() } else { name.chars().take(200).collect() }
}
