//! What a reader finds wrong while it reads, before it knows the line.

use meshwright_model::Path;
use meshwright_model::finding::{Finding, Severity};
use meshwright_model::subject::Subject;
use meshwright_model::visible::{cut, visible};

use crate::source::{Source, Span};

/// The most faults that are reported of one file; more of the same help nobody.
pub(crate) const MAX_FAULTS: usize = 1000;

/// The most characters of a message; what a file says in it may be longer.
const MAX_MESSAGE: usize = 500;

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

/// Adds a fault while there are not too many of them.
pub(crate) fn note(faults: &mut Vec<Fault>, fault: Fault) {
    // One more than is reported, so that whoever reports can tell that there were more.
    if faults.len() <= MAX_FAULTS {
        faults.push(fault);
    }
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
        let message = visible(&cut(&self.message, MAX_MESSAGE));
        Finding {
            subject,
            path: self.path,
            help: self.help.map(|help| visible(&cut(&help, MAX_MESSAGE))),
            ..Finding::new(self.rule, self.severity, Some(source.locate(self.span)), message)
        }
    }
}
