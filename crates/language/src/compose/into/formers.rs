//! What a request says was there before a change, held against what is there.

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::path::Step;
use meshwright_model::subject::Subject;

use super::Desk;
use super::part::member;
use crate::intent::{Former, Span};

impl Desk<'_> {
    /// Asks about values that are said to have been there where the files have others.
    pub(super) fn check_formers(&mut self, formers: &[Former]) {
        for former in formers {
            let values = |edit: &&Edit| matches!(&edit.change, Change::Set(value) if says(value, &former.becomes));
            let there: Vec<(String, Option<NewValue>)> =
                self.edits.iter().filter(values).map(|edit| (edit.path.to_string(), self.value_there(edit))).collect();
            let is_so = |value: &NewValue| says(value, &former.was) || says(value, &former.becomes);
            if there.iter().any(|(_, value)| value.as_ref().is_some_and(is_so)) {
                continue;
            }
            let mut known = there.iter().filter_map(|(path, value)| Some((path, shown(value.as_ref()?)?)));
            // A time that the files leave out is App Mesh's.
            let absent = there.first().filter(|(_, value)| value.is_none() && Span::parse(&former.was).is_none());
            let other = known.next().or_else(|| absent.map(|(path, _)| (path, "absent".to_owned())));
            if let Some((path, other)) = other {
                self.draft.ask(format!(
                    "The request says that it was `{}`, and `{path}` is `{other}`. Is that the one that is meant? Then it can be asked for without what was before.",
                    former.was
                ));
            }
        }
    }

    /// What the files have at the place of an edit.
    fn value_there(&self, edit: &Edit) -> Option<NewValue> {
        let own = edit.resource.as_ref()?;
        let resource = self.finder.inventory.resources.iter().find(|resource| Subject::of(resource) == *own)?;
        let mut value = match edit.path.steps().first()? {
            Step::Field(name) if name == "tags" => NewValue::of(&resource.tags),
            _ => NewValue::of(&resource.spec),
        };
        for step in edit.path.steps().iter().skip(1) {
            value = match (step, &value) {
                (Step::Field(name), value) => member(value, name)?.clone(),
                (Step::Index(index), NewValue::List(items)) => items.get(*index)?.clone(),
                _ => return None,
            };
        }
        Some(value)
    }
}

/// Whether a value says what a text says: a number, a time in any unit, a text.
fn says(value: &NewValue, text: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    match value {
        NewValue::Text(own) => plain(own.trim_end_matches('/')) == plain(text.trim_end_matches('/')),
        NewValue::Integer(own) => {
            let millis = Span::parse(text).map(|span| span.millis);
            text.parse() == Ok(*own) || millis.and_then(|millis| i64::try_from(millis).ok()) == Some(*own)
        }
        NewValue::Object(_) => time(value).is_some_and(|span| Span::parse(text) == Some(span)),
        _ => false,
    }
}

/// A time that an object says by its unit.
fn time(value: &NewValue) -> Option<Span> {
    let (NewValue::Text(unit), NewValue::Integer(count)) = (member(value, "unit")?, member(value, "value")?) else {
        return None;
    };
    Span::parse(&format!("{count}{unit}"))
}

/// A value in words, where it is one.
fn shown(value: &NewValue) -> Option<String> {
    match value {
        NewValue::Text(text) => Some(text.clone()),
        NewValue::Integer(number) => Some(number.to_string()),
        NewValue::Object(_) => time(value).map(|span| span.to_string()),
        _ => None,
    }
}
