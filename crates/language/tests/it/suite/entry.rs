//! The suite's files: requests, and what must hold for each.

use serde_json::{Deserializer, Value};

use super::path::Path;

/// A request and what must hold for its reading.
#[derive(Debug)]
pub(super) struct Entry {
    /// The capability: the name of its file.
    pub(super) group: String,
    /// The line it starts at.
    pub(super) line: usize,
    pub(super) request: String,
    /// All of them must hold.
    pub(super) expected: Vec<Expectation>,
}

/// A line of what must hold.
#[derive(Debug)]
pub(super) struct Expectation {
    pub(super) text: String,
    /// One of them must hold.
    pub(super) either: Vec<Check>,
}

/// Something that can hold for the reading of a request.
#[derive(Debug)]
pub(super) enum Check {
    Is(Path, Expected),
    Count(Path, usize),
    NotUnderstood(String),
    Question(String),
    Refused(String),
    Understood(String),
}

/// What stands at a path.
#[derive(Debug)]
pub(super) enum Expected {
    Absent,
    Present,
    Value(Value),
}

impl Entry {
    /// Whether there may be no answer to it.
    pub(super) fn must_be_refused(&self) -> bool {
        self.expected.iter().any(|line| line.either.iter().all(Check::is_refusal))
    }

    /// Whether there may be an answer to it only, and no question.
    pub(super) fn must_be_answered(&self) -> bool {
        !self.expected.iter().any(|line| line.either.iter().any(Check::is_refusal))
    }

    /// What it speaks of.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.expected.iter().flat_map(|line| &line.either).filter_map(Check::path)
    }
}

impl Check {
    fn is_refusal(&self) -> bool {
        matches!(self, Self::NotUnderstood(_) | Self::Question(_) | Self::Refused(_))
    }

    fn path(&self) -> Option<&Path> {
        match self {
            Self::Is(path, _) | Self::Count(path, _) => Some(path),
            _ => None,
        }
    }
}

/// Reads a file of the suite; an error starts with its line.
pub(super) fn parse(group: &str, text: &str) -> Result<Vec<Entry>, String> {
    let mut entries: Vec<Entry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let asks = line.strip_prefix("> ").or_else(|| (line == ">").then_some(""));
        match (asks, entries.last_mut()) {
            _ if line.trim().is_empty() || line.starts_with('#') => {}
            (Some(asks), Some(entry)) if entry.expected.is_empty() => {
                entry.request.push('\n');
                entry.request.push_str(asks);
            }
            (Some(asks), _) => {
                let (group, request) = (group.to_owned(), asks.to_owned());
                entries.push(Entry { group, line: number, request, expected: Vec::new() });
            }
            (None, Some(entry)) => {
                let either = parse_checks(line).ok_or_else(|| format!("{number}: {line}"))?;
                entry.expected.push(Expectation { text: line.trim().to_owned(), either });
            }
            (None, None) => return Err(format!("{number}: no request stands above this")),
        }
    }
    let bare = entries.iter().find(|entry| entry.expected.is_empty());
    bare.map_or(Ok(()), |entry| Err(format!("{}: nothing is expected of it", entry.line)))?;
    Ok(entries)
}

/// Reads `CHECK | CHECK`, where a value without a path belongs to the path before it.
fn parse_checks(line: &str) -> Option<Vec<Check>> {
    let mut checks: Vec<Check> = Vec::new();
    let mut rest = line.trim();
    loop {
        let (check, after) = match (directive(rest), checks.last()) {
            (Some((make, argument)), _) => {
                let end = argument.find(" | ").unwrap_or(argument.len());
                (make(argument[..end].trim())?, &argument[end..])
            }
            (None, last) => value_check(rest, last.and_then(Check::path))?,
        };
        checks.push(check);
        match after.trim() {
            "" => return Some(checks),
            after => rest = after.strip_prefix('|')?.trim_start(),
        }
    }
}

type Make = fn(&str) -> Option<Check>;

/// What `WORD: …` makes of what stands behind it; `None` where it is none.
fn directive(text: &str) -> Option<(Make, &str)> {
    let (word, argument) = text.split_once(':')?;
    let make: Make = match word {
        "not understood" => |words| Some(Check::NotUnderstood(words.to_lowercase())),
        "question" => |words| Some(Check::Question(words.to_lowercase())),
        "refused" => |words| Some(Check::Refused(words.to_lowercase())),
        "understood" => |words| Some(Check::Understood(words.to_lowercase())),
        "absent" => |path| Some(Check::Is(Path::parse(path)?, Expected::Absent)),
        "count" => |text| {
            let (path, count) = text.split_once('=')?;
            Some(Check::Count(Path::parse(path)?, count.trim().parse().ok()?))
        },
        _ => return None,
    };
    Some((make, argument))
}

/// Reads `PATH = VALUE`, or a further `VALUE` of a path.
fn value_check<'t>(text: &'t str, path: Option<&Path>) -> Option<(Check, &'t str)> {
    if let (Some(path), Some((expected, after))) = (path, parse_value(text)) {
        return Some((Check::Is(path.clone(), expected), after));
    }
    let (path, value) = text.split_once('=')?;
    let (expected, after) = parse_value(value.trim_start())?;
    Some((Check::Is(Path::parse(path)?, expected), after))
}

fn parse_value(text: &str) -> Option<(Expected, &str)> {
    for (word, expected) in [("absent", Expected::Absent), ("present", Expected::Present)] {
        match text.strip_prefix(word) {
            Some(after) if after.is_empty() || after.starts_with(' ') => return Some((expected, after)),
            _ => {}
        }
    }
    let mut values = Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next()?.ok()?;
    Some((Expected::Value(value), &text[values.byte_offset()..]))
}
