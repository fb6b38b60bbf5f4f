//! What those who ask tell of themselves and of others: "We're migrating", "I'm an SRE at a bank", "compliance asked for it".

use super::Story;
use super::clause::{is_one_of, is_stop};
use super::situations::{is_imperative_at, is_later_word};
use crate::lexer::TokenKind;
use crate::lexicon::stories::{
    is_before_us, is_determiner, is_failing, is_going, is_had, is_making, is_people, is_place, is_purpose, is_teller,
    is_told, is_trade, is_trouble,
};

/// The most words between who tells and the verb.
const MAX_SUBJECT: usize = 6;

impl Story<'_> {
    /// What those who ask tell of themselves and of others: "We're migrating", "I'm an SRE at a bank", "compliance asked for it".
    pub(super) fn is_told(&self, at: usize, end: usize) -> bool {
        let teller = at + usize::from(is_one_of(&self.text(at), "as|currently|right|meanwhile|today"));
        let is_ours = is_teller(&self.first_word(teller));
        if is_ours && self.is_ours(teller, end) {
            return true;
        }
        let of = teller + usize::from(is_determiner(&self.text(teller)));
        let people = (of..(of + 3).min(end)).find(|at| is_people(&self.text(*at)));
        let is_theirs = people.is_some_and(|people| (teller..people).all(|at| !is_imperative_at(self, at)));
        if !is_ours && !is_theirs {
            return false;
        }
        let verbs = if is_ours { teller..teller + 3 } else { of + 1..of + MAX_SUBJECT };
        verbs.take_while(|at| *at < end).any(|verb| {
            let next = self.past_adverbs(verb + 1);
            let text = self.text(verb);
            let doing = self.text(next);
            let is_being = self.is_being(verb) && next < end;
            let is_doing = is_being
                && doing.ends_with("ing")
                && doing.len() > 4
                && !is_making(&doing)
                && (!self.is_symbol(next) || self.is_harmless(next));
            let is_someone = is_ours
                && is_being
                && is_one_of(&self.text(verb + 1), "a|an|the|new|not|just|only|still")
                && !self.wants(verb, end);
            let is_somewhere = is_ours && is_being && is_one_of(&doing, "on|in|at|under|short")
                || is_being && (is_trouble(&doing) || is_one_of(&doing, "new|done|ready|happy|sure|about"));
            let runs = is_ours
                && is_one_of(&text, "run|run on|work|operate|sit|host|live")
                && (verb + 1..end).any(|at| is_place(&self.text(at)))
                && (verb + 1..end).all(|at| {
                    is_one_of(
                        &self.text(at),
                        "on|in|everything|all|our|mostly|entirely|and|at|all of|of|it|with|the|only",
                    ) || is_place(&self.text(at))
                });
            let going = is_being && is_going(&doing);
            let has = is_one_of(&text, "have|had|has|got|ran|hit|see|saw")
                && (verb + 1..end).any(|at| is_had(&self.text(at)) || is_before_us(&self.text(at)))
                && !(verb + 1..end)
                    .any(|at| self.is_symbol(at) && crate::grammar::thing::Thing::of_symbol(self.low(at)).is_some());
            let did = (is_told(&text) && !self.asks_for_ours(is_ours, verb)
                || (text == "have" || text == "has" || text == "had" || text.ends_with("'ve")) && is_told(&doing))
                && !self.wants(verb, end);
            let fails = is_failing(&text) && !is_ours && self.text(verb + 1) != "over";
            is_doing || going || is_someone || is_somewhere || runs || has || did || fails
        })
    }

    /// "we want a gateway" is what is asked for; "finance wants it" tells why.
    fn asks_for_ours(&self, is_ours: bool, verb: usize) -> bool {
        let is_asked = is_one_of(
            &self.text(verb),
            "want|wants|require|requires|required|ask|asks|demand|demands|expect|expects|prefers|like|likes|wish|plan|insist|insists|requested|asked|demanded|ordered",
        );
        let object = verb + 1 + usize::from(is_one_of(&self.text(verb + 1), "for|on|to"));
        let is_pointed = is_one_of(&self.text(object), "it|this|that|so|us|me|");
        is_asked && (is_ours || !is_pointed) || is_asked && is_stop(self.low(object)) && self.text(object - 1) == "to"
    }

    /// Whether a clause says what is to be made: "I'm after a mesh", "we're looking for a gateway".
    fn wants(&self, at: usize, end: usize) -> bool {
        (at + 1..end).any(|at| {
            is_one_of(
                &self.text(at),
                "looking|after|need|want|wants|needs|asking|requesting|must|should|shall|supposed|would",
            ) || is_one_of(&self.text(at), "decided|agreed|us|me|want|forgot|promised|planned|tried|asked|like")
                && self.text(at + 1) == "to"
        })
    }

    /// What those who ask say of themselves in other words: "we need it for the audit", "we want to try App Mesh", "I work for a
    /// bank", "we sell shoes", "we'll add routes later".
    fn is_ours(&self, at: usize, end: usize) -> bool {
        let is_one = self.text(at).contains(' ');
        let verb = at + usize::from(!is_one);
        let text = self.text(verb).split(' ').next_back().unwrap_or_default().to_owned();
        let next = self.text(verb + 1);
        let wants = is_one_of(&text, "want|need|like|plan|hope|wish|decided|would|love");
        let needs_it = is_one_of(&text, "need|want") && is_one_of(&next, "it|this|that|them");
        let object = self.text(verb + 2);
        let to_try = wants
            && next == "to"
            && (is_purpose(&object)
                || is_one_of(&object, "evaluate|migrate|modernise|modernize|get")
                || is_one_of(&object, "use|adopt") && self.low(verb + 3) == "app-mesh");
        let works = text == "work" && is_one_of(&next, "for|on|in|at|with|as");
        let expects = text == "expect"
            && (verb + 1..end)
                .any(|at| is_one_of(&self.text(at), "load|peak|peaks|growth|visitors|customers|lot|spike|spikes"));
        let is_later = is_one_of(&self.text(at), "we'll|i'll|they'll") || text == "will";
        let later = is_later && (verb..end).any(|at| is_later_word(&self.text(at)));
        needs_it || to_try || works || expects || later || is_trade(&text)
    }

    /// "As an SRE at a bank, …", "As a developer I want …".
    pub(super) fn role(&self, at: usize) -> Option<usize> {
        let is_as = self.text(at) == "as" && is_one_of(&self.text(at + 1), "a|an|the");
        let is_asking = |at: usize| {
            let next = self.first_word(at);
            is_teller(&next) || is_one_of(&next, "i'd|we'd")
        };
        let end = (at + 3..at + 10).find(|at| is_stop(self.low(*at)) || is_asking(*at)).filter(|_| is_as && at == 0)?;
        let after = end + usize::from(self.low(end) == ",");
        let is_plain = (at + 2..end).all(|at| self.tokens[at].kind == TokenKind::Word || self.is_harmless(at));
        (is_plain && (is_asking(after) || after > end && (self.text(after) == "please" || self.begins_order(after))))
            .then_some(end)
    }
}
