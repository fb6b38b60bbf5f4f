//! A part of a resource as its file has it. What a request says of it is set, value by value; what else it has stays.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::{Path, Resource};
use serde::Serialize;

use super::Desk;

/// A part of a resource, with what its file has there.
#[derive(Clone, Debug)]
pub(super) struct Part<'r> {
    pub(super) resource: &'r Resource,
    pub(super) path: Path,
    there: Option<NewValue>,
}

impl<'r> Part<'r> {
    /// A part that the model has, or leaves out.
    pub(super) fn of<T: Serialize>(resource: &'r Resource, path: Path, there: Option<&T>) -> Self {
        Self { resource, path, there: there.map(NewValue::of) }
    }

    /// A part of this part.
    pub(super) fn field(&self, name: &'static str) -> Self {
        let there = self.there.as_ref().and_then(|there| member(there, name)).cloned();
        Self { resource: self.resource, path: self.path.field(name), there }
    }

    /// A part of this part, some steps down.
    pub(super) fn down(&self, names: &[&'static str]) -> Self {
        names.iter().fold(self.clone(), |part, name| part.field(name))
    }

    /// Whether the file has it, if only as something that it leaves open.
    pub(super) fn is_there(&self) -> bool {
        self.there.is_some() || self.resource.has_gap(&self.path)
    }

    /// Its text, where that is known.
    pub(super) fn text(&self) -> Option<&str> {
        match self.there.as_ref()? {
            NewValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its number, where that is known.
    pub(super) fn number(&self) -> Option<u64> {
        match self.there.as_ref()? {
            NewValue::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Its truth, where that is known.
    pub(super) fn truth(&self) -> Option<bool> {
        match self.there.as_ref()? {
            NewValue::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// Its elements, where it is a list.
    pub(super) fn elements(&self) -> &[NewValue] {
        match self.there.as_ref() {
            Some(NewValue::List(elements)) => elements,
            _ => &[],
        }
    }

    /// Its members' names, where it is an object.
    pub(super) fn members(&self) -> Vec<&'static str> {
        match self.there.as_ref() {
            Some(NewValue::Object(members)) => members.iter().map(|(name, _)| *name).collect(),
            _ => Vec::new(),
        }
    }
}

/// A member of an object.
pub(super) fn member<'v>(value: &'v NewValue, name: &str) -> Option<&'v NewValue> {
    match value {
        NewValue::Object(members) => members.iter().find(|(key, _)| *key == name).map(|(_, value)| value),
        _ => None,
    }
}

impl Desk<'_> {
    /// Sets of a part the members that are said; where it is not there, all of it as it was written.
    pub(super) fn merge(&mut self, part: &Part<'_>, written: &NewValue, said: &[(&'static str, bool)]) {
        if !part.is_there() {
            self.put(part, written.clone());
            return;
        }
        for (name, _) in said.iter().filter(|(_, is_said)| *is_said) {
            if let Some(value) = member(written, name) {
                self.put(&part.field(name), value.clone());
            }
        }
    }

    /// Puts a value into the place of a part.
    pub(super) fn put(&mut self, part: &Part<'_>, value: NewValue) {
        self.edits.push(Edit::of(part.resource, part.path.clone(), Change::Set(value)));
    }

    /// Puts the only member of a union: what its file has of the same member stays, another one goes.
    pub(super) fn merge_variant(&mut self, part: &Part<'_>, written: &NewValue, said: &[(&'static str, bool)]) {
        match written {
            NewValue::Object(members) if !members.is_empty() && part.field(members[0].0).is_there() => {
                self.merge(&part.field(members[0].0), &members[0].1, said);
            }
            _ => self.put(part, written.clone()),
        }
    }

    /// Adds to a list what it does not have yet.
    pub(super) fn add_missing(&mut self, part: &Part<'_>, elements: &[NewValue]) {
        for element in elements {
            if !part.elements().contains(element) {
                self.edits.push(Edit::of(part.resource, part.path.clone(), Change::Append(element.clone())));
            }
        }
    }

    /// Gives a list of named things one more, or the one of that name another value: `key` is the member that names them.
    pub(super) fn add_named(&mut self, part: &Part<'_>, elements: &[NewValue], key: &str) {
        for element in elements {
            let own = member(element, key);
            let (path, change) = match part.elements().iter().position(|there| member(there, key) == own) {
                Some(index) => (part.path.index(index), Change::Set(element.clone())),
                None => (part.path.clone(), Change::Append(element.clone())),
            };
            self.edits.push(Edit::of(part.resource, path, change));
        }
    }
}
