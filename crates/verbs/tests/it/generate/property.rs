//! Any intent that the schema allows: nothing panics, and what composes without questions is sound.
//!
//! Intents are made from the published schema, so that a field that is added there is tried here at once.

use std::sync::LazyLock;

use meshwright_dialect::{Dialect, Input, Options, read};
use meshwright_language::{Composition, Intent, compose, compose_into};
use meshwright_lint::RULES;
use meshwright_model::finding::Severity;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

static SCHEMA: LazyLock<Value> = LazyLock::new(meshwright_language::intent::schema);

/// How many intents are tried.
pub(super) const CASES: u32 = 3000;

/// Names that intents share, so that they speak of each other.
const NAMES: &[&str] = &["orders", "payments", "frontend", "payments-v1", "payments-v2", "web"];

/// Values of a member by its name, most of which its limits allow.
fn pool(member: &str) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect();
    match member {
        "port" | "applicationPorts" | "servicePort" => vec![json!(8080), json!(443), json!(9090)],
        "weight" | "maxEjectionPercent" => vec![json!(10), json!(50), json!(90)],
        "priority" => vec![json!(1), json!(10), json!(500)],
        "healthyThreshold" | "unhealthyThreshold" => vec![json!(2), json!(3), json!(10), json!(11)],
        "cpu" | "memory" => vec![json!(128), json!(512), json!(2048)],
        "user" => vec![json!(1337), json!(1000)],
        "interval" | "timeout" => texts(&["5s", "10s", "30s"]),
        "perRetryTimeout" | "perRequest" | "idle" | "baseEjectionDuration" => {
            texts(&["2s", "500ms", "20s", "10m", "0s"])
        }
        "method" => texts(&["GET", "POST", "get", "LIST"]),
        "scheme" => texts(&["http", "https"]),
        "events" => texts(&["server-error", "gateway-error", "connection-error", "unavailable"]),
        "path" | "prefix" => texts(&["/", "/api", "/api/", "orders"]),
        "exact" | "suffix" => texts(&["/v2", "v2", "shop.local"]),
        "regex" => texts(&["/v[0-9]+", ".*green.*", "("]),
        "arn" | "arns" => texts(&["arn:aws:acm:eu-west-1:123456789012:certificate/4f1c"]),
        "chain" | "key" => texts(&["/certs/a.pem", "/certs/b.key"]),
        "owner" => texts(&["123456789012", "1234"]),
        "logLevel" => texts(&["debug", "warn", "loud"]),
        "grpcService" => texts(&["shop.Orders"]),
        "grpcMethod" => texts(&["Place"]),
        "hostname" => texts(&["orders.shop.local", "lb.elb.amazonaws.com"]),
        "namespace" => texts(&["shop.local"]),
        "environments" => texts(&["staging", "production"]),
        "egressIgnoredPorts" | "ports" => vec![json!(8080), json!(22)],
        "image" => texts(&["public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.12.1-prod"]),
        "start" => vec![json!(1)],
        "end" => vec![json!(9)],
        _ => Vec::new(),
    }
}

/// How often a member that may be left out is there, of 100.
fn share(member: &str) -> f64 {
    match member {
        "name" | "service" | "targets" | "provider" => 0.9,
        "virtualNodes" | "applications" | "mesh" | "listeners" | "routes" | "calls" => 0.5,
        "removals" | "renames" | "environments" | "owner" | "backendTls" | "invert" => 0.05,
        "tls" | "mutual" | "trust" | "certificate" | "rewrite" | "everywhere" | "connectionPool" => 0.12,
        "action" => 0.2,
        _ => 0.25,
    }
}

/// Any value of a schema. `member` is the name under which it stands.
fn any(schema: &Value, member: &str, depth: u32) -> BoxedStrategy<Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return any(&SCHEMA["$defs"][name], member, depth);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        let choices = choices.iter().filter(|choice| choice["type"] != "null");
        let choices: Vec<_> = choices.map(|choice| any(choice, member, depth)).collect();
        return proptest::strategy::Union::new(choices).boxed();
    }
    if let Some(constant) = schema.get("const") {
        return Just(constant.clone()).boxed();
    }
    if let Some(values) = schema["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| **kind != "null").unwrap().as_str().unwrap(),
        kind => kind.as_str().unwrap_or_default(),
    };
    let pool = pool(member);
    match kind {
        "object" => object(schema, depth),
        "array" => {
            let least = usize::from(member == "targets");
            proptest::collection::vec(any(&schema["items"], member, depth + 1), least..3).prop_map(Value::Array).boxed()
        }
        "boolean" => select(vec![json!(true), json!(false)]).boxed(),
        _ if !pool.is_empty() => select(pool).boxed(),
        "integer" => select(vec![json!(1), json!(2), json!(3), json!(100), json!(70000)]).boxed(),
        "string" if schema["pattern"].is_string() => select(vec![json!("5s"), json!("250ms")]).boxed(),
        _ => select(NAMES.iter().map(|name| json!(name)).collect::<Vec<_>>()).boxed(),
    }
}

fn object(schema: &Value, depth: u32) -> BoxedStrategy<Value> {
    let Some(properties) = schema["properties"].as_object() else {
        let held = &schema["additionalProperties"];
        if held["type"] == "object" {
            let values = proptest::collection::btree_map("[a-z]{1,5}", object(held, depth + 1), 0..2);
            return values.prop_map(|map| json!(map)).boxed();
        }
        let values = proptest::collection::btree_map("[a-z]{1,5}", "[a-z]{1,5}", 0..2);
        return values.prop_map(|map| json!(map)).boxed();
    };
    let is_required = |name: &str| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
    let mut members: BoxedStrategy<Map<String, Value>> = Just(Map::new()).boxed();
    for (name, property) in properties {
        if depth > 7 && !is_required(name) {
            continue;
        }
        let value = any(property, name, depth + 1);
        let value = if is_required(name) {
            value.prop_map(Some).boxed()
        } else {
            proptest::option::weighted(share(name), value).boxed()
        };
        let name = name.clone();
        members = (members, value)
            .prop_map(move |(mut map, value)| {
                if let Some(value) = value {
                    map.insert(name.clone(), value);
                }
                map
            })
            .boxed();
    }
    members.prop_map(Value::Object).boxed()
}

/// What composes without questions, as templates: each was read back and checked.
pub(super) fn sound_templates(cases: u32) -> Vec<(Value, String)> {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let strategy = any(&SCHEMA, "", 0);
    let mut templates = Vec::new();
    let mut failures: Vec<String> = Vec::new();
    let shop = vec![Input { name: "shop.yaml".to_owned(), bytes: include_bytes!("into.yaml").to_vec() }];
    let shop = read(shop, &Options::default()).inventory;
    for _ in 0..cases {
        let value = strategy.new_tree(&mut runner).unwrap().current();
        let intent: Intent = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"));
        let again = serde_json::to_value(&intent).unwrap();
        assert_eq!(serde_json::from_value::<Intent>(again).unwrap(), intent);
        let composition = compose(&intent);
        // What is there already makes no difference to that nothing panics.
        let _ = compose_into(&intent, &shop);
        if composition.questions.is_empty() {
            match check(&composition) {
                Ok(template) => templates.extend(template.map(|template| (value, template))),
                Err(why) => failures.push(format!("{why}\n{value:#}")),
            }
        }
    }
    let mut kinds: Vec<&str> = failures.iter().map(|failure| failure.lines().next().unwrap()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert!(failures.is_empty(), "{} fail: {kinds:#?}\n{}", failures.len(), failures[0]);
    templates
}

/// Writes, reads back, and asks the rules; `None` where there is nothing to write, or a rule that asks more than the API.
fn check(composition: &Composition) -> Result<Option<String>, String> {
    let inventory = &composition.inventory;
    if inventory.resources.is_empty() && inventory.declarations.is_empty() {
        return Ok(None);
    }
    let dialect = Dialect::named("cloudformation").unwrap();
    let text = dialect.notations[0].write(inventory).text;
    let read = |keep_parameters: bool| {
        let inputs = vec![Input { name: "t.yaml".to_owned(), bytes: text.clone().into_bytes() }];
        read(inputs, &Options { keep_parameters, ..Options::default() })
    };
    let again = dialect.notations[0].write(&read(true).inventory).text;
    if text != again {
        return Err(format!("read back as something else\n{text}\n{again}"));
    }
    let reading = read(false);
    let faults = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let faults: Vec<&String> = faults.map(|finding| &finding.message).collect();
    if !faults.is_empty() {
        return Err(format!("{faults:?}\n{text}"));
    }
    let found = meshwright_lint::check(&reading.inventory, RULES).found;
    let errors: Vec<String> = (found.iter().filter(|found| found.severity == Severity::Error))
        .filter(|found| found.rule != "invalid-regex")
        .map(|found| format!("{}: {}", found.rule, found.message))
        .collect();
    if !errors.is_empty() {
        return Err(format!("{errors:?}\n{text}"));
    }
    Ok(found.iter().all(|found| found.severity != Severity::Error).then_some(text))
}

#[test]
fn whatever_composes_without_questions_is_sound() {
    let templates = sound_templates(CASES);
    println!("{} intents compose without questions", templates.len());
    assert!(templates.len() > 100, "only {}", templates.len());
}
