//! Sentences about how things are: "We run on ECS", "v2 throws errors", "Black Friday is coming", "nobody uses it any more".

use super::clause::{is_one_of, whole_text};
use super::{Frame, Sort, Story};
use crate::grammar::thing::Thing;
use crate::lexer::TokenKind;
use crate::lexicon::is_glue;
use crate::lexicon::stories::{
    is_degree, is_determiner, is_failing, is_finite, is_going, is_had, is_later, is_nobody, is_occasion, is_pronoun,
    is_trouble, is_use, is_when, is_whole,
};

/// The most words before the verb.
const MAX_SUBJECT: usize = 6;

/// The most words between the verb and what it says.
const MAX_ADVERBS: usize = 3;

impl Story<'_> {
    /// A sentence, or a part of one, about how things are.
    pub(super) fn situation(&self, at: usize) -> Option<Frame> {
        if let Some(end) = self.role(at) {
            return Some(Frame { words: at..end, sort: Sort::Situation });
        }
        let end = self.clause_end(at);
        let words = at..end;
        if end < at + 2 || words.clone().any(|at| self.text(at) == "if" || self.text(at) == "unless") {
            return None;
        }
        let goes_on = end < self.tokens.len() || at > 0;
        let is_told =
            self.is_told(at, end) || self.is_about(at, end) || self.is_of_nobody(at, end) || self.is_before_so(at, end);
        (goes_on && is_told).then_some(Frame { words, sort: Sort::Situation })
    }

    /// Whether a token says "is" in short: `it's`, `we're`.
    fn is_short_is(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Word
                && (whole_text(token) != token.text.to_lowercase()
                    || token.low.ends_with("'re")
                    || token.low.ends_with("'m"))
        })
    }

    pub(super) fn is_being(&self, at: usize) -> bool {
        is_one_of(
            &self.text(at),
            "is|are|am|was|were|been|keeps|keep|gets|seems|looks|feels|isn't|aren't|became|remains|got",
        ) || self.is_short_is(at)
    }

    /// Past adverbs from a place on.
    pub(super) fn past_adverbs(&self, at: usize) -> usize {
        at + (at..at + MAX_ADVERBS).take_while(|at| is_degree(&self.text(*at))).count()
    }

    /// "Goal: less downtime.": a sentence behind what it is, without anything that is asked for.
    pub(super) fn label(&self, at: usize) -> Option<Frame> {
        let is_label = is_one_of(&self.text(at), "goal|aim|purpose|background|context|reason|motivation|why")
            && self.low(at + 1) == ":";
        let end = self.clause_end(at + 2);
        (is_label && end > at + 2 && is_one_of(self.low(end), ".|;|!|"))
            .then_some(Frame { words: at..end, sort: Sort::Situation })
    }

    /// "Our checkout is flaky", "catalog v2 throws errors", "Black Friday is coming".
    fn is_about(&self, at: usize, end: usize) -> bool {
        let is_plain = |at: usize| {
            self.tokens[at].kind != TokenKind::Symbol
                || Thing::of_symbol(self.low(at)).is_some()
                || self.low(at) == "version"
                || self.is_harmless(at)
        };
        let verb = (at..end.min(at + MAX_SUBJECT)).find(|verb| {
            (*verb > at || self.is_short_is(*verb))
                && (self.is_being(*verb)
                    || is_failing(&self.text(*verb))
                    || is_one_of(
                        &self.text(*verb),
                        "has|have|leaves|ends|starts|begins|goes|falls|times out|comes|keeps",
                    ))
        });
        let Some(verb) = verb else { return false };
        let subject = at..verb + usize::from(self.is_short_is(verb));
        // "service orders" may be a value before it, and "orders on 8080" tells of more.
        let is_preposition =
            |at: usize| is_glue(&self.text(at)) && !is_determiner(&self.text(at)) && !is_pronoun(&self.text(at));
        if !subject.clone().all(is_plain)
            || subject.clone().any(is_preposition)
            || self.is_symbol(at) && !self.is_harmless(at)
        {
            return false;
        }
        let next = self.past_adverbs(verb + 1);
        let is_event = subject.clone().any(|at| is_occasion(&self.text(at)) || is_whole(&self.text(at)));
        let text = self.text(next);
        let when = is_event && (verb + 1..end).any(|at| is_when(&self.text(at)) || is_later(&self.text(at)));
        let is_troubled = self.is_being(verb) && (verb + 1..=next).any(|at| at < end && is_trouble(&self.text(at)));
        let keeps = self.text(verb) == "keeps" && text.ends_with("ing");
        let fails = is_failing(&self.text(verb))
            || is_one_of(&self.text(verb), "goes|falls") && is_one_of(&text, "down|over|wrong|apart")
            || self.text(verb) == "times out";
        let has = is_one_of(&self.text(verb), "has|have")
            && (verb + 1..end).any(|at| {
                is_had(&self.text(at)) || is_one_of(&self.text(at), "users|clients") && self.text(at - 1) == "no"
            });
        let going =
            self.is_being(verb) && is_going(&text) || is_one_of(&self.text(verb), "looks|seems") && is_trouble(&text);
        when || is_troubled || going || keeps || fails || has
    }

    /// "nobody uses it any more", "it is not used", "no one needs it".
    fn is_of_nobody(&self, at: usize, end: usize) -> bool {
        let is_none = is_nobody(&self.text(at))
            || self.text(at) == "no" && is_one_of(&self.text(at + 1), "one|client|clients|team|user");
        let verb = at + 1 + usize::from(self.text(at) == "no");
        let verb = verb + usize::from(is_one_of(&self.text(verb), "really|actually|ever|else"));
        let verb = verb + usize::from(self.text(verb) == "is");
        let does = is_none && verb < end && is_use(&self.text(verb));
        // "it is no longer used", "they aren't needed any more"
        let is_pronoun = is_pronoun(&self.text(at)) || self.text(at) == "which";
        let be = at + usize::from(!self.is_short_is(at));
        let is_not = (be..end).any(|at| is_one_of(&self.text(at), "not|no longer|isn't|aren't|never|not any more"));
        let unused = is_pronoun
            && self.is_being(be)
            && is_not
            && (be..end).any(|at| is_one_of(&self.text(at), "used|needed|wanted|maintained|supported|called|use"))
            && end < at + 7;
        does || unused
    }

    /// "mounts EFS so port 2049 must bypass the proxy": why, before what is asked for.
    fn is_before_so(&self, at: usize, end: usize) -> bool {
        let is_verb = self.text(at).ends_with('s')
            && self.text(at).len() > 3
            && !is_finite(&self.text(at))
            && self.tokens[at].kind == TokenKind::Word;
        is_verb && self.text(end) == "so" && self.text(end + 1) != "that" && end < at + 6 && at > 0
    }
}

pub(super) fn is_later_word(word: &str) -> bool {
    is_later(word) || matches!(word, "sprint" | "week" | "month" | "year" | "quarter")
}

pub(super) fn is_imperative_at(story: &Story<'_>, at: usize) -> bool {
    story.is_symbol(at)
        && Thing::of_symbol(story.low(at)).is_none()
        && story.low(at) != "version"
        && story.text(at) != "launch"
}
