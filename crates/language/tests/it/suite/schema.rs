//! Whether what the suite expects can stand in an intent at all, so that a slip in the suite is no failure of the grammar.

use meshwright_language::intent::Span;
use serde_json::Value;

use super::entry::{Check, Entry, Expected};
use super::path::{Path, Step};

/// Paths and values of an entry that no intent can have.
pub(super) fn faults(schema: &Value, entry: &Entry) -> Vec<String> {
    let place = |text: &str| format!("{}.txt:{} {text}", entry.group, entry.line);
    let checks = entry.expected.iter().flat_map(|line| line.either.iter().map(move |check| (line, check)));
    let is_faulty = |check: &Check| match check {
        Check::Is(path, Expected::Value(value)) => {
            !shapes(schema, path).iter().any(|shape| accepts(schema, shape, value))
        }
        Check::Is(path, _) | Check::Count(path, _) => shapes(schema, path).is_empty(),
        _ => false,
    };
    checks.filter(|(_, check)| is_faulty(check)).map(|(line, _)| place(&line.text)).collect()
}

/// The schemas of what can stand at a path.
fn shapes<'s>(root: &'s Value, path: &Path) -> Vec<&'s Value> {
    let next = |shapes: Vec<&'s Value>, step| shapes.into_iter().flat_map(|shape| take(root, shape, step)).collect();
    path.steps.iter().fold(choices(root, root), next)
}

fn take<'s>(root: &'s Value, shape: &'s Value, step: &Step) -> Vec<&'s Value> {
    let below = match step {
        Step::Field(key) => shape.get("properties").and_then(|properties| properties.get(key)),
        Step::Named(_) => shape.get("items").or_else(|| shape.get("additionalProperties")),
        Step::Index(_) | Step::Some => shape.get("items"),
    };
    let below = below.or_else(|| match step {
        Step::Field(_) => shape.get("additionalProperties"),
        _ => None,
    });
    below.filter(|below| below.is_object()).map_or_else(Vec::new, |below| choices(root, below))
}

/// A schema with what it refers to and its alternatives.
fn choices<'s>(root: &'s Value, shape: &'s Value) -> Vec<&'s Value> {
    let referred =
        shape.get("$ref").and_then(Value::as_str).and_then(|name| root.pointer(name.trim_start_matches('#')));
    let alternatives = ["anyOf", "oneOf"].iter().filter_map(|key| shape.get(key)?.as_array()).flatten();
    let further = referred.into_iter().chain(alternatives).flat_map(|shape| choices(root, shape));
    [shape].into_iter().chain(further).collect()
}

/// Whether a schema, that is none of alternatives, takes a value.
fn accepts(root: &Value, shape: &Value, value: &Value) -> bool {
    let among = |list: &Value| list.as_array().is_some_and(|list| list.contains(value));
    let is_type = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let is_one = |kind: &Value| match kind {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).any(is_type),
        kind => kind.as_str().is_some_and(is_type),
    };
    let items = value.as_array().into_iter().flatten();
    let item = |item| {
        shape.get("items").is_none_or(|shape| choices(root, shape).iter().any(|shape| accepts(root, shape, item)))
    };
    shape.get("type").is_some_and(is_one)
        && shape.get("const").is_none_or(|only| only == value)
        && shape.get("enum").is_none_or(among)
        && shape.get("pattern").is_none_or(|_| is_plain_span(value))
        && items.into_iter().all(item)
}

/// Whether a span of time is written as an intent prints it.
fn is_plain_span(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    Span::parse(text).is_some_and(|span| span.to_string() == text)
}
