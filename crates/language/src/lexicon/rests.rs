//! What is left of the requests, in any combination of its words: "all other calls", "the remaining ones".
//!
//! A quantity, a word for what is left and a noun for requests make one phrase; so no list of whole phrases is needed.

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

/// Pronouns that take `else`.
const PRONOUNS: &[&str] =
    &["everything", "anything", "everyone", "anyone", "everybody", "anybody", "all", "whatever", "whoever", "nothing"];

/// What begins "of the requests" after `the rest`.
const SHARES: &[&str] = &["rest", "the rest", "remainder", "the remainder", "leftover", "the leftover"];

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
