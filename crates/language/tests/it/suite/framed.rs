//! Requests of the suite with clauses around them that tell why, what for and how things are: the same must come of them,
//! and the answer quotes what was passed over.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshwright_language::{Understanding, understand};

use super::entries;

/// Where clauses stand, as the sections of the data are called.
const PLACES: &[&str] = &["sentence", "opening", "ending", "aside"];

/// The clauses of each place.
fn clauses() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut clauses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut place = "";
    for line in include_str!("../../frames.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) => place = name,
            None => clauses.entry(place).or_default().push(line),
        }
    }
    assert!(clauses.keys().all(|place| PLACES.contains(place)), "{:?}", clauses.keys());
    clauses
}

/// A request with a clause at its place, in one of the ways to put it there.
fn framed(request: &str, place: &str, clause: &str, turn: usize) -> String {
    let bare = request.trim_end().trim_end_matches(['.', '!', '?', ';', ',']);
    match (place, turn % 2) {
        ("sentence" | "opening", _) => format!("{clause} {request}"),
        ("ending", 0) => format!("{bare} {clause}."),
        ("ending", _) | (_, 0) => format!("{bare}, {clause}"),
        _ => format!("{bare} ({clause})."),
    }
}

/// Of this many framed requests, one may be asked about: clauses and requests are paired blindly, and some of them do go together.
const ONE_IN: usize = 60;

/// A number of a text, the same in every run whatever else stands in the suite.
fn number_of(text: &str) -> usize {
    text.bytes().fold(0, |number: usize, byte| (number * 31 + usize::from(byte)) % 1_000_003)
}

#[test]
fn what_frames_a_request_changes_nothing() {
    let clauses = clauses();
    let entries = entries();
    // A clause behind a table would be a part of its last row.
    let plain = entries.iter().filter(|entry| entry.must_be_answered() && !entry.request.contains('\n'));
    let mut failures = String::new();
    let mut failed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0;
    for entry in plain {
        count += 1;
        let expected = understand(&entry.request);
        let number = number_of(&entry.request);
        let place = PLACES[number % PLACES.len()];
        let turn = number / PLACES.len();
        let clause = clauses[place][turn % clauses[place].len()];
        let request = framed(&entry.request, place, clause, turn / clauses[place].len());
        if let Some(fault) = fault(&expected, &understand(&request), clause) {
            *failed.entry(clause).or_default() += 1;
            write!(failures, "\n> {request}\n    {fault}\n").unwrap();
        }
    }
    println!("{failures}\n{failed:#?}");
    let others = failed.values().sum::<usize>();
    assert!(others * ONE_IN <= count, "{others} of {count} framed requests are read otherwise");
}

/// What is otherwise in the reading of a framed request.
fn fault(plain: &Understanding, framed: &Understanding, clause: &str) -> Option<String> {
    let missed = framed.not_understood.iter().map(|words| words.text.as_str());
    let asked = framed.questions.iter().map(|question| question.text.as_str());
    let open: Vec<&str> = missed.chain(asked).collect();
    let quoted = clause.split([':', '.', ',', '!']).find(|part| !part.is_empty()).unwrap_or(clause);
    let is_told = framed.assumptions.iter().any(|note| note.what.contains(quoted));
    if !open.is_empty() {
        return Some(format!("open: {open:?}"));
    }
    if framed.intent != plain.intent {
        return Some("another intent".to_owned());
    }
    (!is_told).then(|| "nothing says what was passed over".to_owned())
}
