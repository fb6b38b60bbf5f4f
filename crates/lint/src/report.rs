//! What rules have found, before anybody knows the file and line.

use meshwright_model::edit::{Change, Edit, Fix};
use meshwright_model::finding::Severity;
use meshwright_model::request::{Request, Witness};
use meshwright_model::resource::Origin;
use meshwright_model::subject::Subject;
use meshwright_model::workload::Workload;
use meshwright_model::{Path, Resource};

/// The most findings of one rule; more of the same help nobody.
pub const MAX_FOUND: usize = 1000;

/// A place in what was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The resource, where it is in one.
    pub subject: Option<Subject>,
    /// Where that was read.
    pub origin: Option<Origin>,
    /// The place in it, in the API's camelCase.
    pub path: Path,
}

impl Place {
    /// A place in a resource.
    pub fn of(resource: &Resource, path: Path) -> Self {
        Self { subject: Some(Subject::of(resource)), origin: resource.origin, path }
    }

    /// A place in something that is no resource, such as a task definition.
    pub fn at(origin: Option<Origin>, path: Path) -> Self {
        Self { subject: None, origin, path }
    }
}

/// What a rule has found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The rule's name.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// What is wrong: lower case, with the value and what it contradicts, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// The other places that it speaks of, and what stands there.
    pub related: Vec<(Place, String)>,
    /// A change that removes it.
    pub fix: Option<Fix>,
    /// A request that shows it.
    pub witness: Option<Witness>,
    /// Whether its place is open, so that nothing can be said of it.
    is_open: bool,
}

impl Found {
    /// Says what to do.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Says how bad this one is, where that differs from its rule.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Names another place that it speaks of, and what stands there: `the node listens on 8080`.
    pub fn related(&mut self, resource: &Resource, path: Path, message: impl Into<String>) -> &mut Self {
        self.related.push((Place::of(resource, path), message.into()));
        self
    }

    /// Names a place in a task definition that it speaks of.
    pub fn related_task(&mut self, workload: &Workload, path: Path, message: impl Into<String>) -> &mut Self {
        self.related.push((Place::at(workload.origin, path), message.into()));
        self
    }

    /// Shows a request, and what happens to it.
    pub fn witness(&mut self, request: Request, meaning: impl Into<String>) -> &mut Self {
        self.witness = Some(Witness { request, meaning: meaning.into() });
        self
    }

    /// Offers a change that removes it, as edits of [`edit`].
    pub fn fix(&mut self, title: impl Into<String>, edits: Vec<Edit>) -> &mut Self {
        self.fix = Some(Fix { title: title.into(), edits });
        self
    }
}

/// A change of a resource.
pub fn edit(resource: &Resource, path: Path, change: Change) -> Edit {
    Edit { resource: Some(Subject::of(resource)), origin: resource.origin, path, change }
}

/// A change of a task definition.
pub fn edit_task(workload: &Workload, path: Path, change: Change) -> Edit {
    Edit { resource: None, origin: workload.origin, path, change }
}

/// Where a rule puts what it finds.
pub struct Report {
    rule: &'static str,
    severity: Severity,
    found: Vec<Found>,
}

impl Report {
    pub(crate) fn new(rule: &'static str, severity: Severity) -> Self {
        Self { rule, severity, found: Vec::new() }
    }

    /// Adds a finding about a place in a resource. It comes to nothing where the place lies in an open or faulty part; a rule
    /// that speaks of an absence asks [`Resource::has_gap`] first.
    pub fn add(&mut self, resource: &Resource, path: Path, message: impl Into<String>) -> &mut Found {
        let is_open = resource.gaps.keys().any(|gap| gap.contains(&path));
        self.push(Place::of(resource, path), message.into(), is_open)
    }

    /// Adds a finding about a place in a task definition, likewise.
    pub fn add_task(&mut self, workload: &Workload, path: Path, message: impl Into<String>) -> &mut Found {
        let is_open = workload.gaps.keys().any(|gap| gap.contains(&path));
        self.push(Place::at(workload.origin, path), message.into(), is_open)
    }

    /// Whether more findings come to nothing, so that a rule need not work on what they would say.
    pub fn is_full(&self) -> bool {
        self.found.len() > MAX_FOUND
    }

    fn push(&mut self, place: Place, message: String, is_open: bool) -> &mut Found {
        // One more than is said, so that whoever says it can tell that there were more; the rest is written over.
        if self.is_full() || self.found.last().is_some_and(|last| last.is_open) {
            self.found.pop();
        }
        self.found.push(Found {
            rule: self.rule,
            severity: self.severity,
            place,
            message,
            help: None,
            related: Vec::new(),
            fix: None,
            witness: None,
            is_open,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// What was found, and whether there was more.
    pub(crate) fn finish(self) -> (Vec<Found>, bool) {
        let mut found = self.found;
        let is_more = found.len() > MAX_FOUND;
        found.truncate(MAX_FOUND);
        found.retain(|found| !found.is_open);
        (found, is_more)
    }
}
