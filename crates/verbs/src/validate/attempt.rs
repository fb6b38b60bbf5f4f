//! A fix that was tried, and how it is told.

use std::fmt::Write as _;

use meshwright_model::finding::{Finding, Location};
use meshwright_model::visible::visible;
use serde_json::{Value, json};

/// A fix that was tried.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// The finding's rule.
    pub rule: &'static str,
    /// What the fix does.
    pub title: String,
    /// Where its finding stood when it was tried.
    pub location: Option<Location>,
    /// Why it was not made; `None` where it was.
    pub why_not: Option<String>,
}

impl Attempt {
    pub(super) fn of(finding: &Finding, why_not: Option<String>) -> Self {
        let title = finding.fix.as_ref().map(|fix| fix.title.clone()).unwrap_or_default();
        Self { rule: finding.rule, title, location: finding.location.clone(), why_not }
    }

    /// The attempt as JSON.
    pub(super) fn json(&self) -> Value {
        let mut value = json!({"rule": self.rule, "title": self.title, "made": self.why_not.is_none()});
        if let Some(Location { file, line, column, .. }) = &self.location {
            value["file"] = json!(file);
            value["line"] = json!(line);
            value["column"] = json!(column);
        }
        if let Some(why) = &self.why_not {
            value["why"] = json!(why);
        }
        value
    }

    fn line(&self) -> String {
        let place = match &self.location {
            Some(Location { file, line, column, .. }) => format!("{file}:{line}:{column}: "),
            None => String::new(),
        };
        visible(&match &self.why_not {
            None => format!("fixed: {place}[{}] {}", self.rule, self.title),
            Some(why) => format!("not fixed: {place}[{}] {}: {why}", self.rule, self.title),
        })
    }
}

/// What was fixed, and what was not and why; a line each.
pub(super) fn report(attempts: &[Attempt]) -> String {
    let mut out = String::new();
    for attempt in attempts {
        let _ = writeln!(out, "{}", attempt.line());
    }
    if !attempts.is_empty() {
        out.push('\n');
    }
    out
}
