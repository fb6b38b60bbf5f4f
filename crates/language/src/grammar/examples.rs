//! How to say what was not understood: an example of the area that its words are nearest to.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::meanings::AREAS;
use super::pattern::Pattern;
use crate::lexer::tokens;
use crate::lexicon::{is_glue, name_symbols};

/// An area that words may be about, and a request that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Example {
    /// What it is about: `Health checks`.
    pub area: &'static str,
    /// A request that says something of it.
    pub request: &'static str,
}

/// The most areas that a word may stand for and still tell which is meant.
const MAX_AREAS: usize = 2;

/// What is done to anything, whatever area has a use for it.
const GENERAL: &[&str] =
    &["create", "add", "change", "remove", "take", "rename", "send", "no", "on", "off", "out", "be", "named"];

/// The areas in whose patterns each symbol stands.
static AREAS_OF: LazyLock<HashMap<&str, Vec<usize>>> = LazyLock::new(|| {
    let mut areas: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, area) in AREAS.iter().enumerate() {
        let patterns = area.meanings.iter().flat_map(|meaning| meaning.ways).map(|way| Pattern::parse(way));
        let words: HashSet<&str> = patterns.flat_map(|pattern| pattern.all_words().collect::<Vec<_>>()).collect();
        for word in words {
            areas.entry(word).or_default().push(at);
        }
    }
    areas
});

/// An example of the area that words are nearest to, where they tell it: its own heading first, then the words of few areas.
pub fn example_near(text: &str) -> Option<Example> {
    let tokens = name_symbols(tokens(text));
    let mut nearness = vec![0_usize; AREAS.len()];
    for token in tokens.iter().filter(|token| !is_glue(&token.low) && !GENERAL.contains(&token.low.as_str())) {
        let heading = |words: &str| words.to_lowercase().contains(&token.text.to_lowercase()) && token.text.len() > 2;
        for (at, area) in AREAS.iter().enumerate() {
            nearness[at] += usize::from(heading(area.heading)) * 2;
        }
        let areas = AREAS_OF.get(token.low.as_str()).filter(|areas| areas.len() <= MAX_AREAS);
        for at in areas.into_iter().flatten() {
            nearness[*at] += 1;
        }
    }
    let most = nearness.iter().max().filter(|most| **most > 0)?;
    let at = nearness.iter().position(|count| count == most)?;
    Some(Example { area: AREAS[at].heading, request: AREAS[at].example })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{compose, understand};

    #[test]
    fn every_example_is_understood_and_answered() {
        for area in AREAS {
            let understood = understand(area.example);
            let questions = compose(&understood.intent).questions;
            assert!(
                understood.not_understood.is_empty() && understood.questions.is_empty() && questions.is_empty(),
                "{}: {understood:?} {questions:?}",
                area.example
            );
        }
    }

    #[test]
    fn words_tell_their_area() {
        for (text, area) in [
            ("health checks", Some("Health checks")),
            ("mirrors its access log", Some("Access logs")),
            ("jitter on each retry", Some("Retries")),
            ("Cloud Map namespace video.local", Some("Service discovery")),
            ("remove", None),
            ("gnomes", None),
            ("/ping", None),
            ("", None),
        ] {
            assert_eq!(example_near(text).map(|example| example.area), area, "{text}");
        }
    }
}
