//! Reasons and aims: "because it's flaky", "as it needs more time", "so that we can do canaries later", "for a demo".

use super::clause::{is_one_of, is_stop, whole_text};
use super::{Frame, Sort, Story};
use crate::grammar::thing::Thing;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::stories::{
    BEFORE_OCCASIONS, REASONS, UNDERTAKINGS, is_bare_occasion, is_determiner, is_finite, is_nobody, is_occasion,
    is_of_occasion, is_people, is_pronoun, is_purpose, is_step,
};

/// The most words between the conjunction and the verb.
const MAX_TO_VERB: usize = 5;

/// The most words that say which occasion.
const MAX_OF_OCCASION: usize = 4;

/// Words that say where requests go to be tried out, so that "for testing" is no occasion.
const ENVIRONMENTS: &[&str] =
    &["production", "prod", "staging", "dev", "development", "qa", "preprod", "sandbox", "environment", "environments"];

/// Whether a request speaks of environments.
pub(super) fn has_environments(tokens: &[Token]) -> bool {
    tokens.iter().any(|token| ENVIRONMENTS.contains(&token.text.to_lowercase().as_str()))
}

impl Story<'_> {
    /// A clause that says why.
    pub(super) fn reason(&self, at: usize) -> Option<Frame> {
        let begin = self.past_phrase(at, REASONS).or_else(|| self.reason_by_verb(at))?;
        let begin = begin + usize::from(self.low(begin) == ":");
        let end = self.clause_end(begin);
        (end > begin).then_some(Frame { words: at..end, sort: Sort::Reason })
    }

    /// "as it needs more time", "while we migrate", "in case something breaks": a reason only before a clause.
    fn reason_by_verb(&self, at: usize) -> Option<usize> {
        let begin =
            self.past_phrase(at, &["as", "while", "whilst", "in case", "just in case", "until", "for the case that"])?;
        let subject = self.first_word(begin);
        let conjunction = self.text(at);
        let is_told = match conjunction.as_str() {
            "in" | "just" | "for" => is_one_of(&subject, "we|i|something|anything|things|it|somebody|someone"),
            "until" => is_one_of(&subject, "we|i|we've|we're"),
            "while" | "whilst" => is_one_of(&subject, "we|i|they|we're|i'm|they're"),
            _ => {
                let verb = (begin + 1..begin + MAX_TO_VERB)
                    .take_while(|at| !is_stop(self.low(*at)))
                    .find(|at| is_finite(&self.text(*at)));
                let begins = is_determiner(&subject)
                    || is_people(&subject)
                    || self.tokens.get(begin).is_some_and(|token| token.kind == TokenKind::Name);
                let is_short =
                    self.tokens.get(begin).is_some_and(|token| whole_text(token) != token.text.to_lowercase());
                let is_as_it_is =
                    is_one_of(&self.text(begin + 1), "is|are|was|were|stands|does|do") && is_stop(self.low(begin + 2));
                ((is_pronoun(&subject) || is_nobody(&subject)) && !is_determiner(&subject)
                    || is_short
                    || begins && verb.is_some()
                    || is_determiner(&subject) && is_pronoun(&subject) && verb == Some(begin + 1))
                    && !is_as_it_is
            }
        };
        (is_told && !is_stop(self.low(begin + 1))).then_some(begin)
    }

    /// A clause that says what for.
    pub(super) fn aim(&self, at: usize, begins: bool) -> Option<Frame> {
        let end = self
            .aim_of_clause(at)
            .or_else(|| self.purpose(at, begins))
            .or_else(|| self.occasion(at, begins))
            .or_else(|| self.step(at))?;
        Some(Frame { words: at..end, sort: Sort::Aim })
    }

    /// "so that we can do canaries later", "so it survives Black Friday", "in order to learn".
    fn aim_of_clause(&self, at: usize) -> Option<usize> {
        let begin =
            self.past_phrase(at, &["so that", "in order that", "such that", "in order to", "so as to", "so"])?;
        let subject = self.text(begin);
        let is_bare = begin == at + 1 && self.text(at) == "so";
        let is_subject = is_pronoun(&subject) || is_people(&subject) || is_determiner(&subject);
        let is_of_people = is_people(&subject) || is_determiner(&subject) && is_people(&self.text(begin + 1));
        // "so we need a gateway" asks for one.
        let asks = is_one_of(&self.text(begin + 1), "need|want|needs|wants|would|must|should")
            || is_one_of(&subject, "that's|please");
        let has_verb = (begin + 1..begin + MAX_TO_VERB).any(|at| {
            is_one_of(&self.text(at), "can|could|may|might|will|won't|can't|don't|doesn't|cannot")
                || is_of_people && is_finite(&self.text(at))
        });
        let is_begin = at == 0 || self.begins_part(at) && !is_stop(self.low(at.saturating_sub(1)));
        if is_bare && (!is_subject || asks || !has_verb || is_begin || subject == "that") {
            return None;
        }
        let end = self.clause_end(begin);
        (end > begin + 1).then_some(end)
    }

    /// "to be ready for the launch", "to avoid surprises".
    fn purpose(&self, at: usize, begins: bool) -> Option<usize> {
        let to = at + usize::from(is_one_of(&self.text(at), "just|only|mainly|mostly"));
        let verb = to + 1;
        if self.text(to) != "to" || !is_purpose(&self.text(verb)) {
            return None;
        }
        let end = self.clause_end(verb);
        // "to test" may be where requests go.
        let is_name = is_one_of(
            &self.text(verb),
            "test|try|play|support|help|save|survive|prepare|learn|practice|see|experiment|explore",
        );
        let is_alone = begins && self.low(end) == "," || self.low(at.saturating_sub(1)) == ",";
        let has_object = is_determiner(&self.text(verb + 1))
            || is_one_of(&self.text(verb + 1), "how|whether|if|what|for|things|with|us|me|black|app mesh|aws app mesh");
        let is_pointed = is_one_of(&self.text(verb + 1), "with|app mesh|aws app mesh");
        let is_said = if is_name { has_object && (is_alone || is_pointed || end > verb + 2) } else { end > verb + 1 };
        is_said.then_some(end)
    }

    /// "for a demo", "before Black Friday", "as part of the migration".
    fn occasion(&self, at: usize, begins: bool) -> Option<usize> {
        if let Some(end) = self.coming(at, begins).or_else(|| self.for_people(at)) {
            return Some(end);
        }
        let begin = self.past_phrase(at, BEFORE_OCCASIONS)?;
        let is_before = self.text(at) == "before" || self.text(at) == "during";
        let of = (begin..begin + MAX_OF_OCCASION)
            .take_while(|at| {
                is_of_occasion(&whole_text(&self.tokens[(*at).min(self.tokens.len() - 1)]))
                    && !is_occasion_end(self, *at)
            })
            .count();
        let noun = begin + of;
        // "a virtual node for the demo" is called so.
        let before = at.checked_sub(1).map_or("", |before| self.low(before));
        let may_be_name = self.text(at) == "for" && Thing::of_symbol(before).is_some_and(|thing| thing != Thing::Mesh);
        if may_be_name
            || of == 0 && !is_bare_occasion(&self.text(noun)) && !is_one_of(&self.text(at), "before|ahead of")
        {
            return None;
        }
        let is_reason = of > 0 && is_one_of(&self.text(noun), "reasons|purposes");
        if !is_reason && !is_occasion(&self.text(noun))
            || is_before && noun == begin && !self.text(noun).ends_with("day")
        {
            return None;
        }
        let mut end = noun + 1;
        while is_occasion(&self.text(end))
            || is_one_of(&self.text(end), "purposes|reasons|only|class|project|environment|of|concept")
        {
            end += 1;
        }
        if is_one_of(&self.text(end), "on|next|this|in|tomorrow|with") {
            let tail = self.clause_end(end);
            let is_when = (end..tail).all(|at| {
                is_occasion(&self.text(at))
                    || is_people(&self.text(at))
                    || is_of_occasion(&self.text(at))
                    || is_one_of(&self.text(at), "on|next|this|in|tomorrow|week|month|with")
            });
            end = if is_when { tail } else { end };
        }
        let is_test = self.text(noun).starts_with("test") || self.text(noun) == "experiment";
        let ends = is_stop(self.low(end)) && self.low(end) != "("
            || begins
                && (self.begins_order(end) || is_determiner(&self.text(end)) || is_pronoun(&self.first_word(end)))
            || self.is_joint(end);
        (ends && !(is_test && self.has_environments)).then_some(end)
    }

    /// "with Black Friday coming up"
    fn coming(&self, at: usize, begins: bool) -> Option<usize> {
        let end = self.clause_end(at);
        let is_said = begins
            && self.text(at) == "with"
            && (at + 1..end.min(at + 5)).any(|at| is_occasion(&self.text(at)))
            && (at + 1..end).any(|at| is_one_of(&self.text(at), "coming|approaching|ahead|around|near|next"));
        is_said.then_some(end)
    }

    /// "for our customers", "for the payments team"
    fn for_people(&self, at: usize) -> Option<usize> {
        if self.text(at) != "for" || !is_one_of(&self.text(at + 1), "our|my|their|the") {
            return None;
        }
        let noun = (at + 2..at + 5).find(|at| is_people(&self.text(*at)))?;
        let is_one =
            self.text(at + 1) != "the" || is_one_of(&self.text(noun), "team|department|boss|auditors|business");
        let is_client = is_one_of(&self.text(noun), "client|clients|user|users|partner|partners|testers");
        (is_one
            && !is_client
            && (at + 2..noun).all(|at| self.tokens[at].kind == TokenKind::Word)
            && is_stop(self.low(noun + 1)))
        .then_some(noun + 1)
    }

    fn is_joint(&self, at: usize) -> bool {
        is_one_of(&self.text(at), "and|but|so") && self.begins_order(at + 1)
    }

    /// "as a first step", "as a test".
    fn step(&self, at: usize) -> Option<usize> {
        if self.text(at) != "as" || !is_one_of(&self.text(at + 1), "a|an|the|our|my") {
            return None;
        }
        let noun = (at + 2..at + 2 + MAX_OF_OCCASION).find(|at| is_step(&self.text(*at)))?;
        let is_which = |at: usize| {
            is_one_of(
                &self.text(at),
                "first|next|last|final|second|quick|temporary|little|small|simple|short|security|safety",
            )
        };
        let mut end = noun + 1;
        if is_one_of(&self.text(end), "towards|toward|to|of|in|into|for") {
            let tail = self.clause_end(end);
            let is_undertaken =
                (end..tail).any(|at| is_occasion(&self.text(at)) || UNDERTAKINGS.contains(&self.text(at).as_str()));
            end = if is_undertaken { tail } else { end };
        }
        ((at + 2..noun).all(is_which) && (is_stop(self.low(end)) || self.is_joint(end))).then_some(end)
    }
}

/// Whether the word at a place is the occasion itself, as none follows it.
fn is_occasion_end(story: &Story<'_>, at: usize) -> bool {
    let next = story.text(at + 1);
    is_occasion(&story.text(at)) && !is_occasion(&next) && !is_of_occasion(&next)
}
