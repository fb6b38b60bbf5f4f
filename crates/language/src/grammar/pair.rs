//! Names with their values, and values as they are written: `x-version: v2`, `team=shop`, `a/b`.

use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// `x-version: v2` in quotes, or as words `x-version: v2`, `x-version=v2`.
pub(super) fn pair(tokens: &[Token], at: usize) -> Option<((String, String), usize)> {
    let token = tokens.get(at)?;
    if token.kind == TokenKind::Quoted {
        let (name, value) = token.text.split_once(':').or_else(|| token.text.split_once('='))?;
        let (name, value) = (name.trim(), value.trim());
        let is_name = !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.'));
        return (is_name && !value.is_empty()).then(|| ((name.to_owned(), value.to_owned()), at + 1));
    }
    if let Some(said) = key_and_operator(tokens, at) {
        return Some(said);
    }
    let mark = tokens.get(at + 1).filter(|mark| matches!(mark.text.as_str(), ":" | "=" | "=="))?;
    let is_name = matches!(token.kind, TokenKind::Name | TokenKind::Host)
        || token.kind == TokenKind::Word && (!is_glue(&token.low) || mark.start == token.end && mark.text != ":")
        || token.kind == TokenKind::Symbol && !token.text.contains(' ') && mark.text != ":";
    // `x: y` with the mark at the name; `a : b` is a list's.
    (is_name && (mark.start == token.end || mark.text != ":")).then_some(())?;
    let (value, end) = piece(tokens, at + 2)?;
    Some(((token.text.clone(), value), end))
}

/// `status (%RESPONSE_CODE%)`, `status %RESPONSE_CODE%`: a key and the command operator that fills it.
fn key_and_operator(tokens: &[Token], at: usize) -> Option<((String, String), usize)> {
    let key = tokens.get(at).filter(|key| key.kind != TokenKind::Mark && !key.text.contains(' '))?;
    (key.low != "format").then_some(())?;
    let is_open = tokens.get(at + 1)?.text == "(";
    let place = at + 1 + usize::from(is_open);
    tokens.get(place).filter(|token| token.text.len() == token.end - token.start)?;
    let (operator, end) = piece(tokens, place)?;
    let is_operator = operator.len() > 2 && operator.starts_with('%') && operator.ends_with('%');
    let is_closed = !is_open || tokens.get(end).is_some_and(|mark| mark.text == ")");
    (is_operator && is_closed).then(|| ((key.text.clone(), operator), end + usize::from(is_open)))
}

/// A value as it is written, up to a space or the mark of a sentence: `a/b`, `session=.*`.
pub(super) fn piece(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    let first = tokens.get(at).filter(|value| value.kind != TokenKind::Mark)?;
    let is_whole = |token: &Token| token.text.len() == token.end - token.start && !token.text.contains(' ');
    let mut text = first.text.clone();
    let mut end = at + 1;
    let mut kept = (text.len(), end);
    while let Some(next) = tokens.get(end).filter(|next| {
        is_whole(&tokens[end - 1]) && is_whole(next) && next.start == tokens[end - 1].end && !is_closing(next)
    }) {
        text.push_str(&next.text);
        end += 1;
        if next.kind != TokenKind::Mark {
            kept = (text.len(), end);
        }
    }
    text.truncate(kept.0);
    Some((text, kept.1))
}

/// Whether a token is a mark that is never part of a value.
fn is_closing(token: &Token) -> bool {
    token.kind == TokenKind::Mark && matches!(token.text.as_str(), "," | ";" | "(" | ")" | "!" | "?" | "->" | "=>")
}

/// `owner: shop`, where the name of the tag means something elsewhere.
pub(super) fn tag_of_symbol(tokens: &[Token], at: usize) -> Option<((String, String), usize)> {
    let token = tokens.get(at).filter(|token| token.kind == TokenKind::Symbol)?;
    tokens.get(at + 1).filter(|mark| mark.text == ":" && mark.start == token.end)?;
    let value = tokens.get(at + 2).filter(|value| value.kind != TokenKind::Mark)?;
    Some(((token.text.clone(), value.text.clone()), at + 3))
}
