//! An outcome as text and as JSON.

use std::fmt::Write as _;

use meshwright_language::{Assumption, Evidence, NotUnderstood, Question};
use meshwright_model::visible::visible;
use serde_json::json;

use super::{Made, Outcome};
use crate::findings;

/// Everything, for programs.
pub(super) fn json(outcome: &Outcome) -> String {
    let file = |file: &Made| json!({"path": file.path, "content": file.content});
    let files: Vec<_> = outcome.files.iter().map(file).collect();
    let found: Vec<_> = outcome.findings.iter().map(findings::json).collect();
    let value = json!({
        "intent": outcome.understanding.intent,
        "evidence": outcome.understanding.evidence,
        "assumptions": assumptions(outcome).collect::<Vec<_>>(),
        "questions": questions(outcome).collect::<Vec<_>>(),
        "notUnderstood": outcome.understanding.not_understood,
        "findings": found,
        "files": files,
    });
    format!("{value:#}\n")
}

/// What stands beside the resources: what was assumed, what is asked, what the rules find.
pub(super) fn notes(outcome: &Outcome, is_coloured: bool) -> String {
    let mut out = String::new();
    for Assumption { what, why } in assumptions(outcome) {
        let _ = writeln!(out, "assumed: {}\n         {}", visible(what), visible(why));
    }
    out.push_str(&outcome.ledger);
    push_open(&mut out, outcome);
    if !outcome.findings.is_empty() {
        out.push_str(&findings::text(&outcome.reading, &outcome.findings, is_coloured));
    }
    for Made { path, content } in outcome.files.iter().skip(1) {
        let _ = writeln!(out, "parameters for {}:\n{}", visible(path), visible_lines(content));
    }
    out.push_str(&verdict(outcome));
    out
}

/// What was understood, with the words that say it.
pub(super) fn explanation(outcome: &Outcome) -> String {
    let mut out = String::new();
    let intent = serde_json::to_value(&outcome.understanding.intent).unwrap_or_default();
    let _ = writeln!(out, "understood:\n{}", visible_lines(&format!("{intent:#}")));
    for Evidence { path, text, .. } in &outcome.understanding.evidence {
        let _ = writeln!(out, "evidence: {}: \"{}\"", visible(path), visible(text));
    }
    for Assumption { what, why } in assumptions(outcome) {
        let _ = writeln!(out, "assumed: {}\n         {}", visible(what), visible(why));
    }
    push_open(&mut out, outcome);
    out
}

fn push_open(out: &mut String, outcome: &Outcome) {
    for question in questions(outcome) {
        let _ = writeln!(out, "question: {}", visible(&question.text));
    }
    for NotUnderstood { text, start, end } in &outcome.understanding.not_understood {
        let _ = writeln!(out, "not understood: \"{}\" (bytes {start} to {end} of the request)", visible(text));
    }
}

/// Why there is no answer, in one line.
fn verdict(outcome: &Outcome) -> String {
    if outcome.has_errors() {
        return "error: the rules find errors in what was composed, so it is no answer\n".to_owned();
    }
    if outcome.files.is_empty() {
        let more =
            if outcome.composition.inventory.resources.is_empty() { "" } else { "; --partial gives what is there" };
        return format!("error: there is no answer before this is settled{more}\n");
    }
    if outcome.is_open() { "warning: this is a part of an answer\n".to_owned() } else { String::new() }
}

fn assumptions(outcome: &Outcome) -> impl Iterator<Item = &Assumption> {
    outcome.understanding.assumptions.iter().chain(&outcome.composition.assumptions)
}

fn questions(outcome: &Outcome) -> impl Iterator<Item = &Question> {
    outcome.understanding.questions.iter().chain(&outcome.composition.questions)
}

/// Lines that do not steer a terminal, with a margin.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| format!("  {}", visible(line))).collect::<Vec<_>>().join("\n")
}
