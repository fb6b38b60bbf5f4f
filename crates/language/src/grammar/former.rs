//! What was before a change: "change the port from 80 to 8080", which no field of the answer holds.

use super::ports::MIN_BARE_PORT;
use super::reader::Reader;
use super::slot::Slot;
use super::thing::Thing;
use crate::intent::Former;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_method;
use crate::understanding::Assumption;

/// Symbols of values that stand for each other: a change goes from one of a row to another.
const FAMILIES: &[&[&str]] = &[
    &["strict", "permissive", "tls", "mtls", "plaintext"],
    &["http", "http2", "grpc", "tcp"],
    &["allow-all", "drop-all"],
    &["ipv4-only", "ipv6-only", "ipv4-preferred", "ipv6-preferred"],
    &["dns", "cloud-map"],
    &["low", "medium", "high"],
];

/// Symbols of the one value that a thing has, which is any text.
const TEXTS: &[&str] = &[
    "tag",
    "namespace",
    "service-name",
    "hostname",
    "log-level",
    "secret",
    "attribute",
    "provider",
    "method",
    "grpc-service",
    "rpc",
];

/// Symbols of what a thing has several of, so that what was before does not go by itself.
const SEVERAL: &[&str] = &["backend", "target", "call"];

/// Symbols before numbers that are the two ends of a range.
const RANGES: &[&str] = &["range", "header", "metadata", "match"];

/// The most tokens between a value and the one that takes its place: "from strict TLS to …".
const MAX_TO_NEW: usize = 2;

/// How many tokens back it is looked what sort of value changes.
const MAX_BACK: usize = 32;

/// What was before, and what takes its place: where each stands.
struct Before {
    from: usize,
    /// What sort of value it is: the port in "from port 80 to 8080".
    label: Option<usize>,
    value: usize,
    to: usize,
    new: usize,
}

impl Reader<'_> {
    /// "change the path from /ping to /healthz": takes out what was.
    pub(super) fn drop_former_values(&mut self) {
        let (mut begin, mut changes, mut at) = (0, false, 0);
        while at < self.tokens.len() {
            if self.is_sentence_end(at) {
                (begin, changes) = (at + 1, false);
            }
            let rewrites = self.known.is_some() && self.is_symbol(at, &["rewrite"]);
            changes |= self.is_symbol(at, &["change"]) || self.is_word(at, &["set"]) || rewrites;
            if changes
                && (self.is_word(at, &["from"]) || self.is_symbol(at, &["off"]))
                && let Some(former) = self.former_value(begin, at)
            {
                self.drop_former(begin, &former);
            }
            at += 1;
        }
    }

    /// Where the value behind "from" stands that another takes the place of.
    fn former_value(&self, begin: usize, from: usize) -> Option<Before> {
        let articles = &["the", "a", "an", "its"];
        let start = self.past(from + 1, articles);
        let label = Some(start).filter(|at| self.says_sort(*at));
        let value = label.map_or(start, |label| self.past(label + 1, articles));
        let to = (value + 1..=value + 1 + MAX_TO_NEW).find(|at| self.is_symbol(*at, &["to"]))?;
        let new = self.past(to + 1, articles);
        let new = if label.is_some() && self.low(new) == self.low(start) { self.past(new + 1, articles) } else { new };
        let (old, taker) = (self.token(value)?, self.token(new)?);
        let begin = begin.max(from.saturating_sub(MAX_BACK));
        let clause = begin..from;
        let is_text = clause.clone().any(|at| self.is_symbol(at, TEXTS)) && is_text(old) && is_text(taker);
        let is_one_of_several = matches!(old.kind, TokenKind::Host | TokenKind::Name)
            && clause.clone().any(|at| self.is_symbol(at, SEVERAL));
        let is_range = matches!(old.kind, TokenKind::Number(_)) && label.is_none() && self.says_range(begin, from, new);
        let fits = (is_text || replaces(old, taker)) && !is_one_of_several && !is_range;
        fits.then_some(Before { from, label, value, to, new })
    }

    /// Whether a symbol says what sort of value follows, and is neither a value nor a kind of thing.
    fn says_sort(&self, at: usize) -> bool {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol);
        token
            .is_some_and(|token| family(token).is_none() && Thing::of_symbol(&token.low).is_none() && token.low != "to")
    }

    /// Whether numbers are the ends of a range of a header's value: "match header x-id from 1 to 10".
    fn says_range(&self, begin: usize, from: usize, new: usize) -> bool {
        let says = |at: usize| {
            self.is_symbol(at, RANGES)
                || self.is_word(at, &["numbers", "values"])
                || Slot::HeaderName.fill(&self.tokens, at).is_some()
        };
        (begin..from).any(says) || self.is_symbol(new + 1, &["inclusive"])
    }

    /// "5 times instead of 3": the value that the words say is what was there, and one of its sort before them takes its place.
    pub(super) fn was_before(&mut self) {
        let sort = |token: &Token| match token.kind {
            TokenKind::Number(_) | TokenKind::Span(_) | TokenKind::Percent(_) => Some(0),
            TokenKind::Path => Some(1),
            TokenKind::Host => Some(2),
            TokenKind::Word if is_method(&token.text) => Some(3),
            _ => None,
        };
        let own = self.words.clone().find(|at| sort(&self.tokens[*at]).is_some());
        let Some((own, kind)) = own.map(|at| (at, sort(&self.tokens[at]))) else { return };
        let mut before = (self.words.start.saturating_sub(MAX_BACK)..self.words.start).rev();
        let new =
            before.by_ref().take_while(|at| !self.is_sentence_end(*at)).find(|at| sort(&self.tokens[*at]) == kind);
        if let Some(new) = new {
            self.note_former(own, new);
        }
    }

    /// Keeps in mind what the files should have before the change.
    fn note_former(&mut self, was: usize, becomes: usize) {
        let (old, new) = (&self.tokens[was], &self.tokens[becomes]);
        let text = |token: &Token| match token.kind {
            TokenKind::Number(number) | TokenKind::Percent(number) => number.to_string(),
            TokenKind::Span(span) => span.to_string(),
            _ => token.text.clone(),
        };
        let was = match (&old.kind, &new.kind) {
            // "20 seconds rather than 10"
            (TokenKind::Number(number), TokenKind::Span(_)) => format!("{number}s"),
            _ => text(old),
        };
        if self.known.is_some() {
            self.intent.formers.push(Former { was, becomes: text(new) });
        }
    }

    fn drop_former(&mut self, begin: usize, former: &Before) {
        let Before { from, label, value, to, new } = *former;
        let text = self.request[self.tokens[from].start..self.tokens[to - 1].end].to_owned();
        self.set_aside(from, to);
        self.note_former(value, new);
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" says what was before, and sets nothing"),
            why: "the value that it changes to is the one that is set".to_owned(),
        });
        let names_sort = |at: usize| self.says_sort(at) && !self.is_symbol(at, &["change"]);
        let is_port = matches!(self.tokens[value].kind, TokenKind::Number(MIN_BARE_PORT..));
        let sort = match label {
            Some(label) => Some(self.tokens[label].clone()),
            // "move orders from 8080 to 9090"
            None if is_port && !(begin..from).any(names_sort) => {
                let (low, text) = ("port".to_owned(), "port".to_owned());
                Some(Token { kind: TokenKind::Symbol, low, text, ..self.tokens[new].clone() })
            }
            None => None,
        };
        if let Some(sort) = sort.filter(|sort| self.low(self.past(to + 1, &["the", "a", "an", "its"])) != sort.low) {
            let place = self.tokens[new].start;
            self.tokens.insert(new, Token { start: place, end: place, ..sort });
        }
        self.tokens.remove(value);
        if let Some(label) = label {
            self.tokens.remove(label);
        }
        self.tokens.remove(from);
    }
}

/// Whether one value can take the place of another: both are of one sort.
fn replaces(old: &Token, new: &Token) -> bool {
    let is_value = !matches!(old.kind, TokenKind::Word | TokenKind::Name | TokenKind::Mark | TokenKind::Symbol);
    let is_alike = std::mem::discriminant(&old.kind) == std::mem::discriminant(&new.kind);
    // "from 5 to 30 seconds"
    let is_alike = is_alike || matches!((&old.kind, &new.kind), (TokenKind::Number(_), TokenKind::Span(_)));
    let is_symbol = old.kind == TokenKind::Symbol && new.kind == TokenKind::Symbol;
    is_value && is_alike || is_symbol && family(old).is_some() && family(old) == family(new)
}

fn family(token: &Token) -> Option<usize> {
    FAMILIES.iter().position(|family| family.contains(&token.low.as_str()))
}

/// Whether a token can be any text.
fn is_text(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Host | TokenKind::Quoted)
}
