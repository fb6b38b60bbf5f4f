//! What is wrong, where, and what to do.

use serde::Serialize;

use crate::edit::Fix;
use crate::path::Path;
use crate::request::Witness;
use crate::subject::Subject;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It will fail, or drop traffic.
    Error,
    /// It may.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file as its user named it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters are concerned, on that line; 1 at least.
    pub width: usize,
}

/// Another place that a finding speaks of: the node whose port a route contradicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The resource, where the place is in one.
    pub subject: Option<Subject>,
    /// The place in the file; `None` where it cannot be told.
    pub location: Option<Location>,
    /// What stands there: lower case, no full stop.
    pub message: String,
}

/// What is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule's name: the fault, as a reader would call it.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The resource, where the fault is in one.
    pub subject: Option<Subject>,
    /// The place in the resource.
    pub path: Option<Path>,
    /// The place in the file; `None` only before a finding has been located.
    pub location: Option<Location>,
    /// What is wrong: lower case, the value and the limit, no full stop.
    pub message: String,
    /// What to do, where that is not plain.
    pub help: Option<String>,
    /// The other places that it speaks of.
    pub related: Vec<Related>,
    /// A change that removes it, where one can be made without a decision of its user's.
    pub fix: Option<Fix>,
    /// A request that shows it.
    pub witness: Option<Witness>,
}

impl Finding {
    /// A finding about a file, with nothing else to say.
    pub fn new(rule: &'static str, severity: Severity, location: Option<Location>, message: String) -> Self {
        Self {
            rule,
            severity,
            subject: None,
            path: None,
            location,
            message,
            help: None,
            related: Vec::new(),
            fix: None,
            witness: None,
        }
    }
}

/// A kind of finding that is no rule over a mesh, such as a fault of a file's notation: what documentation says about it.
#[derive(Clone, Copy, Debug)]
pub struct FaultKind {
    /// Its name: the `rule` of its findings.
    pub name: &'static str,
    /// How bad it is, unless a finding says otherwise.
    pub severity: Severity,
    /// What it finds, in one line: lower case, no full stop.
    pub summary: &'static str,
    /// Why that matters. Lower case, no full stop.
    pub why: &'static str,
    /// Where that is written, or how it was found out.
    pub source: &'static str,
}
