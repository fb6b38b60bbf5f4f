//! Changes of files that are checked before anybody writes them: a text comes of edits, is read again, must read as the old one
//! with just these edits made, and must bring no error that was not there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshwright_dialect::{Edited, Reading, edit, reads_as};
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::finding::{Finding, Severity};
use meshwright_model::subject::Subject;
use similar::TextDiff;

/// Reads everything as before, with new texts for some files.
pub type ReadAgain<'r> = &'r dyn Fn(&Texts) -> Reading;

/// New texts by the files' names.
pub type Texts = BTreeMap<String, String>;

/// A file that edits have changed.
#[derive(Clone, Debug)]
pub struct ChangedFile {
    /// Its name, as its user gave it.
    pub name: String,
    /// What it held.
    pub before: String,
    /// What it is to hold.
    pub after: String,
}

/// The texts of files as they were read.
pub(crate) fn originals(reading: &Reading, names: &[String]) -> Texts {
    names.iter().filter_map(|name| Some((name.clone(), reading.source(name)?.text().to_owned()))).collect()
}

/// The files that differ from what was read. Standard input is always among them, since its text is the result.
pub(crate) fn changed(originals: &Texts, texts: &Texts) -> Vec<ChangedFile> {
    let changed = originals.iter().filter_map(|(name, before)| {
        let after = texts.get(name).unwrap_or(before);
        let is_result = after != before || name == "-";
        is_result.then(|| ChangedFile { name: name.clone(), before: before.clone(), after: after.clone() })
    });
    changed.collect()
}

/// The new texts that edits come to, of the files that may change.
pub(crate) fn new_texts(reading: &Reading, edits: &[Edit], names: &[String]) -> Result<Vec<Edited>, String> {
    let edited = edit(reading, edits).map_err(|error| error.to_string())?;
    match edited.iter().find(|file| !names.contains(&file.file)) {
        Some(other) => Err(format!("{} is not among the files that were given", other.file)),
        None => Ok(edited),
    }
}

/// Reads the texts that came of edits; says why they do not read as they should. `texts` takes the new ones in.
pub(crate) fn reread(
    before: &Reading,
    edits: &[Edit],
    edited: Vec<Edited>,
    texts: &mut Texts,
    read_again: ReadAgain<'_>,
) -> Result<Reading, String> {
    texts.extend(edited.into_iter().map(|file| (file.file, file.text)));
    let after = read_again(texts);
    reads_as(before, edits, &after).map_err(|why| format!("the new text does not read as it should: {why}"))?;
    Ok(after)
}

/// How many findings of a rule a resource has.
pub(crate) type Errors = BTreeMap<(&'static str, Option<Subject>), usize>;

/// Counts errors.
pub(crate) fn errors<'f>(findings: impl Iterator<Item = &'f Finding>) -> Errors {
    count(findings.filter(|finding| finding.severity == Severity::Error))
}

fn count<'f>(findings: impl Iterator<Item = &'f Finding>) -> Errors {
    let mut counts = Errors::new();
    for finding in findings {
        *counts.entry((finding.rule, finding.subject.clone())).or_default() += 1;
    }
    counts
}

/// The warnings that were not there. What has another name now, and the warnings that it had, brings none.
pub(crate) fn new_warnings<'f>(
    before: impl Iterator<Item = &'f Finding>,
    after: impl Iterator<Item = &'f Finding>,
) -> Vec<&'f Finding> {
    let is_warning = |finding: &&Finding| finding.severity == Severity::Warning;
    let mut known = count(before.filter(is_warning));
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for ((rule, _), count) in &known {
        *left.entry(rule).or_default() += count;
    }
    let mut take = |finding: &&Finding| match known.get_mut(&(finding.rule, finding.subject.clone())) {
        Some(count) if *count > 0 => {
            *count -= 1;
            *left.entry(finding.rule).or_default() -= 1;
            false
        }
        _ => true,
    };
    let mut new: Vec<&Finding> = after.filter(is_warning).filter(|finding| take(finding)).collect();
    new.retain(|finding| match left.get_mut(finding.rule) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    });
    new
}

/// An error that was not there.
pub(crate) fn new_error<'f>(
    before: &Errors,
    mut findings: impl Iterator<Item = &'f Finding> + Clone,
) -> Option<&'f Finding> {
    let after = errors(findings.clone());
    let (key, _) = after.iter().find(|(key, count)| before.get(key).is_none_or(|known| known < count))?;
    findings.find(|finding| finding.rule == key.0 && finding.subject == key.1 && finding.severity == Severity::Error)
}

/// What was changed, as a unified diff that `patch` takes.
pub(crate) fn diff(files: &[ChangedFile]) -> String {
    let mut out = String::new();
    for ChangedFile { name, before, after } in files.iter().filter(|file| file.before != file.after) {
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let _ = write!(out, "{}", diff.unified_diff().header(name, name));
    }
    out
}

/// An edit as a sentence says it: `set spec.priority of route x to 5`.
pub fn in_words(edit: &Edit) -> String {
    let Edit { resource, path, change, .. } = edit;
    let subject = match resource {
        Some(Subject { kind, name, parent: Some(parent), .. }) => format!("{kind} `{name}` of `{parent}`"),
        Some(Subject { kind, name, .. }) => format!("{kind} `{name}`"),
        None => "the task definition".to_owned(),
    };
    match change {
        Change::Create(_) => format!("make {subject}"),
        Change::Declare(declaration) => format!("declare parameter `{}`", declaration.name),
        Change::Remove if path.steps().is_empty() => format!("take {subject} away"),
        Change::Remove => format!("take {path} of {subject} away"),
        Change::Set(value) => format!("set {path} of {subject} to {}", value_in_words(value)),
        Change::Append(value) => format!("add {} to {path} of {subject}", value_in_words(value)),
    }
}

/// A value in words: a duration as `60 s`, what has several parts as JSON.
fn value_in_words(value: &NewValue) -> String {
    match value {
        NewValue::Text(text) => format!("`{text}`"),
        NewValue::Integer(integer) => integer.to_string(),
        NewValue::Bool(truth) => truth.to_string(),
        NewValue::Open(expression) => format!("`{expression}`"),
        NewValue::Object(members) => match members.as_slice() {
            [("unit", NewValue::Text(unit)), ("value", NewValue::Integer(span))] => format!("{span} {unit}"),
            _ => serde_json::to_string(value).unwrap_or_default(),
        },
        NewValue::List(_) => serde_json::to_string(value).unwrap_or_default(),
    }
}
