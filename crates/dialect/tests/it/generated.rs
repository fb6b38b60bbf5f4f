//! Any mesh that the API allows is read without an error, and comes back from every dialect and notation as it was.
//!
//! Meshes are made from the model's own shapes and limits, so that a field that is added there is tested here at once.

use std::collections::BTreeSet;

use meshwright_dialect::{DIALECTS, Reading};
use meshwright_model::finding::Severity;
use meshwright_model::shape::Shape;
use meshwright_model::value::{Alphabet, Limit};
use meshwright_model::{Kind, Resource, Spec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::broken::{all_said, assert_presentable};
use crate::read_text;

/// Texts that some notation takes for something else, or cannot say bare.
const AWKWARD: &[&str] = &[
    "a",
    "b",
    "orders.shop.local",
    "ä ö",
    "日本",
    "🦀",
    "a\u{301}",
    " lead",
    "trail ",
    "two\nlines",
    "\ttab",
    "cr\r\n",
    "\u{1}\u{1b}[31m",
    "nel\u{85}",
    "ls\u{2028}ps\u{2029}",
    "\u{feff}bom",
    "\u{fffe}",
    "\u{10ffff}",
    "yes",
    "No",
    "off",
    "null",
    "~",
    "true",
    "0",
    "0123",
    "012345678901",
    "0x1F",
    "1e3",
    "1_000",
    "1:30",
    "8080",
    "-7",
    ".inf",
    "2012-10-17",
    "!Ref x",
    "*a",
    "&a",
    "- x",
    "-",
    "---",
    "...",
    "? x",
    ": x",
    "x: y",
    "x:",
    "x #y",
    "#x",
    "{",
    "}",
    "[x",
    "{a: b}",
    "\"",
    "'",
    "\"x\"",
    "'x'",
    "\\",
    "\\n",
    "|",
    ">",
    "%",
    "@x",
    "`",
    "<<",
    "=",
    "${x}",
    "\\($x)",
    "\\\\(x)",
    "${!x}",
    "${AWS::Region}",
    "$x",
    "$",
    "{{x}}",
    "{{resolve:ssm:/x}",
    "%{if}",
    "@@x@@",
    "AWS::NoValue",
    "Ref",
    "Fn::Sub",
    ",",
    "a,b",
];

fn text(min: usize, max: usize, alphabet: Alphabet) -> BoxedStrategy<String> {
    // Texts without a longest are cut at a length that shows what a long one does.
    let longest = max.min(300);
    let char = match alphabet {
        Alphabet::Any => prop_oneof![8 => prop::char::range('a', 'z'), 1 => any::<char>().prop_map(|char| if char == '\0' { 'x' } else { char })].boxed(),
        Alphabet::Visible | Alphabet::VisibleAndBlanks => prop::char::range('!', '~').boxed(),
    };
    let of_length = |length: std::ops::RangeInclusive<usize>| {
        prop::collection::vec(char.clone(), length).prop_map(String::from_iter)
    };
    let fits = move |text: &&str| {
        let length = text.chars().count();
        (min..=max).contains(&length) && alphabet == Alphabet::Any
    };
    let awkward: Vec<&str> = AWKWARD.iter().copied().filter(fits).collect();
    let plain = prop_oneof![4 => of_length(min..=longest.min(min + 12)), 1 => of_length(min..=min), 1 => of_length(longest..=longest)];
    if awkward.is_empty() {
        plain.boxed()
    } else {
        prop_oneof![3 => select(awkward).prop_map(str::to_owned), 2 => plain].boxed()
    }
}

fn scalar(limit: Limit) -> BoxedStrategy<Value> {
    match limit {
        Limit::Text { min, max, alphabet } => text(min, max, alphabet).prop_map(Value::String).boxed(),
        Limit::Integer { min, max } => prop_oneof![Just(min), Just(max), min..=max].prop_map(Value::from).boxed(),
        Limit::OneOf(words) => select(words).prop_map(Value::from).boxed(),
        Limit::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
    }
}

/// Any value of a shape.
fn value(shape: &Shape) -> BoxedStrategy<Value> {
    match shape {
        Shape::Scalar(info) => scalar(info.limit),
        Shape::List(element, None) => prop::collection::vec(value(element), 0..3).prop_map(Value::Array).boxed(),
        Shape::List(element, Some(max)) => {
            let length = prop_oneof![8 => 1..=(*max).min(2), 1 => Just(*max)];
            let element = value(element);
            length
                .prop_flat_map(move |length| prop::collection::vec(element.clone(), length))
                .prop_map(Value::Array)
                .boxed()
        }
        Shape::Union(members) => {
            let member = |member: &meshwright_model::shape::Field| {
                let name = member.name;
                value(&member.shape).prop_map(move |value| json!({ name: value }))
            };
            prop::strategy::Union::new(members.iter().map(member)).boxed()
        }
        Shape::Struct(fields) => {
            let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
            let fields: Vec<BoxedStrategy<Option<Value>>> = fields
                .iter()
                .map(|field| {
                    let value = value(&field.shape);
                    if field.required { value.prop_map(Some).boxed() } else { weighted(0.35, value).boxed() }
                })
                .collect();
            fields
                .prop_map(move |values| {
                    let members =
                        names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
                    Value::Object(members.collect())
                })
                .boxed()
        }
    }
}

/// Names that resources and references share, so that many references find their target.
fn name() -> BoxedStrategy<String> {
    prop_oneof![3 => select(&AWKWARD[..8]).prop_map(str::to_owned), 1 => text(1, 255, Alphabet::Any)].boxed()
}

/// The input of a create operation.
fn resource(kind: Kind) -> BoxedStrategy<Value> {
    let owner = weighted(0.2, "[0-9]{12}".prop_map(Value::String));
    let tag = (text(1, 128, Alphabet::Any), weighted(0.7, text(0, 256, Alphabet::Any)));
    let tags = weighted(0.3, prop::collection::vec(tag, 0..3));
    (select(vec!["m", "メッシュ"]), name(), name(), owner, tags, value(Spec::shape(kind)))
        .prop_map(move |(mesh, parent, name, owner, tags, spec)| {
            let mut members = Map::new();
            members.insert("meshName".to_owned(), json!(if kind == Kind::Mesh { name.as_str() } else { mesh }));
            if let Some(parent_kind) = kind.parent() {
                members.insert(parent_kind.name_field().to_owned(), json!(parent));
            }
            members.insert(kind.name_field().to_owned(), json!(name));
            if let Some(owner) = owner.filter(|_| kind != Kind::Mesh) {
                members.insert("meshOwner".to_owned(), owner);
            }
            members.insert("spec".to_owned(), spec);
            if let Some(tags) = tags {
                let tag = |(key, value): (String, Option<String>)| match value {
                    Some(value) => json!({ "key": key, "value": value }),
                    None => json!({ "key": key }),
                };
                members.insert("tags".to_owned(), tags.into_iter().map(tag).collect());
            }
            Value::Object(members)
        })
        .boxed()
}

/// Inputs of create operations, each for another resource.
fn inventory() -> impl Strategy<Value = Vec<Value>> {
    let any_kind = prop::strategy::Union::new(Kind::ALL.map(resource));
    prop::collection::vec(any_kind, 1..6).prop_map(|mut resources| {
        let mut seen = BTreeSet::new();
        resources.retain(|resource| {
            let names = resource.as_object().unwrap().iter().filter(|(key, _)| key.ends_with("Name"));
            seen.insert(names.map(|(key, name)| format!("{key}={name}")).collect::<Vec<_>>())
        });
        resources
    })
}

fn errors(reading: &Reading) -> Vec<String> {
    let errors = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.map(crate::broken::said).collect()
}

fn sorted(reading: &Reading) -> Vec<&Resource> {
    let mut resources: Vec<&Resource> = reading.inventory.resources.iter().collect();
    resources.sort_by(|a, b| a.id().cmp(&b.id()));
    resources
}

fn check_same(left: &Reading, right: &Reading, text: &str) -> Result<(), TestCaseError> {
    let (left, right) = (sorted(left), sorted(right));
    prop_assert_eq!(left.len(), right.len(), "{}", text);
    for (left, right) in left.iter().zip(&right) {
        prop_assert!(left.says_the_same(right), "{left:?}\n{right:?}\n{text}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mesh_comes_back_from_every_dialect_as_it_was(resources in inventory()) {
        let text = serde_json::to_string_pretty(&resources).unwrap();
        let first = read_text("x.json", &text, &[]);
        prop_assert_eq!(errors(&first), Vec::<String>::new(), "{}", text);
        prop_assert_eq!(first.inventory.resources.len(), resources.len(), "{:?}\n{}", all_said(&first), text);
        for dialect in DIALECTS {
            for notation in dialect.notations {
                let written = notation.write(&first.inventory);
                let second = read_text(&format!("x.{}", notation.name), &written.text, &[]);
                assert_presentable(&second);
                // What the dialect demands and the API does not stands in the ledger.
                prop_assert!(errors(&second).len() <= written.ledger.len(), "{:#?}\n{:#?}\n{}", errors(&second), written.ledger, written.text);
                check_same(&first, &second, &written.text)?;
                prop_assert_eq!(&notation.write(&second.inventory).text, &written.text);
            }
        }
    }
}

/// What is valid alone is valid at both ends of its range; one past them is refused where it stands.
#[test]
fn every_scalar_of_every_kind_is_held_to_its_limit() {
    for kind in Kind::ALL {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let strategy = resource(kind);
        let mut refused = 0;
        for _ in 0..20 {
            let valid = proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap());
            let mut pointers = Vec::new();
            scalars(Spec::shape(kind), &valid["spec"], "/spec", &mut pointers);
            for (pointer, limit) in pointers {
                let Some(bad) = one_past(limit) else { continue };
                let mut broken = valid.clone();
                *broken.pointer_mut(&pointer).unwrap() = bad;
                let text = broken.to_string();
                let reading = read_text("x.json", &text, &[]);
                assert_eq!(pointers_of_errors(&reading), [pointer], "{:?}\n{text}", all_said(&reading));
                refused += 1;
            }
        }
        assert!(refused > 5, "{kind}: {refused}");
    }
}

/// The paths of the errors as JSON pointers.
fn pointers_of_errors(reading: &Reading) -> Vec<String> {
    let errors = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let pointer = |path: String| format!("/{}", path.replace('[', "/").replace(']', "").replace('.', "/"));
    errors.map(|error| error.path.as_ref().map(|path| pointer(path.to_string())).unwrap_or_default()).collect()
}

fn scalars(shape: &Shape, value: &Value, pointer: &str, found: &mut Vec<(String, Limit)>) {
    match shape {
        Shape::Scalar(info) => found.push((pointer.to_owned(), info.limit)),
        Shape::List(element, _) => {
            for (index, item) in value.as_array().unwrap().iter().enumerate() {
                scalars(element, item, &format!("{pointer}/{index}"), found);
            }
        }
        Shape::Struct(fields) | Shape::Union(fields) => {
            for field in fields.iter().filter(|field| value.get(field.name).is_some()) {
                scalars(&field.shape, &value[field.name], &format!("{pointer}/{}", field.name), found);
            }
        }
    }
}

/// A value just outside a limit; `None` where nothing of its type is.
fn one_past(limit: Limit) -> Option<Value> {
    match limit {
        Limit::Text { max, .. } if max < 2000 => Some(Value::from("x".repeat(max + 1))),
        Limit::Integer { max, .. } if max < i64::MAX => Some(Value::from(max + 1)),
        Limit::Integer { min, .. } if min > i64::MIN => Some(Value::from(min - 1)),
        Limit::OneOf(_) => Some(Value::from("x")),
        Limit::Text { .. } | Limit::Integer { .. } | Limit::Bool => None,
    }
}
