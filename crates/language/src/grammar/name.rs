//! Which tokens are names of resources, and where a list of names ends.

use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_method};

/// The most names in a row that are read as one list.
const MAX_NAMES: usize = 64;

/// The most marks and conjunctions between two names of a list: `, and`.
const MAX_JOINTS: usize = 3;

/// Symbols that make what stands before them the subject of a new clause.
const CLAUSE_SYMBOLS: &[&str] = &[
    "call",
    "listen",
    "send",
    "run",
    "speak",
    "split",
    "called-by",
    "rewrite",
    "terminate",
    "eject",
    "retry",
    "enforce",
    "trust",
    "no-longer",
];

/// Words that do the same.
const CLAUSE_WORDS: &[&str] =
    &["uses", "use", "has", "have", "needs", "must", "should", "is", "are", "gets", "will", "requires", "only", "can"];

/// Symbols of kinds; a name before one begins something of its own.
const KINDS: &[&str] = &["virtual-gateway", "virtual-router", "mesh", "route", "gateway-route"];

/// Words that may stand before a further name of a list.
const BEFORE_NAME: &[&str] = &["the", "also", "both", "by", "for", "in", "once"];

/// The name of a resource that a token can be.
pub(super) fn name_at(tokens: &[Token], at: usize) -> Option<String> {
    let token = tokens.get(at)?;
    let is_name = match token.kind {
        TokenKind::Quoted => {
            token.text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | ':' | '*'))
                && !token.text.contains("..")
        }
        TokenKind::Name | TokenKind::Host => true,
        TokenKind::Word if token.low == "a" => {
            tokens.get(at + 1).is_some_and(|next| next.low == "and" || next.low == ",")
        }
        TokenKind::Word => {
            !is_glue(&token.low)
                && !is_method(&token.text)
                && token.text.chars().all(|letter| letter.is_ascii_alphanumeric())
        }
        _ => false,
    };
    is_name.then(|| token.text.clone())
}

/// Whether what stands before a token is the subject of a clause.
pub(super) fn is_clause_verb(token: &Token) -> bool {
    match token.kind {
        TokenKind::Symbol => CLAUSE_SYMBOLS.contains(&token.low.as_str()),
        TokenKind::Word => CLAUSE_WORDS.contains(&token.low.as_str()),
        _ => false,
    }
}

/// Names one after the other, with commas and `and`; the last is left to a clause of its own where it is its subject.
pub(super) fn names_from(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    let is_joint =
        |place: usize| tokens.get(place).is_some_and(|token| matches!(token.low.as_str(), "," | "and" | "or"));
    let may_precede = |place: usize| {
        tokens
            .get(place)
            .is_some_and(|token| token.kind == TokenKind::Word && BEFORE_NAME.contains(&token.low.as_str()))
    };
    let mut names = vec![name_at(tokens, at)?];
    let mut end = at + 1;
    while names.len() < MAX_NAMES {
        let joints = (end..end + MAX_JOINTS).take_while(|place| is_joint(*place)).count();
        let words = (end + joints..end + joints + MAX_JOINTS).take_while(|place| may_precede(*place)).count();
        let place = end + joints + words;
        let Some(name) = name_at(tokens, place).filter(|_| joints > 0) else { break };
        if tokens.get(place + 1).is_some_and(|next| is_clause_verb(next) || is_kind(next)) {
            break;
        }
        names.push(name);
        end = place + 1;
    }
    Some((names, end))
}

fn is_kind(token: &Token) -> bool {
    token.kind == TokenKind::Symbol && KINDS.contains(&token.low.as_str())
}
