//! Values that words point back at, said again: "… to 25 seconds and let the cart node wait just as long", "cap them at 150".

use crate::lexer::{Token, TokenKind};

/// What "them" may be that is capped.
const COUNTED: &[&str] = &["connections", "pending", "concurrent-requests", "retry"];

/// Says values again that words point back at: "… to 25 seconds and let the cart node wait just as long", "cap them at 150".
pub(super) fn say_again(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        wait_as_long(tokens, at);
        trust_when_calling(tokens, at);
        // "every 5 seconds instead of every 10"
        let is_every = at > 0 && tokens[at].low == "every" && tokens[at - 1].low == "instead";
        if is_every
            && tokens.get(at + 1).is_some_and(|next| matches!(next.kind, TokenKind::Number(_) | TokenKind::Span(_)))
        {
            tokens.remove(at);
        }
        cap_them(tokens, at);
        cap_part(tokens, at);
        at += 1;
    }
}

/// The tokens of the sentence before a place.
pub(super) fn sentence_before(tokens: &[Token], at: usize) -> &[Token] {
    let start = tokens[..at].iter().rposition(|token| matches!(token.low.as_str(), "." | ";")).map_or(0, |end| end + 1);
    &tokens[start..at]
}

/// "wait just as long": for the only time of the sentence, where that is a timeout.
fn wait_as_long(tokens: &mut Vec<Token>, at: usize) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    if !matches!(tokens[at].text.to_lowercase().as_str(), "wait" | "waits") {
        return;
    }
    let mut end = at + 1;
    while matches!(low(end), "just" | "equally" | "exactly" | "for") {
        end += 1;
    }
    let is_as_long = low(end) == "as" && low(end + 1) == "long" || low(end) == "long" && end > at + 1;
    let end = end + if low(end) == "as" { 2 } else { 1 };
    let end = end + usize::from(matches!(low(end), "too" | "also"));
    let ends = tokens.get(end).is_none_or(|next| matches!(next.low.as_str(), "." | ";" | "," | "and"));
    let before = sentence_before(tokens, at);
    let mut spans = before.iter().filter(|token| matches!(token.kind, TokenKind::Span(_)));
    let is_timeout = before.iter().any(|token| matches!(token.low.as_str(), "timeout" | "request-timeout"));
    let Some(span) = spans.next().filter(|_| is_as_long && ends && is_timeout && spans.next().is_none()) else {
        return;
    };
    let (start, close) = (tokens[at].start, tokens[end - 1].end);
    let label = Token {
        kind: TokenKind::Symbol,
        low: "request-timeout".to_owned(),
        text: "request timeout".to_owned(),
        start,
        end: close,
    };
    let span = Token { start, end: close, ..span.clone() };
    tokens.splice(at..end, [label, span]);
}

/// "trust the CA … when calling orders over TLS": TLS when calling orders, and whom to trust then.
fn trust_when_calling(tokens: &mut Vec<Token>, at: usize) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let is_call = |at: usize| low(at) == "call" && tokens[at].kind == TokenKind::Symbol;
    if !matches!(low(at), "when" | "whenever" | "if")
        || !(is_call(at + 1) || matches!(low(at + 1), "it" | "they") && is_call(at + 2))
    {
        return;
    }
    let start =
        tokens[..at].iter().rposition(|token| matches!(token.low.as_str(), "." | ";" | ",")).map_or(0, |end| end + 1);
    let Some(trust) = (start..at).find(|place| low(*place) == "trust" && tokens[*place].kind == TokenKind::Symbol)
    else {
        return;
    };
    let ends = |at: &usize| tokens.get(*at).is_none_or(|token| matches!(token.low.as_str(), "." | ";"));
    let Some(end) = (at..=tokens.len()).find(ends) else { return };
    // What is said of TLS there is said by the trust.
    let is_secured = |at: &usize| matches!(low(*at), "between" | "with" | "via" | "using") && low(*at + 1) == "tls";
    let names = (at..end).find(is_secured).unwrap_or(end);
    if (names + 2).max(end) != end {
        return;
    }
    let mut when: Vec<Token> = tokens.drain(at..end).collect();
    let secured = when.split_off(names - at);
    let tls = secured.last().cloned().unwrap_or_else(|| Token {
        kind: TokenKind::Symbol,
        low: "tls".to_owned(),
        text: "TLS".to_owned(),
        ..when[0].clone()
    });
    let and = Token { kind: TokenKind::Symbol, low: "and".to_owned(), text: "and".to_owned(), ..tls.clone() };
    let place = tokens[trust].start;
    let moved = std::iter::once(tls).chain(when).chain([and]).map(|token| Token { start: place, end: place, ..token });
    tokens.splice(trust..trust, moved.collect::<Vec<Token>>());
}

/// "cap the connections of cart at 80": cart at 80 connections.
fn cap_part(tokens: &mut Vec<Token>, at: usize) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let is_cap = tokens[at].kind == TokenKind::Symbol && low(at) == "max";
    let part = at + 1 + usize::from(low(at + 1) == "the");
    let is_part =
        tokens.get(part).is_some_and(|token| token.kind == TokenKind::Symbol && COUNTED.contains(&token.low.as_str()));
    let owner = part + 2 + usize::from(low(part + 2) == "the");
    let end = owner + 1 + usize::from(low(owner + 1) == "virtual-node");
    let is_number = tokens.get(end + 1).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
    if !is_cap
        || !is_part
        || !matches!(low(part + 1), "of" | "for" | "on" | "to")
        || !matches!(low(end), "at" | "to")
        || !is_number
    {
        return;
    }
    let place = tokens[end + 1].end;
    let counted = Token { start: place, end: place, ..tokens[part].clone() };
    tokens.insert(end + 2, counted);
    tokens.drain(part..part + 2);
}

/// "… connections …, and cap them at 150": what was counted last.
fn cap_them(tokens: &mut Vec<Token>, at: usize) {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let is_cap =
        tokens[at].kind == TokenKind::Symbol && low(at) == "max" && matches!(low(at + 1), "them" | "those" | "these");
    let number = at + 2 + usize::from(matches!(low(at + 2), "at" | "to"));
    let is_number = tokens.get(number).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
    let ends = tokens.get(number + 1).is_none_or(|next| matches!(next.low.as_str(), "." | ";" | "," | "and"));
    if !is_cap || !is_number || !ends {
        return;
    }
    let counted = sentence_before(tokens, at)
        .iter()
        .rev()
        .find(|token| token.kind == TokenKind::Symbol && COUNTED.contains(&token.low.as_str()));
    let Some(counted) = counted else { return };
    let counted = Token { start: tokens[at + 1].start, end: tokens[at + 1].end, ..counted.clone() };
    tokens.splice(at + 1..number, [counted]);
}
