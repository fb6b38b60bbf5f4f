//! Names as people say them: "the settlement database" and "Frontend", where the files have `settlement-db` and `frontend`.

use std::collections::BTreeMap;

use meshwright_model::Kind;

use super::known::Known;
use crate::compose::names::{is_version, stem};
use crate::lexer::{Token, TokenKind};

/// The most words that a name is said in.
const MOST_WORDS: usize = 6;

/// Last words that say of which kind something is. Readers of names know what to do with them.
const KINDS: &[&str] =
    &["node", "nodes", "router", "routers", "route", "routes", "gateway", "gateways", "service", "services", "mesh"];

/// Words that ask for something where they come first: "split payments" has no `split-payments` in it.
const VERBS: &[&str] = &[
    "add", "call", "check", "drop", "keep", "let", "listen", "make", "move", "remove", "rename", "route", "send",
    "set", "shift", "speak", "split", "take", "tag", "use",
];

/// Words for which names have a shorter one.
const SHORT: &[(&str, &str)] = &[("database", "db"), ("databases", "dbs"), ("configuration", "config")];

/// Names by the words in which they are said; none where two names are said so.
type Spellings = BTreeMap<Vec<String>, Option<String>>;

impl Known {
    /// Puts the names that the files have in the place of the words that say them.
    pub(super) fn spell_names(&self, tokens: &mut Vec<Token>) {
        let spellings = self.spellings();
        let mut at = 0;
        while at < tokens.len() {
            if let Some((name, count)) = self.spoken(&spellings, &tokens[at..]) {
                let end = tokens[at + count - 1].end;
                let kind = if count == 1 { tokens[at].kind.clone() } else { TokenKind::Name };
                let named = Token { kind, low: name.to_lowercase(), text: name, start: tokens[at].start, end };
                tokens.splice(at..at + count, [named]);
            }
            at += 1;
        }
    }

    /// Everything that has a name, by its words: resources, what versions are versions of, and services by their first label.
    fn spellings(&self) -> Spellings {
        let mut spellings = Spellings::new();
        let mut enter = |name: &str| {
            let words = words(name);
            let other = spellings.entry(words).or_insert_with(|| Some(name.to_owned()));
            if other.as_deref() != Some(name) {
                *other = None;
            }
        };
        let is_plain = |name: &&String| name.chars().all(|letter| letter.is_alphanumeric() || "-_.".contains(letter));
        for name in self.names.keys().filter(is_plain) {
            enter(name);
            enter(stem(name));
            if self.names[name].contains(&Kind::VirtualService) {
                enter(name.split('.').next().unwrap_or(name));
            }
        }
        for (begin, _) in self.names.keys().filter(is_plain).filter_map(|name| name.split_once('-')) {
            // `color_server` of `color_server-red`
            if begin.contains('_') {
                enter(begin);
            }
        }
        spellings
    }

    /// The name that words begin with, and how many they are.
    fn spoken(&self, spellings: &Spellings, tokens: &[Token]) -> Option<(String, usize)> {
        let is_word = |token: &&Token| matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Number(_));
        let most = tokens.iter().take(MOST_WORDS).take_while(is_word).count();
        let first = tokens[0].low.as_str();
        if most == 0 || VERBS.contains(&first) {
            return None;
        }
        let of_words = (2..=most).rev().find_map(|count| {
            let last = tokens[count - 1].low.as_str();
            if KINDS.contains(&last) || is_version(last) {
                return None;
            }
            let said: Vec<String> = tokens[..count].iter().flat_map(|token| words(&token.text)).collect();
            let found = spellings.get(&said).cloned().flatten();
            // Names in the plural keep their ending, which says that several are meant.
            let of_several = || {
                let mut said = said.clone();
                let last = said.pop()?.strip_suffix('s')?.to_owned();
                said.push(last);
                spellings.get(&said)?.as_ref().map(|name| format!("{name}s"))
            };
            Some((found.or_else(of_several)?, count))
        });
        let is_capital = tokens[0].text != tokens[0].low && !self.knows(&tokens[0].text);
        let small = || spellings.get(&words(first)).cloned().flatten().filter(|name| is_capital && *name == first);
        of_words.or_else(|| Some((small()?, 1)))
    }
}

/// The words of a name, in lower case and in their short form.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let short = |word: String| {
        SHORT.iter().find(|(long, _)| *long == word).map_or(word.clone(), |(_, short)| (*short).to_owned())
    };
    words.map(|word| short(word.to_lowercase())).collect()
}
