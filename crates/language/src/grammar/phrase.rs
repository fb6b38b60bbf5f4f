//! What those who say a request in other words ask of its tokens.

use crate::lexer::{Token, TokenKind};

/// The most words that are passed over.
const MOST_PASSED: usize = 8;

/// The symbol of a token or its word in lower case; empty past the end.
pub(super) fn low(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.low.as_str())
}

/// Whether one of these symbols stands at a place.
pub(super) fn is_symbol(tokens: &[Token], at: usize, symbols: &[&str]) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol && symbols.contains(&token.low.as_str()))
}

/// The first place from one on whose token says none of these.
pub(super) fn past(tokens: &[Token], at: usize, words: &[&str]) -> usize {
    at + (at..tokens.len()).take(MOST_PASSED).take_while(|at| words.contains(&low(tokens, *at))).count()
}

/// The place after one of several phrases that stands at a place.
pub(super) fn one_of(tokens: &[Token], at: usize, phrases: &[&str]) -> Option<usize> {
    let ends = phrases.iter().filter_map(|phrase| {
        let mut end = at;
        let mut rest = *phrase;
        while !rest.is_empty() {
            // A symbol may hold several words.
            let token = tokens
                .get(end)
                .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Symbol | TokenKind::Number(1)))?;
            rest = rest.strip_prefix(token.text.to_lowercase().as_str())?;
            rest = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
            end += 1;
        }
        Some(end)
    });
    ends.max()
}
