//! Values that are others in an environment.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Intent;

impl Intent {
    /// The intent as it is for one environment.
    ///
    /// # Errors
    /// Names the place where no value stands, or one that is none there.
    pub(crate) fn for_environment(&self, environment: &str) -> Result<Self, String> {
        let plain = Self { variations: BTreeMap::new(), ..self.clone() };
        let Some(variation) = self.variations.get(environment) else { return Ok(plain) };
        let mut whole = serde_json::to_value(&plain).map_err(|error| error.to_string())?;
        for (place, value) in variation {
            let there = find(&mut whole, place).filter(|there| !there.is_object() && !there.is_array());
            let there = there.ok_or_else(|| place.clone())?;
            *there = match there {
                Value::Number(_) => value.parse::<u64>().map(Value::from).map_err(|_| place.clone())?,
                Value::Bool(_) => value.parse::<bool>().map(Value::from).map_err(|_| place.clone())?,
                _ => Value::from(value.as_str()),
            };
        }
        serde_json::from_value(whole).map_err(|error| error.to_string())
    }

    /// Where another intent has other values, each as text; nothing where they differ in more than values.
    pub(crate) fn variation(&self, other: &Self) -> Option<BTreeMap<String, String>> {
        let mut found = BTreeMap::new();
        let (own, other) = (serde_json::to_value(self).ok()?, serde_json::to_value(other).ok()?);
        differences(&own, &other, "", &mut found).then_some(found)
    }
}

fn find<'v>(value: &'v mut Value, place: &str) -> Option<&'v mut Value> {
    let mut value = value;
    for part in place.split('.') {
        let mut steps = part.split('[');
        value = value.get_mut(steps.next()?)?;
        for index in steps {
            value = value.get_mut(index.strip_suffix(']')?.parse::<usize>().ok()?)?;
        }
    }
    Some(value)
}

/// Collects values that differ; false where more does.
fn differences(own: &Value, other: &Value, place: &str, found: &mut BTreeMap<String, String>) -> bool {
    match (own, other) {
        (Value::Object(own), Value::Object(other)) => {
            own.len() == other.len()
                && own.iter().all(|(key, value)| {
                    let dot = if place.is_empty() { "" } else { "." };
                    let at = format!("{place}{dot}{key}");
                    // What has a dot in its own name has no place of its own.
                    let is_plain = !key.contains(['.', '[']);
                    other
                        .get(key)
                        .is_some_and(|there| there == value || is_plain && differences(value, there, &at, found))
                })
        }
        (Value::Array(own), Value::Array(other)) => {
            own.len() == other.len()
                && own
                    .iter()
                    .zip(other)
                    .enumerate()
                    .all(|(at, (value, there))| differences(value, there, &format!("{place}[{at}]"), found))
        }
        (own, other) if own == other => true,
        (Value::String(_), Value::String(text)) => {
            found.insert(place.to_owned(), text.clone());
            true
        }
        (Value::Number(_), Value::Number(_)) | (Value::Bool(_), Value::Bool(_)) => {
            found.insert(place.to_owned(), other.to_string());
            true
        }
        _ => false,
    }
}
