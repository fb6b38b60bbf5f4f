//! What a reader finds wrong while it reads, before it knows the line.

use meshwright_model::Path;
use meshwright_model::finding::{Finding, Severity, Subject};

use crate::source::{Source, Span};

/// The most faults that are reported of one file; more of the same help nobody.
pub(crate) const MAX_FAULTS: usize = 1000;

/// What is wrong at a place of a file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) rule: &'static str,
    pub(crate) severity: Severity,
    pub(crate) span: Span,
    pub(crate) path: Option<Path>,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn error(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { rule, severity: Severity::Error, span, path: None, message: message.into(), help: None }
    }

    pub(crate) fn warning(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, span, message) }
    }

    pub(crate) fn info(rule: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Info, ..Self::error(rule, span, message) }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    pub(crate) fn at(self, path: &Path) -> Self {
        Self { path: Some(path.clone()), ..self }
    }

    pub(crate) fn into_finding(self, source: &Source, subject: Option<Subject>) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.severity,
            subject,
            path: self.path,
            location: Some(source.locate(self.span)),
            message: self.message,
            help: self.help,
        }
    }
}

/// The known word that a reader most likely meant, if any is near.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let budget = (word.chars().count() / 3).clamp(1, 3);
    known
        .map(|candidate| (distance(&lower, &candidate.to_lowercase(), budget), candidate))
        .filter(|(distance, _)| *distance <= budget)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The Levenshtein distance of two words; more than `budget` where it is out of reach.
fn distance(a: &str, b: &str, budget: usize) -> usize {
    let a: Vec<char> = a.chars().take(64).collect();
    let b: Vec<char> = b.chars().take(64).collect();
    if a.len().abs_diff(b.len()) > budget {
        return budget + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_ignores_case_and_small_slips_but_not_other_words() {
        let known = || ["MaxServerErrors", "Interval", "Tags"].into_iter();
        assert_eq!(nearest("maxServerErrors", known()), Some("MaxServerErrors"));
        assert_eq!(nearest("Intervall", known()), Some("Interval"));
        assert_eq!(nearest("Listeners", known()), None);
    }
}
