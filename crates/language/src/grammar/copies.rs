//! "A copy of orders named orders-b": what is like something else, but for what is said of it.

use super::name::name_at;
use super::reader::Reader;
use super::spot::Place;
use super::thing::{Entity, Thing};
use crate::intent::VirtualNode;
use crate::understanding::Assumption;

/// Words for a thing like another.
const COPIES: &[&str] = &["copy", "clone", "duplicate", "replica", "twin"];

impl Reader<'_> {
    /// Reads "a copy of it named x", "a copy of orders called orders-b", "x is a copy of orders".
    pub(super) fn copy(&mut self) -> bool {
        if !self.is_word(self.at, COPIES) || self.low(self.at + 1) != "of" {
            return false;
        }
        let start = self.past(self.at + 2, &["the", "our", "my", "existing"]);
        let latest = self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_)));
        let is_it = self.is_word(start, &["it", "that", "this"]);
        let entity = if is_it { None } else { self.entity_at(start) };
        let (original, end) = match entity {
            Some(Entity { thing: Thing::Node | Thing::Application, name, end, .. }) => match name {
                Some(name) => (self.find_named(&name), end),
                None => (latest, end),
            },
            Some(_) => return false,
            None if is_it => (latest, self.past(start + 1, &["virtual-node", "application"])),
            None => match name_at(&self.tokens, start) {
                Some(name) => (self.find_named(&name), start + 1),
                None => return false,
            },
        };
        let Some(original @ (Place::Node(_) | Place::Application(_))) = original else { return false };
        let own = self.is_symbol(end, &["named"]).then(|| end + 1);
        let named = own.and_then(|at| name_at(&self.tokens, at));
        let place = match (named, self.subject_of_copy(original)) {
            (Some(name), _) => {
                let place = self.like(original, &name);
                self.at = end + 2;
                place
            }
            (None, Some(place)) => {
                self.at = end;
                place
            }
            (None, None) => return false,
        };
        self.copies.push((original, place));
        self.turn_to(place);
        self.name_end = Some(self.at);
        self.preposition = None;
        true
    }

    /// "orders-b is a copy of orders": what was just named.
    fn subject_of_copy(&self, original: Place) -> Option<Place> {
        let article = self.at.checked_sub(1).filter(|at| matches!(self.low(*at), "a" | "an"))?;
        let is_said = matches!(self.low_before(article), "is" | "be" | "as" | ",");
        self.spot.map(|spot| spot.place).filter(|place| is_said && *place != original)
    }

    /// Something new of the same kind.
    fn like(&mut self, original: Place, name: &str) -> Place {
        let new = VirtualNode { name: Some(name.to_owned()), ..VirtualNode::default() };
        if let Place::Application(_) = original {
            self.intent.applications.push(new);
            return Place::Application(self.intent.applications.len() - 1);
        }
        self.intent.virtual_nodes.push(new);
        Place::Node(self.intent.virtual_nodes.len() - 1)
    }

    /// Gives each copy what its original has and nobody said otherwise of it.
    pub(super) fn fill_copies(&mut self) {
        for (original, copy) in std::mem::take(&mut self.copies) {
            let Some(from) = self.node_at(original).cloned() else { continue };
            let Some(to) = self.node_at(copy) else { continue };
            let own = std::mem::take(to);
            let named = |node: &VirtualNode| node.name.clone().unwrap_or_default();
            let what = format!("`{}` has all that `{}` has, but what is said of it", named(&own), named(&from));
            let has_listeners = !own.listeners.is_empty();
            let calls = if own.calls.is_empty() { from.calls.clone() } else { own.calls.clone() };
            *to = VirtualNode {
                listeners: if has_listeners { own.listeners } else { from.listeners },
                only_calls: own.only_calls || from.only_calls && !has_listeners,
                discovery: own.discovery.or(from.discovery),
                ip_preference: own.ip_preference.or(from.ip_preference),
                calls,
                backend_tls: own.backend_tls.or(from.backend_tls),
                access_log: own.access_log.or(from.access_log),
                retry: own.retry.or(from.retry),
                route_timeout: own.route_timeout.or(from.route_timeout),
                versions: if own.versions.is_empty() { from.versions } else { own.versions },
                name: own.name,
                action: own.action,
            };
            self.assumptions.push(Assumption { what, why: "the request says that it is a copy".to_owned() });
        }
    }

    fn node_at(&mut self, place: Place) -> Option<&mut VirtualNode> {
        match place {
            Place::Node(at) => self.intent.virtual_nodes.get_mut(at),
            Place::Application(at) => self.intent.applications.get_mut(at),
            _ => None,
        }
    }

    /// "5% to the canary", where something made here has that word at the end of its name.
    pub(super) fn named_by_its_end(&self, word: &str) -> Option<String> {
        let names = self.intent.virtual_nodes.iter().chain(&self.intent.applications).filter_map(|node| node.name.clone());
        let mut fitting = names.filter(|name| name.strip_suffix(word).is_some_and(|rest| rest.ends_with('-')));
        let first = fitting.next()?;
        let is_definite = self.is_word(self.words.end.saturating_sub(2), &["the", "its", "our"]);
        (fitting.next().is_none() && is_definite).then_some(first)
    }
}
