//! What a clause that frames a request spoke of, where the rest points back at it: "We're retiring reviews. Remove its node."

use super::clause::is_one_of;
use super::{Frame, Sort, Story};
use crate::grammar::name::name_at;
use crate::grammar::versions::is_version;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::stories::{is_occasion, is_people, is_whole};

/// The most tokens between a clause and the pronoun that points back at it.
const MAX_BETWEEN: usize = 24;

/// A name in a clause, and what stands for it outside.
pub(super) struct Topic {
    pub(super) named: usize,
    pub(super) pronoun: usize,
}

impl Topic {
    /// Puts the name in the place of what stands for it.
    pub(super) fn say(&self, tokens: &mut Vec<Token>, name: String) {
        let token = &mut tokens[self.pronoun];
        let mut said = token.clone();
        (said.kind, said.low, said.text) = (TokenKind::Name, name.to_lowercase(), name);
        if token.text.eq_ignore_ascii_case("give it") {
            (token.kind, token.low) = (TokenKind::Word, "give".to_owned());
            "give".clone_into(&mut token.text);
            tokens.insert(self.pronoun + 1, said);
        } else if token.low == "all-traffic" {
            (token.kind, token.low) = (TokenKind::Word, "traffic".to_owned());
            tokens.insert(self.pronoun, said);
        } else {
            *token = said;
        }
    }
}

impl Story<'_> {
    /// The names that clauses speak of, where what stands right after points back at them.
    pub(super) fn topics(&self, frames: &[Frame], inside: &[bool]) -> Vec<Topic> {
        let mut topics: Vec<Topic> = Vec::new();
        for frame in frames.iter().rev() {
            for topic in self.topics_of(frame, inside) {
                if topics.iter().all(|known| known.pronoun != topic.pronoun) {
                    topics.push(topic);
                }
            }
        }
        // From the last on, so that a word that is put in moves none of them.
        topics.sort_by_key(|topic| std::cmp::Reverse(topic.pronoun));
        topics
    }

    fn topics_of(&self, frame: &Frame, inside: &[bool]) -> Vec<Topic> {
        let mut spoken = frame.words.clone().filter(|at| frame.sort != Sort::Wrapping && self.is_topic(*at));
        let Some(named) = spoken.next().filter(|_| spoken.next().is_none()) else { return Vec::new() };
        let start =
            (frame.words.end..self.tokens.len()).take(MAX_BETWEEN).find(|at| !inside[*at] && !self.is_mark(*at));
        let Some(start) = start else { return Vec::new() };
        let last = (start + MAX_BETWEEN).min(self.tokens.len());
        let end = (start..last).find(|at| is_one_of(self.low(*at), ".|;|!|?")).unwrap_or(last);
        let to_version = (start..end).any(|at| is_version(&self.text(at)));
        let mut topics: Vec<Topic> = Vec::new();
        let mut is_other = false;
        for (at, is_inside) in inside.iter().enumerate().take(end).skip(start) {
            let is_said = self.points_back(at, to_version);
            // "and make sure web no longer calls it"
            let is_called = matches!(self.low(at.saturating_sub(1)), "call" | "to") && !topics.is_empty();
            if is_said && (!is_other || is_called) && !is_inside {
                topics.push(Topic { named, pronoun: at });
            }
            is_other |= self.is_other(at);
        }
        topics
    }

    fn is_mark(&self, at: usize) -> bool {
        self.tokens[at].kind == TokenKind::Mark
    }

    /// Whether a token stands for what was spoken of; "everything" does where it goes to a version.
    fn points_back(&self, at: usize, to_version: bool) -> bool {
        let token = &self.tokens[at];
        let is_all = to_version && self.known.is_some() && is_one_of(&token.low, "everything|all-traffic");
        is_all || token.kind == TokenKind::Word && is_one_of(&token.low, "it|its") || self.text(at) == "give it"
    }

    /// Whether a word names something else than its version.
    fn is_other(&self, at: usize) -> bool {
        let is_named = match self.known {
            Some(_) => self.is_there(at),
            None => name_at(self.tokens, at).is_some(),
        };
        is_named && !is_version(&self.text(at))
    }

    /// Whether a clause speaks of a name: one that is there, or that is said to be somebody's or spelt as one.
    fn is_topic(&self, at: usize) -> bool {
        let text = self.text(at);
        let before = at.checked_sub(1).map(|before| self.text(before)).unwrap_or_default();
        let is_own = self.known.is_some()
            || is_one_of(&before, "our|my|the|retiring|called")
            || self.tokens[at].kind == TokenKind::Name;
        let is_story = is_people(&text) || is_whole(&text) || is_occasion(&text);
        self.is_other(at) && is_own && (!is_story || self.is_there(at))
    }
}
