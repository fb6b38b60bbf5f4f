//! A fix removes its finding and brings no error, for every rule's bad example and every mesh at hand.
//!
//! The mesh is written as AWS JSON, the edits are made in its values as the paths say, and what comes of it is read again.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use meshwright_dialect::{Dialect, Input, Options, Reading, read};
use meshwright_lint::{Found, RULES, Rule};
use meshwright_model::Inventory;
use meshwright_model::edit::{Change, Edit};
use meshwright_model::finding::Severity;
use meshwright_model::path::Step;
use serde_json::{Map, Value, json};

use crate::files::{files_below, own_corpus, public_corpus, read_settled};
use crate::{found_in, read_text};

/// Rules whose example has a fault that no sure edit removes, and the like of it that one does: a text of the example, and what
/// stands there instead.
const VARIANTS: &[(&str, &str, &str)] = &[
    ("duplicate-tag", "Value: payments", "Value: orders"),
    ("unknown-retry-event", "[5xx]", "[gateway_error]"),
    ("regex-is-literal", "{Prefix: /, Headers: [{Name: x-color, Match: {Regex: green}}]}", "{Path: {Regex: /orders}}"),
    ("invalid-hostname", "Exact: \"https://shop.example.com\"", "Suffix: \"*.example.com\""),
];

/// A template with a fault of the rule that an edit removes, where any does.
fn example(rule: &Rule) -> String {
    match VARIANTS.iter().find(|(name, ..)| *name == rule.name) {
        Some((_, text, other)) => {
            assert!(rule.bad.contains(text), "{}", rule.name);
            rule.bad.replace(text, other)
        }
        None => rule.bad.to_owned(),
    }
}

/// Resources and tasks as AWS JSON, each a value.
pub(crate) struct Values {
    pub(crate) resources: Vec<Value>,
    pub(crate) tasks: Vec<Value>,
}

impl Values {
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let text = as_text(&Dialect::named("json").unwrap().notations[0].write(inventory).text);
        let resources = match serde_json::from_str(&text) {
            _ if inventory.resources.is_empty() => Vec::new(),
            Ok(Value::Array(resources)) => resources,
            Ok(resource) => vec![resource],
            Err(error) => panic!("{error}\n{text}"),
        };
        let tasks = inventory.workloads.iter().map(|workload| serde_json::to_value(&workload.task).unwrap()).collect();
        Self { resources, tasks }
    }

    pub(crate) fn read(&self) -> Reading {
        let values = self.resources.iter().chain(&self.tasks);
        let text = values.map(Value::to_string).collect::<Vec<_>>().join("\n");
        read(vec![Input { name: "mesh.json".to_owned(), bytes: text.into_bytes() }], &Options::default())
    }

    /// Makes an edit of what was read from these values.
    fn edit(&mut self, reading: &Reading, edit: &Edit) {
        let resources = reading.inventory.resources.iter().map(|resource| resource.origin);
        let tasks = reading.inventory.workloads.iter().map(|workload| workload.origin);
        let place = if edit.resource.is_some() {
            resources.into_iter().position(|origin| origin == edit.origin).map(|place| &mut self.resources[place])
        } else {
            tasks.into_iter().position(|origin| origin == edit.origin).map(|place| &mut self.tasks[place])
        };
        apply(place.unwrap(), edit.path.steps(), &edit.change);
    }
}

/// JSON with the bare variables of jq as texts, which are read as the same.
fn as_text(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for line in json.lines() {
        let value = line.split_once("\": ").map_or(line.trim_start(), |(_, value)| value);
        if let Some(name) = value.strip_prefix('$') {
            let comma = if name.ends_with(',') { "," } else { "" };
            let start = &line[..line.len() - value.len()];
            let _ = writeln!(text, "{start}\"${{{}}}\"{comma}", name.trim_end_matches(','));
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// Makes a change at a place in a value; objects on the way are made where they are absent.
fn apply(value: &mut Value, steps: &[Step], change: &Change) {
    match (steps, change) {
        ([], Change::Set(new)) => *value = json!(new),
        ([], Change::Append(new)) => match value {
            Value::Array(elements) => elements.push(json!(new)),
            _ => *value = json!([new]),
        },
        ([], Change::Remove) | (_, Change::Create(_) | Change::Declare(_)) => {
            panic!("no rule removes or makes a whole resource, or declares a parameter")
        }
        ([Step::Field(name)], Change::Remove) => {
            assert!(value.as_object_mut().unwrap().remove(name.as_ref()).is_some(), "there is no {name}");
        }
        ([Step::Index(index)], Change::Remove) => {
            let place = place_of(value, *index);
            value.as_array_mut().unwrap().remove(place);
        }
        ([Step::Field(name), rest @ ..], _) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            apply(value.as_object_mut().unwrap().entry(name.as_ref()).or_insert(Value::Null), rest, change);
        }
        ([Step::Index(index), rest @ ..], _) => {
            let place = place_of(value, *index);
            apply(&mut value[place], rest, change);
        }
        ([Step::Open(_), ..], _) => panic!("what is open cannot be edited"),
    }
}

/// The place of a known element: an object that is left open is a text in AWS JSON, and does not count.
fn place_of(value: &Value, index: usize) -> usize {
    let elements = value.as_array().unwrap();
    let has_objects = elements.iter().any(Value::is_object);
    let known = elements.iter().enumerate().filter(|(_, element)| !has_objects || element.is_object());
    known.map(|(place, _)| place).nth(index).unwrap()
}

/// How often each thing is said.
fn said(found: &[Found]) -> BTreeMap<String, usize> {
    let mut said = BTreeMap::new();
    for found in found {
        *said.entry(key(found)).or_default() += 1;
    }
    said
}

fn key(found: &Found) -> String {
    format!("{} {:?} {}", found.rule, found.place.subject, found.message)
}

/// Makes every fix that rules offer for a mesh, each alone; gives what went wrong, and how many there were of each rule.
pub(crate) fn check(
    name: &str,
    inventory: &Inventory,
    is_asked: impl Fn(&str) -> bool,
    fixes: &mut BTreeMap<&'static str, usize>,
    wrong: &mut Vec<String>,
) {
    let values = Values::of(inventory);
    let reading = values.read();
    let same = (inventory.resources.len(), inventory.workloads.len());
    if same != (reading.inventory.resources.len(), reading.inventory.workloads.len()) {
        println!("{name}: what it leaves open has no place in JSON");
        return;
    }
    let found = found_in(&reading);
    let before = said(&found);
    for finding in found.iter().filter(|finding| is_asked(finding.rule)) {
        let Some(fix) = &finding.fix else { continue };
        *fixes.entry(finding.rule).or_default() += 1;
        let mut changed = Values { resources: values.resources.clone(), tasks: values.tasks.clone() };
        for edit in &fix.edits {
            changed.edit(&reading, edit);
        }
        let after = changed.read();
        let found = found_in(&after);
        let key = key(finding);
        let left = said(&found).get(&key).copied().unwrap_or_default();
        if left >= before[&key] {
            wrong.push(format!("{name}: `{}` leaves {key}", fix.title));
        }
        let is_new = |said: &&Found| said.severity == Severity::Error && !before.contains_key(&self::key(said));
        wrong.extend(
            found
                .iter()
                .filter(is_new)
                .map(|new| format!("{name}: `{}` of {key} brings {}", fix.title, self::key(new))),
        );
        let errors =
            |reading: &Reading| reading.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        if errors(&after) > errors(&reading) {
            wrong.push(format!("{name}: `{}` of {key} cannot be read: {:?}", fix.title, after.findings));
        }
    }
}

#[test]
fn fixes_remove_what_they_are_for_and_bring_no_error() {
    let (mut fixes, mut wrong) = (BTreeMap::new(), Vec::new());
    for rule in RULES {
        check(rule.name, &read_text("example.yaml", &example(rule)).inventory, |_| true, &mut fixes, &mut wrong);
    }
    let of_examples: usize = fixes.values().sum();
    let mut paths: Vec<PathBuf> = files_below(&own_corpus());
    if let Some(corpus) = public_corpus() {
        for dialect in ["cloudformation", "cli-json", "ecs-task-definitions"] {
            paths.extend(files_below(&corpus.join(dialect)));
        }
    }
    for path in &paths {
        let name = path.display().to_string();
        check(&name, &read_settled(std::slice::from_ref(path)).inventory, |_| true, &mut fixes, &mut wrong);
    }
    let all: usize = fixes.values().sum();
    println!("{of_examples} fixes in examples, {} in files: {fixes:?}", all - of_examples);
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(fixes.len() > 40, "fixes of {} rules", fixes.len());
}

/// Every rule that offers fixes offers one in its example, so that it is tried above.
#[test]
fn every_fix_is_shown_by_an_example() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut lacking = Vec::new();
    for rule in RULES {
        let text = std::fs::read_to_string(folder.join(format!("{}.rs", rule.name.replace('-', "_")))).unwrap();
        let reading = Values::of(&read_text("example.yaml", &example(rule)).inventory).read();
        let has_fix = found_in(&reading).iter().any(|found| found.rule == rule.name && found.fix.is_some());
        if text.contains(".fix(") && !has_fix {
            lacking.push(rule.name);
        }
    }
    assert_eq!(lacking, Vec::<&str>::new());
}

/// Every fix of a file, each alone, through the text: what comes of it reads as the file with just the fix's edits made, has the
/// finding no more, and has no new error. Gives how many were made, and how many could not be and why.
fn check_text(
    path: &str,
    text: &[u8],
    made: &mut usize,
    refused: &mut BTreeMap<String, usize>,
    wrong: &mut Vec<String>,
) {
    let read_all = |bytes: &[u8]| {
        let input = Input { name: path.to_owned(), bytes: bytes.to_vec() };
        read(vec![input], &Options { load: &|name| std::fs::read(name).ok(), ..Options::default() })
    };
    let reading = read_all(text);
    let found = found_in(&reading);
    let before = said(&found);
    for finding in &found {
        let Some(fix) = &finding.fix else { continue };
        let key = key(finding);
        let files = match meshwright_dialect::edit(&reading, &fix.edits) {
            Ok(files) => files,
            Err(error) => {
                *refused.entry(error.obstacle.to_string()).or_default() += 1;
                continue;
            }
        };
        let Some(file) = files.iter().find(|file| file.file == path) else {
            if files.is_empty() {
                wrong.push(format!("{path}: `{}` changes nothing", fix.title));
            }
            continue;
        };
        *made += 1;
        let after = read_all(file.text.as_bytes());
        if let Err(why) = meshwright_dialect::reads_as(&reading, &fix.edits, &after) {
            wrong.push(format!("{path}: `{}`: {why}\n{:?}", fix.title, file.patches));
        }
        let left = said(&found_in(&after)).get(&key).copied().unwrap_or_default();
        if left >= before[&key] {
            wrong.push(format!("{path}: `{}` leaves {key}", fix.title));
        }
        let errors =
            |reading: &Reading| reading.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        if errors(&after) > errors(&reading) {
            wrong.push(format!("{path}: `{}` of {key} cannot be read: {:?}", fix.title, after.findings));
        }
    }
}

#[test]
fn fixes_are_made_in_the_text_of_examples_and_files() {
    let (mut made, mut refused, mut wrong) = (0, BTreeMap::new(), Vec::new());
    for rule in RULES {
        check_text("example.yaml", example(rule).as_bytes(), &mut made, &mut refused, &mut wrong);
    }
    assert!(refused.is_empty(), "of examples: {refused:?}");
    let mut paths: Vec<PathBuf> = files_below(&own_corpus());
    if let Some(corpus) = public_corpus() {
        for dialect in ["cloudformation", "cli-json", "ecs-task-definitions"] {
            paths.extend(files_below(&corpus.join(dialect)));
        }
    }
    for path in &paths {
        let text = std::fs::read(path).unwrap();
        check_text(&path.display().to_string(), &text, &mut made, &mut refused, &mut wrong);
    }
    println!("{made} fixes made in texts; not made: {refused:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
