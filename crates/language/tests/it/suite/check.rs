//! Whether the reading of a request is what an entry of the suite expects.

use std::collections::BTreeSet;

use meshwright_language::{Intent, NotUnderstood, Question, Understanding};
use serde_json::Value;

use super::entry::{Check, Entry, Expected};
use super::path::Path;

/// The most letters of an intent that a fault shows.
const SHOWN: usize = 300;

/// What is wrong about the reading of a request.
pub(super) fn faults(entry: &Entry, understanding: &Understanding) -> Vec<String> {
    let intent = serde_json::to_value(&understanding.intent).unwrap();
    let mut faults = Vec::new();
    for line in &entry.expected {
        if !line.either.iter().any(|check| holds(check, understanding, &intent)) {
            faults.push(format!("expected {}, {}", line.text, found(&line.either[0], understanding, &intent)));
        }
    }
    let refused = !understanding.questions.is_empty() || !understanding.not_understood.is_empty();
    if entry.must_be_answered() {
        faults.extend(understanding.questions.iter().map(|question| format!("a question: {}", question.text)));
        faults.extend(understanding.not_understood.iter().map(|words| format!("not understood: {}", words.text)));
        faults.extend(invented(entry, &intent));
    } else if entry.must_be_refused() && !refused {
        faults.push("it has an answer".to_owned());
    }
    faults.extend(unsound(entry, understanding, &intent));
    faults
}

fn holds(check: &Check, understanding: &Understanding, intent: &Value) -> bool {
    let not_understood = |words: &str| understanding.not_understood.iter().any(|found| includes(&found.text, words));
    let asked = |words: &str| understanding.questions.iter().any(|question| is_about(question, words));
    match check {
        Check::Is(path, Expected::Absent) => path.find(intent).is_empty(),
        Check::Is(path, Expected::Present) => !path.find(intent).is_empty(),
        Check::Is(path, Expected::Value(expected)) => path.find(intent).into_iter().any(|found| equal(found, expected)),
        Check::Count(path, count) => count_at(path, intent) == *count,
        Check::NotUnderstood(words) => not_understood(words),
        Check::Question(words) => asked(words),
        Check::Refused(words) => not_understood(words) || asked(words),
        Check::Understood(words) => !not_understood(words),
    }
}

fn includes(text: &str, words: &str) -> bool {
    text.to_lowercase().contains(words)
}

fn is_about(question: &Question, words: &str) -> bool {
    includes(&question.text, words) || question.about.iter().any(|about| includes(&about.text, words))
}

fn count_at(path: &Path, intent: &Value) -> usize {
    path.find(intent).first().and_then(|list| list.as_array()).map_or(0, Vec::len)
}

/// Whether two values are equal; lists of plain values without their order.
fn equal(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) => {
            let texts = |list: &[Value]| list.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
            found.len() == expected.len() && texts(found) == texts(expected)
        }
        _ => found == expected,
    }
}

/// What there is instead of what was expected.
fn found(check: &Check, understanding: &Understanding, intent: &Value) -> String {
    match check {
        Check::Is(path, _) | Check::Count(path, _) => match path.find(intent).as_slice() {
            [] => format!("nothing there, but in {}", short(path.nearest(intent))),
            found => format!("found {}", found.iter().map(|value| short(value)).collect::<Vec<_>>().join(" and ")),
        },
        Check::NotUnderstood(_) | Check::Question(_) | Check::Refused(_) | Check::Understood(_) => {
            let texts: Vec<&str> = understanding.questions.iter().map(|question| question.text.as_str()).collect();
            let words: Vec<&str> = understanding.not_understood.iter().map(|words| words.text.as_str()).collect();
            format!("questions {texts:?}, not understood {words:?}, in {}", short(intent))
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Parts of the intent that the entry does not speak of.
fn invented(entry: &Entry, intent: &Value) -> Vec<String> {
    let known: BTreeSet<&str> = entry.paths().map(Path::part).collect();
    let parts = intent.as_object().into_iter().flatten();
    parts
        .filter(|(part, _)| !known.contains(part.as_str()))
        .map(|(part, value)| format!("nobody asked for `{part}`: {}", short(value)))
        .collect()
}

/// What no reading of any request may be.
fn unsound(entry: &Entry, understanding: &Understanding, intent: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if serde_json::from_value::<Intent>(intent.clone()).ok().as_ref() != Some(&understanding.intent) {
        faults.push("the intent does not survive its JSON form".to_owned());
    }
    let about = understanding.questions.iter().flat_map(|question| &question.about);
    let words = |words: &NotUnderstood| (words.text.clone(), words.start, words.end);
    let pointed = understanding.not_understood.iter().chain(about).map(words);
    let evidence = understanding.evidence.iter().map(|words| (words.text.clone(), words.start, words.end));
    for (text, start, end) in pointed.chain(evidence) {
        if entry.request.get(start..end) != Some(&text) {
            faults.push(format!("`{text}` does not stand at {start}..{end}"));
        }
    }
    for evidence in &understanding.evidence {
        if Path::parse(&evidence.path).is_none_or(|path| path.find(intent).is_empty()) {
            faults.push(format!("`{}` is evidence of `{}`, which is not there", evidence.text, evidence.path));
        }
    }
    faults
}
