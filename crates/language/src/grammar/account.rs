//! The account of a reading: what a request says by a value must stand somewhere in what was made of it.
//!
//! A meaning may read past a value that it has no field for, and a verb may be passed over whose object nobody took. So,
//! once all was read, each number, time, name, path and quotation is looked for in the intent, and each verb in the
//! evidence of its clause. What is found nowhere was not understood, whatever took its words.

use std::collections::HashSet;

use serde_json::Value;

use super::choose::is_in_a_pattern;
use super::entity::is_adjective;
use super::reader::Reader;
use super::spot::Said;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_ordinary};

/// Words that code reads, and no pattern.
const READ_ELSEWHERE: &[&str] = &[
    "copy",
    "clone",
    "duplicate",
    "replica",
    "twin",
    "rotation",
    "mix",
    "balancing",
    "distribution",
    "role",
    "third",
    "restrict",
    "narrow",
];

/// Everything that an intent says, to be looked up.
#[derive(Default)]
struct Ledger {
    numbers: HashSet<u64>,
    /// Texts and the keys of maps, in lower case.
    texts: HashSet<String>,
    /// The same as one text, for what is a part of a value: `v2` in `orders-v2`.
    all: String,
}

impl Ledger {
    fn enter(&mut self, value: &Value) {
        match value {
            Value::Number(number) => self.numbers.extend(number.as_u64()),
            Value::String(text) => self.enter_text(text),
            Value::Array(items) => items.iter().for_each(|item| self.enter(item)),
            Value::Object(fields) => {
                for (key, item) in fields {
                    self.enter_text(key);
                    self.enter(item);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn enter_text(&mut self, text: &str) {
        let text = text.to_lowercase();
        self.all.push_str(&text);
        self.all.push('\n');
        self.texts.insert(text);
    }

    fn has_number(&self, number: u32) -> bool {
        let number = u64::from(number);
        // The end of a range is the first number past it, and memory counts in MiB.
        self.numbers.contains(&number)
            || self.all.contains(&number.to_string())
            || self.texts.contains("range") && self.numbers.contains(&(number + 1))
            || self.texts.contains("memory") && self.numbers.contains(&(number * 1024))
            || self.texts.contains("cpu") && self.numbers.contains(&(number * 1024))
    }

    /// Whether a token's value stands in it, by itself or within another.
    fn has(&self, token: &Token) -> bool {
        match &token.kind {
            TokenKind::Number(number) => self.has_number(*number),
            TokenKind::Percent(percent) => {
                self.has_number(*percent) || self.numbers.contains(&(u64::from(*percent) * 1024 / 100))
            }
            // "a third to each": the weights are one each.
            TokenKind::Ratio(parts) if matches!(parts.as_slice(), [1, 3]) => self.has_number(1),
            TokenKind::Ratio(parts) => parts.iter().all(|part| self.has_number(*part)),
            TokenKind::Span(span) => self.texts.contains(&span.to_string()),
            TokenKind::Word | TokenKind::Name | TokenKind::Host | TokenKind::Path | TokenKind::Address => {
                self.has_text(&token.text)
            }
            TokenKind::Quoted => token.text.split([':', '=', ' ']).all(|part| self.has_text(part)),
            TokenKind::Symbol | TokenKind::Mark => true,
        }
    }

    fn has_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        if let Some((path, query)) = text.split_once('?') {
            return self.has_text(path) && query.split(['=', '&']).all(|part| self.has_text(part));
        }
        let plain = text.trim_matches(['*', '/', '.', '^', '$', '"', '\'']);
        self.all.contains(plain) || self.all.contains(&text.replace('.', "\\."))
    }
}

/// Verbs whose object must be found, and the parts of the intent that it can be: one of them is said in the sentence.
const VERBS: &[(&str, &[&str])] = &[
    (
        "send",
        &[
            "targets",
            "service",
            "match",
            "versions",
            "provider",
            "Provider",
            "removals",
            "calls",
            "rewrite",
            "egress",
            "router",
            "priority",
            "backend",
            "routes",
            "ignored",
            "accessLog",
        ],
    ),
    ("split", &["targets", "versions", "weight", "removals", "routes", "mesh"]),
    ("call", &["calls", "egress", "removals", "Tls", "tls", "targets", "match", "sidecars"]),
    ("called-by", &["calls", "removals"]),
    ("provider", &["provider", "Services", "routes", "router", "service"]),
    ("rewrite", &["rewrite", "renames", "service"]),
    ("strip", &["rewrite", "targets", "versions"]),
    ("tag", &["tags", "removals", "match"]),
    ("retry", &["retry", "removals", "etry"]),
    ("trust", &["ls", "removals"]),
    ("rename", &["renames"]),
    ("remove", &["removals"]),
    ("terminate", &["tls"]),
    ("eject", &["outlierDetection", "removals"]),
    ("max", &[""]),
    ("min", &[""]),
    ("priority", &["priority", "routes"]),
    ("egress", &["egress", "mesh", "ignored"]),
];

impl Reader<'_> {
    /// Says of each value that the intent has nowhere that it was not understood.
    pub(super) fn account(&mut self) {
        if !self.not_understood.is_empty() || !self.questions.is_empty() {
            return;
        }
        let mut ledger = Ledger::default();
        ledger.enter(&serde_json::to_value(&self.intent).unwrap_or_default());
        for assumption in &self.assumptions {
            ledger.enter_text(&assumption.what);
        }
        let spoken = std::mem::take(&mut self.spoken);
        let values = spoken.iter().enumerate().filter(|(at, token)| {
            says_a_value(token) && !ledger.has(token) && !self.is_set_aside(token) && !is_told(&spoken, *at)
        });
        let mut missed: Vec<(usize, usize)> = values.map(|(_, token)| (token.start, token.end)).collect();
        missed.extend(self.verbs_without_object(&spoken));
        missed.sort_unstable();
        for (start, end) in missed {
            self.miss(start, end);
        }
    }

    /// Verbs that no meaning took and of which nothing came in their sentence, by their bytes.
    fn verbs_without_object(&self, spoken: &[Token]) -> Vec<(usize, usize)> {
        let is_end = |token: &Token| token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";" | "!");
        let mut found = Vec::new();
        for sentence in spoken.split(is_end) {
            let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else { continue };
            for token in sentence.iter().filter(|token| token.kind == TokenKind::Symbol) {
                let Some((_, parts)) = VERBS.iter().find(|(verb, _)| *verb == token.low) else { continue };
                let is_said = self.evidence.iter().any(|evidence| {
                    let is_here = evidence.start < last.end && evidence.end > first.start;
                    is_here && parts.iter().any(|part| evidence.path.contains(part))
                });
                if !is_said && !self.is_set_aside(token) {
                    found.push((token.start, token.end));
                }
            }
        }
        found
    }

    /// For words of a meaning that say what is so already, or what is not to be.
    #[expect(clippy::unnecessary_wraps, reason = "it stands where a value is put")]
    pub(super) fn sets_nothing(&mut self) -> Said {
        self.set_aside(self.words.start, self.words.end);
        Ok(String::new())
    }

    /// Keeps in mind that words say no value of their own, as the number in "two routes".
    pub(super) fn set_aside(&mut self, from: usize, to: usize) {
        if let (Some(first), Some(last)) = (self.token(from), to.checked_sub(1).and_then(|at| self.token(at))) {
            self.aside.push(first.start..last.end);
        }
    }

    fn is_set_aside(&self, token: &Token) -> bool {
        self.aside.iter().any(|words| words.contains(&token.start))
    }
}

/// Whether what stands around a value says that it is none: "all three", "twice, once for a and once for b", and what loses
/// all requests.
fn is_told(spoken: &[Token], at: usize) -> bool {
    let before = spoken[..at].iter().rev().find(|token| !matches!(token.low.as_str(), "the" | "of"));
    let before = before.map_or("", |token| token.low.as_str());
    match spoken[at].kind {
        TokenKind::Number(_) => {
            let is_word = spoken[at].text.chars().all(char::is_alphabetic);
            is_word && (spoken[at].low == "twice" || matches!(before, "all" | "these" | "those" | "both" | "other"))
        }
        TokenKind::Name | TokenKind::Word => {
            before == "from" && spoken.iter().any(|token| matches!(token.low.as_str(), "all-traffic" | "everything"))
        }
        _ => false,
    }
}

/// Whether a token says a value, and not only how values belong together.
fn says_a_value(token: &Token) -> bool {
    match token.kind {
        TokenKind::Symbol | TokenKind::Mark => false,
        TokenKind::Word => {
            !is_glue(&token.low)
                && !is_ordinary(&token.low)
                && !is_in_a_pattern(&token.low)
                && !is_adjective(&token.low)
                && !READ_ELSEWHERE.contains(&token.low.as_str())
        }
        TokenKind::Name => !is_glue(&token.low),
        // "one" and "once" are mostly articles.
        TokenKind::Number(1) => token.text == "1",
        _ => true,
    }
}
