//! Conditions on a single value: a header, a metadata item, a query parameter.

use std::rc::Rc;

use meshwright_model::matcher::{HeaderMatchMethod, HeaderMatcher};

use crate::language::{Language, Universe, classes};
use crate::pattern::{Pattern, Patterns};

/// How a value is compared. Source: App Mesh API reference, `HeaderMatchMethod`; settled by a real Envoy 1.40.
#[derive(Clone, Debug)]
pub enum Comparison<'a> {
    /// It is there.
    Present,
    /// It is this text.
    Exact(&'a str),
    /// It starts with this text.
    Prefix(&'a str),
    /// It ends with this text.
    Suffix(&'a str),
    /// It is a whole number from the first to before the second.
    Range(i64, i64),
    /// It matches as a whole; the text tells patterns apart.
    Regex(&'a str, Rc<Pattern>),
}

/// A condition on a value.
#[derive(Clone, Debug)]
pub struct Condition<'a> {
    /// How it is compared.
    pub comparison: Comparison<'a>,
    /// Whether the comparison is turned round.
    pub is_inverted: bool,
}

impl<'a> Condition<'a> {
    /// The condition of a header or metadata item; `None` where a part of it is open, refused or
    /// no pattern, or one pattern too many.
    pub fn of(header: &'a HeaderMatcher, patterns: &mut Patterns<'a>) -> Option<Self> {
        let is_inverted = match &header.invert {
            Some(invert) => *invert.known()?,
            None => false,
        };
        let comparison = match &header.matcher {
            None => Comparison::Present,
            Some(HeaderMatchMethod::Exact(text)) => Comparison::Exact(text.known()?.as_str()),
            Some(HeaderMatchMethod::Prefix(text)) => Comparison::Prefix(text.known()?.as_str()),
            Some(HeaderMatchMethod::Suffix(text)) => Comparison::Suffix(text.known()?.as_str()),
            Some(HeaderMatchMethod::Range(range)) => {
                Comparison::Range(range.start.known()?.value(), range.end.known()?.value())
            }
            Some(HeaderMatchMethod::Regex(text)) => {
                let text = text.known()?.as_str();
                Comparison::Regex(text, patterns.make(text)?)
            }
        };
        Some(Self { comparison, is_inverted })
    }

    /// That the value is this text.
    pub fn exact(text: &'a str) -> Self {
        Self { comparison: Comparison::Exact(text), is_inverted: false }
    }

    /// That the value is there.
    pub fn present() -> Self {
        Self { comparison: Comparison::Present, is_inverted: false }
    }

    /// The one text that it wants, if it wants one.
    pub fn exact_text(&self) -> Option<&'a str> {
        match self.comparison {
            Comparison::Exact(text) if !self.is_inverted => Some(text),
            _ => None,
        }
    }

    /// Whether it holds of a value, or of its absence.
    ///
    /// A missing value meets no comparison, turned round or not; only "present" turned round holds of it (a real
    /// Envoy 1.40).
    pub fn holds(&self, value: Option<&str>) -> bool {
        match (&self.comparison, value) {
            (Comparison::Present, value) => value.is_some() != self.is_inverted,
            (_, None) => false,
            (comparison, Some(value)) => comparison.holds(value) != self.is_inverted,
        }
    }

    /// Whether it holds of every value that another holds of: certain where `true`. Patterns take steps off `work`.
    pub fn follows_from(&self, other: &Self, work: &mut usize) -> bool {
        match (self.is_inverted, other.is_inverted) {
            (false, false) => self.comparison.contains(&other.comparison, work),
            // Nothing that is compared is absent.
            (false, true) => {
                matches!(self.comparison, Comparison::Present) && !matches!(other.comparison, Comparison::Present)
            }
            (true, false) => {
                !matches!(self.comparison, Comparison::Present)
                    && self.comparison.is_apart_from(&other.comparison, work)
            }
            (true, true) => match (&self.comparison, &other.comparison) {
                (Comparison::Present, Comparison::Present) => true,
                (Comparison::Present, _) | (_, Comparison::Present) => false,
                (own, other) => other.contains(own, work),
            },
        }
    }
}

impl Comparison<'_> {
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::Present => true,
            Self::Exact(text) => value == *text,
            Self::Prefix(text) => value.starts_with(text),
            Self::Suffix(text) => value.ends_with(text),
            Self::Range(start, end) => value.parse::<i64>().is_ok_and(|number| (*start..*end).contains(&number)),
            Self::Regex(_, pattern) => pattern.matches(value),
        }
    }

    /// Whether every value that meets `other` meets this: certain where `true`.
    fn contains(&self, other: &Self, work: &mut usize) -> bool {
        match (self, other) {
            (Self::Present, _) => true,
            (_, Self::Exact(text)) => self.holds(text),
            (Self::Prefix(own), Self::Prefix(other)) => other.starts_with(own),
            (Self::Prefix(own), Self::Regex(_, pattern)) if pattern.literal_prefix().starts_with(own) => true,
            (Self::Suffix(own), Self::Suffix(other)) => other.ends_with(own),
            (Self::Range(start, end), Self::Range(other_start, other_end)) => {
                start <= other_start && other_end <= end || other_start >= other_end
            }
            (Self::Regex(..), Self::Present) => false,
            (Self::Regex(own, _), _) if is_anything(own) => true,
            (Self::Regex(own, _), Self::Regex(other, _)) if own == other => true,
            (Self::Regex(..), _) | (_, Self::Regex(..)) => self.is_proven(other, work, |own, other| own || !other),
            _ => false,
        }
    }

    /// Whether something holds of every value, of which it is told whether it meets this, and whether it meets `other`:
    /// certain where `true`.
    fn is_proven(&self, other: &Self, work: &mut usize, holds: impl Fn(bool, bool) -> bool) -> bool {
        // More values can be read as numbers than are in a range: what holds of all those that can holds of these.
        let (Some(own), Some(other)) = (self.language(), other.language().or_else(|| other.wider_language())) else {
            return false;
        };
        let classes = classes(&[own, other], Universe::Values, work);
        classes.is_some_and(|classes| classes.iter().all(|class| holds(class.meets[0], class.meets[1])))
    }

    /// The values that meet it, where they can be walked through.
    pub(crate) fn language(&self) -> Option<Language<'_>> {
        match self {
            Self::Present | Self::Range(..) => None,
            Self::Exact(text) => Some(Language::Exact(text)),
            Self::Prefix(text) => Some(Language::Prefix(text)),
            Self::Suffix(text) => Some(Language::Suffix(text)),
            Self::Regex(_, pattern) => Some(Language::Pattern(pattern)),
        }
    }

    fn wider_language(&self) -> Option<Language<'_>> {
        matches!(self, Self::Range(..)).then_some(Language::Number)
    }

    /// Whether no value meets both: certain where `true`.
    fn is_apart_from(&self, other: &Self, work: &mut usize) -> bool {
        match (self, other) {
            (Self::Exact(text), other) | (other, Self::Exact(text)) => !other.holds(text),
            (Self::Prefix(a), Self::Prefix(b)) => !a.starts_with(b) && !b.starts_with(a),
            (Self::Suffix(a), Self::Suffix(b)) => !a.ends_with(b) && !b.ends_with(a),
            (Self::Range(start, end), Self::Range(other_start, other_end)) => end <= other_start || other_end <= start,
            (Self::Present, _) | (_, Self::Present) => false,
            (Self::Regex(..), other) => self.is_proven(other, work, |own, other| !(own && other)),
            (own, Self::Regex(..)) => other.is_proven(own, work, |own, other| !(own && other)),
            _ => false,
        }
    }
}

/// Whether a pattern takes every value on one line, as header values are.
fn is_anything(pattern: &str) -> bool {
    matches!(pattern, ".*" | "^.*$" | "(.*)")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(comparison: Comparison<'_>, is_inverted: bool) -> Condition<'_> {
        Condition { comparison, is_inverted }
    }

    #[test]
    fn values_are_compared_as_envoy_does() {
        let cases = [
            (Comparison::Exact("a"), Some("a"), true, false),
            (Comparison::Exact("a"), Some("A"), false, true),
            (Comparison::Exact("a"), None, false, false),
            (Comparison::Present, None, false, true),
            (Comparison::Present, Some(""), true, false),
            (Comparison::Range(1, 9), Some("1"), true, false),
            (Comparison::Range(1, 9), Some("9"), false, true),
            (Comparison::Range(1, 9), Some("5x"), false, true),
            (Comparison::Range(1, 9), Some("abc"), false, true),
            (Comparison::Range(-1, 9), Some("-0"), true, false),
        ];
        for (comparison, value, plain, inverted) in cases {
            assert_eq!(condition(comparison.clone(), false).holds(value), plain, "{comparison:?} {value:?}");
            assert_eq!(condition(comparison.clone(), true).holds(value), inverted, "not {comparison:?} {value:?}");
        }
    }

    #[test]
    fn what_follows_holds_wherever_the_other_does() {
        let pattern = |text: &'static str| Comparison::Regex(text, Rc::new(Pattern::new(text).unwrap()));
        let comparisons = [
            Comparison::Present,
            Comparison::Exact("12"),
            Comparison::Exact("ab"),
            Comparison::Prefix("a"),
            Comparison::Prefix("1"),
            Comparison::Suffix("b"),
            Comparison::Suffix("ab"),
            Comparison::Range(1, 20),
            Comparison::Range(10, 13),
            Comparison::Range(30, 40),
            pattern("a.*"),
            pattern(".*"),
            pattern("a?b"),
            pattern(".*b"),
            pattern("[a-z]+"),
            pattern("[-+]?[0-9]+"),
            pattern("1[0-9]|2"),
        ];
        let values = ["12", "ab", "a", "b", "1", "13", "19", "30", "x", "", "aab", "2", "+7", "-0", "a1b", "abc"];
        let values = || values.iter().map(|value| Some(*value)).chain([None]);
        let all: Vec<Condition<'_>> = (comparisons.iter())
            .flat_map(|comparison| [condition(comparison.clone(), false), condition(comparison.clone(), true)])
            .collect();
        let mut following = 0;
        for own in &all {
            for other in &all {
                if own.follows_from(other, &mut 50_000) {
                    following += 1;
                    let wrong = values().find(|value| other.holds(*value) && !own.holds(*value));
                    assert_eq!(wrong, None, "{own:?} does not follow from {other:?}");
                }
            }
        }
        assert!(following > 60, "{following}");
    }

    #[test]
    fn patterns_are_held_against_all_other_comparisons() {
        let pattern = |text: &'static str| Comparison::Regex(text, Rc::new(Pattern::new(text).unwrap()));
        for (wide, narrow) in [
            (pattern("redor.*"), Comparison::Prefix("redorgreen")),
            (pattern(".*green"), Comparison::Suffix("dark-green")),
            (pattern("[-+]?[0-9]+"), Comparison::Range(1, 9)),
            (pattern("[a-z]+"), pattern("(blue|green)")),
            (Comparison::Prefix("b"), pattern("(blue|black).*")),
            (Comparison::Suffix("e"), pattern("[a-z]*(ue|le)")),
            (pattern("[^ ].*"), Comparison::Prefix("b")),
        ] {
            assert!(wide.contains(&narrow, &mut 50_000) && !narrow.contains(&wide, &mut 50_000), "{wide:?} {narrow:?}");
        }
        for (one, other) in [
            (pattern("[0-9]+"), Comparison::Prefix("b")),
            (pattern("[a-z]+"), Comparison::Range(1, 9)),
            (pattern("a.*"), pattern("b.*")),
            (pattern(".*a"), Comparison::Suffix("b")),
        ] {
            assert!(
                one.is_apart_from(&other, &mut 50_000) && other.is_apart_from(&one, &mut 50_000),
                "{one:?} {other:?}"
            );
        }
        // A number may have a sign, so that digits alone are not all of a range.
        assert!(!pattern("[0-9]+").contains(&Comparison::Range(1, 9), &mut 50_000));
        assert!(!pattern("redor[^g].*").contains(&Comparison::Prefix("redor"), &mut 50_000));
        assert!(!Comparison::Range(1, 9).contains(&pattern("[a-z]+"), &mut 50_000));
    }
}
