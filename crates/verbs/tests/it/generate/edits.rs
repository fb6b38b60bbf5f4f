//! The edit suite: requests that change a file, in several wordings each, with what changes. The requests are data, in
//! `edits.txt`, which says how they are written.

use std::fmt::Write as _;
use std::panic::catch_unwind;

use super::whole::{changes, refused};

const SUITE: &str = include_str!("edits.txt");
const FILES: &[(&str, &str)] = &[
    ("harbor.yml", include_str!("into/harbor.yml")),
    ("shop.json", include_str!("into/shop.json")),
    ("aws.json", include_str!("into/aws.json")),
    ("yard.yml", include_str!("into/yard.yml")),
];

/// Wordings of one request, and what they come to.
#[derive(Default)]
struct Entry<'s> {
    line: usize,
    file: &'s str,
    requests: Vec<&'s str>,
    /// The lines that go and come.
    changes: Vec<&'s str>,
    /// What is asked instead.
    asked: Option<&'s str>,
}

fn entries() -> Vec<Entry<'static>> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut file, mut is_open) = ("", false);
    for (number, line) in SUITE.lines().enumerate() {
        if let Some(name) = line.strip_prefix("@ ") {
            file = name;
        } else if let Some(request) = line.strip_prefix("> ") {
            if !is_open || entries.is_empty() {
                entries.push(Entry { line: number + 1, file, ..Entry::default() });
            }
            is_open = true;
            entries.last_mut().unwrap().requests.push(request);
        } else if let Some(entry) = entries.last_mut().filter(|_| !line.is_empty() && !line.starts_with('#')) {
            is_open = false;
            match line.strip_prefix("? ") {
                Some(asked) => entry.asked = Some(asked),
                None => entry.changes.push(line),
            }
        }
    }
    entries
}

#[test]
fn edits_change_what_they_ask_for() {
    let mut failures = String::new();
    for entry in entries() {
        let file = *FILES.iter().find(|(name, _)| *name == entry.file).unwrap();
        for request in &entry.requests {
            let told = catch_unwind(|| match entry.asked {
                Some(_) => refused(file, request),
                None => changes(file, request),
            });
            let told = told
                .unwrap_or_else(|why| why.downcast_ref::<String>().cloned().unwrap_or_else(|| "it panics".to_owned()));
            let is_right = match entry.asked {
                Some(asked) => told.contains(asked),
                None => told == entry.changes.join("\n"),
            };
            if !is_right {
                writeln!(failures, "\nedits.txt:{} > {request}\n{told}", entry.line).unwrap();
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
