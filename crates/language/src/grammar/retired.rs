//! What goes with something that is taken away: its node and its virtual service, and the calls to it.

use super::name::name_at;
use super::reader::Reader;
use super::spot::Place;
use crate::intent::{Removal, RemovalKind, ResourceKind};
use crate::understanding::Assumption;

/// Words that begin a sentence that tells what is going on.
const NARRATORS: &[&str] = &["we're", "we", "i'm", "i", "they're", "they", "nobody", "noone", "nothing"];

/// Words that say that something is out of use.
const OUT_OF_USE: &[&str] = &[
    "retiring",
    "decommissioning",
    "deprecating",
    "sunsetting",
    "dropping",
    "removing",
    "shutting",
    "phasing",
    "replaced",
    "retired",
    "obsolete",
    "unused",
    "deprecated",
    "dead",
    "gone",
    "legacy",
    "useless",
    "don't",
    "do not",
    "doesn't",
    "does not",
    "not",
    "no longer",
    "is not",
    "isn't",
    "are not",
    "aren't",
    "not any more",
];

/// Words around them.
const AROUND: &[&str] = &[
    "are",
    "is",
    "am",
    "was",
    "were",
    "have",
    "has",
    "been",
    "be",
    "currently",
    "now",
    "finally",
    "down",
    "out",
    "off",
    "the",
    "our",
    "uses",
    "use",
    "using",
    "used",
    "need",
    "needs",
    "needed",
    "any",
    "more",
    "any more",
    "anymore",
    "any longer",
    "longer",
    "calls",
    "call",
    "really",
    "at",
    "all",
    "it",
    "that",
];

/// Those who do not use it.
const NOBODY: &[&str] = &["nobody", "noone", "nothing"];

/// The most tokens of it.
const MAX_TOLD: usize = 16;

/// The most kinds of one list.
const MAX_KINDS: usize = 8;

impl Reader<'_> {
    /// Reads what is told of something that goes: "We're retiring reviews. Remove its node …", "… and web no longer calls it".
    pub(super) fn retired(&mut self) -> bool {
        self.known.is_some() && (self.told_retirement() || self.no_longer_calls_it())
    }

    /// "We're retiring reviews. …", "nobody uses the old node any more, …": what the words behind take away is named.
    fn told_retirement(&mut self) -> bool {
        let begins = self.at == 0 || self.is_sentence_end(self.at - 1);
        // "orders-v1 is obsolete, delete it"
        let is_subject = self.is_known_name(self.at) && self.is_word(self.at + 1, &["is", "are", "was"]);
        if !begins || !is_subject && !self.is_word(self.at, NARRATORS) {
            return false;
        }
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let goes = |at: &usize| self.is_symbol(*at, &["remove"]) || text(*at) == "drop";
        let Some(verb) = (self.at + 2..self.tokens.len()).take(MAX_TOLD).find(goes) else { return false };
        let is_joint = |at: &usize| {
            self.is_sentence_end(*at) || matches!(self.low(*at), "," | "and" | "so" | "please" | "therefore" | "now")
        };
        let end = (self.at + 1..verb).rev().take_while(is_joint).last();
        let Some(end) = end else { return false };
        let Some(place) = (self.at..end).find(|at| self.is_known_name(*at)) else { return false };
        let (kind, after) = match self.resource_kind(place + 1) {
            (Some(kind), _) => (Some(kind), place + 2),
            (None, _) => (None, place + 1 + usize::from(self.is_symbol(place + 1, &["application"]))),
        };
        let says_gone = |at: usize| OUT_OF_USE.contains(&text(at).as_str());
        let mut words = (self.at + usize::from(!is_subject)..place).chain(after..end);
        let is_all = words.all(|at| says_gone(at) || AROUND.contains(&text(at).as_str()));
        let is_gone = NOBODY.contains(&text(self.at).as_str()) || (self.at..end).any(says_gone);
        let object = self.past(verb + 1, &["the"]);
        let name = self.tokens[place].text.clone();
        let is_it = self.is_word(object, &["it", "its", "them", "that"])
            || self.token(object).is_some_and(|token| token.text == name);
        if !is_all || !is_gone || !is_it {
            return false;
        }
        let said = self.said(self.tokens[self.at].start, self.tokens[end - 1].end);
        let what = format!("\"{}\" takes nothing away by itself", said.text);
        self.assumptions.push(Assumption { what, why: "the words behind it say what goes".to_owned() });
        self.set_aside(self.at, end);
        self.going = Some((name, kind));
        self.at = end;
        true
    }

    fn is_known_name(&self, at: usize) -> bool {
        let known = self.known.as_ref().zip(name_at(&self.tokens, at));
        known.is_some_and(|(known, name)| known.knows(&name))
    }

    /// "… and make sure web no longer calls it": what was just taken away.
    fn no_longer_calls_it(&mut self) -> bool {
        let verb = self.at + 1;
        let is_call =
            self.is_symbol(verb, &["call", "send", "create"]) || self.is_word(verb, &["use", "uses", "need", "needs"]);
        let it = verb + 1;
        let is_it = self.is_word(it, &["it", "them", "that"]);
        let end = self.past(it + 1, &["anymore", "more", "any"]);
        let of_node = self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
        let gone = self.intent.removals.iter().rev().find(|removal| removal.kind == RemovalKind::Resource);
        let Some(name) = gone.map(|removal| removal.name.clone()) else { return false };
        if !self.is_symbol(self.at, &["no-longer"]) || !is_call || !is_it || !of_node || !self.ends_clause(end) {
            return false;
        }
        let Ok(path) = self.no_longer_calls(&[name]) else { return false };
        self.note(&path, self.at, end);
        self.read_words.extend(self.tokens[self.at..end].iter().map(|token| token.start));
        self.at = end;
        true
    }

    /// "its node and virtual service", "the node and the virtual service of orders": several kinds that have one name.
    pub(super) fn kinds_of_one(&self, at: usize) -> Option<(Vec<Removal>, usize)> {
        self.known.as_ref()?;
        // "…, delete it"
        if let Some((name, resource)) = self.going.clone()
            && at > 0
            && self.is_word(at - 1, &["it", "them"])
            && self.ends_clause(at)
        {
            return Some((vec![Removal { resource, ..Removal::of(RemovalKind::Resource, name) }], at));
        }
        let (kinds, end) = self.kinds_from(at)?;
        let is_its = at > 0 && self.is_word(at - 1, &["its", "their"]);
        let (name, end) = match self.named_owner(end) {
            Some(found) if !is_its => found,
            None if self.ends_clause(end) && (is_its || kinds.len() > 1) => (self.what_goes()?, end),
            _ => return None,
        };
        let removal =
            |kind: ResourceKind| Removal { resource: Some(kind), ..Removal::of(RemovalKind::Resource, name.clone()) };
        Some((kinds.into_iter().map(removal).collect(), end))
    }

    /// "the orders node and virtual service": the kinds behind the first, which the same name has.
    pub(super) fn more_kinds(&self, at: usize) -> Option<(Vec<ResourceKind>, usize)> {
        let joint = self.past(at, &[",", "and"]);
        let (kinds, end) = self.kinds_from(self.past(joint, &["its", "the"])).filter(|_| joint > at)?;
        (self.ends_clause(end) || end == self.tokens.len()).then_some((kinds, end))
    }

    fn kinds_from(&self, at: usize) -> Option<(Vec<ResourceKind>, usize)> {
        let (mut kinds, mut end, mut next) = (Vec::new(), at, at);
        while kinds.len() < MAX_KINDS {
            let (Some(kind), _) = self.resource_kind(next) else { break };
            kinds.push(kind);
            end = next + 1;
            next = self.past(end, &[",", "and", "the", "its", "their"]);
            if next == end {
                break;
            }
        }
        (!kinds.is_empty()).then_some((kinds, end))
    }

    fn named_owner(&self, at: usize) -> Option<(String, usize)> {
        let place = self.past(at + 1, &["the", "our"]);
        let is_of = self.is_word(at, &["of", "for"]);
        let name = name_at(&self.tokens, place).filter(|_| is_of)?;
        let end = place + 1 + usize::from(self.is_symbol(place + 1, &["application"]));
        self.ends_clause(end).then_some((name, end))
    }

    /// The name of what "it" is that goes: what was told to go, or what is spoken of.
    fn what_goes(&self) -> Option<String> {
        let gone =
            self.intent.removals.last().filter(|last| last.kind == RemovalKind::Resource).map(|last| last.name.clone());
        self.going
            .clone()
            .map(|(name, _)| name)
            .or(gone)
            .or_else(|| self.spot.and_then(|spot| self.name_of_proxied(spot.place)))
    }
}
