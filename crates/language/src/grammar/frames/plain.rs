//! Whether a clause holds nothing that an instruction could be about.

use std::ops::Range;

use super::clause::{JOINING, is_one_of, is_stop};
use super::topics::Topic;
use super::{Frame, Outside, Sort, Story};
use crate::grammar::name::name_at;
use crate::grammar::thing::Thing;
use crate::grammar::versions::is_version;
use crate::lexer::TokenKind;
use crate::lexicon::is_glue;
use crate::lexicon::stories::{
    is_determiner, is_finite, is_later, is_obligation, is_occasion, is_people, is_pronoun, is_requirement,
    is_transition, is_whole,
};

/// Ordinary words that mean something to the grammar elsewhere, where they stand in a story.
const HARMLESS: &str = "find|found|finds|go|goes|going|pass|land|lands|need|want|wants|build|write|making|make|\
    makes|building|design|draft|deploy|prepare|we need|i need|we want|i want|i would like|behind it|the other|\
    others|insist on|insists on|attempt|attempts|resolve|consume|run at|serve|serves|accept|accepts|preparing|\
    writing|run on|runs on|running on|launch|move|moves|switch|bring|brings|place|reduce|patch|change|changes|\
    keep|keeps|keeping|leave|leaves|stay|stays|remain|remains|remaining|take|pull|wait|busy|heavy|small|little|\
    large|light|high|low|average|task|tasks|pod|pods|container|containers|instance|instances|host|hosts|last|top|\
    straight|share|shares|shared|log|in a row|range|internal|user|stage|stages|point|points|dead|everyone|\
    test|event|events|between|across|over|still|including|adding|names|name|named|called|stop|stops|\
    stopped|no longer|upon|queue|rest|elsewhere|else|service|services|expose|dispatch|deliver";

/// Protocols that clients speak or cannot speak, where the rest says what is to be.
const SPOKEN: &[&str] = &["http", "http2", "grpc", "tls", "mtls", "plaintext"];

/// Errors, of which a story may tell where nothing is done about them by their kind.
const ERRORS: &[&str] =
    &["error", "failure", "server-error", "gateway-error", "timeout", "unavailable", "connection-error", "success"];

/// What is done about errors by their kind.
const BY_ERROR: &[&str] =
    &["retry", "outlier-detection", "health-check", "eject", "circuit-breaker", "healthy", "unhealthy"];

impl Story<'_> {
    pub(super) fn is_harmless(&self, at: usize) -> bool {
        JOINING.contains(&self.low(at)) || is_one_of(&self.text(at), HARMLESS)
    }

    /// Whether a clause holds nothing that an instruction could be about.
    pub(super) fn tells_nothing(&self, frame: &Frame, outside: &Outside, topics: &[Topic]) -> bool {
        if frame.sort == Sort::Wrapping {
            return true;
        }
        let words = frame.words.clone();
        let is_deferred = self.is_deferred(&words);
        let is_becoming = self.is_becoming(&words);
        if self.wishes(&words) || frame.sort == Sort::Situation && self.makes(&words, outside) {
            return false;
        }
        let is_of_people = words.clone().take(5).any(|at| is_people(&self.text(at)));
        // Whatever it speaks of, it says why.
        let is_because = frame.sort == Sort::Reason && self.text(words.start).starts_with("because");
        let is_ours = words.clone().take(3).any(|at| is_one_of(self.low(at), "we|i|we're|i'm|you|they|we've"));
        words.clone().all(|at| {
            let token = &self.tokens[at];
            if is_requirement(&token.low) || is_obligation(&token.low) && !is_ours {
                return false;
            }
            match token.kind {
                TokenKind::Mark => matches!(token.text.as_str(), "'" | "\"" | "/" | "’" | "," | "&" | ":"),
                TokenKind::Number(1) => token.text != "1",
                TokenKind::Symbol => {
                    is_deferred
                        || is_because
                            && is_one_of(&token.low, "backend|access-log|health-check|application|certificate")
                        || self.is_plain_symbol(at, outside)
                        || (is_becoming || is_of_people && SPOKEN.contains(&token.low.as_str()))
                            && outside.symbols.contains(&token.low)
                }
                TokenKind::Word | TokenKind::Name | TokenKind::Host | TokenKind::Quoted => {
                    is_deferred || self.is_plain_word(frame, at, outside, topics)
                }
                _ => false,
            }
        })
    }

    fn is_plain_symbol(&self, at: usize, outside: &Outside) -> bool {
        let low = self.low(at);
        // "It's a busy service" says how large its proxy is to be.
        if is_one_of(low, "low|medium|high|user") && outside.symbols.contains("sidecar") {
            return false;
        }
        if self.is_harmless(at) {
            // "it goes to v2"
            return low != "send" || self.low(at + 1) != "to" || !self.names_at(at + 2);
        }
        if ERRORS.contains(&low) {
            return !BY_ERROR.iter().any(|symbol| outside.symbols.contains(*symbol));
        }
        // "it talks to a legacy app", which nothing else names.
        if low == "call" {
            let names = (at + 1..at + 6)
                .take_while(|at| !is_stop(self.low(*at)))
                .any(|at| !outside.is_all && self.is_named(at, outside));
            return is_one_of(&self.text(at + 1), "a|an|some|other|many|several") && !names;
        }
        // "nobody calls it"
        if is_one_of(low, "no|everything") {
            return !is_one_of(&self.text(at.saturating_sub(1)), "get|gets|take|takes|receive|receives");
        }
        let is_kind = Thing::of_symbol(low).is_some();
        is_kind && outside.symbols.contains(low) && !is_one_of(&self.text(at.saturating_sub(1)), "a|an|another|new")
    }

    fn names_at(&self, at: usize) -> bool {
        let at = at + usize::from(is_determiner(&self.text(at)));
        name_at(self.tokens, at).is_some()
    }

    /// Whether a word is a name that something else speaks of, or that is there.
    fn is_named(&self, at: usize, outside: &Outside) -> bool {
        name_at(self.tokens, at).is_some() && (outside.words.contains(&self.text(at)) || self.is_there(at))
    }

    /// Whether the files have something of that name.
    pub(super) fn is_there(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return false };
        !is_glue(&token.low) && self.known.is_some_and(|known| known.knows(&token.text) || known.knows(&token.low))
    }

    /// Whether a word names nothing that only this clause speaks of.
    fn is_plain_word(&self, frame: &Frame, at: usize, outside: &Outside, topics: &[Topic]) -> bool {
        let token = &self.tokens[at];
        if outside.words.contains(&token.text.to_lowercase()) || topics.iter().any(|topic| topic.named == at) {
            return true;
        }
        let low = token.low.as_str();
        // "due to the audit"
        if is_one_of(low, "due|owing|seeing|considering") {
            return true;
        }
        if self.is_weekday(at) || (is_people(low) || is_whole(low) || is_occasion(low)) && !self.is_there(at) {
            return true;
        }
        // "catalog v2" and "cart-v2", where the rest speaks of the catalog and the cart.
        if is_numbered_version(&token.text) {
            let is_of_name = at > frame.words.start && name_at(self.tokens, at - 1).is_some();
            return is_of_name && self.is_plain_word(frame, at - 1, outside, topics);
        }
        let stem = token
            .text
            .rsplit_once('-')
            .filter(|(_, last)| is_numbered_version(last))
            .map(|(stem, _)| stem.to_lowercase());
        if stem.is_some_and(|stem| outside.words.contains(&stem)) {
            return true;
        }
        if self.known.is_some() {
            return !self.is_there(at) && !matches!(token.kind, TokenKind::Host | TokenKind::Quoted);
        }
        match token.kind {
            TokenKind::Host | TokenKind::Quoted => false,
            TokenKind::Name => !token
                .text
                .contains(|letter: char| letter.is_ascii_digit() || letter == '_' || letter.is_ascii_uppercase()),
            // Where nothing else is named, this may be what the rest is about.
            _ => {
                let may_be_it =
                    !outside.has_names || frame.sort == Sort::Situation && outside.points_back && !outside.is_all;
                !may_be_it
                    || frame.sort == Sort::Aim
                    || name_at(self.tokens, at).is_none()
                    || !self.is_subject(frame, at)
            }
        }
    }

    /// "Black Friday", also where a node is called `black`.
    fn is_weekday(&self, at: usize) -> bool {
        self.text(at + 1).ends_with("day") && is_one_of(&self.text(at), "black|next|on|every|good")
    }

    /// Whether a word is what a clause is about, and not who tells it.
    fn is_subject(&self, frame: &Frame, at: usize) -> bool {
        let start = frame.words.start;
        let is_label = self.low(start + 1) == ":";
        let first = (start..at).all(|at| !is_finite(&self.text(at)) && name_at(self.tokens, at).is_none());
        first && !is_label && !is_pronoun(&self.first_word(start))
    }

    /// Whether a clause speaks of what is to come, and is not asked for now.
    fn is_deferred(&self, words: &Range<usize>) -> bool {
        let is_value = |at: usize| {
            matches!(
                self.tokens[at].kind,
                TokenKind::Percent(_)
                    | TokenKind::Ratio(_)
                    | TokenKind::Number(2..)
                    | TokenKind::Path
                    | TokenKind::Span(_)
            )
        };
        let says_when = words.clone().any(|at| {
            is_later(&self.text(at))
                || self
                    .past_phrase(
                        at,
                        &[
                            "in the future",
                            "in future",
                            "one day",
                            "down the road",
                            "at some point",
                            "next week",
                            "next month",
                            "next year",
                            "next quarter",
                            "next sprint",
                        ],
                    )
                    .is_some()
        });
        let is_able = words
            .clone()
            .take(5)
            .any(|at| is_one_of(&self.text(at), "can|could|may|might|will|able|we'll|i'll|they'll"));
        says_when && is_able && !words.clone().any(is_value)
    }

    /// Whether a clause wishes for a thing: "because the team wants mirroring", but not "as it needs more time".
    fn wishes(&self, words: &Range<usize>) -> bool {
        words.clone().any(|at| {
            let text = self.text(at);
            let verb = text.split(' ').next_back().unwrap_or_default();
            let is_wish = is_one_of(verb, "need|needs|want|wants|require|requires|required|demand|demands|wanted|needed");
            let is_verb = is_wish
                && !is_one_of(&self.text(at.saturating_sub(1)), "is|are|not|longer|isn't|aren't|no longer|it");
            let object = at + 1 + usize::from(self.text(at + 1) == "some" || self.text(at + 1) == "a");
            let next = self.text(object);
            let is_pointed = is_one_of(&next, "it|this|that|them|so|more|less|fewer|time|longer|to|help|break|attention|room|for|by|rest|care|results|us|little|bit|lot|some");
            is_verb && !is_pointed && object < words.end
        })
    }

    /// "we're moving checkout": what is done to something that nothing else speaks of.
    fn makes(&self, words: &Range<usize>, outside: &Outside) -> bool {
        let doing = words.clone().take(6).find(|at| {
            let text = self.text(*at);
            text.len() > 4 && text.ends_with("ing") && *at > words.start
        });
        let Some(doing) = doing.filter(|_| !outside.is_all) else { return false };
        // "We're building a food delivery platform"
        let is_story = (doing + 1..words.end)
            .any(|at| is_people(&self.text(at)) || is_whole(&self.text(at)) || is_occasion(&self.text(at)));
        let is_indefinite = is_one_of(&self.text(doing + 1), "a|an") && is_story;
        let object = (doing + 1..words.end).find(|at| !is_one_of(&self.text(*at), "a|an|the|our|my|some|all|new|old"));
        let Some(object) = object.filter(|_| !is_indefinite) else { return false };
        let is_thing = name_at(self.tokens, object).is_some() && self.tokens[object].kind != TokenKind::Symbol;
        is_thing
            && !is_one_of(&self.text(object), "up|over|away|late|step|monolith|hard|lot|cost|costs|code|microservices")
            && !is_people(&self.text(object))
            && !is_whole(&self.text(object))
            && !is_occasion(&self.text(object))
            && !self.is_weekday(object)
            && !outside.words.contains(&self.text(object))
    }

    /// "we're migrating to TLS": what becomes of things, where the rest says it of one.
    fn is_becoming(&self, words: &Range<usize>) -> bool {
        let is_all = words.clone().any(|at| is_one_of(self.low(at), "everything|all|every"));
        !is_all && words.clone().take(6).any(|at| is_transition(&self.text(at)))
    }
}

/// `v2`: not "new" and "old", which stories are full of.
fn is_numbered_version(word: &str) -> bool {
    is_version(word) && word.ends_with(|letter: char| letter.is_ascii_digit())
}
