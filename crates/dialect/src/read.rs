//! Reads files of any dialect together: bytes, notation, dialect, resources.

use std::collections::HashSet;

use meshwright_model::finding::{Finding, Location, Severity};

use crate::check::found;
use crate::fault::Fault;
use crate::reading::{Document, Input, Options, Reading};
use crate::source::{MAX_BYTES, Source, Span};
use crate::tree::{Tree, Value};
use crate::{DIALECTS, json, yaml};

/// Reads files together and says what is wrong with them.
pub fn read(inputs: Vec<Input>, options: &Options<'_>) -> Reading {
    let mut reading = Reading::default();
    let mut by_dialect: Vec<Vec<usize>> = vec![Vec::new(); DIALECTS.len()];
    for Input { name, bytes } in inputs {
        let Some(document) = add_document(&mut reading, &name, bytes) else { continue };
        match recognise(&reading.documents[document].tree) {
            Recognised::As(dialect) => {
                reading.documents[document].dialect = Some(&DIALECTS[dialect]);
                by_dialect[dialect].push(document);
            }
            Recognised::Not(fault) => {
                reading.report(document, None, vec![fault]);
            }
        }
    }
    for (dialect, documents) in DIALECTS.iter().zip(&by_dialect) {
        if !documents.is_empty() {
            (dialect.read)(&mut reading, documents, options);
        }
    }
    reading.name_owners();
    crate::allow::collect(&mut reading);
    name_unreadable(&mut reading);
    reading.used_parameters.sort();
    reading.used_parameters.dedup();
    reading.sort();
    reading
}

/// A file with faults of notation that gave nothing at all could not be read; that it holds no resource is no news then.
fn name_unreadable(reading: &mut Reading) {
    let inventory = &reading.inventory;
    let origins = (inventory.resources.iter().filter_map(|resource| resource.origin))
        .chain(inventory.workloads.iter().filter_map(|workload| workload.origin))
        .chain(inventory.statements.iter().filter_map(|statement| statement.origin));
    let fruitful: HashSet<u32> = origins.map(|origin| origin.document).collect();
    let is_at = |finding: &Finding, name: &str| finding.location.as_ref().is_some_and(|at| at.file == name);
    for (number, document) in (0..).zip(&reading.documents) {
        let name = &document.tree.source.name;
        let is_faulty = || reading.findings.iter().any(|finding| finding.rule == "syntax" && is_at(finding, name));
        if !fruitful.contains(&number) && !reading.unreadable.contains(name) && is_faulty() {
            reading.unreadable.push(name.clone());
        }
    }
    let unreadable = &reading.unreadable;
    let is_news =
        |finding: &Finding| finding.rule != "no-resources" || !unreadable.iter().any(|name| is_at(finding, name));
    reading.findings.retain(is_news);
}

/// Parses a file into the reading; `None` where nothing of it can be read, which is reported.
pub(crate) fn add_document(reading: &mut Reading, name: &str, bytes: Vec<u8>) -> Option<usize> {
    let text = match text_of(bytes) {
        Ok(text) => text,
        Err((line, column, message)) => {
            let location = Location { file: name.to_owned(), line, column, width: 1 };
            reading.findings.push(Finding::new("not-text", Severity::Error, Some(location), message));
            reading.unreadable.push(name.to_owned());
            return None;
        }
    };
    let (tree, faults) = parse(Source::new(name, text));
    let nothing = tree.roots.iter().all(|root| matches!(tree.node(*root).value, Value::Broken | Value::Null));
    let is_unexplained = nothing && faults.is_empty();
    reading.documents.push(Document::new(tree));
    let document = reading.documents.len() - 1;
    reading.report(document, None, faults);
    if is_unexplained {
        let is_empty = reading.documents[document].tree.source.text().trim_start_matches('\u{feff}').trim().is_empty();
        let message = if is_empty { "the file is empty" } else { "the file holds no value" };
        reading.report(document, None, vec![Fault::error("syntax", Span::default(), message)]);
    }
    if nothing {
        reading.unreadable.push(name.to_owned());
        return None;
    }
    Some(document)
}

/// The text of a file, or the line and column where it stops being text.
fn text_of(bytes: Vec<u8>) -> Result<String, (usize, usize, String)> {
    if bytes.len() > MAX_BYTES {
        return Err((1, 1, format!("the file has {} bytes, more than {MAX_BYTES}", bytes.len())));
    }
    let place = |before: &[u8]| {
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        (line, String::from_utf8_lossy(&before[start..]).chars().count() + 1)
    };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, 1, "the file is UTF-16; save it as UTF-8".to_owned()));
    }
    if let Some(nul) = memchr::memchr(0, &bytes) {
        let (line, column) = place(&bytes[..nul]);
        return Err((line, column, "the file is not text: it holds a NUL byte".to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let (line, column) = place(&error.as_bytes()[..valid]);
        (line, column, "the file is not UTF-8 text".to_owned())
    })
}

/// Parses by content: a brace or bracket at the start is JSON, unless only YAML can read it, such as `{a: 1}`.
///
/// What neither can read without a fault is told its faults as JSON. A name that says JSON is taken at its word: YAML takes
/// trailing commas and missing values that no reader of JSON does.
fn parse(source: Source) -> (Tree, Vec<Fault>) {
    let is_json = source.text().trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
    if !is_json {
        return yaml::read(source);
    }
    let is_named_json = source.name.to_lowercase().ends_with(".json");
    let (tree, faults) = json::read(source);
    if faults.is_empty() || is_named_json {
        return (tree, faults);
    }
    match yaml::read(tree.source.clone()) {
        (flow, faults) if faults.is_empty() => (flow, faults),
        _ => (tree, faults),
    }
}

enum Recognised {
    As(usize),
    Not(Fault),
}

fn recognise(tree: &Tree) -> Recognised {
    let dialect =
        tree.roots.iter().find_map(|root| DIALECTS.iter().position(|dialect| (dialect.recognises)(tree, *root)));
    if let Some(dialect) = dialect {
        return Recognised::As(dialect);
    }
    let root = tree.roots.first().copied();
    let span = root.map(|root| crate::check::opening(tree.span(root))).unwrap_or_default();
    let has = |key: &str| root.is_some_and(|root| tree.get(root, key).is_some());
    if let Some(resources) = root.and_then(|root| tree.get(root, "Resources")) {
        let message = match tree.node(resources).value {
            Value::Map(_) => "nothing under `Resources` has a `Type`: this is no template; it is not read".to_owned(),
            _ => format!("{} stands where an object of resources is due; it is not read", found(tree, resources)),
        };
        return Recognised::Not(Fault::error("wrong-type", tree.span(resources), message));
    }
    let message = if has("apiVersion") && has("kind") {
        "this is a Kubernetes manifest, which is not read yet"
    } else if has("configs") || has("static_resources") {
        "this is Envoy configuration, not a mesh"
    } else {
        "this is neither a CloudFormation template nor AWS JSON; it is not read"
    };
    Recognised::Not(Fault::info("not-a-mesh", span, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(name: &str, text: &str) -> usize {
        parse(Source::new(name, text)).1.len()
    }

    #[test]
    fn yaml_in_flow_style_is_read_whatever_its_name_unless_that_says_json() {
        for name in ["-", "x.template", "x.txt", "x.yaml"] {
            assert_eq!(faults(name, "{Resources: {}}"), 0, "{name}");
        }
        assert_ne!(faults("x.json", "{Resources: {}}"), 0);
        let both = parse(Source::new("-", "{\"a\": 1, // why\n \"b\": [2,],\n \"c\": {]}")).1;
        assert!(both.iter().any(|fault| fault.message == "JSON has no comments"), "{both:?}");
    }
}
