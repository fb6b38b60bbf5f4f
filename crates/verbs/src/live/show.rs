//! A plan, and what it came to, as text and as JSON.

use std::fmt::Write as _;

use meshwright_model::visible::{cut, visible};
use serde_json::{Value, json};

use super::carry::{Done, Outcome};
use super::differences::Difference;
use super::plan::{Change, Plan, Step};
use super::waiting::Waited;

/// The most characters of a value that are shown.
const MAX_VALUE: usize = 80;

/// The most resources that are named in one line.
const MAX_NAMED: usize = 8;

/// A plan for people.
pub(crate) fn plan(plan: &Plan) -> String {
    let mut out = format!("{}\n", summary(plan));
    if plan.has_changes() {
        out.push('\n');
    }
    let title = plan.titles();
    for step in &plan.steps {
        let mark = match step.change {
            Change::Create => '+',
            Change::Update => '~',
            Change::Delete => '-',
        };
        let name = title(&step.name);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{mark} {name}{}", remark(step));
        for difference in step.spec.iter().chain(&step.tags) {
            let _ = writeln!(out, "    {}", difference_text(difference));
        }
    }
    let mut paragraph = |lines: &[String], mark: &str| {
        if !lines.is_empty() {
            let _ = writeln!(out, "\n{mark}{}", lines.join(&format!("\n{mark}")));
        }
    };
    paragraph(&plan.notes, "note: ");
    if !plan.kept.is_empty() {
        let named: Vec<String> = plan.kept.iter().take(MAX_NAMED).map(ToString::to_string).collect();
        let more = plan.kept.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        paragraph(&[format!("in no file, and kept without --prune: {}{more}", named.join(", "))], "");
    }
    paragraph(&plan.obstacles, "cannot be done: ");
    out
}

fn remark(step: &Step) -> &'static str {
    match (step.change, step.is_replacement) {
        (Change::Delete, true) => "   to be made again: it cannot be changed in place",
        (Change::Create, true) => "   again",
        _ => "",
    }
}

fn summary(plan: &Plan) -> String {
    let count = |change, words: &str| match plan.count(change) {
        0 => None,
        count => Some(format!("{count} to {words}")),
    };
    let replaced = plan.steps.iter().filter(|step| step.is_replacement && step.change == Change::Create).count();
    let unchanged = (plan.unchanged > 0).then(|| format!("{} unchanged", plan.unchanged));
    let nothing = (!plan.has_changes() && plan.is_possible()).then(|| "nothing to do".to_owned());
    let parts: Vec<String> = [
        nothing,
        count(Change::Create, "create"),
        count(Change::Update, "update"),
        (replaced > 0).then(|| format!("{replaced} to replace")),
        count(Change::Delete, "delete"),
        unchanged,
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join(", ")
}

fn difference_text(difference: &Difference) -> String {
    let Difference { path, before, after } = difference;
    let shown = |value: &Option<Value>| {
        value.as_ref().map_or_else(|| "(none)".to_owned(), |own| cut(&own.to_string(), MAX_VALUE))
    };
    visible(&format!("{path}: {} -> {}", shown(before), shown(after)))
}

/// What a plan came to, in a line or a few.
pub(crate) fn outcome(outcome: &Outcome) -> String {
    let count = |done: Done| outcome.done.iter().filter(|(_, own)| *own == done).count();
    let parts: Vec<String> = [Done::Created, Done::Updated, Done::Deleted, Done::There, Done::Gone]
        .into_iter()
        .filter(|done| count(*done) > 0)
        .map(|done| format!("{} {}", count(done), done.word()))
        .collect();
    let waited = outcome.waited.as_ref().map(Waited::text).unwrap_or_default();
    let done = match (parts.is_empty(), outcome.left) {
        // Nothing was to be done but to wait.
        (true, 0) => return waited,
        (true, _) => "nothing".to_owned(),
        (false, _) => parts.join(", "),
    };
    match outcome.left {
        0 => format!("done: {done}\n{waited}"),
        left => format!("stopped: {done}; {left} not done: the same command goes on from here\n"),
    }
}

/// A plan and what it came to, for programs.
pub(crate) fn json(plan: &Plan, outcome: Option<&Outcome>) -> Value {
    let step = |step: &Step| {
        let differences: Vec<Value> = step.spec.iter().chain(&step.tags).map(difference_json).collect();
        let change = match step.change {
            Change::Create => "create",
            Change::Update => "update",
            Change::Delete => "delete",
        };
        let mut json = json!({"change": change, "resource": step.name.json(), "differences": differences});
        if step.is_replacement {
            json["replacement"] = json!(true);
        }
        json
    };
    let mut json = json!({
        "steps": plan.steps.iter().map(step).collect::<Vec<_>>(),
        "summary": {
            "create": plan.count(Change::Create),
            "update": plan.count(Change::Update),
            "delete": plan.count(Change::Delete),
            "unchanged": plan.unchanged,
        },
        "kept": plan.kept.iter().map(super::names::Identifier::json).collect::<Vec<_>>(),
        "obstacles": plan.obstacles,
        "notes": plan.notes,
    });
    if let Some(outcome) = outcome {
        let done =
            |(name, done): &(super::names::Identifier, Done)| json!({"resource": name.json(), "done": done.word()});
        json["outcome"] = json!({
            "done": outcome.done.iter().map(done).collect::<Vec<_>>(),
            "failures": outcome.failures,
            "left": outcome.left,
            "notes": outcome.notes,
        });
        if let Some(waited) = &outcome.waited {
            json["outcome"]["proxies"] = waited.json();
        }
    }
    json
}

fn difference_json(difference: &Difference) -> Value {
    let Difference { path, before, after } = difference;
    let mut json = json!({"path": path});
    for (name, value) in [("before", before), ("after", after)] {
        if let Some(value) = value {
            json[name] = value.clone();
        }
    }
    json
}
