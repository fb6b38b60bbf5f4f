//! An outcome as text and as JSON.

use std::fmt::Write as _;

use meshwright_language::{Assumption, Evidence};
use meshwright_model::visible::visible;
use serde_json::{Value, json};

use super::{Made, Outcome, Outset, open};
use crate::editing::{self, in_words};
use crate::findings;

/// Everything, for programs.
pub(super) fn json(outcome: &Outcome) -> String {
    format!("{:#}\n", value(outcome))
}

/// Everything about changes of files, for programs.
pub(super) fn insertion_json(outcome: &Outcome, outset: &Outset, with_diff: bool) -> String {
    let mut value = value(outcome);
    value["edits"] = json!(outset.edits);
    if with_diff {
        value["diff"] = json!(editing::diff(&outset.files));
    }
    if let Some(why) = &outset.why_not {
        value["whyNot"] = json!(why);
    }
    format!("{value:#}\n")
}

fn value(outcome: &Outcome) -> Value {
    let file = |file: &Made| json!({"path": file.path, "content": file.content});
    let files: Vec<_> = outcome.files.iter().map(file).collect();
    let found: Vec<_> = outcome.findings.iter().map(findings::json).collect();
    json!({
        "intent": outcome.understanding.intent,
        "evidence": outcome.understanding.evidence,
        "assumptions": assumptions(outcome).collect::<Vec<_>>(),
        "questions": outcome.questions().collect::<Vec<_>>(),
        "notUnderstood": outcome.understanding.not_understood,
        "findings": found,
        "files": files,
    })
}

/// What stands beside the resources: what was assumed, what is asked, what the rules find.
pub(super) fn notes(outcome: &Outcome, is_coloured: bool) -> String {
    let mut out = String::new();
    if !outcome.files.is_empty() {
        push_assumptions(&mut out, outcome);
    }
    out.push_str(&outcome.ledger);
    out.push_str(&open::text(outcome));
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
    push_assumptions(&mut out, outcome);
    out.push_str(&open::text(outcome));
    out
}

/// What stands beside files that change.
pub(super) fn insertion_notes(outcome: &Outcome, outset: &Outset, is_shown_only: bool, is_coloured: bool) -> String {
    let mut out = String::new();
    let is_given = outset.why_not.is_none() && (outset.is_part || !outcome.is_open());
    if is_given {
        push_assumptions(&mut out, outcome);
    }
    out.push_str(&open::text(outcome));
    if !outcome.findings.is_empty() {
        out.push_str(&findings::text(&outcome.reading, &outcome.findings, is_coloured));
    }
    if is_given {
        push_edits(&mut out, outset);
    }
    let verdict = match &outset.why_not {
        Some(why) => format!("error: nothing is changed: {why}"),
        None if outcome.is_open() && !outset.is_part => {
            let more = if outset.edits.is_empty() { "" } else { "; --partial makes the edits that are clear" };
            format!("error: nothing is changed before this is settled{more}")
        }
        None if outset.edits.is_empty() => "nothing had to change: the files say this already".to_owned(),
        None if is_shown_only => "nothing is written: this is what would change".to_owned(),
        None => {
            let names: Vec<&str> = outset.changed().map(|file| file.name.as_str()).collect();
            format!("changed: {}", names.join(", "))
        }
    };
    let _ = writeln!(out, "{}", visible(&verdict));
    out
}

/// What was understood, and the edits that came of it.
pub(super) fn insertion_explained(outcome: &Outcome, outset: &Outset) -> String {
    let mut out = explanation(outcome);
    push_edits(&mut out, outset);
    match &outset.why_not {
        Some(why) => {
            let _ = writeln!(out, "error: the edits cannot be made: {}", visible(why));
        }
        None if outset.edits.is_empty() && !outcome.is_open() => {
            out.push_str("nothing has to change: the files say this already\n");
        }
        None => {}
    }
    out
}

fn push_edits(out: &mut String, outset: &Outset) {
    for edit in &outset.edits {
        let _ = writeln!(out, "edit: {}", visible(&in_words(edit)));
    }
}

fn push_assumptions(out: &mut String, outcome: &Outcome) {
    for Assumption { what, why } in assumptions(outcome) {
        let _ = writeln!(out, "assumed: {}\n         {}", visible(what), visible(why));
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

/// Lines that do not steer a terminal, with a margin.
fn visible_lines(text: &str) -> String {
    text.lines().map(|line| format!("  {}", visible(line))).collect::<Vec<_>>().join("\n")
}
