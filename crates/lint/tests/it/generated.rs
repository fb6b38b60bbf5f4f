//! No rule fails, whatever a mesh says: meshes made from the model's own shapes, and real ones that were changed at random.

use std::path::PathBuf;
use std::sync::LazyLock;

use meshwright_model::shape::Shape;
use meshwright_model::value::Limit;
use meshwright_model::{Kind, Spec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use crate::files::{files_below, own_corpus, public_corpus, read_settled};
use crate::fixes::Values;
use crate::{found_in, read_text};

/// Texts that mean something to some rule, or look as if they did.
const TEXTS: &[&str] = &[
    "a",
    "b",
    "orders.shop.local",
    "",
    " ",
    "/",
    "//",
    "/orders/",
    "/orders/*",
    "/a?b=c#d",
    "/%2F/../é",
    "orders",
    "(",
    "(?i)/a|/b",
    "/(?!x).*",
    ".*",
    "[a-z]{1000}",
    "\\pL",
    "^$",
    "*",
    "*.shop.local",
    "a:b:c",
    "http://[::1]:8080/",
    "::1",
    "127.0.0.1",
    "${x}",
    "@@x@@",
    "<name>",
    "arn:aws:appmesh:eu-west-1:111122223333:mesh/a/virtualNode/b",
    "arn:aws:acm:us-east-1:111122223333:certificate/1",
    "arn:aws:acm-pca:eu-west-1::certificate-authority/2",
    "arn:::",
    "gateway-error",
    "server-error",
    "5xx",
    "spiffe://shop.local/orders",
    "aws.appmesh",
    "/aws-appmesh",
    "日本",
    "a\u{301}",
    "\u{1}\n",
];

/// Numbers around which rules decide.
const NUMBERS: &[i64] = &[0, 1, 2, 15, 50, 80, 100, 443, 1024, 5000, 8080, 9901, 15000, 15001, 60_000, i64::MAX];

fn scalar(limit: Limit) -> BoxedStrategy<Value> {
    match limit {
        Limit::Text { .. } => {
            prop_oneof![4 => select(TEXTS).prop_map(Value::from), 1 => "\\PC{0,20}".prop_map(Value::from)].boxed()
        }
        Limit::Integer { min, max } => {
            let near: Vec<i64> = NUMBERS.iter().map(|number| (*number).clamp(min, max)).collect();
            prop_oneof![3 => select(near), 1 => min..=max].prop_map(Value::from).boxed()
        }
        Limit::OneOf(words) => select(words).prop_map(Value::from).boxed(),
        Limit::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
    }
}

/// Any value of a shape, now and then an open one.
fn value(shape: &Shape) -> BoxedStrategy<Value> {
    let known = match shape {
        Shape::Scalar(info) => scalar(info.limit),
        Shape::List(element, max) => {
            let longest = max.unwrap_or(3).min(3);
            prop::collection::vec(value(element), 0..=longest).prop_map(Value::Array).boxed()
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
            let values: Vec<_> = fields.iter().map(|field| member(&field.shape, field.required)).collect();
            let object = move |values: Vec<Option<Value>>| {
                let members = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
                Value::Object(members.collect())
            };
            values.prop_map(object).boxed()
        }
    };
    prop_oneof![30 => known, 1 => Just(json!("${open}"))].boxed()
}

fn member(shape: &Shape, is_required: bool) -> BoxedStrategy<Option<Value>> {
    let value = value(shape);
    if is_required { value.prop_map(Some).boxed() } else { weighted(0.4, value).boxed() }
}

/// The input of a create operation; few names, so that many references find their target.
fn resource(kind: Kind) -> BoxedStrategy<Value> {
    let name = || select(&TEXTS[..4]);
    let tags = weighted(0.2, prop::collection::vec((select(TEXTS), select(TEXTS)), 0..4));
    (select(vec!["shop", "shops"]), name(), name(), weighted(0.2, "[0-9]{12}"), tags, value(Spec::shape(kind)))
        .prop_map(move |(mesh, parent, name, owner, tags, spec)| {
            let mut members = Map::new();
            members.insert("meshName".to_owned(), json!(mesh));
            if let Some(parent_kind) = kind.parent() {
                members.insert(parent_kind.name_field().to_owned(), json!(parent));
            }
            if kind != Kind::Mesh {
                members.insert(kind.name_field().to_owned(), json!(name));
            }
            if let Some(owner) = owner {
                members.insert("meshOwner".to_owned(), json!(owner));
            }
            let tag = |(key, value): (&str, &str)| json!({ "key": key, "value": value });
            if let Some(tags) = tags {
                members.insert("tags".to_owned(), tags.into_iter().map(tag).collect());
            }
            members.insert("spec".to_owned(), spec);
            Value::Object(members)
        })
        .boxed()
}

fn mesh() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(prop::strategy::Union::new(Kind::ALL.map(resource)), 1..12)
}

/// Every real mesh as AWS JSON.
static MESHES: LazyLock<Vec<Vec<Value>>> = LazyLock::new(|| {
    let mut paths: Vec<PathBuf> = files_below(&own_corpus());
    paths.extend(public_corpus().iter().flat_map(|corpus| files_below(&corpus.join("cloudformation"))));
    let values = |path: &PathBuf| {
        let values = Values::of(&read_settled(std::slice::from_ref(path)).inventory);
        values.resources.into_iter().chain(values.tasks).collect::<Vec<Value>>()
    };
    paths.iter().map(values).filter(|mesh| !mesh.is_empty()).collect()
});

/// The places of a value: each as a JSON pointer.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                places(element, &format!("{place}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        _ => {}
    }
}

/// Changes a value at one place: to another of its values, to something else altogether, or to nothing.
fn change(value: &mut Value, (place, source, what): &(Index, Index, u8)) {
    let mut all = Vec::new();
    places(value, "", &mut all);
    let source = value.pointer(source.get(&all).as_str()).cloned().unwrap_or(Value::Null);
    let place = place.get(&all);
    let length = NUMBERS.len();
    if let Some(target) = value.pointer_mut(place).filter(|_| !place.is_empty()) {
        *target = match what % 6 {
            0 | 1 => source,
            2 => Value::Null,
            3 => json!(TEXTS[usize::from(*what) % TEXTS.len()]),
            4 => json!(NUMBERS[usize::from(*what) % length]),
            _ => match target.take() {
                Value::Array(mut elements) => {
                    elements.extend(elements.clone());
                    Value::Array(elements)
                }
                other => json!([other]),
            },
        };
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_fails_on_any_mesh(mesh in mesh()) {
        found_in(&read_text("mesh.json", &Value::Array(mesh).to_string()));
    }

    #[test]
    fn no_rule_fails_on_a_real_mesh_with_any_change(
        mesh in any::<Index>(),
        changes in prop::collection::vec(any::<(Index, Index, u8)>(), 1..6),
    ) {
        let mut mesh = Value::Array(mesh.get(&MESHES).clone());
        for one in &changes {
            change(&mut mesh, one);
        }
        let texts: Vec<String> = mesh.as_array().into_iter().flatten().map(Value::to_string).collect();
        found_in(&read_text("mesh.json", &texts.join("\n")));
    }
}
