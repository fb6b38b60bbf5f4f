//! What a proxy asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Had, Line};
use crate::kind::Kind;
use crate::request::Wish;
use crate::snapshot::{Name, Resource, Resources, Version};

/// The name that asks for all there is.
///
/// Source: Envoy documentation, xDS REST and gRPC protocol, "How the client specifies what resources to return".
const ALL: &str = "*";

impl Line {
    /// Takes what is asked for from now on.
    pub(in crate::session) fn wish(&mut self, wish: Wish, there: Option<&Resources>) {
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
        } else if is_first || !self.asks_for_these(names) {
            let is_wild = names.iter().any(|name| name == ALL);
            self.owes_all |= is_wild && !self.is_wild;
            self.is_wild = is_wild;
            let names: BTreeSet<Name> =
                names.iter().filter(|name| *name != ALL).map(|name| name.as_str().into()).collect();
            self.owed.extend(names.difference(&self.names).cloned());
            self.names = names;
            self.forget();
        }
        // What a proxy has from an earlier stream serves on meanwhile.
        self.may_wait |= is_first && !version.is_empty() && matches!(self.kind, Kind::Listener | Kind::Route);
        if let Some(there) = there.filter(|_| is_first) {
            self.resume(version, there);
        }
    }

    /// Whether it asks for just these names: it says them again with each answer.
    fn asks_for_these(&self, names: &[String]) -> bool {
        !self.is_wild && names.len() == self.names.len() && names.iter().all(|name| self.names.contains(name.as_str()))
    }

    /// A proxy that comes again with the version that it would be sent has all of it.
    ///
    /// Hosts are told again: their cluster may have changed just before the other stream ended, and wait for them.
    ///
    /// Source: Envoy documentation, xDS REST and gRPC protocol, "Resource updates" (ACK and versions across streams).
    fn resume(&mut self, version: &str, there: &Resources) {
        let wanted: Vec<&Arc<Resource>> = there.values().filter(|resource| self.wants(&resource.name)).collect();
        let own = Version::of_all(wanted.iter().copied());
        if Version::read(version) == Some(own) && self.kind != Kind::Endpoint {
            self.exact = None;
            self.has = wanted.into_iter().map(|resource| (Arc::clone(&resource.name), resource.into())).collect();
            self.sent = Some(own);
            self.owes_all = false;
            self.owed.clear();
        }
    }

    fn wish_change(&mut self, subscribe: Vec<String>, unsubscribe: &[String], has: BTreeMap<String, String>) {
        let is_first = !std::mem::replace(&mut self.is_asked, true);
        if is_first || !subscribe.is_empty() || !unsubscribe.is_empty() {
            self.exact = None;
        }
        if is_first && subscribe.is_empty() && unsubscribe.is_empty() && self.kind.may_be_wild() {
            self.is_wild = true;
            self.owes_all = has.is_empty();
        }
        let is_back = is_first && !has.is_empty();
        // Later requests say nothing of earlier streams.
        for (name, version) in has.into_iter().filter(|_| is_first) {
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
            // Whoever asks again has lost it, unless it has just said which version it has; of hosts, that may be those of another cluster.
            if !(is_first && self.has.contains_key(&name)) || self.kind == Kind::Endpoint {
                self.owed.insert(Arc::clone(&name));
            }
            self.names.insert(name);
        }
        // Where names only come, there is nothing to forget: a flood of them costs no more than it says.
        if is_first || !unsubscribe.is_empty() {
            self.forget();
        }
    }
}
