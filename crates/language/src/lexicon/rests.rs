//! What is left of the requests, in any combination of its words: "all other calls", "the remaining ones".
//!
//! A quantity, a word for what is left and a noun for requests make one phrase; so no list of whole phrases is needed.

use crate::lexer::{Token, TokenKind};

/// Words before what is left.
const QUANTITIES: &[&str] = &[
    "",
    "all",
    "all the",
    "all of the",
    "the",
    "any",
    "any of the",
    "every",
    "each",
    "in all",
    "in any",
    "in every",
    "for all",
    "for any",
];

/// Words for what is left that stand before a noun.
const LEFT: &[&str] = &["other", "remaining"];

/// Nouns for requests.
const REQUESTS: &[&str] = &[
    "request",
    "requests",
    "traffic",
    "call",
    "calls",
    "path",
    "paths",
    "url",
    "urls",
    "uri",
    "uris",
    "method",
    "methods",
    "case",
    "cases",
    "user",
    "users",
    "client",
    "clients",
    "caller",
    "callers",
    "customer",
    "customers",
    "hit",
    "hits",
    "connection",
    "connections",
    "rpc",
    "rpcs",
    "verb",
    "verbs",
    "value",
    "values",
    "header",
    "headers",
    "one",
    "ones",
    "tenant",
    "tenants",
    "host",
    "hosts",
];

/// Words for the requests of which a condition is said again.
const THOSE: &[&str] = &[
    "",
    "those",
    "the ones",
    "ones",
    "requests",
    "the requests",
    "traffic",
    "calls",
    "all those",
    "everyone",
    "users",
    "clients",
];

/// Verbs of a condition that holds.
const WITH: &[&str] = &[
    "with",
    "having",
    "carrying",
    "bearing",
    "that have",
    "that carry",
    "that bear",
    "that do have",
    "which have",
    "which carry",
    "who have",
    "that has",
    "that carries",
];

/// Verbs of a condition that does not hold.
const WITHOUT: &[&str] = &[
    "without",
    "not having",
    "not carrying",
    "lacking",
    "missing",
    "that lack",
    "that do not have",
    "that don't have",
    "that do not carry",
    "that don't carry",
    "which do not have",
    "which don't have",
    "which lack",
    "who do not have",
    "who don't have",
    "who lack",
];

/// What a condition is said of, where it is said again.
const IT: &[&str] = &["it", "that header", "this header"];

/// Pronouns that take `else`.
const PRONOUNS: &[&str] =
    &["everything", "anything", "everyone", "anyone", "everybody", "anybody", "all", "whatever", "whoever", "nothing"];

/// What begins "of the requests" after `the rest`.
const SHARES: &[&str] = &["rest", "the rest", "remainder", "the remainder", "leftover", "the leftover"];

/// Phrases for requests that have, or do not have, what was just described: "those without it", "the ones having it".
pub(super) fn complements() -> Vec<(&'static str, Vec<&'static str>)> {
    let words = |parts: &[&'static str]| parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>();
    let mut phrases = Vec::new();
    for those in THOSE {
        for it in IT {
            phrases.extend(WITHOUT.iter().map(|verb| ("otherwise", words(&[*those, *verb, *it]))));
            // "with it" alone says how, and not which.
            let with = WITH.iter().filter(|_| !those.is_empty());
            phrases.extend(with.map(|verb| (HAVING_IT, words(&[*those, *verb, *it]))));
        }
    }
    phrases
}

/// The symbol of requests that have what was just described.
const HAVING_IT: &str = "having-it";

/// "Those with it" are all others where those without it were sent somewhere, and say nothing where nothing was sent yet.
pub(super) fn settle_complements(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        if tokens[at].kind != TokenKind::Symbol || tokens[at].low != HAVING_IT {
            continue;
        }
        let start = tokens[..at].iter().rposition(|token| token.low == ".").map_or(0, |end| end + 1);
        let says = |words: &[&str]| tokens[start..at].iter().any(|token| words.contains(&token.low.as_str()));
        if !says(&["to", "send", "target"]) {
            // What was described goes on being spoken of.
            (tokens[at].kind, tokens[at].low) = (TokenKind::Mark, ",".to_owned());
            continue;
        }
        let is_left = says(&["no", "absent", "otherwise", "without", "lacking", "missing"]);
        if is_left { "otherwise" } else { HAVING_IT }.clone_into(&mut tokens[at].low);
        tokens[at].kind = if is_left { TokenKind::Symbol } else { TokenKind::Word };
    }
}

/// "The remaining 10" is a share that is said, and no rest to be reckoned.
pub(super) fn tell_shares(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let is_share = matches!(tokens[at].kind, TokenKind::Number(_) | TokenKind::Percent(_));
        let rest = &mut tokens[at - 1];
        if is_share
            && rest.kind == TokenKind::Symbol
            && rest.low == "rest"
            && rest.text.eq_ignore_ascii_case("remaining")
        {
            rest.kind = TokenKind::Word;
            "the".clone_into(&mut rest.low);
        }
    }
}

/// Phrases for what is left, as words.
pub(super) fn phrases() -> Vec<Vec<&'static str>> {
    let words = |parts: &[&'static str]| parts.iter().flat_map(|part| part.split_whitespace()).collect::<Vec<_>>();
    let mut phrases = Vec::new();
    for quantity in QUANTITIES {
        for left in LEFT {
            phrases.extend(REQUESTS.iter().map(|noun| words(&[*quantity, *left, *noun])));
        }
        phrases.push(words(&[*quantity, "others"]));
    }
    for share in SHARES {
        for of in ["of", "of the", "of its", "of their", "of all", "of these", "of those"] {
            phrases.extend(REQUESTS.iter().map(|noun| words(&[*share, of, *noun])));
        }
        phrases.extend(["traffic", "requests", "calls"].map(|noun| words(&[*share, noun])));
    }
    phrases.extend(PRONOUNS.iter().map(|pronoun| words(&[*pronoun, "else"])));
    phrases
}
