//! What one stream says of one kind of resource.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::blame::blamed;
use crate::kind::Kind;
use crate::request::{Protocol, Wish};
use crate::snapshot::{Name, Resource, Resources, Version};

/// The name that asks for all there is.
///
/// Source: Envoy documentation, xDS REST and gRPC protocol, "How the client specifies what resources to return".
const ALL: &str = "*";

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
    /// What it changed.
    changed: Vec<Name>,
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
pub(super) struct Line {
    kind: Kind,
    /// Whether the proxy has asked for this kind.
    is_asked: bool,
    /// Whether it asks for all there is.
    is_wild: bool,
    names: BTreeSet<Name>,
    /// What it has, or was sent last.
    has: BTreeMap<Name, Had>,
    /// What it has asked for since, and must get even if it has it.
    owed: BTreeSet<Name>,
    /// Whether it asked for all and was sent nothing yet.
    owes_all: bool,
    in_flight: Option<InFlight>,
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
            owed: BTreeSet::new(),
            owes_all: false,
            in_flight: None,
            nonce: 0,
            sent: None,
            rejection: None,
        }
    }

    pub(super) fn is_asked(&self) -> bool {
        self.is_asked
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
                Verdict::Accepted(in_flight.changed)
            }
            Some(message) => {
                self.rejection = Some(Rejection {
                    message: message.chars().take(MAX_MESSAGE).collect(),
                    resources: blamed(message, &in_flight.changed),
                    at: now,
                });
                Verdict::Refused
            }
        }
    }

    /// Whether a request of the state of the world speaks of an older response than the last: the proxy will say more.
    pub(super) fn is_stale(&self, nonce: &str) -> bool {
        !nonce.is_empty() && self.nonce.to_string() != nonce
    }

    /// Takes what is asked for from now on.
    pub(super) fn wish(&mut self, wish: Wish, there: Option<&Resources>) {
        match wish {
            Wish::Names { names, version } => self.wish_names(&names, &version, there),
            Wish::Change { subscribe, unsubscribe, has } => self.wish_change(subscribe, &unsubscribe, has),
        }
    }

    fn wish_names(&mut self, names: &[String], version: &str, there: Option<&Resources>) {
        let is_first = !std::mem::replace(&mut self.is_asked, true);
        if names.is_empty() && (self.is_wild || is_first) && self.kind.may_be_wild() {
            self.owes_all |= is_first;
            self.is_wild = true;
        } else {
            let is_wild = names.iter().any(|name| name == ALL);
            self.owes_all |= is_wild && !self.is_wild;
            self.is_wild = is_wild;
            let names: BTreeSet<Name> =
                names.iter().filter(|name| *name != ALL).map(|name| name.as_str().into()).collect();
            self.owed.extend(names.difference(&self.names).cloned());
            self.names = names;
            self.forget();
        }
        if let Some(there) = there.filter(|_| is_first) {
            self.resume(version, there);
        }
    }

    /// A proxy that comes again with the version that it would be sent has all of it.
    ///
    /// Source: Envoy documentation, xDS REST and gRPC protocol, "Resource updates" (ACK and versions across streams).
    fn resume(&mut self, version: &str, there: &Resources) {
        let wanted: Vec<&Arc<Resource>> = there.values().filter(|resource| self.wants(&resource.name)).collect();
        let own = Version::of_all(wanted.iter().copied());
        if Version::read(version) == Some(own) {
            self.has = wanted.into_iter().map(|resource| (Arc::clone(&resource.name), resource.into())).collect();
            self.sent = Some(own);
            self.owes_all = false;
            self.owed.clear();
        }
    }

    fn wish_change(&mut self, subscribe: Vec<String>, unsubscribe: &[String], has: BTreeMap<String, String>) {
        let is_first = !std::mem::replace(&mut self.is_asked, true);
        if is_first && subscribe.is_empty() && unsubscribe.is_empty() && self.kind.may_be_wild() {
            self.is_wild = true;
            self.owes_all = has.is_empty();
        }
        let is_back = is_first && !has.is_empty();
        for (name, version) in has {
            let version = Version::read(&version).unwrap_or_default();
            self.has.insert(name.as_str().into(), Had { version, resource: None });
        }
        for name in unsubscribe {
            if name == ALL {
                self.is_wild = false;
            }
            self.names.remove(name.as_str());
            self.owed.remove(name.as_str());
            self.has.remove(name.as_str());
        }
        for name in subscribe {
            if name == ALL {
                self.owes_all |= !self.is_wild && !is_back;
                self.is_wild = true;
                continue;
            }
            let name: Name = name.into();
            // Whoever asks again has lost it, unless it has just said which version it has.
            if !(is_first && self.has.contains_key(&name)) {
                self.owed.insert(Arc::clone(&name));
            }
            self.names.insert(name);
        }
        self.forget();
    }

    /// What is no longer asked for is not kept in step either.
    fn forget(&mut self) {
        let (is_wild, names) = (self.is_wild, &self.names);
        self.has.retain(|name, _| is_wild || names.contains(name));
        self.owed.retain(|name| names.contains(name));
    }

    fn wants(&self, name: &Name) -> bool {
        self.is_wild || self.names.contains(name)
    }

    /// What the response under way changes.
    pub(super) fn in_flight(&self) -> &[Name] {
        self.in_flight.as_ref().map_or(&[], |own| &own.changed)
    }

    /// Those of some names that the proxy has.
    pub(super) fn those_had(&self, names: &[Name]) -> Vec<Name> {
        names.iter().filter(|name| self.has.contains_key(*name)).cloned().collect()
    }

    /// It must get these again, if it still has them.
    pub(super) fn owe(&mut self, names: &[Name]) {
        let names = self.those_had(names);
        self.owed.extend(names);
    }

    /// Whether it has all that is there of what it asks for, and nothing else.
    pub(super) fn is_there(&self, there: &Resources) -> bool {
        !self.is_asked || self.has == self.target(there, Gate::Open)
    }

    /// Whether it has all that is there, whether it has asked for it or not.
    pub(super) fn has_all(&self, there: &Resources) -> bool {
        there.values().all(|resource| self.has.get(&resource.name).is_some_and(|had| had.version == resource.version))
    }

    /// Whether it has anything that is not there.
    pub(super) fn has_others(&self, there: &Resources) -> bool {
        self.has.keys().any(|name| !there.contains_key(name))
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
            let kept = self.has.iter().filter(|(name, _)| !there.contains_key(*name));
            target.extend(kept.map(|(name, had)| (Arc::clone(name), had.clone())));
        }
        target
    }

    /// What is to be sent now, if anything; it counts as sent.
    pub(super) fn next(&mut self, there: &Resources, gate: Gate, protocol: Protocol, nonce: u64) -> Option<Content> {
        if !self.is_asked || self.in_flight.is_some() {
            return None;
        }
        let target = self.target(there, gate);
        let is_new = |name: &Name, had: &Had| self.has.get(name).is_none_or(|own| own.version != had.version);
        let mut changed: Vec<Name> = Vec::new();
        for (name, had) in &target {
            if is_new(name, had) || self.owed.contains(name) {
                changed.push(Arc::clone(name));
            }
        }
        let gone: Vec<Name> = self.has.keys().filter(|name| !target.contains_key(*name)).cloned().collect();
        let content = match protocol {
            Protocol::StateOfTheWorld => {
                // Of a kind that is asked for by name, absence says nothing.
                let says_absence = self.kind.may_be_wild() && !gone.is_empty();
                let resources: Vec<_> = target.values().filter_map(|had| had.resource.clone()).collect();
                let is_due = !changed.is_empty() || says_absence || self.owes_all;
                is_due.then(|| Content { version: Version::of_all(resources.iter()), resources, removed: Vec::new() })
            }
            Protocol::Delta => {
                let absent = self.owed.iter().filter(|name| !target.contains_key(*name)).cloned();
                let removed: Vec<Name> =
                    gone.iter().cloned().chain(absent).collect::<BTreeSet<_>>().into_iter().collect();
                let resources = changed.iter().filter_map(|name| target.get(name)?.resource.clone()).collect();
                let is_due = !changed.is_empty() || !removed.is_empty() || self.owes_all;
                let version = Version::of_all(target.values().filter_map(|had| had.resource.as_ref()));
                is_due.then_some(Content { resources, removed, version })
            }
        };
        self.has = target;
        // A name that is not there stays owed in the state of the world: it is sent as soon as it is.
        self.owed.retain(|name| protocol == Protocol::StateOfTheWorld && !self.has.contains_key(name));
        let content = content?;
        self.owes_all = false;
        self.nonce = nonce;
        self.sent = Some(content.version);
        changed.extend(gone);
        self.in_flight = Some(InFlight { nonce, changed });
        Some(content)
    }
}

/// The most characters of a message that are kept.
const MAX_MESSAGE: usize = 2000;
