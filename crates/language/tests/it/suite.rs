//! The paraphrase suite: requests as engineers type them, each with what must come out of it.
//!
//! The requests are data, in `tests/suite`, and its `README.md` says how they are written and which intent is the natural
//! one. This runs them all, prints the pass rate of each capability with every failure; there may be none.

mod check;
mod entry;
mod framed;
mod judge;
mod path;
mod schema;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use meshwright_language::{Understanding, compose, understand};

use entry::Entry;

/// The fewest requests, and the fewest of them that have no answer.
const SIZE: (usize, usize) = (300, 80);

/// All requests of the suite.
fn entries() -> Vec<Entry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let read = |file: &PathBuf| {
        let group = file.file_stem().unwrap().to_string_lossy().into_owned();
        entry::parse(&group, &fs::read_to_string(file).unwrap()).unwrap_or_else(|fault| panic!("{group}.txt:{fault}"))
    };
    files.iter().flat_map(read).collect()
}

#[test]
fn requests_give_what_they_ask_for() {
    let entries = entries();
    let mut groups: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut failures = String::new();
    for entry in &entries {
        let (passed, all) = groups.entry(&entry.group).or_default();
        let faults = faults(entry);
        *all += 1;
        *passed += usize::from(faults.is_empty());
        if !faults.is_empty() {
            write!(failures, "\n{}.txt:{} > {}\n", entry.group, entry.line, entry.request).unwrap();
            for fault in faults {
                writeln!(failures, "    {fault}").unwrap();
            }
        }
    }
    let passed = groups.values().map(|(passed, _)| passed).sum::<usize>();
    println!("{failures}\n{}", table(&groups, passed, entries.len()));
    assert!(failures.is_empty(), "{passed} of {} requests pass", entries.len());
}

/// What is made of a request: the reading of its words, and what is asked before they become resources.
fn answer(request: &str) -> Understanding {
    let mut understanding = understand(request);
    // What is taken away needs a file that holds it, which is not what these requests are about.
    if understanding.intent.removals.is_empty() && understanding.intent.renames.is_empty() {
        understanding.questions.extend(compose(&understanding.intent).questions);
    }
    understanding
}

/// What is wrong about the reading of a request.
fn faults(entry: &Entry) -> Vec<String> {
    match catch_unwind(|| answer(&entry.request)) {
        Ok(understanding) => check::faults(entry, &understanding),
        Err(_) => vec!["it panics".to_owned()],
    }
}

fn table(groups: &BTreeMap<&str, (usize, usize)>, passed: usize, all: usize) -> String {
    let mut text = format!("{:<26}{:>8}\n", "capability", "passed");
    let total = ("all", (passed, all));
    for (group, (passed, all)) in groups.iter().map(|(group, counts)| (*group, *counts)).chain([total]) {
        writeln!(text, "{group:<26}{passed:>4}/{all:<4}{:>4} %", passed * 100 / all).unwrap();
    }
    text
}

#[test]
fn the_suite_is_large_enough() {
    let entries = entries();
    let refused = entries.iter().filter(|entry| entry.must_be_refused()).count();
    println!("{} requests, {refused} of them without an answer", entries.len());
    assert!(entries.len() >= SIZE.0 && refused >= SIZE.1);
}

#[test]
fn no_request_stands_twice() {
    let mut seen = BTreeMap::new();
    for entry in entries() {
        let place = format!("{}.txt:{}", entry.group, entry.line);
        let words: Vec<String> = entry.request.split_whitespace().map(str::to_lowercase).collect();
        if let Some(first) = seen.insert(words.join(" "), place.clone()) {
            panic!("{first} and {place} are the same request");
        }
    }
}

#[test]
fn the_schema_knows_all_that_is_expected() {
    let schema = meshwright_language::intent::schema();
    let entries = entries();
    let faults: Vec<String> = entries.iter().flat_map(|entry| schema::faults(&schema, entry)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
