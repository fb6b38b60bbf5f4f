//! Findings as SARIF 2.1.0, which code scanning takes.
//!
//! Source: the OASIS standard, by section. Columns count characters (3.14.17), and an end column stands behind the last
//! (3.30.8).

mod fixes;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshwright_model::finding::{Finding, Location, Related, Severity};
use meshwright_model::subject::Subject;
use serde_json::{Value, json};

use super::known::Key;
use super::verdict::{Judged, Standing, Verdict};
use crate::{explain, findings, rules};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn show(verdict: &Verdict<'_>) -> String {
    let mut indices: BTreeMap<&str, usize> = BTreeMap::new();
    for judged in &verdict.findings {
        indices.entry(judged.finding.rule).or_default();
    }
    for (position, index) in indices.values_mut().enumerate() {
        *index = position;
    }
    let mut occurrences: BTreeMap<Key, usize> = BTreeMap::new();
    // Where one result has suppressions, all say that they have or have none (3.27.23).
    let has_suppressions = verdict.allowed() > 0;
    let mut fixes = fixes::Fixes::new(verdict.reading);
    let results: Vec<Value> = verdict
        .findings
        .iter()
        .map(|judged| {
            let key = Key::of(&judged.finding);
            let occurrence = occurrences.entry(key.clone()).or_default();
            *occurrence += 1;
            let mut result = result(judged, indices[judged.finding.rule], &fingerprint(&key, *occurrence));
            if let Some(fix) = fixes.of(judged) {
                result["fixes"] = json!([fix]);
            }
            if has_suppressions {
                result["suppressions"] = suppressions(judged);
            }
            if verdict.fixed.is_some() && !judged.is_allowed() {
                let is_old = judged.standing == Standing::Unchanged;
                result["baselineState"] = json!(if is_old { "unchanged" } else { "new" });
            }
            result
        })
        .collect();
    let rules: Vec<Value> = indices.keys().map(|name| descriptor(name)).collect();
    let driver = json!({"name": "meshwright", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules});
    let run = json!({
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": verdict.reading.unreadable.is_empty()}],
        "results": results,
    });
    format!("{:#}\n", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A rule as its results name it (3.49).
fn descriptor(name: &str) -> Value {
    let Some(described) = rules::named(name) else { return json!({"id": name}) };
    let kind = described.kind;
    json!({
        "id": kind.name,
        "shortDescription": {"text": kind.summary},
        "fullDescription": {"text": format!("{}: {}", kind.summary, kind.why)},
        "help": {"text": explain::text(&described), "markdown": explain::markdown(&described)},
        "defaultConfiguration": {"level": level(kind.severity)},
    })
}

/// A finding (3.27).
fn result(judged: &Judged, rule: usize, fingerprint: &str) -> Value {
    let finding = &judged.finding;
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": {"text": findings::lines(finding).join("\n")},
        "partialFingerprints": {"meshwright/v1": fingerprint},
    });
    if let Some(location) = whole_location(finding) {
        result["locations"] = json!([location]);
    }
    let related = finding.related.iter().filter_map(related_location);
    // An identifier is unique among a result's locations (3.28.2).
    let related: Vec<Value> = (1..).zip(related).map(|(id, location)| with(location, "id", json!(id))).collect();
    if !related.is_empty() {
        result["relatedLocations"] = json!(related);
    }
    result
}

fn with(mut object: Value, key: &str, value: Value) -> Value {
    object[key] = value;
    object
}

fn whole_location(finding: &Finding) -> Option<Value> {
    let logical = finding.subject.as_ref().map(|subject| json!([logical_location(subject)]));
    let physical = finding.location.as_ref().map(physical_location);
    let parts = [("physicalLocation", physical), ("logicalLocations", logical)];
    let parts: serde_json::Map<String, Value> =
        parts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    (!parts.is_empty()).then(|| parts.into())
}

fn related_location(related: &Related) -> Option<Value> {
    let location = physical_location(related.location.as_ref()?);
    Some(json!({"physicalLocation": location, "message": {"text": related.message}}))
}

/// A place in a file (3.29).
fn physical_location(location: &Location) -> Value {
    let Location { file, line, column, width } = location;
    json!({
        "artifactLocation": {"uri": uri(file)},
        "region": {"startLine": line, "startColumn": column, "endColumn": column + width},
    })
}

/// A resource (3.33).
fn logical_location(subject: &Subject) -> Value {
    let Subject { kind, mesh, name, parent } = subject;
    let mut whole = format!("mesh/{mesh}");
    if let (Some(parent_kind), Some(parent)) = (kind.parent(), parent) {
        let _ = write!(whole, "/{}/{parent}", parent_kind.api_name());
    }
    if kind.api_name() != "mesh" {
        let _ = write!(whole, "/{}/{name}", kind.api_name());
    }
    json!({"name": name, "fullyQualifiedName": whole, "kind": "resource"})
}

/// Why a result is suppressed (3.35).
fn suppressions(judged: &Judged) -> Value {
    match &judged.standing {
        Standing::Allowed { reason, is_in_file } => {
            let kind = if *is_in_file { "inSource" } else { "external" };
            json!([{"kind": kind, "status": "accepted", "justification": reason}])
        }
        Standing::Open | Standing::Unchanged => json!([]),
    }
}

/// A file's name as a reference to it: relative as it was typed, absolute with its scheme.
fn uri(file: &str) -> String {
    let path = if file == "-" { "stdin".to_owned() } else { findings::uniform_path(file) };
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    // A colon in the first part of a relative reference would end a scheme.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let mut uri = scheme.to_owned();
    for byte in path.bytes() {
        if is_plain(byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// What a result is known by from one run to the next: lines do not count (3.27.17).
fn fingerprint(key: &Key, occurrence: usize) -> String {
    let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
    for text in key.texts() {
        hash.add(text.as_bytes());
        hash.add(&[0]);
    }
    format!("{:016x}:{occurrence}", hash.0)
}

/// The hash FNV-1a of 64 bits: the same in every version and on every machine, unlike the standard library's.
struct Fnv(u64);

impl Fnv {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_become_references() {
        for (file, expected) in [
            ("./a b.yaml", "a%20b.yaml"),
            ("/x/ä.yaml", "file:///x/%C3%A4.yaml"),
            ("c:x", "c%3Ax"),
            ("-", "stdin"),
            ("a\\b", "a/b"),
        ] {
            assert_eq!(uri(file), expected);
        }
    }

    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        hash.add(b"foobar");
        assert_eq!(hash.0, 0x8594_4171_f739_67e8);
    }
}
