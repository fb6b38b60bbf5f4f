//! Verbs that are said once for several: "lower the retries of a to 1 and the timeout of b to 4 s".

use super::name::name_at;
use super::reader::Reader;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};

/// Words before a part or its owner.
const ARTICLES: &[&str] = &["the", "a", "an", "its", "my", "our", "and"];

/// Words between a part and its owner.
const OF: &[&str] = &["of", "on", "for", "in"];

/// Words behind a part that say no more than it: "the log file".
const NOUNS: &[&str] = &["file", "name", "value"];

/// The most tokens from an owner to the value of its part.
const MAX_TO_VALUE: usize = 6;

/// Symbols of verbs, before which none is said again.
const VERBS: &[&str] = &[
    "add",
    "change",
    "create",
    "remove",
    "no",
    "no-longer",
    "take",
    "drop-all",
    "rename",
    "tag",
    "send",
    "split",
    "call",
    "rewrite",
    "strip",
    "keep",
];

/// Ways to say that one value takes the place of another.
const REPLACING: &[&str] = &["replace", "replaces"];

/// A part that is set: where its words begin and end, and which of them say what it is.
struct Part {
    label: std::ops::Range<usize>,
}

impl Reader<'_> {
    /// Says the verb of a change again where a part of something else follows that has a value of its own, and the part again
    /// where only its owner follows.
    pub(super) fn carry_verbs(&mut self) {
        let mut verb: Option<usize> = None;
        let mut at = 0;
        while at < self.tokens.len() {
            if self.is_sentence_end(at) {
                verb = None;
            } else if self.known.is_some() && self.is_symbol(at, &["add"])
                || self.is_symbol(at, &["change"])
                || self.is_word(at, &["set"])
            {
                verb = Some(at);
            } else if self.is_symbol(at, &["and"]) || self.low(at) == "," {
                let said = verb.and_then(|verb| self.said_again(verb, at)).unwrap_or_default();
                let place = self.tokens.get(at + 1).map_or(0, |next| next.start);
                let said: Vec<Token> =
                    said.into_iter().map(|word| Token { start: place, end: place, ..word }).collect();
                let count = said.len();
                if count > 0 {
                    let rest = self.tokens.split_off(at + 1);
                    self.tokens.extend(said.into_iter().chain(rest));
                }
                at += count;
            }
            at += 1;
        }
    }

    /// "the interval of cart should be 8 s" sets it, as "set the interval of cart to 8 s" does.
    pub(super) fn say_changes(&mut self) {
        let mut at = 0;
        while self.known.is_some() && at < self.tokens.len() {
            if let Some(modal) = Some(at).filter(|_| self.begins_part(at)).and_then(|at| self.modal_of_part(at)) {
                let (first, last) = (self.tokens[modal.start].clone(), &self.tokens[modal.end - 1]);
                let symbol = |low: &str, start: usize, end: usize| Token {
                    kind: TokenKind::Symbol,
                    low: low.to_owned(),
                    text: low.to_owned(),
                    start,
                    end,
                };
                let (to, start) = (symbol("to", first.start, last.end), self.tokens[at].start);
                self.tokens.splice(modal, [to]);
                self.tokens.insert(at, symbol("change", start, start));
            }
            at += 1;
        }
    }

    /// "replace the port of cart with 9090" sets it, as "change the port of cart to 9090" does, and so does "replace port 8080 of
    /// cart with 9090", which says what was there too.
    pub(super) fn say_replacements(&mut self) {
        for at in 0..self.tokens.len() {
            let is_verb = self.is_symbol(at, &["rewrite"])
                && REPLACING.contains(&self.tokens[at].text.to_lowercase().as_str())
                || self.is_word(at, &["exchange", "substitute"]);
            if self.known.is_none()
                || !is_verb
                || !(at == 0 || self.begins_part(at) || self.is_word(at - 1, &["please"]))
            {
                continue;
            }
            if let Some((_, after)) = self.part_of_owner(at + 1).filter(|(part, _)| self.is_replaced(part)) {
                self.replace_by(at, after, None);
                // "… and its key with b.key"
                let next = self.past(after + 2, ARTICLES);
                if self.is_symbol(after + 2, &["and"])
                    && self.token(next).is_some_and(|part| part.kind == TokenKind::Symbol)
                {
                    self.replace_by(at, next + 1, None);
                }
                continue;
            }
            // "replace port 8080 of cart with 9090", "replace the log file a.log of cart by b.log"
            let start = self.past(at + 1, ARTICLES);
            let end = self.past(self.past_symbols(start), NOUNS);
            let owner = self.past(end + 2, ARTICLES);
            let is_value = self.token(end).is_some_and(|old| !matches!(old.kind, TokenKind::Mark | TokenKind::Symbol));
            let is_of = OF.contains(&self.low(end + 1)) && name_at(&self.tokens, owner).is_some();
            if end > start && is_value && is_of && self.is_replaced(&Part { label: start..end }) {
                self.replace_by(at, owner + 1, Some(end));
            }
        }
    }

    /// Whether what stands for a part is a value of it alone: not a target, and not the path of a route, which is rewritten.
    fn is_replaced(&self, part: &Part) -> bool {
        let label = || part.label.clone();
        let is_other = label().any(|at| self.is_symbol(at, &["target", "backend", "prefix", "split", "weight"]));
        let of_node = |at: usize| self.is_symbol(at, &["health-check", "access-log", "discovery", "dns"]);
        let is_path = label().any(|at| self.is_symbol(at, &["path"])) && !label().any(of_node);
        !part.label.is_empty() && !is_other && !is_path
    }

    /// Says "change … to" for "replace … with"; a value that was there goes behind its owner.
    fn replace_by(&mut self, verb: usize, with: usize, old: Option<usize>) {
        if !self.is_word(with, &["with", "by", "for"]) {
            return;
        }
        self.set_aside(verb, verb + 1);
        let change = &mut self.tokens[verb];
        change.kind = TokenKind::Symbol;
        "change".clone_into(&mut change.low);
        let joint = &mut self.tokens[with];
        joint.kind = TokenKind::Symbol;
        "to".clone_into(&mut joint.low);
        if let Some(old) = old {
            let value = self.tokens.remove(old);
            let from =
                Token { kind: TokenKind::Word, low: "from".to_owned(), text: "from".to_owned(), ..value.clone() };
            self.tokens.splice(with - 1..with - 1, [from, value]);
        }
    }

    /// The first place from one on that no symbol of a part stands at.
    fn past_symbols(&self, at: usize) -> usize {
        let is_part = |at: &usize| {
            let token = self.token(*at).filter(|token| token.kind == TokenKind::Symbol);
            token.is_some_and(|token| token.low != "to" && Thing::of_symbol(&token.low).is_none())
        };
        at + (at..at + MAX_TO_VALUE).take_while(is_part).count()
    }

    fn begins_part(&self, at: usize) -> bool {
        at == 0 || self.is_sentence_end(at - 1) || matches!(self.low(at - 1), "," | "and")
    }

    /// The words that say what a part of something is to be: "should be", "must be".
    fn modal_of_part(&self, at: usize) -> Option<std::ops::Range<usize>> {
        let (part, after) = self.part_of_owner(at)?;
        let modal = self.past(after, &["should", "must", "shall", "now", "only", "be"]);
        let is_said = self.is_bound(after) && self.low(modal - 1) == "be";
        let value = self.past(modal, ARTICLES);
        let is_value = self.token(value).is_some_and(|value| {
            !matches!(value.kind, TokenKind::Word | TokenKind::Name | TokenKind::Symbol | TokenKind::Mark)
        });
        (is_said && is_value && !part.label.is_empty()).then_some(after..modal)
    }

    /// The words that go without saying behind a joint: the verb, or the verb and the part.
    fn said_again(&self, verb: usize, joint: usize) -> Option<Vec<Token>> {
        if self.is_symbol(verb, &["add"]) {
            return self.adds_to_another(joint).then(|| vec![self.tokens[verb].clone()]);
        }
        let first = self.part_at_place(verb + 1).filter(|part| !part.label.is_empty())?;
        let next = self.part_at_place(joint + 1)?;
        let mut said = vec![self.tokens[verb].clone()];
        if next.label.is_empty() {
            said.extend(self.tokens[first.label].iter().cloned());
        }
        Some(said)
    }

    /// "add a to x and b to y": whether an owner stands right before a joint, and a part with an owner of its own behind it.
    fn adds_to_another(&self, joint: usize) -> bool {
        let ends = |at: &usize| self.ends_clause(*at) || *at == self.tokens.len();
        let Some(end) = (joint + 1..=self.tokens.len()).find(ends) else { return false };
        let is_part = |at: usize| {
            let token = self.token(at).filter(|token| token.kind == TokenKind::Symbol);
            token.is_some_and(|token| {
                !matches!(token.low.as_str(), "to" | "listener") && Thing::of_symbol(&token.low).is_none()
            })
        };
        let first = self.past(joint + 1, ARTICLES);
        let has_verb = self.is_symbol(first, VERBS) || self.is_word(first, &["set", "give", "let", "make", "put"]);
        self.owner_ends(joint) && self.owner_ends(end) && !has_verb && (first..end).any(is_part)
    }

    /// "… to the cart listener": whether words before a place say whose something is.
    fn owner_ends(&self, end: usize) -> bool {
        let is_noun = |at: usize| self.is_symbol(at, &["virtual-node", "listener", "virtual-gateway", "route"]);
        let Some(name) = end.checked_sub(if end > 0 && is_noun(end - 1) { 2 } else { 1 }) else { return false };
        let before = (0..name).rev().find(|at| !ARTICLES.contains(&self.low(*at)));
        let is_known =
            self.known.as_ref().zip(name_at(&self.tokens, name)).is_some_and(|(known, name)| known.knows(&name));
        is_known && before.is_some_and(|at| OF.contains(&self.low(at)) || self.is_symbol(at, &["to"]))
    }

    /// "the timeout of b to 4 s": a part, its owner and a value; the part may go without saying.
    fn part_at_place(&self, at: usize) -> Option<Part> {
        let (part, after) = self.part_of_owner(at)?;
        let to = (after..after + MAX_TO_VALUE)
            .take_while(|at| !self.ends_clause(*at))
            .find(|at| self.is_symbol(*at, &["to"]))?;
        let has_value = self.token(to + 1).is_some_and(|value| value.kind != TokenKind::Mark);
        has_value.then_some(part)
    }

    /// A part and its owner, and the place after both.
    fn part_of_owner(&self, at: usize) -> Option<(Part, usize)> {
        let start = self.past(at, ARTICLES);
        let end = self.past_symbols(start);
        let of = self.past(end, NOUNS);
        OF.contains(&self.low(of)).then_some(())?;
        let owner = self.past(of + 1, ARTICLES);
        let after = match self.entity_at(owner) {
            Some(entity) if entity.name.is_some() => entity.end,
            Some(_) => return None,
            None => name_at(&self.tokens, owner).map(|_| owner + 1)?,
        };
        Some((Part { label: start..end }, after))
    }
}
