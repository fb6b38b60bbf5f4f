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

/// Reads `CHECK | CHECK`.
fn parse_checks(line: &str) -> Option<Vec<Check>> {
    let mut checks = Vec::new();
    let mut rest = Some(line.trim());
    while let Some(text) = rest {
        rest = match directive(text) {
            Some((check, after)) => {
                checks.push(check?);
                after
            }
            None => {
                let (path, values) = text.split_once('=')?;
                parse_values(&Path::parse(path)?, values.trim(), &mut checks)?
            }
        };
    }
    Some(checks)
}

/// Reads `WORD: …`, and gives what stands behind its `|`; `None` where it is none.
fn directive(text: &str) -> Option<(Option<Check>, Option<&str>)> {
    let (word, _) = text.split_once(':')?;
    let make: fn(&str) -> Option<Check> = match word {
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
    let rest = text[word.len() + 1..].trim();
    let (argument, after) = rest.split_once(" | ").map_or((rest, None), |(first, after)| (first, Some(after)));
    Some((make(argument.trim()), after))
}

/// Reads `JSON | JSON`, and gives a further check that stands behind a `|`.
fn parse_values<'t>(path: &Path, text: &'t str, checks: &mut Vec<Check>) -> Option<Option<&'t str>> {
    let mut rest = text;
    loop {
        let Some((expected, after)) = parse_value(rest) else {
            // What stands behind a `|` and is no value is a further check.
            return (rest.len() < text.len()).then_some(Some(rest));
        };
        checks.push(Check::Is(path.clone(), expected));
        match after.trim() {
            "" => return Some(None),
            after => rest = after.strip_prefix('|')?.trim_start(),
        }
    }
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
