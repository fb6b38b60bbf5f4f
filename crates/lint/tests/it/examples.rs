//! Each rule's bad example fails and its good one passes, as CloudFormation and as AWS JSON.

use std::collections::BTreeSet;

use meshwright_dialect::{Dialect, Reading};
use meshwright_lint::run::Checked;
use meshwright_lint::{RULES, Rule, check, check_apart};
use meshwright_model::Inventory;
use meshwright_model::finding::Severity;

use crate::{found_in, lines, read_text};

/// Rules whose fault AWS JSON cannot have, and why.
const CLOUDFORMATION_ONLY: &[(&str, &str)] = &[
    ("circular-dependency", "there is no DependsOn"),
    ("reference-to-conditional", "there are no conditions"),
    ("undeclared-order", "its caller makes the order"),
    (
        "missing-stream-permission",
        "a policy document does not say whose it is, nor a task which document is its role's",
    ),
];

/// The example in AWS JSON: resources as our writer says them, tasks as `register-task-definition` takes them.
fn as_json(inventory: &Inventory) -> String {
    let mut text = String::new();
    if !inventory.resources.is_empty() {
        text.push_str(&Dialect::named("json").unwrap().notations[0].write(inventory).text);
    }
    for workload in &inventory.workloads {
        text.push_str(&serde_json::to_string(&workload.task).unwrap());
    }
    text
}

fn finds(reading: &Reading, rule: &Rule) -> bool {
    found_in(reading).iter().any(|found| found.rule == rule.name)
}

#[test]
fn resources_apart_have_all_findings_but_those_of_routes_that_hide_each_other() {
    let is_silent = |rule: &&&Rule| {
        let reading = read_text(if rule.bad.starts_with(['{', '[']) { "a.json" } else { "a.yaml" }, rule.bad);
        let count = |checked: Checked| checked.found.len();
        count(check_apart(&reading.inventory, &[rule])) < count(check(&reading.inventory, &[rule]))
    };
    let mut silent: Vec<&str> = RULES.iter().filter(is_silent).map(|rule| rule.name).collect();
    silent.sort_unstable();
    let about_routes = [
        "ambiguous-route-order",
        "duplicate-match",
        "impossible-match",
        "inverted-priority",
        "no-default-route",
        "shadowed-route",
        "unreachable-route",
    ];
    assert_eq!(silent, about_routes);
}

#[test]
fn bad_examples_are_found_and_good_ones_are_spared_in_every_dialect() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let is_in_json = CLOUDFORMATION_ONLY.iter().all(|(name, _)| *name != rule.name);
        for (fault, _) in rule.cure {
            if rule.bad.matches(fault).count() != 1 {
                wrong.push(format!("{}: `{fault}` does not stand once in its bad example", rule.name));
            }
        }
        for (text, is_bad) in [(rule.bad.to_owned(), true), (rule.good(), false)] {
            let yaml = read_text("example.yaml", &text);
            if yaml.findings.iter().any(|finding| finding.severity == Severity::Error) {
                wrong.push(format!("{}: its example cannot be read: {:?}", rule.name, yaml.findings));
            }
            let json = read_text("example.json", &as_json(&yaml.inventory));
            if finds(&yaml, rule) != is_bad {
                wrong.push(format!("{}: found in its good example, or not in its bad one", rule.name));
            }
            if is_in_json && finds(&json, rule) != is_bad {
                wrong.push(format!("{}: AWS JSON does not agree", rule.name));
            }
            let others: Vec<_> =
                found_in(&yaml).into_iter().filter(|found| found.severity == Severity::Error).collect();
            if !is_bad && !others.is_empty() {
                wrong.push(format!("{}: its good example has errors: {:?}", rule.name, lines(&others)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rules_are_unique_documented_and_sourced() {
    let mut names = BTreeSet::new();
    for rule in RULES {
        let is_kebab = rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(is_kebab && names.insert(rule.name), "{}", rule.name);
        for text in [rule.summary, rule.why, rule.source] {
            assert!(text.len() > 15 && !text.ends_with('.'), "{}: {text}", rule.name);
        }
        for text in [rule.summary, rule.why] {
            // A name such as App Mesh may begin it.
            assert!(!text.starts_with("A ") && !text.starts_with("The "), "{}: {text}", rule.name);
        }
    }
}

#[test]
fn every_file_of_a_rule_is_in_the_list() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().replace('_', "-"))
        .collect();
    let names: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(files, names, "a rule's file bears its name");
}
