//! Regular expressions as Envoy reads them: RE2, which matches a whole value.
//!
//! `re2` reads RE2's syntax, refuses what RE2 refuses, and says the rest in the syntax of the crate `regex`, which matches
//! in linear time as RE2 does. `sample` makes texts that match, `automaton` lets patterns be held against each other.

mod automaton;
mod re2;
mod sample;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::rc::Rc;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};
use thiserror::Error;

pub(crate) use automaton::{Automaton, StateId};

/// The most characters of a pattern. Source: App Mesh API, `HttpPathRegex` and `HeaderMatch`.
pub const MAX_CHARACTERS: usize = 255;

/// The most instructions of a pattern's program in RE2. Source: Envoy's `re2.max_program_size.error_level`, which the App
/// Mesh agent sets (aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap`).
pub const MAX_PROGRAM: usize = 1000;

/// Bytes that a compiled pattern may take; what takes more here is far beyond [`MAX_PROGRAM`] instructions there.
const MAX_COMPILED: usize = 256 << 10;

/// The most different patterns that are made for one mesh.
const MAX_PATTERNS: usize = 1000;

/// How deep groups may stand in each other: deeper than [`MAX_CHARACTERS`] can say.
const MAX_NESTING: u32 = 2048;

/// Why a text is no pattern, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{fault}, at offset {offset}")]
pub struct PatternError {
    /// What is wrong.
    pub fault: Fault,
    /// Where, in bytes from the text's start.
    pub offset: usize,
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Fault {
    /// Look-ahead or look-behind.
    #[error("RE2 has no look-around, and `{0}` is one")]
    LookAround(String),
    /// A reference to what a group has matched.
    #[error("RE2 has no back-references, and `{0}` is one")]
    BackReference(String),
    /// A group that is neither one for capture nor one with flags.
    #[error("RE2 has no group that starts with `{0}`")]
    Group(String),
    /// A group's name that is none.
    #[error("`{0}` does not name a group")]
    GroupName(String),
    /// An escape that does not exist.
    #[error("RE2 has no escape `{0}`")]
    Escape(String),
    /// A class that does not exist.
    #[error("RE2 has no class `{0}`")]
    Class(String),
    /// A range whose end comes before its start.
    #[error("the range `{0}` ends before it starts")]
    Range(String),
    /// A repetition of nothing.
    #[error("there is nothing that `{0}` could repeat")]
    NothingToRepeat(String),
    /// A repetition of a repetition, or a possessive one.
    #[error("RE2 does not take `{0}`: a repetition directly after another")]
    RepeatedTwice(String),
    /// More repetitions than RE2 takes, or an upper bound below the lower one.
    #[error("`{0}` repeats more than 1000 times in all, or at most fewer times than at least")]
    Repetition(String),
    /// A group that is not closed.
    #[error("a `(` is not closed")]
    OpenGroup,
    /// A group that is not opened.
    #[error("a `)` closes no group")]
    UnopenedGroup,
    /// A class that is not closed.
    #[error("a `[` is not closed")]
    OpenClass,
    /// An escape that escapes nothing.
    #[error("a `\\` at the end escapes nothing")]
    TrailingBackslash,
    /// More characters than the API takes.
    #[error("there are more than {MAX_CHARACTERS} characters")]
    TooLong,
    /// More instructions than Envoy takes.
    #[error("its program has more than the {MAX_PROGRAM} instructions that Envoy takes")]
    TooLarge,
}

/// A regular expression of RE2.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    hir: Hir,
    prefix: String,
    /// Made when it is first asked for; `None` where it would be too large.
    automaton: OnceCell<Option<Automaton>>,
}

impl Pattern {
    /// A pattern of that text.
    ///
    /// # Errors
    /// Says what RE2 or Envoy would not take. The size of RE2's program is only estimated, from below.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let translated = re2::translate(text)?;
        let whole = format!(r"\A(?:{translated})\z");
        let regex = RegexBuilder::new(&whole)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|_| too_large())?;
        let hir = parse(&translated)?;
        let mut prefix = Vec::new();
        add_prefix(&hir, &mut prefix);
        Ok(Self { regex, hir, prefix: valid_start(prefix), automaton: OnceCell::new() })
    }

    /// Whether a text is a pattern; cheaper than making one.
    ///
    /// # Errors
    /// Says what RE2 or Envoy would not take.
    pub fn check(text: &str) -> Result<(), PatternError> {
        if is_plain(text) { Ok(()) } else { re2::translate(text).map(|_| ()) }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text.as_bytes())
    }

    /// Its automaton, where that is not too large.
    pub(crate) fn automaton(&self) -> Option<&Automaton> {
        self.automaton.get_or_init(|| Automaton::new(&self.hir)).as_ref()
    }

    /// What every text that matches starts with; it may be longer than what is found here.
    pub fn literal_prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether a text that matches a pattern may start with that ASCII character; `false` is certain. Cheaper than making the
    /// pattern.
    ///
    /// # Errors
    /// Says what RE2 or Envoy would not take.
    pub fn may_start_with(text: &str, start: u8) -> Result<bool, PatternError> {
        Ok(first(&parse(&re2::translate(text)?)?, start).starts)
    }

    /// A few short texts that match, the most natural first; none where none is found.
    pub fn samples(&self) -> Vec<String> {
        let mut samples: Vec<String> = Vec::new();
        let made = sample::candidates(&self.hir);
        let rooted: Vec<String> = made.iter().map(|text| format!("/{text}")).collect();
        for text in made.into_iter().chain(rooted) {
            if samples.len() < sample::MAX_SAMPLES && !samples.contains(&text) && self.matches(&text) {
                samples.push(text);
            }
        }
        samples
    }
}

/// Patterns by their texts, each made once; so many at most that a mesh full of them costs no more than another.
#[derive(Debug, Default)]
pub struct Patterns<'a> {
    made: HashMap<&'a str, Option<Rc<Pattern>>>,
}

impl<'a> Patterns<'a> {
    /// The pattern of a text; `None` where it is none, or one more than are made.
    pub fn make(&mut self, text: &'a str) -> Option<Rc<Pattern>> {
        if self.made.len() >= MAX_PATTERNS && !self.made.contains_key(text) {
            return None;
        }
        self.made.entry(text).or_insert_with(|| Pattern::new(text).ok().map(Rc::new)).clone()
    }
}

/// Whether a text is so plain that it is a pattern beyond doubt: letters, digits and signs without a meaning, `.`, `.*`, `.+`.
fn is_plain(text: &str) -> bool {
    let is_repeated = |place: usize| place > 0 && text.as_bytes()[place - 1] == b'.';
    text.len() <= MAX_CHARACTERS
        && text.bytes().enumerate().all(|(place, byte)| match byte {
            b'*' | b'+' => is_repeated(place),
            b'.' | b'/' | b'_' | b'-' | b' ' => true,
            _ => byte.is_ascii_alphanumeric(),
        })
}

fn parse(translated: &str) -> Result<Hir, PatternError> {
    let mut parser = ParserBuilder::new();
    parser.utf8(false).nest_limit(MAX_NESTING).build().parse(translated).map_err(|_| too_large())
}

fn too_large() -> PatternError {
    PatternError { fault: Fault::TooLarge, offset: 0 }
}

/// Adds what every match starts with; whether that is the whole of it, so that more can follow.
fn add_prefix(hir: &Hir, prefix: &mut Vec<u8>) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            prefix.extend_from_slice(&literal.0);
            true
        }
        HirKind::Class(_) | HirKind::Alternation(_) => false,
        HirKind::Repetition(repetition) => {
            repetition.min > 0
                && add_prefix(&repetition.sub, prefix)
                && repetition.min == 1
                && repetition.max == Some(1)
        }
        HirKind::Capture(capture) => add_prefix(&capture.sub, prefix),
        HirKind::Concat(parts) => parts.iter().all(|part| add_prefix(part, prefix)),
    }
}

/// As much of the bytes as is text.
fn valid_start(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            String::from_utf8_lossy(&error.into_bytes()[..valid]).into_owned()
        }
    }
}

/// What is known of the start of a match.
struct First {
    /// Whether it may start with the character in question.
    starts: bool,
    /// Whether it may be empty.
    is_empty: bool,
}

fn first(hir: &Hir, start: u8) -> First {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => First { starts: false, is_empty: true },
        HirKind::Literal(literal) => First { starts: literal.0.first() == Some(&start), is_empty: false },
        HirKind::Class(class) => First { starts: sample::holds(class, start), is_empty: false },
        HirKind::Repetition(repetition) => {
            let inner = first(&repetition.sub, start);
            let starts = inner.starts && repetition.max != Some(0);
            First { starts, is_empty: inner.is_empty || repetition.min == 0 }
        }
        HirKind::Capture(capture) => first(&capture.sub, start),
        HirKind::Concat(parts) => {
            let mut whole = First { starts: false, is_empty: true };
            for part in parts.iter().map(|part| first(part, start)) {
                whole.starts |= part.starts;
                if !part.is_empty {
                    whole.is_empty = false;
                    break;
                }
            }
            whole
        }
        HirKind::Alternation(parts) => {
            parts.iter().map(|part| first(part, start)).fold(First { starts: false, is_empty: false }, |one, other| {
                First { starts: one.starts || other.starts, is_empty: one.is_empty || other.is_empty }
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_must_match() {
        let pattern = Pattern::new("b+").unwrap();
        assert!(pattern.matches("bbb") && !pattern.matches("abbc"));
        let pattern = Pattern::new("/u/[0-9]+").unwrap();
        assert!(pattern.matches("/u/12") && !pattern.matches("/u/12/z"));
    }

    #[test]
    fn errors_say_what_re2_lacks_and_where() {
        for (text, expected) in [
            ("/a(?!b)", "RE2 has no look-around, and `(?!` is one, at offset 2"),
            ("/a(?<=b)", "RE2 has no look-around, and `(?<=` is one, at offset 2"),
            (r"(a)\1", r"RE2 has no back-references, and `\1` is one, at offset 3"),
            ("(?>a)", "RE2 has no group that starts with `(?>`, at offset 0"),
            ("a++", "RE2 does not take `++`: a repetition directly after another, at offset 1"),
            ("*.example.com", "there is nothing that `*` could repeat, at offset 0"),
            (r"a\Z", r"RE2 has no escape `\Z`, at offset 1"),
            ("[z-a]", "the range `z-a` ends before it starts, at offset 1"),
            ("a{1000}b", "its program has more than the 1000 instructions that Envoy takes, at offset 0"),
        ] {
            assert_eq!(Pattern::new(text).unwrap_err().to_string(), expected, "{text}");
            assert_eq!(Pattern::check(text).unwrap_err().to_string(), expected, "{text}");
        }
        assert_eq!(Pattern::new(&"a".repeat(256)).unwrap_err().fault, Fault::TooLong);
        assert!(Pattern::new(&"é".repeat(255)).is_ok());
    }

    #[test]
    fn hostile_patterns_are_harmless() {
        let deep = format!("{}a{}", "(".repeat(127), ")".repeat(127));
        assert!(Pattern::new(&deep).unwrap().matches("a"));
        assert!(Pattern::new(&format!("{}a{}", "(?:".repeat(50), ")+".repeat(50))).unwrap().matches("aaa"));
        let slow = Pattern::new("(a*)*(a*)*(a*)*b").unwrap();
        assert!(!slow.matches(&"a".repeat(10_000)));
        assert_eq!(Pattern::new(r"\pL{900}\pL{100}").unwrap_err().fault, Fault::TooLarge);
    }

    #[test]
    fn patterns_are_made_once_and_not_without_end() {
        let texts: Vec<String> = (0..2000).map(|number| format!("a{number}.*")).collect();
        let mut patterns = Patterns::default();
        assert_eq!(texts.iter().filter(|text| patterns.make(text).is_some()).count(), MAX_PATTERNS);
        assert!(Rc::ptr_eq(&patterns.make(&texts[0]).unwrap(), &patterns.make(&texts[0]).unwrap()));
        // What Envoy takes is small enough, and what is not is not made.
        for text in ["[^/]{1,100}", "[a-z]{1,255}", r"\w{1,200}", "/users/[^/]+/orders/[0-9]{1,10}"] {
            assert!(Patterns::default().make(text).is_some(), "{text}");
        }
        assert!(Patterns::default().make(&r"\pL".repeat(20)).is_none());
    }

    #[test]
    fn every_match_starts_with_the_prefix() {
        for (text, prefix) in [
            ("/users/[0-9]+", "/users/"),
            ("^/a(b|c)", "/a"),
            ("(/x)+y", "/x"),
            ("(/x)?y", ""),
            ("(?i)/a", "/"),
            ("a|b", ""),
            (r"\Q/a.b\E.*", "/a.b"),
        ] {
            assert_eq!(Pattern::new(text).unwrap().literal_prefix(), prefix, "{text}");
        }
    }

    #[test]
    fn the_first_character_is_known() {
        for (text, may) in
            [("/a", true), ("users/.*", false), (".*", true), ("(a|/b)", true), ("[^/]+", false), ("", false)]
        {
            assert_eq!(Pattern::may_start_with(text, b'/'), Ok(may), "{text}");
        }
    }

    #[test]
    fn samples_look_natural() {
        for (text, expected) in [
            ("/users/[0-9]+", &["/users/1", "/users/12"][..]),
            (".*green.*", &["green", "agreena"]),
            ("(blue|green)", &["blue", "green"]),
            ("[^/]+", &["a", "aa"]),
            (r"a\bc", &[]),
        ] {
            let samples = Pattern::new(text).unwrap().samples();
            assert!(samples.iter().take(expected.len()).eq(expected.iter()), "{text}: {samples:?}");
            assert!(samples.len() >= expected.len());
        }
    }
}
