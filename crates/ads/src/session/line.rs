//! What one stream says of one kind of resource.

mod stand;
mod wish;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::blame::blamed;
use crate::kind::Kind;
use crate::request::Protocol;
use crate::snapshot::{Name, Resource, Resources, Version};

pub use stand::{Stand, Standing};

/// What a proxy has of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Had {
    pub(super) version: Version,
    /// The resource itself; not known where it came over an earlier stream.
    pub(super) resource: Option<Arc<Resource>>,
}

impl From<&Arc<Resource>> for Had {
    fn from(resource: &Arc<Resource>) -> Self {
        Self { version: resource.version, resource: Some(Arc::clone(resource)) }
    }
}

/// A response that is not answered yet.
#[derive(Debug)]
struct InFlight {
    nonce: u64,
    /// What it changed, with what the proxy had of that for certain.
    changed: BTreeMap<Name, Option<Had>>,
}

/// A response that a proxy refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Why, in the proxy's words.
    pub message: String,
    /// The resources that it names, or else all that the response changed.
    pub resources: Vec<Name>,
    /// When, on the session's clock.
    pub at: Duration,
}

/// What becomes of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was accepted, with these changes.
    Accepted(Vec<Name>),
    /// It was refused.
    Refused,
    /// Nothing was answered.
    None,
}

/// What a response is made of.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) resources: Vec<Arc<Resource>>,
    pub(super) removed: Vec<Name>,
    pub(super) version: Version,
}

/// How what a proxy has becomes what it is to have.
#[derive(Debug)]
struct Step {
    /// Whether there is something to say.
    is_due: bool,
    changed: BTreeSet<Name>,
    removed: BTreeSet<Name>,
}

impl Step {
    fn names(&self) -> impl Iterator<Item = &Name> {
        self.changed.iter().chain(&self.removed)
    }
}

/// How far a kind may go towards a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gate {
    /// Only what was asked for in so many words.
    Shut,
    /// All, but nothing goes.
    Keeping,
    /// All.
    Open,
}

/// What one stream says of one kind of resource.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what was asked, for how much, and what is due are said one by one")]
pub(super) struct Line {
    kind: Kind,
    /// Whether the proxy has asked for this kind.
    is_asked: bool,
    /// Whether it asks for all there is.
    is_wild: bool,
    names: BTreeSet<Name>,
    /// What it has, or was sent last.
    has: BTreeMap<Name, Had>,
    /// That of which it was seen to have exactly what it asks for; nothing of what it has or asks for has changed since.
    exact: Option<Arc<Resources>>,
    /// What it has asked for since, and must get even if it has it.
    owed: BTreeSet<Name>,
    /// Whether it asked for all and was sent nothing yet.
    owes_all: bool,
    /// Whether what it has asked for may wait for what that refers to.
    may_wait: bool,
    in_flight: Option<InFlight>,
    /// What it refused, with what it had of that before: it may have taken none of it, or some.
    doubtful: BTreeMap<Name, Option<Had>>,
    nonce: u64,
    sent: Option<Version>,
    rejection: Option<Rejection>,
}

impl Line {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            is_asked: false,
            is_wild: false,
            names: BTreeSet::new(),
            has: BTreeMap::new(),
            exact: None,
            owed: BTreeSet::new(),
            owes_all: false,
            may_wait: false,
            in_flight: None,
            doubtful: BTreeMap::new(),
            nonce: 0,
            sent: None,
            rejection: None,
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        self.is_asked
    }

    /// How many names it asks for.
    pub(super) fn asks_for(&self) -> usize {
        self.names.len()
    }

    pub(super) fn awaits(&self, nonce: &str) -> bool {
        self.in_flight.as_ref().is_some_and(|own| own.nonce.to_string() == nonce)
    }

    pub(super) fn is_in_flight(&self) -> bool {
        self.in_flight.is_some()
    }

    pub(super) fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_ref()
    }

    pub(super) fn sent(&self) -> Option<Version> {
        self.sent
    }

    /// Takes what answers the response in flight.
    pub(super) fn answered(&mut self, nonce: &str, error: Option<&str>, now: Duration) -> Verdict {
        let Some(in_flight) = self.in_flight.take_if(|own| own.nonce.to_string() == nonce) else {
            return Verdict::None;
        };
        match error {
            None => {
                self.rejection = None;
                Verdict::Accepted(in_flight.changed.into_keys().collect())
            }
            Some(message) => {
                let changed: Vec<Name> = in_flight.changed.keys().cloned().collect();
                self.rejection = Some(Rejection {
                    message: message.chars().take(MAX_MESSAGE).collect(),
                    resources: blamed(message, &changed),
                    at: now,
                });
                self.doubtful = in_flight.changed;
                self.forget();
                Verdict::Refused
            }
        }
    }

    /// Whether a request of the state of the world speaks of an older response than the last: the proxy will say more.
    pub(super) fn is_stale(&self, nonce: &str) -> bool {
        !nonce.is_empty() && self.nonce.to_string() != nonce
    }

    /// What is no longer asked for is not kept in step either.
    fn forget(&mut self) {
        self.exact = None;
        let (is_wild, names) = (self.is_wild, &self.names);
        self.has.retain(|name, _| is_wild || names.contains(name));
        let doubts = self.doubtful.len();
        self.doubtful.retain(|name, _| is_wild || names.contains(name));
        if self.doubtful.is_empty() && doubts > 0 {
            self.rejection = None;
        } else if self.doubtful.len() < doubts {
            // What was refused together with it may be good.
            self.owed.extend(self.doubtful.keys().filter(|name| self.has.contains_key(*name)).cloned());
        }
        self.owed.retain(|name| names.contains(name));
    }

    fn wants(&self, name: &Name) -> bool {
        self.is_wild || self.names.contains(name)
    }

    /// What the response under way changes.
    pub(super) fn in_flight(&self) -> impl Iterator<Item = &Name> {
        self.in_flight.iter().flat_map(|own| own.changed.keys())
    }

    /// It must get these again, if it has them.
    pub(super) fn owe(&mut self, names: Vec<Name>) {
        self.owed.extend(names.into_iter().filter(|name| self.has.contains_key(name)));
    }

    /// Whether it has all that is there of what it asks for, and nothing else that is to go.
    pub(super) fn is_there(&self, there: &Arc<Resources>, gate: Gate) -> bool {
        let has_all = || self.has_exactly(there) || gate != Gate::Open && self.has == self.target(there, gate);
        !self.is_asked || !self.owes_all && has_all()
    }

    fn is_exact(&self, there: &Arc<Resources>) -> bool {
        self.exact.as_ref().is_some_and(|own| Arc::ptr_eq(own, there))
    }

    /// Whether it has what is there of what it asks for, and nothing else.
    fn has_exactly(&self, there: &Arc<Resources>) -> bool {
        if self.is_exact(there) {
            return true;
        }
        let mut wanted = there.values().filter(|resource| self.wants(&resource.name));
        let is_next = |(name, had): (&Name, &Had)| {
            wanted.next().is_some_and(|own| own.name == *name && had.resource.as_ref() == Some(own))
        };
        self.has.iter().all(is_next) && wanted.next().is_none()
    }

    /// Whether it has all that is there, whether it has asked for it or not.
    pub(super) fn has_all(&self, there: &Arc<Resources>) -> bool {
        let is_exact = self.is_wild && self.is_exact(there);
        is_exact
            || there
                .values()
                .all(|resource| self.has.get(&resource.name).is_some_and(|had| had.version == resource.version))
    }

    /// Whether it has anything that is not there.
    pub(super) fn has_others(&self, there: &Arc<Resources>) -> bool {
        !self.is_exact(there) && self.has.keys().any(|name| !there.contains_key(name))
    }

    /// What it is to have.
    fn target(&self, there: &Resources, gate: Gate) -> BTreeMap<Name, Had> {
        let mut target: BTreeMap<Name, Had> = BTreeMap::new();
        for resource in there.values().filter(|resource| self.wants(&resource.name)) {
            let is_due = gate != Gate::Shut || self.owes_all || self.owed.contains(&resource.name);
            let had = if is_due { Some(Had::from(resource)) } else { self.has.get(&resource.name).cloned() };
            target.extend(had.map(|had| (Arc::clone(&resource.name), had)));
        }
        if gate != Gate::Open {
            for (name, had) in self.has.iter().filter(|(name, _)| !there.contains_key(*name)) {
                // What it refused is not kept, but what it had before that.
                let kept = self.doubtful.get(name).map_or(Some(had), Option::as_ref);
                target.extend(kept.map(|had| (Arc::clone(name), had.clone())));
            }
        }
        target
    }

    /// What is to be sent now, if anything; it counts as sent.
    pub(super) fn next(
        &mut self,
        there: &Arc<Resources>,
        gate: Gate,
        protocol: Protocol,
        nonce: u64,
    ) -> Option<Content> {
        self.may_wait &= gate == Gate::Shut;
        if !self.is_asked || self.in_flight.is_some() || self.may_wait {
            return None;
        }
        let owes_nothing = !self.owes_all && self.owed.is_empty() && self.doubtful.is_empty();
        if owes_nothing && self.has_exactly(there) {
            self.exact = Some(Arc::clone(there));
            return None;
        }
        let target = self.target(there, gate);
        let step = self.step(&target, protocol);
        let in_flight =
            InFlight { nonce, changed: step.names().map(|name| (Arc::clone(name), self.certain(name))).collect() };
        (self.has, self.exact) = (target, None);
        // A name that is not there stays owed in the state of the world: it is sent as soon as it is.
        self.owed.retain(|name| protocol == Protocol::StateOfTheWorld && !self.has.contains_key(name));
        if !step.is_due {
            return None;
        }
        self.owes_all = false;
        self.doubtful.clear();
        let content = self.content(step, protocol);
        self.nonce = nonce;
        self.sent = Some(content.version);
        self.in_flight = Some(in_flight);
        Some(content)
    }

    /// How what it has becomes what it is to have.
    fn step(&self, target: &BTreeMap<Name, Had>, protocol: Protocol) -> Step {
        let version = |own: Option<&Had>| own.map(|had| had.version);
        let is_new = |name: &Name| version(self.has.get(name)) != version(target.get(name));
        let is_told = |name: &&Name| is_new(name) || self.owed.contains(*name);
        let mut changed: BTreeSet<Name> = target.keys().filter(is_told).cloned().collect();
        let mut removed: BTreeSet<Name> = self.has.keys().filter(|name| !target.contains_key(*name)).cloned().collect();
        let says_absence = match protocol {
            // Of a kind that is asked for by name, absence says nothing.
            Protocol::StateOfTheWorld => self.kind.may_be_wild() && !removed.is_empty(),
            Protocol::Delta => {
                removed.extend(self.owed.iter().filter(|name| !target.contains_key(*name)).cloned());
                !removed.is_empty()
            }
        };
        let is_due = self.owes_all || !changed.is_empty() || says_absence || self.doubtful.keys().any(is_new);
        // What was refused together with something else is told again with the next change, and not before.
        for name in self.doubtful.keys().filter(|_| is_due) {
            if target.contains_key(name) { &mut changed } else { &mut removed }.insert(Arc::clone(name));
        }
        Step { is_due, changed, removed }
    }

    /// What it has of a name for certain.
    fn certain(&self, name: &Name) -> Option<Had> {
        self.doubtful.get(name).cloned().unwrap_or_else(|| self.has.get(name).cloned())
    }

    /// What says a step that is taken.
    fn content(&self, step: Step, protocol: Protocol) -> Content {
        let all = || self.has.values().filter_map(|had| had.resource.as_ref());
        let version = Version::of_all(all());
        match protocol {
            Protocol::StateOfTheWorld => Content { resources: all().cloned().collect(), removed: Vec::new(), version },
            Protocol::Delta => Content {
                resources: step.changed.iter().filter_map(|name| self.has.get(name)?.resource.clone()).collect(),
                removed: step.removed.into_iter().collect(),
                version,
            },
        }
    }
}

/// The most characters of a message that are kept.
const MAX_MESSAGE: usize = 2000;
