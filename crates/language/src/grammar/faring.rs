//! What a request tells of how things fare before it says what is to be: "v2 throws errors, …", "Finish the rollout: …".

use super::name::name_at;
use super::reader::Reader;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_ordinary};
use crate::understanding::Assumption;

/// Words for how something fares.
const FARING: &[&str] = &[
    "throws",
    "throwing",
    "crashes",
    "crashing",
    "crashed",
    "broken",
    "buggy",
    "misbehaves",
    "misbehaving",
    "flaky",
    "leaks",
    "leaking",
    "fails",
    "failing",
    "struggling",
    "struggles",
    "problems",
    "issues",
    "bug",
    "bugs",
    "stable",
    "good",
    "fine",
    "great",
    "proven",
    "ready",
    "slow",
    "errors",
    "well",
];

/// Symbols that a clause about it may hold.
const TOLD: &[&str] = &["version", "virtual-node", "application", "error", "failure", "unhealthy", "healthy", "run"];

/// Words that end a rollout.
const ENDING: &[&str] = &["finish", "finishes", "complete", "conclude", "finalize", "finalise", "end", "wrap up"];

/// Words that begin one or take it on.
const GOING: &[&str] = &["start", "begin", "continue", "proceed", "advance", "resume", "kick off"];

/// Nouns for a change of shares.
const ROLLOUTS: &[&str] = &[
    "rollout",
    "roll-out",
    "migration",
    "canary",
    "deployment",
    "release",
    "switch",
    "cutover",
    "switchover",
    "upgrade",
    "canary rollout",
    "canary deployment",
    "canary release",
];

/// The most words of a clause about how something fares.
const MAX_WORDS: usize = 9;

impl Reader<'_> {
    /// Reads past what is only told at the begin of a sentence, where something follows that says what is to be.
    pub(super) fn faring(&mut self) -> bool {
        let begins = self.at == 0 || self.is_sentence_end(self.at - 1);
        begins && self.known.is_some() && (self.fares() || self.rolls_on())
    }

    /// "catalog v2 throws errors, roll everything back to v1"
    fn fares(&mut self) -> bool {
        let ends =
            |at: &usize| self.is_sentence_end(*at) || matches!(self.low(*at), "," | "so" | ":" | "-" | "–" | "—");
        let Some(end) = (self.at..self.tokens.len()).take(MAX_WORDS).find(ends) else { return false };
        let words = self.at..end;
        let is_faring = |token: &Token| FARING.contains(&token.text.to_lowercase().as_str());
        let is_told = |token: &Token| match token.kind {
            TokenKind::Symbol => TOLD.contains(&token.low.as_str()) || is_faring(token),
            TokenKind::Word | TokenKind::Name => {
                is_glue(&token.low)
                    || is_ordinary(&token.low)
                    || is_faring(token)
                    || self.known.as_ref().is_some_and(|known| known.speaks_of(&token.text))
            }
            _ => false,
        };
        let first = self.past(self.at, &["the", "our", "new", "old", "version"]);
        let is_named = name_at(&self.tokens, first)
            .is_some_and(|name| self.known.as_ref().is_some_and(|known| known.speaks_of(&name)));
        let tokens = &self.tokens[words.clone()];
        let goes_on = self.tokens.len() > end + 1;
        if !is_named || !goes_on || !tokens.iter().any(is_faring) || !tokens.iter().all(is_told) {
            return false;
        }
        let text = self.request[self.tokens[self.at].start..self.tokens[end - 1].end].to_owned();
        self.set_aside(self.at, end);
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" changes nothing by itself"),
            why: "it says how things are, and no value".to_owned(),
        });
        self.at = end + usize::from(!self.is_sentence_end(end));
        true
    }

    /// "Finish the rollout, all traffic to v2": the shares that follow say it all.
    fn rolls_on(&mut self) -> bool {
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let verb = text(self.at);
        let (is_end, is_going) = (ENDING.contains(&verb.as_str()), GOING.contains(&verb.as_str()));
        let noun = self.past(self.at + 1, &["with", "the", "our", "a", "this"]);
        let end = noun + 1;
        let parts = self.is_sentence_end(end) || matches!(self.low(end), "," | ":" | "and" | "by" | "-" | "–" | "—");
        let rest = self.tokens.get(end + 1..).unwrap_or_default();
        let is_all = |token: &Token| {
            matches!(token.low.as_str(), "all-traffic" | "all" | "everything")
                || matches!(token.kind, TokenKind::Percent(100))
        };
        let is_share = |token: &Token| matches!(token.kind, TokenKind::Percent(_) | TokenKind::Ratio(_));
        let is_told = is_end && rest.iter().any(is_all) || is_going && rest.iter().any(is_share);
        if !is_told || !parts || !ROLLOUTS.contains(&text(noun).as_str()) {
            return false;
        }
        self.set_aside(self.at, end);
        self.at = end + usize::from(!self.is_sentence_end(end));
        true
    }
}
