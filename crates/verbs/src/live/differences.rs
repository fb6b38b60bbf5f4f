//! In which fields two resources differ.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::wanted::Known;

/// A field that differs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Difference {
    /// Its path, as the API has it: `spec.httpRoute.action.weightedTargets[0].weight`, or `tags.KEY`.
    pub(crate) path: String,
    /// What stands; `None` where nothing does.
    pub(crate) before: Option<Value>,
    /// What shall stand.
    pub(crate) after: Option<Value>,
}

/// In which fields of its specification what stands differs from what is wanted.
pub(crate) fn in_spec(standing: &Known, wanted: &Known) -> Vec<Difference> {
    let mut all = Vec::new();
    if standing.spec != wanted.spec {
        compare("spec", Some(&json!(standing.spec)), Some(&json!(wanted.spec)), &mut all);
    }
    all
}

/// In which tags; what says nothing of tags leaves them as they are.
pub(crate) fn in_tags(standing: &Known, wanted: &Known) -> Vec<Difference> {
    let mut all = Vec::new();
    if !wanted.tags.is_empty() {
        let value = |tags: &BTreeMap<String, String>| json!(tags);
        compare("tags", Some(&value(&standing.tags)), Some(&value(&wanted.tags)), &mut all);
    }
    all
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, all: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) if !is_other_kind(before, after) => {
            let added = after.keys().filter(|name| !before.contains_key(*name));
            for name in before.keys().chain(added) {
                compare(&format!("{path}.{name}"), before.get(name), after.get(name), all);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}[{index}]"), Some(before), Some(after), all);
            }
        }
        (before, after) => {
            all.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() });
        }
    }
}

/// Whether two objects have no member in common, so that the one stands in the other's place as a whole.
fn is_other_kind(before: &Map<String, Value>, after: &Map<String, Value>) -> bool {
    !before.is_empty() && !after.is_empty() && before.keys().all(|name| !after.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &Value, after: &Value, expected: &[&str]) {
        let mut all = Vec::new();
        compare("spec", Some(before), Some(after), &mut all);
        let text = |value: &Option<Value>| value.as_ref().map_or_else(|| "-".to_owned(), Value::to_string);
        let shown: Vec<String> =
            all.iter().map(|own| format!("{}: {} -> {}", own.path, text(&own.before), text(&own.after))).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_innermost_field_is_named() {
        check(&json!({"a": [{"b": 1, "c": 2}]}), &json!({"a": [{"b": 1, "c": 3}]}), &["spec.a[0].c: 2 -> 3"]);
        check(&json!({"a": 1, "b": 2}), &json!({"b": 2, "c": 3}), &["spec.a: 1 -> -", "spec.c: - -> 3"]);
        check(&json!({"a": [1]}), &json!({"a": [1, 2]}), &["spec.a: [1] -> [1,2]"]);
        check(
            &json!({"dns": {"x": 1}}),
            &json!({"cloud": {"y": 1}}),
            &[r#"spec: {"dns":{"x":1}} -> {"cloud":{"y":1}}"#],
        );
        check(&json!({}), &json!({"x": 1}), &["spec.x: - -> 1"]);
        check(&json!({"x": 1}), &json!({"x": 1}), &[]);
    }
}
