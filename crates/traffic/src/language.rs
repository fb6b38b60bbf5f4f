//! Which texts meet some conditions and not others: each combination that some text meets, with such a text.
//!
//! Conditions walk together, as automata, through every text at once. What is found is everything there is: where a
//! combination is not among it, no text meets it. A walk that would take too long is given up, and then nothing is said.

use std::collections::{HashMap, HashSet};

use crate::pattern::{Automaton, Pattern, StateId};

/// The most conditions that are told apart.
const MAX_LANGUAGES: usize = 64;

/// Texts that meet a condition.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Language<'a> {
    /// This text.
    Exact(&'a str),
    /// Those that start with this text.
    Prefix(&'a str),
    /// Those that end with this text.
    Suffix(&'a str),
    /// Those that a number can be read from, and no others.
    Number,
    /// Those that match as a whole.
    Pattern(&'a Pattern),
}

impl Language<'_> {
    /// Whether a text is in it.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Exact(own) => text == *own,
            Self::Prefix(start) => text.starts_with(start),
            Self::Suffix(end) => text.ends_with(end),
            Self::Number => {
                let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::Pattern(pattern) => pattern.matches(text),
        }
    }

    /// Whether it is the same as another, by a quick look.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(own), Self::Exact(other))
            | (Self::Prefix(own), Self::Prefix(other))
            | (Self::Suffix(own), Self::Suffix(other)) => own == other,
            (Self::Pattern(own), Self::Pattern(other)) => std::ptr::eq(*own, *other),
            _ => false,
        }
    }
}

/// The texts of which a part of a request can be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Universe {
    /// Values of headers: text without line ends, and without blanks at either end (RFC 9110, 5.5).
    Values,
    /// Paths as Envoy has them after it has made them normal, without their query (Envoy's documentation, `RouteMatch`).
    Paths,
}

impl Universe {
    fn pattern(self) -> &'static str {
        match self {
            Self::Values => r"(?:[^\x00\r\n\t ](?:[^\x00\r\n]*[^\x00\r\n\t ])?)?",
            Self::Paths => {
                r"/|(?:/(?:[^\x00\r\n ?#/.][^\x00\r\n ?#/]*|\.[^\x00\r\n ?#/.][^\x00\r\n ?#/]*|\.\.[^\x00\r\n ?#/]+))+/?"
            }
        }
    }
}

thread_local! {
    static VALUES: Option<Pattern> = Pattern::new(Universe::Values.pattern()).ok();
    static PATHS: Option<Pattern> = Pattern::new(Universe::Paths.pattern()).ok();
}

/// Texts that meet the same conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    /// Which of the conditions they meet.
    pub(crate) meets: Vec<bool>,
    /// One of the shortest of them.
    pub(crate) text: String,
}

/// Every combination of conditions that a text can meet; `None` where that takes more work than there is left.
///
/// One unit of `work` is a step of one condition.
pub(crate) fn classes(languages: &[Language<'_>], universe: Universe, work: &mut usize) -> Option<Vec<Class>> {
    if languages.len() > MAX_LANGUAGES {
        return None;
    }
    let texts = match universe {
        Universe::Values => &VALUES,
        Universe::Paths => &PATHS,
    };
    texts.with(|texts| {
        let machines: Option<Vec<Machine<'_>>> = std::iter::once(Language::Pattern(texts.as_ref()?))
            .chain(languages.iter().copied())
            .map(Machine::of)
            .collect();
        Walk::new(machines?).run(work)
    })
}

/// A condition as an automaton.
enum Machine<'a> {
    Exact(&'a [u8]),
    Prefix(&'a [u8]),
    /// The text, and for each length of its start how long a shorter start of it is that ends there.
    Suffix(&'a [u8], Vec<usize>),
    Number,
    Pattern(&'a Automaton),
}

/// Where a machine stands: how much of its text it has seen, or the state of its automaton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    Seen(usize),
    Lost,
    In(StateId),
}

impl<'a> Machine<'a> {
    fn of(language: Language<'a>) -> Option<Self> {
        Some(match language {
            Language::Exact(text) => Self::Exact(text.as_bytes()),
            Language::Prefix(text) => Self::Prefix(text.as_bytes()),
            Language::Suffix(text) => Self::Suffix(text.as_bytes(), borders(text.as_bytes())),
            Language::Number => Self::Number,
            Language::Pattern(pattern) => Self::Pattern(pattern.automaton()?),
        })
    }

    fn start(&self) -> Option<State> {
        match self {
            Self::Pattern(automaton) => automaton.start().map(State::In),
            _ => Some(State::Seen(0)),
        }
    }

    fn step(&self, state: State, byte: u8) -> Option<State> {
        Some(match (self, state) {
            (Self::Pattern(automaton), State::In(state)) => State::In(automaton.step(state, byte)?),
            (Self::Prefix(text), State::Seen(seen)) if seen == text.len() => state,
            (Self::Exact(text) | Self::Prefix(text), State::Seen(seen)) if text.get(seen) == Some(&byte) => {
                State::Seen(seen + 1)
            }
            (Self::Suffix(text, borders), State::Seen(seen)) => State::Seen(next_seen(text, borders, seen, byte)),
            // A sign, then digits.
            (Self::Number, State::Seen(0)) if matches!(byte, b'+' | b'-') => State::Seen(1),
            (Self::Number, State::Seen(_)) if byte.is_ascii_digit() => State::Seen(2),
            _ => State::Lost,
        })
    }

    fn accepts(&self, state: State) -> Option<bool> {
        match (self, state) {
            (Self::Pattern(automaton), State::In(state)) => automaton.accepts(state),
            (Self::Exact(text) | Self::Prefix(text) | Self::Suffix(text, _), State::Seen(seen)) => {
                Some(seen == text.len())
            }
            (Self::Number, State::Seen(seen)) => Some(seen == 2),
            _ => Some(false),
        }
    }

    /// Which bytes it never tells apart: those of one class.
    fn class_of(&self, byte: u8) -> u8 {
        match self {
            Self::Pattern(automaton) => automaton.class_of(byte),
            // No text holds the byte 0.
            Self::Exact(text) | Self::Prefix(text) | Self::Suffix(text, _) => {
                if text.contains(&byte) {
                    byte
                } else {
                    0
                }
            }
            Self::Number if byte.is_ascii_digit() => 1,
            Self::Number => u8::from(matches!(byte, b'+' | b'-')) * 2,
        }
    }
}

/// For each start of a text, how long the longest shorter start is with which it ends.
fn borders(text: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; text.len() + 1];
    for at in 1..text.len() {
        borders[at + 1] = next_seen(text, &borders, borders[at], text[at]);
    }
    borders
}

/// How much of a text's start a longer text ends with, after one more byte.
fn next_seen(text: &[u8], borders: &[usize], mut seen: usize, byte: u8) -> usize {
    loop {
        if text.get(seen) == Some(&byte) {
            return seen + 1;
        }
        if seen == 0 {
            return 0;
        }
        seen = borders[seen];
    }
}

/// Bytes that read well, the most natural first.
const NATURAL: &[u8] = b"axyz1b20-_.:/AZ";

/// All machines on their way through every text. The first one says which texts there are.
struct Walk<'a> {
    machines: Vec<Machine<'a>>,
    /// One byte of each class, the most natural first.
    bytes: Vec<u8>,
    places: Vec<Place>,
    /// The place of each combination of states.
    known: HashMap<Box<[State]>, usize>,
}

/// A combination of states, and how it was reached first.
struct Place {
    states: Box<[State]>,
    from: usize,
    byte: u8,
}

impl<'a> Walk<'a> {
    fn new(machines: Vec<Machine<'a>>) -> Self {
        let mut seen = HashSet::new();
        let natural = NATURAL.iter().copied().chain(0x21..=0x7e).chain(0..=0xff);
        let bytes = natural
            .filter(|byte| seen.insert(machines.iter().map(|machine| machine.class_of(*byte)).collect::<Vec<u8>>()))
            .collect();
        Self { machines, bytes, places: Vec::new(), known: HashMap::new() }
    }

    fn run(mut self, work: &mut usize) -> Option<Vec<Class>> {
        let start: Option<Box<[State]>> = self.machines.iter().map(Machine::start).collect();
        self.add(start?, 0, 0);
        let mut found: HashSet<Vec<bool>> = HashSet::new();
        let mut classes = Vec::new();
        let mut at = 0;
        while at < self.places.len() {
            *work = work.checked_sub(self.machines.len() * (self.bytes.len() + 1))?;
            let meets: Option<Vec<bool>> = self
                .machines
                .iter()
                .zip(&self.places[at].states)
                .map(|(machine, state)| machine.accepts(*state))
                .collect();
            let mut meets = meets?;
            if meets.remove(0) && !found.contains(&meets) {
                found.insert(meets.clone());
                classes.push(Class { meets, text: self.text(at)? });
            }
            for byte in 0..self.bytes.len() {
                let byte = self.bytes[byte];
                let states: Option<Box<[State]>> = self
                    .machines
                    .iter()
                    .zip(&self.places[at].states)
                    .map(|(machine, state)| machine.step(*state, byte))
                    .collect();
                let states = states?;
                // Where the text is none of the universe whatever follows, there is nothing to find.
                if !matches!(states[0], State::In(state) if state.is_dead()) {
                    self.add(states, at, byte);
                }
            }
            at += 1;
        }
        Some(classes)
    }

    fn add(&mut self, states: Box<[State]>, from: usize, byte: u8) {
        if !self.known.contains_key(&states) {
            self.known.insert(states.clone(), self.places.len());
            self.places.push(Place { states, from, byte });
        }
    }

    /// The text that leads to a place.
    fn text(&self, mut at: usize) -> Option<String> {
        let mut bytes = Vec::new();
        while at > 0 {
            bytes.push(self.places[at].byte);
            at = self.places[at].from;
        }
        bytes.reverse();
        String::from_utf8(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(languages: &[Language<'_>], universe: Universe) -> Vec<String> {
        let classes = classes(languages, universe, &mut 1_000_000).unwrap();
        let shown = |class: Class| {
            let meets: String = class.meets.iter().map(|meets| if *meets { '1' } else { '0' }).collect();
            format!("{meets} {:?}", class.text)
        };
        let mut shown: Vec<String> = classes.into_iter().map(shown).collect();
        shown.sort_unstable();
        shown
    }

    #[test]
    fn every_combination_is_found_with_a_text() {
        let pattern = Pattern::new("redor.*").unwrap();
        let languages = [Language::Pattern(&pattern), Language::Prefix("redorgreen")];
        // No text starts with the prefix and does not match.
        assert_eq!(texts(&languages, Universe::Values), [r#"00 """#, r#"10 "redor""#, r#"11 "redorgreen""#]);
        let languages = [Language::Suffix("aba"), Language::Exact("ababa"), Language::Number];
        assert_eq!(texts(&languages, Universe::Values), [r#"000 """#, r#"001 "1""#, r#"100 "aba""#, r#"110 "ababa""#]);
    }

    #[test]
    fn texts_are_such_as_there_are() {
        let pattern = Pattern::new("(?s).*[^a-z].*").unwrap();
        assert_eq!(texts(&[Language::Pattern(&pattern)], Universe::Values), [r#"0 """#, r#"1 "1""#]);
        let blank = [Language::Prefix(" "), Language::Suffix("\n")];
        assert_eq!(texts(&blank, Universe::Values), [r#"00 """#]);
        let pattern = Pattern::new(r"/(\.|\.\.|.*//.*|.*\?.*)").unwrap();
        assert_eq!(texts(&[Language::Pattern(&pattern)], Universe::Paths), [r#"0 "/""#]);
        let pattern = Pattern::new(r"/\.[a-z]*/").unwrap();
        assert_eq!(texts(&[Language::Pattern(&pattern)], Universe::Paths), [r#"0 "/""#, r#"1 "/.a/""#]);
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let pattern = Pattern::new("(a|b)*a(a|b){12}").unwrap();
        assert_eq!(classes(&[Language::Pattern(&pattern)], Universe::Values, &mut 1000), None);
        let hostile = Pattern::new("(a|b)*a(a|b){200}").unwrap();
        assert_eq!(classes(&[Language::Pattern(&hostile)], Universe::Values, &mut 1_000_000), None);
    }
}
