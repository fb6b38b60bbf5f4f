//! Paths into an intent: `virtualNodes[orders].listeners[0].port`.

use serde_json::Value;

/// What names an item of a list.
const NAMES: [&str; 6] = ["name", "to", "node", "service", "virtualNode", "virtualGateway"];

/// A path into an intent.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) steps: Vec<Step>,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `.name`
    Field(String),
    /// `[2]`
    Index(usize),
    /// `[orders]`
    Named(String),
    /// `[*]`
    Some,
}

impl Path {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (step, after) = match rest.strip_prefix('[') {
                Some(inner) => {
                    let (key, after) = inner.split_once(']')?;
                    (bracket(key), after)
                }
                None => {
                    let field = rest.strip_prefix('.').unwrap_or(rest);
                    let end = field.find(['.', '[']).unwrap_or(field.len());
                    let plain = end > 0 && field[..end].chars().all(|letter| letter.is_ascii_alphanumeric());
                    (plain.then(|| Step::Field(field[..end].to_owned()))?, &field[end..])
                }
            };
            steps.push(step);
            rest = after;
        }
        matches!(steps.first(), Some(Step::Field(_))).then(|| Self { steps })
    }

    /// The part of the intent that it stands in.
    pub(super) fn part(&self) -> &str {
        match self.steps.first() {
            Some(Step::Field(field)) => field,
            _ => "",
        }
    }

    /// All values that stand at it.
    pub(super) fn find<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        find(root, &self.steps)
    }

    /// The nearest thing above it that is there.
    pub(super) fn nearest<'v>(&self, root: &'v Value) -> &'v Value {
        let above = (0..self.steps.len()).rev().find_map(|length| find(root, &self.steps[..length]).first().copied());
        above.unwrap_or(root)
    }
}

fn bracket(key: &str) -> Step {
    match key.parse() {
        _ if key == "*" => Step::Some,
        Ok(index) => Step::Index(index),
        Err(_) => Step::Named(key.to_owned()),
    }
}

fn find<'v>(root: &'v Value, steps: &[Step]) -> Vec<&'v Value> {
    let next = |values: Vec<&'v Value>, step| values.into_iter().flat_map(|value| take(value, step)).collect();
    steps.iter().fold(vec![root], next)
}

fn take<'v>(value: &'v Value, step: &Step) -> Vec<&'v Value> {
    match (value, step) {
        (Value::Object(map), Step::Field(key) | Step::Named(key)) => map.get(key).into_iter().collect(),
        (Value::Array(items), Step::Index(index)) => items.get(*index).into_iter().collect(),
        (Value::Array(items), Step::Some) => items.iter().collect(),
        (Value::Array(items), Step::Named(name)) => items.iter().filter(|item| is_named(item, name)).collect(),
        _ => Vec::new(),
    }
}

fn is_named(item: &Value, name: &str) -> bool {
    let is = |value: Option<&Value>| value.and_then(Value::as_str) == Some(name);
    let targets = item.get("targets").and_then(Value::as_array);
    NAMES.iter().any(|key| is(item.get(key)))
        || targets.is_some_and(|targets| targets.iter().any(|target| is(target.get("node"))))
}
