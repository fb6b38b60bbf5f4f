//! Findings for people: those that fail the run in full, notes in two lines each, and everything counted in one.

use std::fmt::Write as _;

use meshwright_model::finding::Severity;

use super::attempt;
use super::verdict::Verdict;
use crate::findings::Printer;

/// The answer as text. Findings that are only worth knowing stand behind the others and are short, unless they fail the run.
pub(super) fn show(verdict: &Verdict<'_>, is_quiet: bool, is_coloured: bool) -> String {
    let printer = Printer::new(verdict.reading, verdict.config.source.as_ref(), is_coloured);
    let is_full = |severity: Severity| severity != Severity::Info || verdict.denies(severity);
    let mut out = verdict.attempts.map(attempt::report).unwrap_or_default();
    for finding in verdict.open().filter(|finding| is_full(finding.severity)) {
        if !is_quiet || verdict.denies(finding.severity) {
            out.push_str(&printer.full(finding));
        }
    }
    let mut notes = verdict.open().filter(|finding| !is_quiet && !is_full(finding.severity)).peekable();
    let has_notes = notes.peek().is_some();
    for note in notes {
        out.push_str(&printer.short(note));
    }
    if has_notes {
        out.push('\n');
    }
    for known in verdict.fixed.iter().flatten().filter(|_| !is_quiet) {
        let _ = writeln!(out, "fixed: {}", known.line());
    }
    if verdict.fixed.as_ref().is_some_and(|fixed| !fixed.is_empty() && !is_quiet) {
        out.push('\n');
    }
    out.push_str(&verdict.summary());
    out.push('\n');
    out
}
