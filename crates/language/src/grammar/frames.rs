//! What frames a request: how things are, why it is made, what it is for, and what the answer is to look like.
//!
//! Such a clause is known by its form: who tells it, or the conjunction before it. It is passed over, and the answer says
//! so, only where it holds nothing that an instruction could be about: no value, no setting, no relation, no order, and no
//! name that is spoken of nowhere else. Any other clause is left to the grammar, which understands it or asks.
//!
//! `aims` knows reasons and aims, `situations` and `tellers` sentences about how things are and who asks, `wrappings` what is
//! said of the answer; `clause` says where a clause ends, `plain` whether it holds nothing; `topics` says again what it spoke of.

mod aims;
mod clause;
mod plain;
mod situations;
mod tellers;
mod topics;
mod wrappings;

use std::collections::HashSet;
use std::ops::Range;

use super::known::Known;
use super::name::name_at;
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;
use topics::Topic;

/// What a clause that frames a request tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// How things are.
    Situation,
    /// Why.
    Reason,
    /// What for.
    Aim,
    /// What the answer is to look like.
    Wrapping,
}

/// A clause that frames a request.
#[derive(Clone, Debug)]
struct Frame {
    words: Range<usize>,
    sort: Sort,
}

/// The tokens of a request, and what is there that they may speak of.
struct Story<'t> {
    tokens: &'t [Token],
    known: Option<&'t Known>,
    /// Whether environments are spoken of, so that "for testing" may be one of them.
    has_environments: bool,
}

/// What is said outside of all frames.
#[derive(Default)]
struct Outside {
    /// The words, and the parts of names.
    words: HashSet<String>,
    symbols: HashSet<String>,
    has_names: bool,
    /// Whether it says "it", which may be what a clause spoke of.
    points_back: bool,
    /// Whether the clauses themselves are in it too.
    is_all: bool,
}

/// Takes out what frames a request, and says what was passed over.
pub(super) fn drop_frames(request: &str, tokens: &mut Vec<Token>, known: Option<&Known>) -> Vec<Assumption> {
    wrappings::untell_json(tokens);
    let (frames, inside, topics) = {
        let story = Story { tokens, known, has_environments: aims::has_environments(tokens) };
        let all = story.outside(&[]);
        let mut frames = story.candidates(&all);
        let outside = story.outside(&frames);
        let topics = story.topics(&frames, &story.inside(&frames));
        frames.retain(|frame| story.tells_nothing(frame, &outside, &topics));
        let inside = story.inside(&frames);
        let is_all = (0..tokens.len())
            .filter(|at| !inside[*at])
            .all(|at| tokens[at].kind == TokenKind::Mark || wrappings::is_courteous(&tokens[at].low));
        if frames.is_empty() || is_all {
            return Vec::new();
        }
        (frames, inside, topics)
    };
    let notes = frames.iter().map(|frame| {
        let text = &request[tokens[frame.words.start].start..tokens[frame.words.end - 1].end];
        let why = match frame.sort {
            Sort::Situation => "it tells how things are, and sets no value",
            Sort::Reason => "it says why, and sets no value",
            Sort::Aim => "it says what for, and sets no value",
            Sort::Wrapping => "it is said of the answer, and sets no value",
        };
        Assumption { what: format!("\"{text}\" changes nothing by itself"), why: why.to_owned() }
    });
    let notes: Vec<Assumption> = notes.collect();
    // From the last on, so that what is put in or taken out moves nothing that is still to be done.
    let said = topics.into_iter().filter(|topic| inside[topic.named]);
    let said: Vec<(Topic, String)> = said
        .map(|topic| {
            let name = tokens[topic.named].text.clone();
            (topic, name)
        })
        .collect();
    let mut said = said.into_iter().peekable();
    for frame in frames.iter().rev() {
        while let Some((topic, name)) = said.next_if(|(topic, _)| topic.pronoun >= frame.words.end) {
            topic.say(tokens, name);
        }
        take_out(tokens, frame.words.clone());
    }
    notes
}

/// Takes a clause out, with the marks that only part it from what it frames.
fn take_out(tokens: &mut Vec<Token>, words: Range<usize>) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let (mut start, mut end) = (words.start, words.end);
    let before = start.checked_sub(1).map_or("", low);
    if before == "(" && low(end) == ")" {
        (start, end) = (start - 1, end + 1);
    } else if start == 0 || matches!(before, "." | ";" | "!" | "?" | ":") {
        // With "We're a bank, so …" goes what joins it to the rest.
        end += (end..end + 2).take_while(|at| clause::is_stop(low(*at)) && !matches!(low(*at), "(" | "[")).count();
        end += usize::from(matches!(low(end), "so" | "hence" | "therefore" | "thus" | "and" | "but" | "then"));
        end += usize::from(low(end) == ",");
    } else if matches!(before, "," | "-" | "–" | "—" | "and" | "but") {
        start -= 1;
        start -= usize::from(start > 0 && low(start - 1) == ",");
        // "payments, which is slow, and orders": the list goes on.
        if before == "," && low(end) == "," && clause::is_joined_by_mark(tokens, end) {
            start += 1;
            end += 1;
        }
    }
    tokens.drain(start..end.min(tokens.len()));
}

impl Story<'_> {
    /// The text of a token in lower case; empty past the end.
    fn text(&self, at: usize) -> String {
        self.tokens.get(at).map_or(String::new(), |token| token.text.to_lowercase())
    }

    /// The first word of a token, where it holds several: "we need".
    fn first_word(&self, at: usize) -> String {
        self.text(at).split(' ').next().unwrap_or_default().to_owned()
    }

    fn low(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.low.as_str())
    }

    fn is_symbol(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol)
    }

    /// The place after the longest of several phrases that stands at a place.
    fn past_phrase(&self, at: usize, phrases: &[&str]) -> Option<usize> {
        let first = self.text(at);
        let begins = |phrase: &&&str| !first.is_empty() && phrase.starts_with(first.as_str());
        let ends = phrases.iter().filter(begins).filter_map(|phrase| {
            let (mut rest, mut end) = (*phrase, at);
            while !rest.is_empty() {
                let token = self
                    .tokens
                    .get(end)
                    .filter(|token| token.kind != TokenKind::Mark && token.kind != TokenKind::Quoted)?;
                let whole = clause::whole_text(token);
                let own = if rest.starts_with(whole.as_str()) { whole } else { token.text.to_lowercase() };
                rest = rest.strip_prefix(own.as_str())?;
                rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
                end += 1;
            }
            Some(end)
        });
        ends.max()
    }

    /// Clauses that have the form of one that frames a request, and hold nothing that is spoken of nowhere else.
    fn candidates(&self, all: &Outside) -> Vec<Frame> {
        let mut frames: Vec<Frame> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            let follows_frame = frames.last().is_some_and(|last| last.words.end == at);
            let begins = at == 0 || follows_frame || self.begins_part(at);
            let found =
                self.wrapping(at, begins).or_else(|| self.reason(at)).or_else(|| self.aim(at, begins)).or_else(|| {
                    begins
                        .then(|| self.undertaking(at).or_else(|| self.label(at)).or_else(|| self.situation(at)))
                        .flatten()
                });
            match found.filter(|frame| frame.words.end > at && self.tells_nothing(frame, all, &[])) {
                Some(frame) => {
                    at = frame.words.end;
                    frames.push(frame);
                }
                None => at += 1,
            }
        }
        frames
    }

    /// Which tokens stand in one of several clauses.
    fn inside(&self, frames: &[Frame]) -> Vec<bool> {
        let mut inside = vec![false; self.tokens.len()];
        for frame in frames {
            inside[frame.words.clone()].fill(true);
        }
        inside
    }

    fn outside(&self, frames: &[Frame]) -> Outside {
        let mut outside = Outside { is_all: frames.is_empty(), ..Outside::default() };
        let mut next = frames.iter().peekable();
        for (at, token) in self.tokens.iter().enumerate() {
            while next.peek().is_some_and(|frame| frame.words.end <= at) {
                next.next();
            }
            if next.peek().is_some_and(|frame| frame.words.contains(&at)) {
                continue;
            }
            let text = token.text.to_lowercase();
            outside.words.extend(text.split(['-', '_', '.', ' ']).map(str::to_owned));
            if token.kind == TokenKind::Symbol {
                outside.symbols.insert(token.low.clone());
            }
            outside.points_back |= clause::is_one_of(&text, "it|its|them|their|they|give it");
            outside.words.insert(text);
            outside.has_names |= name_at(self.tokens, at).is_some();
        }
        outside
    }
}
