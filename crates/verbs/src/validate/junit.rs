//! Findings as JUnit XML: a suite a file, a case a finding. What fails the run is a failure, what is allowed is skipped, and
//! a file without findings is a case that passes.
//!
//! Source: `judges/junit-4.xsd`, the schema of Jenkins. There is no time and no host: the same input gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use meshwright_model::visible::visible;

use super::verdict::{Judged, Standing, Verdict};
use crate::findings;

/// The suite of findings that stand in no file.
const NO_FILE: &str = "meshwright";

pub(super) fn show(verdict: &Verdict<'_>) -> String {
    let mut suites: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for name in verdict.reading.file_names() {
        suites.entry(name.to_owned()).or_default();
    }
    for judged in &verdict.findings {
        let file = judged.finding.location.as_ref().map_or(NO_FILE, |location| &location.file);
        suites.entry(file.to_owned()).or_default().push(judged);
    }
    let tests: usize = suites.values().map(|cases| cases.len().max(1)).sum();
    let failures = verdict.findings.iter().filter(|judged| fails(verdict, judged)).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"meshwright\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">");
    for (file, cases) in &suites {
        suite(&mut out, verdict, file, cases);
    }
    out.push_str("</testsuites>\n");
    out
}

fn fails(verdict: &Verdict<'_>, judged: &Judged) -> bool {
    judged.is_open() && verdict.denies(judged.finding.severity)
}

fn suite(out: &mut String, verdict: &Verdict<'_>, file: &str, cases: &[&Judged]) {
    let failures = cases.iter().filter(|judged| fails(verdict, judged)).count();
    let skipped = cases.iter().filter(|judged| judged.is_allowed()).count();
    let (name, tests) = (escape(file), cases.len().max(1));
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">"
    );
    if cases.is_empty() {
        let _ = writeln!(out, "    <testcase name=\"no findings\" classname=\"{name}\"/>");
    }
    for judged in cases {
        case(out, verdict, &name, judged);
    }
    out.push_str("  </testsuite>\n");
}

fn case(out: &mut String, verdict: &Verdict<'_>, class: &str, judged: &Judged) {
    let finding = &judged.finding;
    let place = finding.location.as_ref().map(|location| format!(" at {}:{}", location.line, location.column));
    let name = format!("{}{}", finding.rule, place.unwrap_or_default());
    let _ = writeln!(out, "    <testcase name=\"{}\" classname=\"{class}\">", escape(&name));
    let lines: Vec<String> = findings::lines(finding).iter().map(|line| escape(line)).collect();
    let whole = format!("{}[{}]: {}", finding.severity.word(), finding.rule, lines.join("\n"));
    let _ = match &judged.standing {
        Standing::Allowed { reason, .. } => writeln!(out, "      <skipped>allowed: {}</skipped>", escape(reason)),
        Standing::Open if verdict.denies(finding.severity) => {
            let (severity, message) = (finding.severity.word(), escape(&finding.message));
            writeln!(out, "      <failure type=\"{severity}\" message=\"{message}\">{whole}</failure>")
        }
        Standing::Open | Standing::Unchanged => writeln!(out, "      <system-out>{whole}</system-out>"),
    };
    out.push_str("    </testcase>\n");
}

/// A text in XML, without characters that XML cannot hold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
