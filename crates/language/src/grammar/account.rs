//! The account of a reading: what a request says by a value must stand somewhere in what was made of it.
//!
//! A meaning may read past a value that it has no field for, and a verb may be passed over whose object nobody took. So,
//! once all was read, each number, time, name, path and quotation is looked for in the intent, each verb in the evidence of
//! its clause, and each word among those that a reader or a pattern has looked for. What is found nowhere was not
//! understood, whatever took its words; and what is to change and has no change is asked about.

use std::collections::HashSet;

use meshwright_model::Kind;
use serde_json::Value;

use super::entity::is_adjective;
use super::reader::Reader;
use super::slot::hundredths;
use super::spot::Said;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_ordinary};
use crate::understanding::Question;

/// The lists of an intent whose items can be there already.
const LISTS: &[&str] = &[
    "applications",
    "virtualNodes",
    "virtualRouters",
    "routes",
    "virtualServices",
    "virtualGateways",
    "gatewayRoutes",
];

/// What an item has that only says which it is.
const WHICH: &[&str] = &["name", "action", "router", "gateway"];

/// Everything that an intent says, to be looked up.
#[derive(Default)]
struct Ledger {
    numbers: HashSet<u64>,
    /// Texts and the keys of maps, in lower case.
    whole: HashSet<String>,
    /// The words of each text that has several.
    texts: Vec<Vec<String>>,
    /// All words of all texts.
    words: HashSet<String>,
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
                    let number = item.as_u64();
                    match key.as_str() {
                        // The end of a range is the first number past it.
                        "end" => self.numbers.extend(number.and_then(|end| end.checked_sub(1))),
                        // A vCPU has 1024 units, and memory counts in MiB.
                        "cpu" | "memory" => {
                            self.numbers.extend(number.filter(|all| all % 1024 == 0).map(|all| all / 1024));
                        }
                        _ => {}
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn enter_text(&mut self, text: &str) {
        let text = text.to_lowercase();
        let words = words(&text);
        // `60s` is a number of seconds.
        let number = |word: &String| word.trim_end_matches(['m', 's', 'h']).parse::<u64>().ok();
        self.numbers.extend(words.iter().filter_map(number));
        self.words.extend(words.iter().cloned());
        if words.len() > 1 && !self.whole.contains(&text) {
            self.texts.push(words);
        }
        self.whole.insert(text);
    }

    fn has_number(&self, number: u32) -> bool {
        self.numbers.contains(&u64::from(number))
    }

    /// Whether a token's value stands in it, by itself or as whole words of another.
    fn has(&self, token: &Token) -> bool {
        match &token.kind {
            // "30% to two": a number in words may be a name.
            TokenKind::Number(number) => self.has_number(*number) || self.words.contains(&token.low),
            TokenKind::Percent(percent) => {
                self.has_number(*percent) || self.numbers.contains(&(u64::from(*percent) * 1024 / 100))
            }
            // "a third to each": the weights are one each.
            TokenKind::Ratio(parts) if matches!(parts.as_slice(), [1, 3]) => self.has_number(1),
            TokenKind::Ratio(parts) => parts.iter().all(|part| self.has_number(*part)),
            TokenKind::Span(span) => self.whole.contains(&span.to_string()),
            TokenKind::Name if let Some(part) = hundredths(token) => {
                self.numbers.contains(&(u64::from(part) * 1024 / 100))
            }
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
        let said = words(&text);
        let has_all = said.iter().all(|word| self.words.contains(word));
        let in_one = || self.texts.iter().any(|there| there.windows(said.len()).any(|words| words == said));
        has_all && (said.len() < 2 || in_one())
    }
}

/// The words of a text: `v2` in `orders-v2`.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
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
    ("call", &["calls", "egress", "removals", "Tls", "tls", "targets", "match", "sidecars", "etry"]),
    ("called-by", &["calls", "removals"]),
    ("provider", &["provider", "Services", "routes", "router", "service"]),
    ("rewrite", &["rewrite", "renames", "service", "removals"]),
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
        let intent = serde_json::to_value(&self.intent).unwrap_or_default();
        ledger.enter(&intent);
        let spoken = std::mem::take(&mut self.spoken);
        let values = spoken.iter().enumerate().filter(|(at, token)| {
            // What was said again for others takes up no room.
            token.start < token.end
                && self.says_a_value(token)
                && !ledger.has(token)
                && !self.is_set_aside(token)
                && !is_told(&spoken, *at)
        });
        let mut missed: Vec<(usize, usize)> = values.map(|(_, token)| (token.start, token.end)).collect();
        missed.extend(self.verbs_without_object(&spoken));
        missed.extend(self.unproven_names(&intent, &spoken));
        missed.sort_unstable();
        for (start, end) in missed {
            self.miss(start, end);
        }
        if self.not_understood.is_empty() {
            self.ask_what_changes(&intent, &spoken);
        }
    }

    /// Asks what is to change of something that was named for a change, and of which nothing was said.
    fn ask_what_changes(&mut self, intent: &Value, spoken: &[Token]) {
        if !self.intent.tags.is_empty() {
            return;
        }
        let lists = LISTS.iter().filter_map(|list| intent.get(list)).filter_map(Value::as_array);
        for (item, count) in lists.flat_map(|list| list.iter().map(|item| (item, list.len()))) {
            let Some(fields) = item.as_object() else { continue };
            let is_bare = fields.keys().all(|key| WHICH.contains(&key.as_str()));
            let name = fields.get("name").and_then(Value::as_str).filter(|_| is_bare);
            let is_change = item["action"] == "change";
            // Without files, what is changed beside what is made must be named.
            if is_change && self.known.is_none() && !fields.contains_key("name") && count > 1 {
                let text =
                    "The request makes one and changes another that it does not name. Which is meant?".to_owned();
                self.questions.push(Question { text, about: Vec::new() });
                return;
            }
            // "on both records nodes and the portal node": what the files have and only is named was meant to change.
            let is_proxied = |name: &str| {
                let kinds = self.known.as_ref().and_then(|known| known.names.get(name));
                kinds.is_some_and(|own| own.contains(&Kind::VirtualNode) || own.contains(&Kind::VirtualGateway))
            };
            let Some(name) = name.filter(|name| is_change || is_proxied(name)) else { continue };
            // Something else that the intent says is of it.
            if mentions(intent, name) > 1 {
                continue;
            }
            let about = spoken.iter().find(|token| token.text == name).map(|token| self.said(token.start, token.end));
            let text = format!("What should be changed of `{name}`?");
            self.questions.push(Question { text, about: about.into_iter().collect() });
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

    /// Whether a token says a value, and not only how values belong together.
    fn says_a_value(&self, token: &Token) -> bool {
        match token.kind {
            TokenKind::Symbol | TokenKind::Mark => false,
            TokenKind::Word => {
                let is_plain = is_glue(&token.low) || is_ordinary(&token.low) || is_adjective(&token.low);
                !is_plain && !self.read_words.contains(&token.start)
            }
            TokenKind::Name => !is_glue(&token.low),
            // "one" and "once" are mostly articles.
            TokenKind::Number(1) => token.text == "1",
            _ => true,
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

/// How often a text is a value of an intent.
pub(super) fn mentions(value: &Value, text: &str) -> usize {
    match value {
        Value::String(there) => usize::from(there == text),
        Value::Array(items) => items.iter().map(|item| mentions(item, text)).sum(),
        Value::Object(fields) => fields.values().map(|item| mentions(item, text)).sum(),
        _ => 0,
    }
}
