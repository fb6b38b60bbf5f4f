//! The model: every field of the App Mesh API, creation order, the graph.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use meshwright_model::shape::{Field, Shape};
use meshwright_model::value::{Alphabet, Limit};
use meshwright_model::{Kind, Spec};

mod graph;
mod mesh;
mod order;

const SPEC_TREE: &str = include_str!("../appmesh-spec-tree.tsv");

/// Rows as the list writes them: `type, required, constraints` by `resource, path`.
type Rows = BTreeMap<(String, String), (String, String, String)>;

fn listed() -> Rows {
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        // The API's own shape names stand after the colon; what a value may be is in the first word and the constraints.
        let base = match columns[2].split_once([':', '<']) {
            Some((base, _)) => base,
            None => columns[2],
        };
        // An `integer` without a largest value has 32 bits all the same.
        let is_short = base == "integer" && !columns[4].contains("max=");
        let constraints = if is_short { format!("{};max={}", columns[4], i32::MAX) } else { columns[4].to_owned() };
        let base = if base == "long" { "integer" } else { base };
        let key = (columns[0].to_owned(), columns[1].to_owned());
        (key, (base.to_owned(), columns[3].to_owned(), constraints))
    };
    SPEC_TREE.lines().skip(1).map(row).collect()
}

fn walk(resource: &str, path: &str, field: &Field, rows: &mut Rows) {
    let required = if field.required { "required" } else { "optional" };
    add(resource, path, required, &field.shape, rows);
}

fn add(resource: &str, path: &str, required: &str, shape: &Shape, rows: &mut Rows) {
    let (base, constraints) = match shape {
        Shape::Struct(_) => ("object", "-".to_owned()),
        Shape::Union(_) => ("object", "union(exactly one)".to_owned()),
        Shape::List(_, None) => ("list", "-".to_owned()),
        Shape::List(_, Some(max)) => ("list", format!("min=1;max={max}")),
        Shape::Scalar(info) => scalar(&info.limit),
    };
    let path = if base == "list" { format!("{path}[]") } else { path.to_owned() };
    let row = (base.to_owned(), required.to_owned(), constraints);
    rows.insert((resource.to_owned(), path.clone()), row);
    match shape {
        Shape::Struct(fields) | Shape::Union(fields) => {
            for field in fields {
                walk(resource, &format!("{path}.{}", field.name), field, rows);
            }
        }
        Shape::List(element, _) => match element.as_ref() {
            Shape::Scalar(info) if scalar(&info.limit).1 != "-" => {
                add(resource, &format!("{path}/*element*/"), "-", element, rows);
            }
            Shape::Scalar(_) => {}
            object => {
                for field in object.fields() {
                    walk(resource, &format!("{path}.{}", field.name), field, rows);
                }
            }
        },
        Shape::Scalar(_) => {}
    }
}

fn scalar(limit: &Limit) -> (&'static str, String) {
    match *limit {
        Limit::Text { min: 0, max: usize::MAX, .. } => ("string", "-".to_owned()),
        Limit::Text { min, max, alphabet: Alphabet::Any } => ("string", format!("min={min};max={max}")),
        Limit::Text { min, max, alphabet } => ("string", format!("min={min};max={max};pattern={}", pattern(alphabet))),
        Limit::Integer { min: i64::MIN, max: i64::MAX } => ("integer", "-".to_owned()),
        Limit::Integer { min, max: i64::MAX } => ("integer", format!("min={min}")),
        Limit::Integer { min, max } => ("integer", format!("min={min};max={max}")),
        Limit::OneOf(words) => ("string", format!("enum={}", words.join("|"))),
        Limit::Bool => ("boolean", "-".to_owned()),
    }
}

fn pattern(alphabet: Alphabet) -> &'static str {
    match alphabet {
        Alphabet::Any => "",
        Alphabet::Visible => "^[a-zA-Z0-9!-~]+$",
        Alphabet::VisibleAndBlanks => "^([a-zA-Z0-9!-~][  a-zA-Z0-9!-~]*){0,1}[a-zA-Z0-9!-~]{0,1}$",
    }
}

#[test]
fn model_has_every_field_of_the_spec_tree() {
    let mut rows = Rows::new();
    // The API requires a specification of every kind but the mesh.
    for kind in Kind::ALL {
        let required = if kind == Kind::Mesh { "optional" } else { "required" };
        add(&format!("{kind:?}"), "spec", required, Spec::shape(kind), &mut rows);
    }
    let listed = listed();
    assert_eq!(listed.len(), 488, "the list has 488 fields");
    let missing: Vec<_> = listed.iter().filter(|(key, row)| rows.get(*key) != Some(row)).collect();
    let extra: Vec<_> = rows.iter().filter(|(key, row)| listed.get(*key) != Some(row)).collect();
    assert!(
        missing.is_empty() && extra.is_empty(),
        "listed, but not so in the model: {missing:#?}\nin the model, but not so in the list: {extra:#?}"
    );
}
