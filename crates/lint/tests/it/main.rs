//! Rules against their own examples, in every dialect, and against real files.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and say what they skip")]

mod addresses;
mod corpus;
mod encryption;
mod examples;
mod files;
mod fixes;
mod generated;
mod logs;
mod matches;
mod mutations;
mod names;
mod ports;
mod resilience;
mod routing;
mod tasks;

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_lint::{Found, RULES, check};

/// Reads one text.
fn read_text(name: &str, text: &str) -> Reading {
    read(vec![Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() }], &Options::default())
}

/// What all rules find in what was read; no rule may fail.
fn found_in(reading: &Reading) -> Vec<Found> {
    let checked = check(&reading.inventory, RULES);
    assert!(checked.about_rules.iter().all(|finding| finding.rule != "internal"), "{:?}", checked.about_rules);
    checked.found
}

/// Findings as lines: `warning no-health-check spec.listeners[0]: …`.
fn lines(found: &[Found]) -> Vec<String> {
    let line =
        |found: &Found| format!("{} {} {}: {}", found.severity.word(), found.rule, found.place.path, found.message);
    found.iter().map(line).collect()
}
