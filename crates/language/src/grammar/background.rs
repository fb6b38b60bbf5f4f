//! What only tells the story around a request: sentences about who asks and why.

use std::ops::Range;

use super::name::name_at;
use super::reader::Reader;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

/// Words that begin a sentence about those who ask.
const NARRATORS: &[&str] = &["we're", "i'm", "we", "i", "our", "my"];

/// The most words between a narrator and what is being done.
const MAX_TO_DOING: usize = 4;

/// Symbols that a sentence of background may hold: none of them is a setting.
const TOLD: &[&str] = &["app-mesh", "to", "and", "on", "first", "run", "between", "for", "but", "out", "split"];

/// What makes something, whoever does it.
const MAKING: &[&str] = &[
    "attaching",
    "blocking",
    "bringing",
    "connecting",
    "encrypting",
    "exposing",
    "hooking",
    "installing",
    "joining",
    "limiting",
    "linking",
    "mirroring",
    "opening",
    "plugging",
    "protecting",
    "publishing",
    "registering",
    "removing",
    "replacing",
    "restricting",
    "securing",
    "serving",
    "shifting",
    "spinning",
    "standing",
    "throttling",
    "wiring",
];

/// Nouns for the whole that is told of, and no part of it.
const WHOLES: &[&str] = &["business", "company", "platform", "shop", "store", "system", "team", "website"];

impl Reader<'_> {
    /// Reads past a sentence of background, where one begins here.
    pub(super) fn begins_background(&mut self) -> bool {
        let begins = self.at == 0 || self.is_sentence_end(self.at - 1);
        begins && self.background()
    }

    /// "We're moving our shop to App Mesh.": a sentence that tells of those who ask makes nothing, where it holds no value, no
    /// name that is spoken of nowhere else, and no verb that makes something.
    fn background(&mut self) -> bool {
        if !self.is_word(self.at, NARRATORS) || self.known.is_some() {
            return false;
        }
        let end = (self.at..self.tokens.len()).find(|at| self.is_sentence_end(*at)).unwrap_or(self.tokens.len());
        let doing = (self.at + 1..end).take(MAX_TO_DOING).find(|at| {
            let is_being = *at == self.at + 1 && matches!(self.low(self.at), "we're" | "i'm")
                || matches!(self.low_before(*at), "is" | "are" | "am" | "currently" | "now");
            let is_done = self.tokens[*at].kind == TokenKind::Word && !self.is_word(*at, MAKING);
            is_being && is_done && self.low(*at).ends_with("ing")
        });
        let is_told = |token: &Token| match token.kind {
            TokenKind::Word | TokenKind::Name | TokenKind::Mark => true,
            TokenKind::Symbol => {
                TOLD.contains(&token.low.as_str())
                    // What is migrated to is said where it is set.
                    || matches!(token.low.as_str(), "tls" | "mtls") && self.is_said_beyond(&token.low, end)
                    || matches!(
                        Thing::of_symbol(&token.low),
                        Some(Thing::Application | Thing::Mesh | Thing::Everything)
                    )
            }
            _ => false,
        };
        let goes_on = self.tokens.len() > end + 1;
        let is_known = |at: usize| !self.names_something(at) || self.is_spoken_of_outside(at, self.at..end);
        if doing.is_none_or(|doing| !(doing + 1..end).all(is_known))
            || !goes_on
            || !self.tokens[self.at..end].iter().all(is_told)
        {
            return false;
        }
        let text = self.request[self.tokens[self.at].start..self.tokens[end - 1].end].to_owned();
        self.set_aside(self.at, end);
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" is background, and makes nothing by itself"),
            why: "it tells of those who ask, and sets no value".to_owned(),
        });
        self.at = end;
        true
    }
}

impl Reader<'_> {
    /// Whether a word of a story is a name: "we're moving checkout", but not "as a canary" and "our shop".
    fn names_something(&self, at: usize) -> bool {
        let is_noun = self.is_word(at, WHOLES) || matches!(self.low_before(at), "a" | "an");
        // "step by step"
        let is_twice = |at: usize, by: usize, other: usize| self.low(by) == "by" && self.low(other) == self.low(at);
        let is_adverb = is_twice(at, at + 1, at + 2) || at > 1 && is_twice(at, at - 1, at - 2);
        !is_noun && !is_adverb && name_at(&self.tokens, at).is_some()
    }

    /// Whether a symbol stands behind a place too.
    fn is_said_beyond(&self, symbol: &str, end: usize) -> bool {
        (end..self.tokens.len()).any(|at| self.is_symbol(at, &[symbol]))
    }

    /// Whether a name stands outside of a sentence too, by itself or within a longer one: `search` in `search-v3`.
    fn is_spoken_of_outside(&self, at: usize, sentence: Range<usize>) -> bool {
        let name = self.tokens[at].text.to_lowercase();
        let others = (0..self.tokens.len()).filter(|other| !sentence.contains(other));
        let is_it = |text: &str| text == name || text.split(['-', '_', '.']).any(|part| part == name);
        others.into_iter().any(|other| is_it(&self.tokens[other].text.to_lowercase()))
    }
}
