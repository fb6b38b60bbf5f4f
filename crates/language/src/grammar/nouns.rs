//! Words that mean something elsewhere and are names here: "calls maps", "a backend on 8080", "Dispatch should call drivers".
//!
//! What is proven to be a name at one place is one wherever nothing else can stand.

use super::name::{can_be_noun, name_at};
use super::ports::MIN_BARE_PORT;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_ordinary};

/// Symbols of what a subject does.
const DOING: &[&str] = &["call", "listen", "run", "speak"];

/// Makes names of words that are proven to be some.
pub(super) fn name_nouns(tokens: &mut [Token]) {
    let is_proven = |at: &usize| {
        can_be_noun(tokens, *at)
            && Thing::of_symbol(&tokens[*at].low).is_none()
            && (has_detail(tokens, *at) || is_called(tokens, *at) || does(tokens, *at))
            || is_side(&tokens[*at]) && (has_detail(tokens, *at) || does(tokens, *at))
    };
    let proven: Vec<String> = (0..tokens.len()).filter(is_proven).map(|at| tokens[at].text.to_lowercase()).collect();
    if proven.is_empty() {
        return;
    }
    for at in 0..tokens.len() {
        let text = tokens[at].text.to_lowercase();
        if !matches!(tokens[at].kind, TokenKind::Symbol | TokenKind::Word)
            || !proven.contains(&text)
            || has_value(tokens, at) && !is_side(&tokens[at])
        {
            continue;
        }
        let token = &mut tokens[at];
        token.kind = if is_glue(&text) || is_ordinary(&text) { TokenKind::Name } else { TokenKind::Word };
        token.low = text;
    }
}

/// Whether a word that says nothing elsewhere may be a name: "front (http 8080) calls back (http2 9090)".
fn is_side(token: &Token) -> bool {
    token.kind == TokenKind::Word && token.low == "back"
}

/// Whether something begins behind a place, or a word that points at what comes.
fn begins(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    before.is_none_or(|before| {
        matches!(
            before.low.as_str(),
            "." | ";" | "," | ":" | "(" | "and" | "a" | "an" | "the" | "our" | "call" | "application" | "virtual-node"
        ) || is_arrow(before)
    })
}

fn is_arrow(token: &Token) -> bool {
    token.kind == TokenKind::Symbol && token.low == "to" && !token.text.starts_with(char::is_alphabetic)
}

/// "maps (http2 8443)", "a backend on 8080", "dispatch: grpc 9090"
fn has_detail(tokens: &[Token], at: usize) -> bool {
    let is_port = |at: usize| {
        tokens.get(at).is_some_and(|token| {
            matches!(token.kind, TokenKind::Number(number) if number >= MIN_BARE_PORT)
                || token.kind == TokenKind::Symbol && token.low == "port"
        })
    };
    let is_protocol = |at: usize| {
        tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Symbol && matches!(token.low.as_str(), "http" | "http2" | "grpc" | "tcp")
        })
    };
    let next = tokens.get(at + 1).map_or("", |next| next.low.as_str());
    let is_joined = matches!(next, "(" | "on" | "at" | ":");
    let place = at + 1 + usize::from(is_joined);
    begins(tokens, at)
        && (is_joined && is_port(place)
            || is_protocol(place)
                && (is_port(place + 1) || tokens.get(place + 1).is_some_and(|on| on.low == "on") && is_port(place + 2)))
}

/// "calls maps", "web -> backend"
fn is_called(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let is_reached =
        before.is_some_and(|before| is_arrow(before) || before.kind == TokenKind::Symbol && before.low == "call");
    let ends = tokens.get(at + 1).is_none_or(|next| {
        matches!(next.low.as_str(), "," | "." | ";" | "and" | "(" | ")" | "on" | "over" | "with" | "which")
            || is_arrow(next)
    });
    is_reached && ends
}

/// "Dispatch should call drivers", "backend calls api"
fn does(tokens: &[Token], at: usize) -> bool {
    let starts = at
        .checked_sub(1)
        .is_none_or(|before| matches!(tokens[before].low.as_str(), "." | ";" | ":" | "," | "and" | "the"));
    let modals = tokens[at + 1..]
        .iter()
        .take(2)
        .take_while(|token| matches!(token.low.as_str(), "should" | "must" | "shall" | "will" | "also" | "only"))
        .count();
    let verb = at + 1 + modals;
    let has_verb =
        tokens.get(verb).is_some_and(|token| token.kind == TokenKind::Symbol && DOING.contains(&token.low.as_str()));
    let object = verb
        + 1
        + tokens[(verb + 1).min(tokens.len())..]
            .iter()
            .take(1)
            .filter(|token| matches!(token.low.as_str(), "the" | "a" | "an" | "both" | "on"))
            .count();
    let has_object = tokens.get(verb).is_some_and(|verb| verb.low != "call")
        || name_at(tokens, object).is_some()
        || tokens.get(object).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
        || can_be_noun(tokens, object);
    starts && has_verb && has_object
}

/// Whether a value follows, or what it is said of, so that the word says what sort of value that is: "secret web-cert", "backend
/// orders".
fn has_value(tokens: &[Token], at: usize) -> bool {
    let is_kind = |token: &Token| token.kind == TokenKind::Symbol && Thing::of_symbol(&token.low).is_some();
    tokens.get(at + 1).is_some_and(|next| match next.kind {
        TokenKind::Mark => matches!(next.low.as_str(), "=" | ":") && !has_detail(tokens, at),
        TokenKind::Symbol => next.low == "named" || next.low == "equals" || next.low == "to" && !is_arrow(next),
        TokenKind::Word => name_at(tokens, at + 1).is_some() && !tokens.get(at + 2).is_some_and(is_kind),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;
    use crate::lexicon::name_symbols;

    fn check(request: &str, names: &[&str]) {
        let mut tokens = name_symbols(tokens(request));
        name_nouns(&mut tokens);
        let found: Vec<&str> = (0..tokens.len())
            .filter(|at| can_be_noun(&tokens, *at) && tokens[*at].kind != TokenKind::Symbol)
            .map(|at| tokens[at].text.as_str())
            .collect();
        assert_eq!(found, names, "{request}");
    }

    #[test]
    fn a_noun_that_is_proven_is_a_name_wherever_no_value_follows() {
        check("courier calls maps (http2 8443). Outlier detection for maps.", &["maps", "maps"]);
        check("A frontend and a backend on 8080. Backend calls db.", &["backend", "Backend"]);
        check("Dispatch should call drivers.", &["Dispatch"]);
        check("web calls tasks; tls with the secret tasks-cert", &["tasks"]);
    }

    #[test]
    fn a_word_that_no_place_proves_keeps_its_meaning() {
        for request in [
            "dispatch /api to orders",
            "map calls to /x to y",
            "image acme/app:1 and user 1337",
            "the backend orders, tls on 8443",
            "balance calls between a and b",
            "the owner is 123456789012",
        ] {
            check(request, &[]);
        }
    }
}
