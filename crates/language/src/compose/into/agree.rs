//! One request gives a place one value: where two of its edits differ there, it is asked which is meant.

use std::collections::BTreeMap;
use std::collections::btree_map::{Entry, OccupiedEntry};

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::subject::Subject;

use super::Desk;
use crate::compose::draft::Draft;

impl Desk<'_> {
    /// Drops edits that are said twice, and asks about places that get two values.
    pub(super) fn agree(&mut self) {
        let mut values: BTreeMap<(Subject, String), NewValue> = BTreeMap::new();
        let mut once: Vec<Edit> = Vec::with_capacity(self.edits.len());
        for edit in std::mem::take(&mut self.edits) {
            if let (Some(subject), Change::Set(value)) = (&edit.resource, &edit.change) {
                let mut leaves = Vec::new();
                enter(&edit.path.to_string(), value, &mut leaves);
                let count = leaves.len();
                let mut agreed = 0;
                for (place, value) in leaves {
                    match values.entry((subject.clone(), place)) {
                        Entry::Occupied(first) if *first.get() == value => agreed += 1,
                        Entry::Occupied(first) => ask(&mut self.draft, &first, &value),
                        Entry::Vacant(free) => {
                            free.insert(value);
                        }
                    }
                }
                if count > 0 && agreed == count {
                    continue;
                }
            }
            once.push(edit);
        }
        self.edits = once;
    }
}

/// Every value that a value holds, each with its place.
fn enter(place: &str, value: &NewValue, leaves: &mut Vec<(String, NewValue)>) {
    match value {
        NewValue::Object(members) => {
            for (key, member) in members {
                enter(&format!("{place}.{key}"), member, leaves);
            }
        }
        other => leaves.push((place.to_owned(), other.clone())),
    }
}

fn ask(draft: &mut Draft, first: &OccupiedEntry<'_, (Subject, String), NewValue>, second: &NewValue) {
    let shown = |value: &NewValue| serde_json::to_string(value).unwrap_or_default();
    let ((subject, place), first) = (first.key(), shown(first.get()));
    let Subject { kind, name, .. } = subject;
    draft.ask(format!("The {kind} `{name}` would get {first} and {} at {place}. Which is meant?", shown(second)));
}
