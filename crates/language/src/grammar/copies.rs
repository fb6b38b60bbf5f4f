//! "A copy of orders named orders-b": what is like something else, but for what is said of it.

use std::sync::LazyLock;

use super::name::name_at;
use super::pattern::Pattern;
use super::reader::{Reader, Verb};
use super::spot::Place;
use super::thing::{Entity, Thing};
use super::versions::is_version;
use crate::intent::{Listener, VirtualNode};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// Words for a thing like another.
const COPIES: &[&str] = &["copy", "clone", "duplicate", "replica", "twin"];

/// The same with the word for what is like what was spoken of.
const COPIES_AND_SAME: &[&str] = &["copy", "clone", "duplicate", "replica", "twin", "same"];

/// The most tokens from a share to who gets it: "10% of the traffic of main to it".
const MAX_TO_RECEIVER: usize = 8;

/// Ways to ask for a copy of what the files have.
static OF_THERE: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let ways = [
        "?create|add ?virtual-node <name:copy> ?virtual-node like ?virtual-node <name:original>",
        "create|add ?virtual-node <name:app> <name:copy> like ?virtual-node <name:original>",
        "create|add ?virtual-node <name:copy> ?, as copy|clone|duplicate|replica|twin ?virtual-node <name:original>",
        "create|add ?virtual-node <name:copy> ?, copy|clone|duplicate|replica|twin ?virtual-node <name:original>",
        "create|add ?virtual-node <name:copy> ?, same as|like ?virtual-node <name:original>",
        "create|add ?virtual-node <name:copy> ?, ?with same settings|configuration|config|setup|spec as|like ?virtual-node <name:original>",
        "copy|clone|duplicate|replicate ?virtual-node <name:original> ?virtual-node as|to ?virtual-node <name:copy>",
        "copy|clone|duplicate|replicate ?virtual-node <name:original> ?virtual-node and|, ?create named <name:copy>",
        "?create|add copy|clone|duplicate|replica|twin ?virtual-node <name:original> ?virtual-node named <name:copy>",
    ];
    ways.into_iter().map(Pattern::parse).collect()
});

/// A listener that is like another, but for what is said of it.
fn listener_like(own: &Listener, original: &Listener) -> Listener {
    Listener {
        is_added: own.is_added,
        port: own.port.or(original.port),
        protocol: own.protocol.or(original.protocol),
        tls: own.tls.clone().or_else(|| original.tls.clone()),
        health_check: own.health_check.clone().or_else(|| original.health_check.clone()),
        timeout: own.timeout.clone().or_else(|| original.timeout.clone()),
        connection_pool: own.connection_pool.clone().or_else(|| original.connection_pool.clone()),
        outlier_detection: own.outlier_detection.clone().or_else(|| original.outlier_detection.clone()),
    }
}

impl Reader<'_> {
    /// Reads "a copy of it named x", "a copy of orders called orders-b", "x is a copy of orders".
    pub(super) fn copy(&mut self) -> bool {
        // "beta, a clone of alpha"
        let article = self.past(self.at + 1, &[",", "is", "as", "be", "should", "(", "="]);
        let copy = self.past(article, &["a", "an", "the"]);
        let name =
            name_at(&self.tokens, self.at).filter(|_| article > self.at + 1 && self.is_word(copy, COPIES_AND_SAME));
        if let Some(name) = name
            && self.find_named(&name).is_none()
            && let Some((original, end)) = self.original_at(copy).or_else(|| self.same_at(copy, &name))
        {
            let place = self.like(original, &name);
            self.finish_copy(original, place, end);
            return true;
        }
        let Some((original, end)) = self.original_at(self.at) else { return false };
        let own = self.is_symbol(end, &["named"]).then(|| end + 1);
        let named = own.and_then(|at| name_at(&self.tokens, at));
        let (place, end) = match (named, self.subject_of_copy(original)) {
            (Some(name), _) => (self.like(original, &name), end + 2),
            (None, Some(place)) => (place, end),
            (None, None) => return false,
        };
        self.finish_copy(original, place, end);
        true
    }

    /// "add a node web-v3 like web-v2": a copy of what the files have.
    pub(super) fn copy_of_there(&mut self) -> bool {
        let begins = |at: usize| at == 0 || super::read::BEFORE_CLAUSE.contains(&self.low_before(at));
        let article = self.at.checked_sub(1).filter(|at| self.is_word(*at, &["a", "an", "another"]));
        if self.known.is_none() || !begins(self.at) && !article.is_some_and(begins) {
            return false;
        }
        let found = Pattern::farthest(&OF_THERE, &self.tokens, self.at, &mut self.work);
        let Some((way, end, slots)) = found else { return false };
        let (application, mut name, mut like) = (slots.given("app"), slots.text("copy"), slots.text("original"));
        if let Some(application) = application {
            // "payments v3 like v1"
            if !is_version(&name) {
                return false;
            }
            name = format!("{application}-{name}");
            if is_version(&like) {
                like = format!("{application}-{like}");
            }
        }
        // "catalog-v3, same as v2"
        let sibling = name.rsplit_once('-').filter(|(_, own)| is_version(own) && is_version(&like));
        if let Some(full) = sibling.map(|(stem, _)| format!("{stem}-{like}")).filter(|full| self.is_there(full)) {
            like = full;
        }
        if !self.known.as_ref().is_some_and(|known| known.is_of_nodes(&like)) || name == like {
            return false;
        }
        self.read_by(way, self.at..end);
        self.words = self.at..end;
        self.intent.virtual_nodes.push(VirtualNode { name: Some(name), like: Some(like), ..VirtualNode::default() });
        let at = self.intent.virtual_nodes.len() - 1;
        self.note(&format!("virtualNodes[{at}].like"), self.at, end);
        self.name_receiver(at, end);
        self.turn_to(Place::Node(at));
        self.verb = Verb::Create;
        self.preposition = None;
        self.at = end;
        self.name_end = Some(end);
        true
    }

    /// "…, and send 10% to it", "and give it 10%": what gets a share is the copy.
    fn name_receiver(&mut self, node: usize, from: usize) {
        let Some(name) = self.intent.virtual_nodes[node].name.clone() else { return };
        let shares = |at: usize| {
            self.token(at).is_some_and(|share| matches!(share.kind, TokenKind::Percent(_)) || share.low == "traffic")
        };
        let is_it = |at: &usize| {
            let clause =
                (at.saturating_sub(MAX_TO_RECEIVER)..*at).rev().take_while(|before| !self.ends_clause(*before));
            let share =
                self.past(*at + 1, &["should", "will", "must", "gets", "get", "receives", "takes", "take", "with"]);
            let is_given = self.token(share).is_some_and(|share| matches!(share.kind, TokenKind::Percent(_)));
            self.is_word(*at, &["it"]) && (is_given || self.low_before(*at) == "to" && clause.into_iter().any(shares))
        };
        // "give it" is one symbol
        let is_given = |at: &usize| {
            let share = self.token(*at + 1).is_some_and(|share| matches!(share.kind, TokenKind::Percent(_)));
            share && self.is_symbol(*at, &["add"]) && self.tokens[*at].text.eq_ignore_ascii_case("give it")
        };
        if let Some(at) = (from..self.tokens.len()).find(|at| is_it(at) || is_given(at)) {
            let token = &mut self.tokens[at];
            (token.kind, token.low, token.text) = (TokenKind::Name, name.to_lowercase(), name);
        }
    }

    fn finish_copy(&mut self, original: Place, place: Place, end: usize) {
        self.copies.push((original, place));
        self.turn_to(place);
        self.at = end;
        self.name_end = Some(end);
        self.preposition = None;
    }

    /// What "copy of …" at a place is a copy of, and the place after it.
    fn original_at(&self, at: usize) -> Option<(Place, usize)> {
        (self.is_word(at, COPIES) && self.low(at + 1) == "of").then_some(())?;
        let start = self.past(at + 2, &["the", "our", "my", "existing"]);
        let latest = self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_)));
        let is_it = self.is_word(start, &["it", "that", "this"]);
        let entity = if is_it { None } else { self.entity_at(start) };
        let (original, end) = match entity {
            Some(Entity { thing: Thing::Node | Thing::Application, name, end, .. }) => match name {
                Some(name) => (self.find_named(&name), end),
                None => (latest, end),
            },
            Some(_) => return None,
            None if is_it => (latest, self.past(start + 1, &["virtual-node", "application"])),
            None => (self.find_named(&name_at(&self.tokens, start)?), start + 1),
        };
        original.filter(|place| matches!(place, Place::Node(_) | Place::Application(_))).map(|place| (place, end))
    }

    /// "payments is the same as orders", "the same but on port 9090": what it is like, and the place after the words.
    fn same_at(&self, at: usize, name: &str) -> Option<(Place, usize)> {
        self.is_word(at, &["same"]).then_some(())?;
        let (original, end) = match self.low(at + 1) {
            "as" | "like" => {
                (self.find_named(&name_at(&self.tokens, self.past(at + 2, &["the"]))?), self.past(at + 2, &["the"]) + 1)
            }
            _ => (self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_))), at + 1),
        };
        let original = original.filter(|place| self.name_of_proxied(*place).is_some_and(|own| own != name))?;
        Some((original, end))
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
            let listeners = match (own.listeners.as_slice(), from.listeners.as_slice()) {
                ([], _) => from.listeners.clone(),
                ([one], [original]) => vec![listener_like(one, original)],
                _ => own.listeners.clone(),
            };
            let calls = if own.calls.is_empty() { from.calls.clone() } else { own.calls.clone() };
            *to = VirtualNode {
                listeners,
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
                like: own.like,
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
        let names =
            self.intent.virtual_nodes.iter().chain(&self.intent.applications).filter_map(|node| node.name.clone());
        let mut fitting = names.filter(|name| name.strip_suffix(word).is_some_and(|rest| rest.ends_with('-')));
        let first = fitting.next()?;
        let is_definite = self.is_word(self.words.end.saturating_sub(2), &["the", "its", "our"]);
        (fitting.next().is_none() && is_definite).then_some(first)
    }
}
