//! Patterns over tokens: words, alternatives, and slots for values. Words that say nothing are passed over.
//!
//! | in a pattern | takes |
//! |---|---|
//! | `retry` | the symbol or word `retry` |
//! | `gets\|takes` | either |
//! | `?max` | `max`, or nothing |
//! | `<number>`, `<number:port>` | a value, under the label `number` or `port`; `slot.rs` has them all |
//!
//! So `retry ?max <number>` reads "retries: 3", "retry up to 3".

use super::slot::{Slot, Slots};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_method};

/// The most tokens that are passed over between two parts of a pattern.
const MAX_PASSED: usize = 5;

/// Symbols that may stand before a value that cannot be taken for anything else: "at most 30 s", "set to 30 s".
const BEFORE_VALUE: &[&str] = &["to", "max", "min", "change", "after", "between"];

/// A pattern, parsed.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Words(Vec<&'static str>),
    Optional(Vec<&'static str>),
    Slot(Slot, &'static str),
}

/// What a pattern can begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Start {
    Word(&'static str),
    Value,
}

impl Pattern {
    /// Parses a pattern.
    pub(super) fn parse(text: &'static str) -> Self {
        let part = |word: &'static str| {
            if let Some(words) = word.strip_prefix('?') {
                return Part::Optional(words.split('|').collect());
            }
            let Some(slot) = word.strip_prefix('<').and_then(|word| word.strip_suffix('>')) else {
                return Part::Words(word.split('|').collect());
            };
            let (kind, label) = slot.split_once(':').unwrap_or((slot, slot));
            Part::Slot(Slot::named(kind).unwrap_or(Slot::Text), label)
        };
        Self { parts: text.split_whitespace().map(part).collect() }
    }

    /// How many words it has that must be said: the more, the more certain its meaning.
    pub(super) fn words(&self) -> usize {
        self.parts.iter().filter(|part| matches!(part, Part::Words(_))).count()
    }

    /// The one of several patterns that reads furthest from a place, with what tokens say by it and the place after them.
    pub(super) fn farthest<'p>(
        ways: &'p [Self],
        tokens: &[Token],
        at: usize,
        work: &mut usize,
    ) -> Option<(&'p Self, usize, Slots)> {
        let found = ways.iter().filter_map(|way| way.find(tokens, at, work).map(|(end, slots)| (way, end, slots)));
        found.max_by_key(|(_, end, _)| *end)
    }

    /// Every word in it.
    pub(super) fn all_words(&self) -> impl Iterator<Item = &'static str> {
        self.parts
            .iter()
            .flat_map(|part| match part {
                Part::Words(words) | Part::Optional(words) => words.as_slice(),
                Part::Slot(..) => &[],
            })
            .copied()
    }

    /// What it can begin with.
    pub(super) fn starts(&self) -> Vec<Start> {
        let mut starts = Vec::new();
        for part in &self.parts {
            match part {
                Part::Words(words) | Part::Optional(words) => starts.extend(words.iter().map(|word| Start::Word(word))),
                Part::Slot(..) => starts.push(Start::Value),
            }
            if !matches!(part, Part::Optional(_)) {
                break;
            }
        }
        starts
    }

    /// What tokens from a place say by this pattern, and the place after them; counts the work it takes.
    pub(super) fn find(&self, tokens: &[Token], at: usize, work: &mut usize) -> Option<(usize, Slots)> {
        let mut slots = Slots::default();
        let end = Search { tokens, slots: &mut slots, work }.parts(&self.parts, at, true)?;
        Some((end, slots))
    }
}

/// Whether a token is one of the words of a pattern.
pub(super) fn can_be_said(token: &Token) -> bool {
    matches!(token.kind, TokenKind::Word | TokenKind::Symbol | TokenKind::Mark | TokenKind::Name)
}

struct Search<'s> {
    tokens: &'s [Token],
    slots: &'s mut Slots,
    work: &'s mut usize,
}

impl Search<'_> {
    /// Where the parts end that are found from a place on.
    fn parts(&mut self, parts: &[Part], at: usize, is_first: bool) -> Option<usize> {
        let Some((part, rest)) = parts.split_first() else { return Some(at) };
        let to_value = matches!(part, Part::Slot(slot, _) if slot.is_certain());
        let found = self.slots.0.len();
        for place in at..=at + MAX_PASSED {
            *self.work += 1;
            self.slots.0.truncate(found);
            let next = self.part(part, place);
            if let Some(end) = next.and_then(|next| self.parts(rest, next, false)) {
                return Some(end);
            }
            if is_first || !self.tokens.get(place).is_some_and(|token| may_pass(token, to_value)) {
                break;
            }
        }
        self.slots.0.truncate(found);
        match part {
            Part::Optional(_) => self.parts(rest, at, is_first),
            _ => None,
        }
    }

    fn part(&mut self, part: &Part, at: usize) -> Option<usize> {
        match part {
            Part::Words(words) | Part::Optional(words) => {
                let token = self.tokens.get(at).filter(|token| can_be_said(token))?;
                words.contains(&token.low.as_str()).then_some(at + 1)
            }
            Part::Slot(slot, label) => {
                let (value, next) = slot.fill(self.tokens, at)?;
                self.slots.0.push((label, value));
                Some(next)
            }
        }
    }
}

/// Whether a token may stand between the parts of a pattern.
fn may_pass(token: &Token, to_value: bool) -> bool {
    match token.kind {
        TokenKind::Word => is_glue(&token.low) && !is_method(&token.text),
        TokenKind::Mark => matches!(token.low.as_str(), ":" | "=" | "(" | ")" | "-" | "–" | "/"),
        TokenKind::Symbol => match token.low.as_str() {
            "equals" | "app-mesh" => true,
            symbol => to_value && BEFORE_VALUE.contains(&symbol),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::meanings::AREAS;
    use crate::lexer::tokens;
    use crate::lexicon::{name_symbols, symbols};

    fn check(pattern: &'static str, request: &str, expected: Option<&str>) {
        let tokens = name_symbols(tokens(request));
        let found = Pattern::parse(pattern).find(&tokens, 0, &mut 0).map(|(end, slots)| {
            let values: Vec<String> = slots.0.iter().map(|(label, value)| format!("{label} {value:?}")).collect();
            format!("{} of {}: {}", end, tokens.len(), values.join(", "))
        });
        assert_eq!(found.as_deref(), expected, "`{pattern}` in `{request}`");
    }

    #[test]
    fn words_alternatives_and_options() {
        check("retry ?max <number>", "retries: 3", Some("3 of 3: number Number(3)"));
        check("retry ?max <number>", "retry up to 3 times", Some("2 of 3: number Number(3)"));
        check("retry ?max <number>", "retry a lot", None);
        check("<name> gets|takes <percent>", "v2 gets 10%", Some("3 of 3: name Text(\"v2\"), percent Number(10)"));
        check("<name> gets|takes <percent>", "v2 loses 10%", None);
    }

    #[test]
    fn glue_is_passed_over_but_not_before_the_first_part() {
        check("port <number>", "port: the 8080", Some("4 of 4: number Number(8080)"));
        check("port <number>", "the port 8080", None);
        check("prefix <path>", "prefix orders /x", None);
    }

    #[test]
    fn lists_end_where_a_clause_begins() {
        check(
            "call <names>",
            "calls ads, users and carts",
            Some("6 of 6: names Texts([\"ads\", \"users\", \"carts\"])"),
        );
        check("call <names>", "calls ads and users calls carts", Some("2 of 6: names Texts([\"ads\"])"));
    }

    #[test]
    fn a_pattern_starts_with_its_first_words() {
        let starts = |text| Pattern::parse(text).starts();
        assert_eq!(starts("?listen port <number>"), [Start::Word("listen"), Start::Word("port")]);
        assert_eq!(starts("?only <method>"), [Start::Word("only"), Start::Value]);
        assert_eq!(starts("a|b c"), [Start::Word("a"), Start::Word("b")]);
    }

    #[test]
    fn every_row_can_be_said() {
        let mut faults = Vec::new();
        for meaning in AREAS.iter().flat_map(|area| area.meanings) {
            let mut seen = std::collections::HashSet::new();
            for way in meaning.ways {
                if !seen.insert(way) {
                    faults.push(format!("{}: `{way}` stands twice", meaning.name));
                }
                let silent = way.split_whitespace().flat_map(silent_words);
                faults.extend(silent.map(|word| format!("{}: `{word}` of `{way}` is never said", meaning.name)));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// The words of a pattern's part that no token can be: slots that are not there, words that the lexicon turns into a
    /// symbol of another name.
    fn silent_words(part: &str) -> Vec<&str> {
        if let Some(slot) = part.strip_prefix('<').and_then(|part| part.strip_suffix('>')) {
            let kind = slot.split(':').next().unwrap_or_default();
            return Slot::named(kind).is_none().then_some(kind).into_iter().collect();
        }
        let can_be =
            |word: &&str| symbols().contains(word) || name_symbols(tokens(word)).iter().all(|token| token.low == *word);
        part.trim_start_matches('?').split('|').filter(|word| !can_be(word)).collect()
    }
}
