//! A voice that chooses among ways to say something.

use std::fmt::Display;

use meshwright_language::intent::Span;

/// Chooses by bytes that the property test makes; without any more, always the first way.
pub(super) struct Voice<'c> {
    choices: std::slice::Iter<'c, u8>,
}

impl<'c> Voice<'c> {
    pub(super) fn new(choices: &'c [u8]) -> Self {
        Self { choices: choices.iter() }
    }

    fn choose(&mut self, count: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice) % count)
    }

    /// One of several ways.
    pub(super) fn one_of<'w>(&mut self, ways: &[&'w str]) -> &'w str {
        ways[self.choose(ways.len())]
    }

    /// One of several ways, with a value in the place of `{}`.
    pub(super) fn say(&mut self, ways: &[&str], value: impl Display) -> String {
        self.one_of(ways).replace("{}", &value.to_string())
    }

    /// A time in one of its units.
    pub(super) fn span(&mut self, span: Span) -> String {
        let millis = span.millis;
        match millis {
            _ if millis > 0 && millis.is_multiple_of(60_000) => {
                let ways = ["{} seconds", "{}s", "{} s", "{} sec"];
                match self.choose(3) {
                    0 => self.say(&ways, millis / 1000),
                    1 => self.say(&["{} minutes", "{}m", "{} min"], millis / 60_000),
                    _ => self.say(&["{} ms", "{}ms"], millis),
                }
            }
            _ if millis.is_multiple_of(1000) => self.say(&["{} seconds", "{}s", "{} s", "{} sec"], millis / 1000),
            _ => self.say(&["{} ms", "{}ms", "{} milliseconds", "{}msec"], millis),
        }
    }

    /// A name, as it is or in quotes.
    pub(super) fn name(&mut self, name: &str) -> String {
        self.say(&["{}", "{}", "'{}'", "`{}`", "\"{}\""], name)
    }

    /// `a, b and c`
    pub(super) fn list(&mut self, items: &[String]) -> String {
        let Some((last, rest)) = items.split_last().filter(|(_, rest)| !rest.is_empty()) else {
            return items.concat();
        };
        format!("{}{}{last}", rest.join(", "), self.one_of(&[" and ", ", and ", ", ", " & "]))
    }

    /// Parts in any order.
    pub(super) fn shuffle(&mut self, parts: &mut [String]) {
        for at in (1..parts.len()).rev() {
            let other = self.choose(at + 1);
            parts.swap(at, other);
        }
    }

    /// Parts, one after the other.
    pub(super) fn join(&mut self, parts: &[String]) -> String {
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() {
                text.push_str(self.one_of(&[", ", ", and ", ", with ", " and "]));
            }
            text.push_str(part);
        }
        text
    }
}
