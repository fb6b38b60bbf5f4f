//! What is said of the answer, and not of the mesh: "one template please", "keep it simple", "Finish the rollout: …".

use super::clause::{is_one_of, is_stop};
use super::{Frame, Sort, Story};
use crate::grammar::courtesy::is_filed;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::answers::WRAPPINGS;
use crate::lexicon::stories::{UNDERTAKING, UNDERTAKINGS, is_answer, is_validity};

/// Words that are polite and nothing else.
const COURTEOUS: &[&str] =
    &["please", "pls", "plz", "kindly", "thanks", "and", "so", "but", "then", "now", "just", "really", "again"];

pub(super) fn is_courteous(word: &str) -> bool {
    COURTEOUS.contains(&word)
}

/// What stands before the number of a ticket.
const BEFORE_TICKETS: &[&str] = &[
    "see",
    "cf",
    "ref",
    "re",
    "refs",
    "for",
    "per",
    "as per",
    "this is for",
    "it's for",
    "tracked in",
    "see also",
    "closes",
    "fixes",
    "as described in",
    "as in",
];

/// Logs, of which alone "as JSON" may be said.
const LOGS: &[&str] = &["access-log", "format", "stdout"];

/// "a node, as JSON": of the answer, which is written in another way, and of no log where none is spoken of.
pub(super) fn untell_json(tokens: &mut [Token]) {
    if tokens.iter().any(|token| LOGS.contains(&token.low.as_str())) {
        return;
    }
    for token in tokens.iter_mut().filter(|token| token.kind == TokenKind::Symbol && token.low == "as-json") {
        if matches!(token.text.to_lowercase().as_str(), "as json" | "in json" | "in json format" | "json format") {
            (token.kind, token.low) = (TokenKind::Word, token.text.to_lowercase());
        }
    }
}

impl Story<'_> {
    /// What is said of the answer at a place.
    pub(super) fn wrapping(&self, at: usize, begins: bool) -> Option<Frame> {
        self.said_of_answer(at, begins).or_else(|| {
            let end = self.ticket(at, begins).or_else(|| {
                begins
                    .then(|| self.none_of_answer(at).or_else(|| self.validity(at)).or_else(|| self.regret(at)))
                    .flatten()
            })?;
            Some(Frame { words: at..end, sort: Sort::Wrapping })
        })
    }

    /// "(see OPS-123)", "this is for ticket OPS-123".
    fn ticket(&self, at: usize, begins: bool) -> Option<usize> {
        let said = self.past_phrase(at, BEFORE_TICKETS);
        let noun = said.unwrap_or(at);
        let number = noun + usize::from(is_one_of(&self.text(noun), "ticket|issue|jira|story|task"));
        let is_bare = begins && self.low(at.wrapping_sub(1)) == "(" && self.low(number + 1) == ")";
        if said.is_none() && !is_bare || !self.tokens.get(number).is_some_and(is_filed) {
            return None;
        }
        let end = self
            .past_phrase(number + 1, &["for details", "for more details", "for the details", "for context"])
            .unwrap_or(number + 1);
        is_stop(self.low(end)).then_some(end)
    }

    /// "no comments or explanations"
    fn none_of_answer(&self, at: usize) -> Option<usize> {
        let none = at + usize::from(is_one_of(&self.text(at), "no|without"));
        let end = none
            + (none..none + 6)
                .take_while(|at| {
                    is_answer(&self.text(*at)) || is_one_of(&self.text(*at), "any|or|and|needed|please|further")
                })
                .count();
        (none > at && end > none && is_stop(self.low(end)) && (none..end).any(|at| is_answer(&self.text(at))))
            .then_some(end)
    }

    /// "make sure that the template is valid"
    fn validity(&self, at: usize) -> Option<usize> {
        let begin = self.past_phrase(
            at,
            &[
                "make sure",
                "make sure that",
                "please make sure",
                "please make sure that",
                "ensure",
                "ensure that",
                "and make sure",
                "it must be",
                "it has to be",
                "it should be",
                "the template must be",
                "the template should be",
            ],
        )?;
        let end = self.clause_end(begin);
        let is_plain = |at: usize| {
            is_validity(&self.text(at))
                || is_one_of(
                    &self.text(at),
                    "it|the|template|yaml|file|cloudformation|output|result|this|all|is|be|can|will|actually|really|please|without|errors|a|deployed|as|that|it's|and",
                )
        };
        let says = (begin..end).any(|at| is_validity(&self.text(at)) || self.text(at) == "deployed");
        (says && (begin..end).all(is_plain) && is_stop(self.low(end))).then_some(end)
    }

    /// "sorry for the short notice", "hope this helps": a sentence without anything else.
    fn regret(&self, at: usize) -> Option<usize> {
        let begin =
            self.past_phrase(at, &["sorry", "apologies", "i'm sorry", "hope", "i hope", "hopefully", "not sure how"])?;
        let end = self.clause_end(begin);
        let is_plain = |at: usize| matches!(self.tokens[at].kind, TokenKind::Word) || self.is_harmless(at);
        ((begin..end).all(is_plain) && is_stop(self.low(end))).then_some(end)
    }

    /// Words about the answer, up to the end of their clause.
    fn said_of_answer(&self, at: usize, begins: bool) -> Option<Frame> {
        // "in one template" may stand behind anything, "one template" only by itself.
        let may_follow = is_one_of(&self.text(at), "in|as|for|just|without|asap");
        if !begins && !may_follow {
            return None;
        }
        // "write one template: …"
        let written = at + usize::from(begins && self.low(at) == "create");
        let end = self.past_phrase(written, WRAPPINGS).filter(|end| written == at || self.low(*end) == ":")?;
        let end =
            end + (end..end + 2).take_while(|at| is_courteous(self.low(*at)) && !self.begins_order(*at + 1)).count();
        let ends = is_stop(self.low(end)) || is_one_of(self.low(end), "|and|but|so|to");
        let leads = begins && may_follow && end > at;
        (ends || leads && self.begins_order(end)).then_some(Frame { words: at..end, sort: Sort::Wrapping })
    }

    /// "Finish the rollout, …": says that something is begun or ended, where the rest says how.
    pub(super) fn undertaking(&self, at: usize) -> Option<Frame> {
        let verb = self.past_phrase(at, UNDERTAKING)?;
        let noun = (verb..verb + 5).find(|at| UNDERTAKINGS.contains(&self.text(*at).as_str()))?;
        let is_plain = (verb..noun).all(|at| !self.is_symbol(at) && !is_stop(self.low(at)));
        let end = noun + 1;
        let goes_on = is_one_of(self.low(end), ":|,|-|–|—|.") && self.sends(end + 1);
        (is_plain && goes_on).then_some(Frame { words: at..end, sort: Sort::Situation })
    }

    /// Whether the next clause says where traffic goes.
    fn sends(&self, at: usize) -> bool {
        let end = self.clause_end(at);
        let says = |at: usize| {
            is_one_of(self.low(at), "send|split|all-traffic|all|everything|weight|rest")
                || self
                    .tokens
                    .get(at)
                    .is_some_and(|token| matches!(token.kind, TokenKind::Percent(_) | TokenKind::Ratio(_)))
        };
        (at..end).any(says)
    }
}
