//! Words that may stand in several orders are put in one: a whole before its part, "off" before what is switched off.

use std::ops::Range;

use super::name::name_at;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};

/// What has parts that are said before it: "the interval of the health check of cart" is "the health check interval of cart".
const WHOLES: &[&str] = &["health-check", "outlier-detection", "connection-pool", "retry", "access-log"];

/// Such parts.
const PARTS: &[&str] = &[
    "interval",
    "path",
    "timeout",
    "request-timeout",
    "threshold",
    "healthy",
    "unhealthy",
    "port",
    "protocol",
    "ejection",
    "max-ejection",
    "server-error",
    "connections",
    "pending",
    "concurrent-requests",
    "max",
    "per-try",
    "events",
    "retry",
    "format",
    "idle",
];

/// What can be counted: "the number of retries".
const COUNTED: &[&str] =
    &["retry", "connections", "pending", "concurrent-requests", "server-error", "error", "failure", "success"];

/// Words between a part and its whole, and between that and its owner.
const OF: &[&str] = &["of", "on", "in", "for"];

/// Words before a whole or its owner.
const ARTICLES: &[&str] = &["the", "its", "a", "an", "this", "that", "our"];

/// The most tokens that say a part: "timeout per try".
const MAX_PART: usize = 3;

/// Puts tokens in the order in which they can be read.
pub(super) fn put_in_order(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        if says_number(tokens, at) {
            tokens.drain(at..at + 2);
        }
        if tokens[at].low == "ahead" && tokens.get(at + 1).is_some_and(|of| of.low == "of") {
            "before".clone_into(&mut tokens[at].low);
            tokens.remove(at + 1);
        }
        if let Some(it) = called_it(tokens, at) {
            "call".clone_into(&mut tokens[at].low);
            tokens.insert(at + 1, it);
        }
        if let Some(verb) = plural_verb(tokens, at) {
            tokens[at].kind = TokenKind::Word;
            verb.clone_into(&mut tokens[at].low);
        }
        if let Some(off) = switched_off(tokens, at) {
            tokens.remove(off);
            let switch = &mut tokens[at];
            switch.kind = TokenKind::Symbol;
            "no".clone_into(&mut switch.low);
            "turn off".clone_into(&mut switch.text);
        }
        if let Some(words) = whole_behind(tokens, at) {
            let place = tokens[at].start;
            let whole = tokens.drain(words).next_back();
            tokens.splice(at..at, whole.map(|whole| Token { start: place, end: place, ..whole }));
        }
        at += 1;
    }
}

/// "let cart call it", where no name follows: who is called.
fn called_it(tokens: &[Token], at: usize) -> Option<Token> {
    let token = &tokens[at];
    let is_it = is_symbol(token, &["named"]) && matches!(token.text.to_lowercase().as_str(), "call it" | "calling it");
    let ends = tokens.get(at + 1).is_none_or(|next| matches!(next.low.as_str(), "." | "," | ";" | "and" | "too"));
    let it = Token { kind: TokenKind::Word, low: "it".to_owned(), text: "it".to_owned(), ..token.clone() };
    (is_it && ends).then_some(it)
}

/// "cart and tax both need a health check": what several do is what one does.
fn plural_verb(tokens: &[Token], at: usize) -> Option<&'static str> {
    let verb = match tokens[at].text.to_lowercase().as_str() {
        "need" => "needs",
        "get" => "gets",
        _ => return None,
    };
    let name =
        (0..at).rev().find(|before| !matches!(tokens[*before].low.as_str(), "both" | "all" | "each" | "also"))?;
    let is_several =
        name > 1 && matches!(tokens[name - 1].low.as_str(), "and" | ",") && name_at(tokens, name - 2).is_some();
    (is_several && name_at(tokens, name).is_some()).then_some(verb)
}

/// "the number of retries" says the retries.
fn says_number(tokens: &[Token], at: usize) -> bool {
    let is_number =
        matches!(tokens[at].low.as_str(), "number" | "amount" | "count") && tokens[at].kind == TokenKind::Word;
    let is_of = tokens.get(at + 1).is_some_and(|of| of.low == "of");
    is_number && is_of && tokens.get(at + 2).is_some_and(|counted| is_symbol(counted, COUNTED))
}

/// Where "off" stands behind what it switches off: "turn access logging off for cart".
fn switched_off(tokens: &[Token], at: usize) -> Option<usize> {
    matches!(tokens[at].text.to_lowercase().as_str(), "turn" | "switch").then_some(())?;
    let part = past_articles(tokens, at + 1);
    let has_part = |part: &Token| is_symbol(part, WHOLES) || is_symbol(part, &["tls", "mtls", "timeout"]);
    tokens.get(part).filter(|part| has_part(part))?;
    // "turn the access log of cart off"
    let owner = past_articles(tokens, part + 2);
    let is_of = says_of(tokens, part + 1) && name_at(tokens, owner).is_some();
    let behind = if is_of { owner + 1 } else { part + 1 };
    tokens.get(behind).is_some_and(|off| is_symbol(off, &["off"])).then_some(behind)
}

/// The words that say the whole of a part behind it, the whole as the last of them: they are said before the part.
fn whole_behind(tokens: &[Token], at: usize) -> Option<Range<usize>> {
    let is_behind = at.checked_sub(1).is_some_and(|before| is_symbol(&tokens[before], WHOLES));
    let part = tokens[at..].iter().take(MAX_PART).take_while(|token| is_symbol(token, PARTS)).count();
    let of = at + part;
    (part > 0 && !is_behind && says_of(tokens, of)).then_some(())?;
    let next = past_articles(tokens, of + 1);
    if tokens.get(next).is_some_and(|whole| is_symbol(whole, WHOLES)) {
        let owner = past_articles(tokens, next + 2);
        let is_owned =
            says_of(tokens, next + 1) && (name_at(tokens, owner).is_some() || tokens.get(owner).is_some_and(is_kind));
        return is_owned.then_some(of..next + 1);
    }
    // "the interval of cart's health check"
    name_at(tokens, next)?;
    let whole = next + 1 + usize::from(tokens.get(next + 1).is_some_and(is_kind));
    let is_noun = |whole: &Token| is_symbol(whole, WHOLES) && (whole.low != "retry" || whole.text.contains("polic"));
    (tokens.get(whole).is_some_and(is_noun) && !says_of(tokens, whole + 1)).then_some(whole..whole + 1)
}

fn is_symbol(token: &Token, symbols: &[&str]) -> bool {
    token.kind == TokenKind::Symbol && symbols.contains(&token.low.as_str())
}

fn is_kind(token: &Token) -> bool {
    token.kind == TokenKind::Symbol && Thing::of_symbol(&token.low).is_some()
}

pub(super) fn says_of(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|of| of.kind == TokenKind::Word && OF.contains(&of.low.as_str()))
}

pub(super) fn past_articles(tokens: &[Token], at: usize) -> usize {
    at + tokens[at.min(tokens.len())..]
        .iter()
        .take(3)
        .take_while(|token| ARTICLES.contains(&token.low.as_str()))
        .count()
}
