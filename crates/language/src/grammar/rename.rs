//! Other names for resources: "rename books to library", "change the name of the route main to default".

use super::name::name_at;
use super::reader::Reader;
use crate::intent::{Rename, ResourceKind};

impl Reader<'_> {
    /// Reads words that give a resource another name.
    pub(super) fn rename(&mut self) -> bool {
        let Some(place) = self.past_rename() else { return false };
        let (first, place) = self.resource_kind(self.past_glue(place));
        let Some(name) = name_at(&self.tokens, place) else { return false };
        let (last, place) = self.resource_kind(place + 1);
        let place = self.past_glue(place);
        if !self.is_symbol(place, &["to", "named"]) && !self.is_word(place.saturating_sub(1), &["as"]) {
            return false;
        }
        let is_joint = self.is_symbol(place, &["to", "named"]);
        let place = self.past_glue(if is_joint { place + 1 } else { place });
        let (_, place) = self.resource_kind(place);
        let Some(to) = name_at(&self.tokens, place) else { return false };
        let (_, end) = self.resource_kind(place + 1);
        self.note(&format!("renames[{}]", self.intent.renames.len()), self.at, end);
        self.intent.renames.push(Rename { kind: first.or(last), name, to });
        self.at = self.references_follow(end).unwrap_or(end);
        self.set_aside(end, self.at);
        true
    }

    /// "…, and keep everything that points to it working": what a rename does anyway; the place after the words.
    fn references_follow(&self, at: usize) -> Option<usize> {
        let start = self.past(at, &[",", ";", ".", "and", "but", "so", "that", "please", "also", "then"]);
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let verb = if text(start) == "make" && text(start + 1) == "sure" { start + 2 } else { start };
        let is_verb = verb > start || KEEPING.contains(&text(start).as_str());
        let end =
            (start..self.tokens.len()).find(|at| self.is_sentence_end(*at) || matches!(self.low(*at), "," | "and"));
        let end = end.unwrap_or(self.tokens.len());
        let words: Vec<String> = (verb + usize::from(verb == start)..end).map(text).collect();
        let is_said = words.iter().any(|word| REFERENCES.contains(&word.as_str()));
        let is_all = words.iter().all(|word| REFERENCES.contains(&word.as_str()) || AROUND.contains(&word.as_str()));
        (start > at && is_verb && is_said && is_all).then_some(end)
    }

    /// Past "rename" or "change the name of".
    fn past_rename(&self) -> Option<usize> {
        if self.is_symbol(self.at, &["rename"]) {
            return Some(self.at + 1);
        }
        let place = self.past(self.at + 1, &["the", "its"]);
        let is_said =
            self.is_symbol(self.at, &["change"]) && self.is_symbol(place, &["named"]) && self.low(place + 1) == "of";
        is_said.then_some(place + 2)
    }

    /// The word for a kind at a place, and what comes behind it.
    pub(super) fn resource_kind(&self, at: usize) -> (Option<ResourceKind>, usize) {
        let kind = match self.token(at).filter(|_| self.is_symbol(at, KINDS)).map(|token| token.low.as_str()) {
            Some("mesh") => ResourceKind::Mesh,
            Some("virtual-node") => ResourceKind::VirtualNode,
            Some("virtual-router") => ResourceKind::VirtualRouter,
            Some("virtual-gateway") => ResourceKind::VirtualGateway,
            Some("route") => ResourceKind::Route,
            Some("virtual-service") => ResourceKind::VirtualService,
            Some("gateway-route") => ResourceKind::GatewayRoute,
            _ => return (None, at),
        };
        (Some(kind), self.past_glue(at + 1))
    }
}

/// Verbs of what happens to what points at something.
const KEEPING: &[&str] = &[
    "keep",
    "update",
    "adjust",
    "fix",
    "change",
    "let",
    "leave",
    "preserve",
    "move",
    "repoint",
    "correct",
    "rename",
    "all",
    "everything",
];

/// Words for what points at something.
const REFERENCES: &[&str] = &[
    "reference",
    "references",
    "references to",
    "refs",
    "pointers",
    "points",
    "point",
    "pointing",
    "refers",
    "refer",
    "referring",
    "referencing",
    "referenced",
    "uses",
    "using",
    "depends on",
    "links",
];

/// Words around them.
const AROUND: &[&str] = &[
    "all",
    "everything",
    "anything",
    "every",
    "the",
    "its",
    "any",
    "other",
    "others",
    "that",
    "which",
    "to",
    "at",
    "it",
    "this",
    "of",
    "working",
    "work",
    "works",
    "still",
    "intact",
    "valid",
    "in",
    "sync",
    "accordingly",
    "too",
    "as",
    "well",
    "consistent",
    "everywhere",
    "where",
    "needed",
    "necessary",
    "consistently",
    "unchanged",
    "up",
    "date",
    "along",
    "them",
    "so",
    "is",
    "are",
    "be",
    "keeps",
    "keep",
    "stay",
    "stays",
    "remain",
    "remains",
    "should",
    "must",
    "shall",
    "place",
    "node",
    "also",
    "new",
    "name",
];

/// Symbols of kinds of resources.
const KINDS: &[&str] =
    &["mesh", "virtual-node", "virtual-router", "virtual-gateway", "route", "virtual-service", "gateway-route"];
