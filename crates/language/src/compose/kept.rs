//! Nothing that a request says gets lost on the way from intent to resources: each time that the intent holds stands in one of
//! them, or is asked about.

use std::collections::BTreeMap;

use meshwright_model::edit::NewValue;
use serde_json::Value;

use super::draft::Draft;
use crate::intent::{Intent, Span};

/// Members of an intent that hold a time, as questions name them.
const TIMES: &[(&str, &str)] = &[
    ("perRequest", "a request timeout"),
    ("idle", "an idle timeout"),
    ("perRetryTimeout", "a timeout of each try"),
    ("interval", "an interval"),
    ("timeout", "a timeout of a health check"),
    ("baseEjectionDuration", "an ejection"),
];

/// Asks about each time that stands in no resource.
pub(super) fn ask(intent: &Intent, draft: &mut Draft) {
    if !draft.questions.is_empty() {
        return;
    }
    let intent = Intent { sidecars: Vec::new(), ..intent.clone() };
    let mut said = BTreeMap::new();
    collect(&serde_json::to_value(intent).unwrap_or_default(), &mut said);
    if said.is_empty() {
        return;
    }
    let mut kept = Vec::new();
    for resource in &draft.inventory.resources {
        keep(&NewValue::of(&resource.spec), &mut kept);
    }
    for (millis, what) in said {
        if !kept.contains(&millis) {
            draft.ask(format!("It says {what} of {}. Of which route or node?", Span::millis(millis)));
        }
    }
}

/// The times of an intent, each with what it is.
fn collect(value: &Value, said: &mut BTreeMap<u64, &'static str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let what = TIMES.iter().find(|(key, _)| key == name).map(|(_, what)| *what);
                match (what, member.as_str().and_then(Span::parse)) {
                    (Some(what), Some(span)) => {
                        said.insert(span.millis, what);
                    }
                    _ => collect(member, said),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, said)),
        _ => {}
    }
}

/// The times of a resource, in milliseconds.
fn keep(value: &NewValue, kept: &mut Vec<u64>) {
    match value {
        NewValue::Object(members) => {
            let member = |name: &str| members.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
            if let (Some(NewValue::Text(unit)), Some(NewValue::Integer(number))) = (member("unit"), member("value")) {
                let number = u64::try_from(*number).unwrap_or_default();
                kept.push(if unit == "s" { number.saturating_mul(1000) } else { number });
            }
            for (name, value) in members {
                match value {
                    NewValue::Integer(number) if name.ends_with("Millis") => {
                        kept.push(u64::try_from(*number).unwrap_or_default());
                    }
                    other => keep(other, kept),
                }
            }
        }
        NewValue::List(items) => items.iter().for_each(|item| keep(item, kept)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_no_resource_has_is_asked_about() {
        let intent: Intent =
            serde_json::from_str(r#"{"virtualNodes": [{"listeners": [{"timeout": {"perRequest": "3s"}}]}]}"#).unwrap();
        let mut draft = Draft::new();
        ask(&intent, &mut draft);
        let asked: Vec<&str> = draft.questions.iter().map(|question| question.text.as_str()).collect();
        assert_eq!(asked, ["It says a request timeout of 3s. Of which route or node?"]);
    }
}
