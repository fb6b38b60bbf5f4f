//! What `validate` answers, before it is shown in a format: each finding with its standing, and the counts.

use meshwright_dialect::Reading;
use meshwright_model::finding::{Finding, Severity};

use super::attempt::Attempt;
use super::known::Known;
use crate::config::Config;

/// How a finding stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts; with a baseline, it was not there before.
    Open,
    /// It was there before, as the baseline says.
    Unchanged,
    /// Somebody allows it, with this reason; in the file itself, or in the project's settings.
    Allowed {
        /// The reason.
        reason: String,
        /// Whether the file itself says so.
        is_in_file: bool,
    },
}

/// A finding and how it stands.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The finding.
    pub finding: Finding,
    /// How it stands.
    pub standing: Standing,
}

impl Judged {
    /// Whether it is said and counts.
    pub fn is_open(&self) -> bool {
        self.standing == Standing::Open
    }

    /// Whether somebody allows it.
    pub fn is_allowed(&self) -> bool {
        matches!(self.standing, Standing::Allowed { .. })
    }
}

/// What `validate` answers.
pub struct Verdict<'v> {
    /// What was read.
    pub reading: &'v Reading,
    /// What the project has set.
    pub config: &'v Config,
    /// All findings by file, line and column, allowed ones too.
    pub findings: Vec<Judged>,
    /// What the baseline has and nothing finds any more; `None` without a baseline.
    pub fixed: Option<Vec<Known>>,
    /// From which severity on a finding fails the run.
    pub deny: Severity,
    /// The fixes that were tried; `None` where nobody asked for them.
    pub attempts: Option<&'v [Attempt]>,
}

impl Verdict<'_> {
    /// The findings that nobody allows: those that count, and those that the baseline has.
    pub fn said(&self) -> impl Iterator<Item = &Judged> {
        self.findings.iter().filter(|judged| !judged.is_allowed())
    }

    /// The findings that count.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|judged| judged.is_open()).map(|judged| &judged.finding)
    }

    /// Whether a finding of that severity fails the run.
    pub fn denies(&self, severity: Severity) -> bool {
        severity <= self.deny
    }

    /// Whether the run has failed.
    pub fn has_failed(&self) -> bool {
        self.open().any(|finding| self.denies(finding.severity))
    }

    /// How many findings that nobody allows have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.said().filter(|judged| judged.finding.severity == severity).count()
    }

    /// How many findings somebody allows.
    pub fn allowed(&self) -> usize {
        self.findings.iter().filter(|judged| judged.is_allowed()).count()
    }

    /// How many findings the baseline has.
    pub fn unchanged(&self) -> usize {
        self.findings.iter().filter(|judged| judged.standing == Standing::Unchanged).count()
    }

    /// How many files were looked at.
    pub fn files(&self) -> usize {
        self.reading.file_names().len()
    }

    /// How many resources there are.
    pub fn resources(&self) -> usize {
        self.reading.inventory.resources.len()
    }

    /// Everything in one line: `3 errors, 2 warnings in 2 files, 17 resources; 1 allowed`.
    pub fn summary(&self) -> String {
        let severities = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "note")];
        let open = |severity| self.open().filter(|finding| finding.severity == severity).count();
        let counts = severities.map(|(severity, word)| (open(severity), word));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| plural(count, word));
        let counts: Vec<String> = counts.collect();
        let (new, old) = if self.fixed.is_some() { ("new ", " introduced") } else { ("", "") };
        let found = if counts.is_empty() { format!("no {new}findings") } else { format!("{}{old}", counts.join(", ")) };
        let mut parts =
            vec![format!("{found} in {}, {}", plural(self.files(), "file"), plural(self.resources(), "resource"))];
        if let Some(fixed) = &self.fixed {
            parts.push(format!("{} unchanged, {} fixed since the baseline", self.unchanged(), fixed.len()));
        }
        if self.allowed() > 0 {
            parts.push(format!("{} allowed", self.allowed()));
        }
        parts.join("; ")
    }
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
