//! What a finding is known by from one run to the next.

use meshwright_model::finding::Finding;
use meshwright_model::visible::visible;
use serde_json::Value;

/// What a finding is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    rule: String,
    place: Vec<String>,
    path: String,
    message: String,
}

/// A finding of the baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub(super) key: Key,
    /// Its file, where it had one.
    pub file: Option<String>,
    /// Its severity's word.
    pub severity: String,
    /// The finding just as the baseline has it.
    pub value: Value,
}

impl Known {
    /// The finding that JSON says; `None` where it lacks a rule or a message.
    pub(super) fn of(value: &Value) -> Option<Self> {
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let file = text(value, "file");
        let place = match value.get("resource") {
            Some(resource) => {
                ["kind", "mesh", "parent", "name"].into_iter().filter_map(|key| text(resource, key)).collect()
            }
            None => file.iter().map(|file| plain(file).to_owned()).collect(),
        };
        let key = Key {
            rule: text(value, "rule")?,
            place,
            path: text(value, "path").unwrap_or_default(),
            message: text(value, "message")?,
        };
        let severity = text(value, "severity").unwrap_or_else(|| "error".to_owned());
        Some(Self { key, file, severity, value: value.clone() })
    }

    /// The finding in one line.
    pub fn line(&self) -> String {
        let Key { rule, message, .. } = &self.key;
        let file = self.file.as_ref().map(|file| format!(" ({file})")).unwrap_or_default();
        visible(&format!("{}[{rule}]: {message}{file}", self.severity))
    }
}

/// The name of a file, however it was called.
pub(super) fn plain(file: &str) -> &str {
    file.trim_start_matches("./")
}

impl Key {
    /// What a finding is known by.
    pub(super) fn of(finding: &Finding) -> Self {
        let place = match &finding.subject {
            Some(subject) => {
                let kind = subject.kind.type_name().to_owned();
                [Some(kind), Some(subject.mesh.clone()), subject.parent.clone(), Some(subject.name.clone())]
            }
            None => [finding.location.as_ref().map(|location| plain(&location.file).to_owned()), None, None, None],
        };
        Self {
            rule: finding.rule.to_owned(),
            place: place.into_iter().flatten().collect(),
            path: finding.path.as_ref().map(ToString::to_string).unwrap_or_default(),
            message: finding.message.clone(),
        }
    }

    /// The texts that tell it from others.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let place = self.place.iter().map(String::as_str);
        [self.rule.as_str(), self.path.as_str(), self.message.as_str()].into_iter().chain(place)
    }
}
