//! What is wrong, where, and what to do.

use serde::Serialize;

use crate::kind::Kind;
use crate::path::Path;
use crate::reference::Key;
use crate::resource::Resource;

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

/// A resource as a finding names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Subject {
    /// Its kind.
    pub kind: Kind,
    /// Its mesh.
    pub mesh: String,
    /// Its name.
    pub name: String,
    /// The router of a route, the gateway of a gateway route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl Subject {
    /// The resource as a finding names it.
    pub fn of(resource: &Resource) -> Self {
        Self {
            kind: resource.kind(),
            mesh: Key::of(&resource.mesh).shown(),
            name: Key::of(&resource.name).shown(),
            parent: resource.parent.as_ref().map(|parent| Key::of(parent).shown()),
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
}
