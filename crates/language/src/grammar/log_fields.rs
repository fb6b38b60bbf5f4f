//! Keys of an access log in plain words: "the method, the path and the status".

use crate::lexer::{Token, TokenKind};

/// The words for what is logged, the key that stands for it, and what Envoy writes there.
///
/// Source: Envoy, access log command operators.
const FIELDS: &[(&str, &str, &str)] = &[
    ("method", "method", "%REQ(:METHOD)%"),
    ("http method", "method", "%REQ(:METHOD)%"),
    ("request method", "method", "%REQ(:METHOD)%"),
    ("path", "path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("request path", "path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("url", "path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("status", "status", "%RESPONSE_CODE%"),
    ("status code", "status", "%RESPONSE_CODE%"),
    ("response code", "status", "%RESPONSE_CODE%"),
    ("response status", "status", "%RESPONSE_CODE%"),
    ("code", "status", "%RESPONSE_CODE%"),
    ("response flags", "flags", "%RESPONSE_FLAGS%"),
    ("flags", "flags", "%RESPONSE_FLAGS%"),
    ("duration", "duration", "%DURATION%"),
    ("latency", "duration", "%DURATION%"),
    ("protocol", "protocol", "%PROTOCOL%"),
    ("host", "host", "%REQ(:AUTHORITY)%"),
    ("hostname", "host", "%REQ(:AUTHORITY)%"),
    ("authority", "host", "%REQ(:AUTHORITY)%"),
    ("time", "time", "%START_TIME%"),
    ("timestamp", "time", "%START_TIME%"),
    ("start time", "time", "%START_TIME%"),
    ("request id", "requestId", "%REQ(X-REQUEST-ID)%"),
    ("upstream host", "upstream", "%UPSTREAM_HOST%"),
];

/// The most words of one field.
const MAX_WORDS: usize = 2;

/// The most fields of one list.
const MAX_FIELDS: usize = 32;

/// Fields that tokens name from a place on, each as `key=what is written`, and the place after them.
pub(super) fn log_fields(tokens: &[Token], at: usize) -> Option<(Vec<String>, usize)> {
    let past = |at: usize, words: &[&str]| {
        at + tokens[at.min(tokens.len())..].iter().take_while(|token| words.contains(&token.low.as_str())).count()
    };
    let mut fields = Vec::new();
    let mut end = at;
    let mut next = at;
    while fields.len() < MAX_FIELDS
        && let Some((field, after)) = field_at(tokens, past(next, &["the", "a", "its"]))
    {
        fields.push(field);
        end = after;
        next = past(end, &[",", "and"]);
        if next == end {
            break;
        }
    }
    (!fields.is_empty()).then_some((fields, end))
}

fn field_at(tokens: &[Token], at: usize) -> Option<(String, usize)> {
    // "time %START_TIME%", "duration (%DURATION%)": a key, and what is written there.
    let open = at
        + 1
        + usize::from(tokens.get(at + 1).is_some_and(|mark| matches!(mark.low.as_str(), "(" | "=" | ":" | "as")));
    let operator = tokens
        .get(open)
        .filter(|token| token.text.len() > 2 && token.text.starts_with('%') && token.text.ends_with('%'));
    if let Some(operator) = operator {
        let key = tokens.get(at).filter(|key| key.kind != TokenKind::Mark && !key.text.contains([' ', '%']))?;
        let is_closed = tokens.get(open + 1).is_some_and(|mark| mark.low == ")") && tokens[open - 1].low == "(";
        return Some((format!("{}={}", key.text, operator.text), open + 1 + usize::from(is_closed)));
    }
    (1..=MAX_WORDS).rev().find_map(|count| {
        let words = tokens.get(at..at + count)?.iter().map(|token| token.text.to_lowercase());
        let said = words.collect::<Vec<_>>().join(" ");
        let (_, key, operator) = FIELDS.iter().find(|(words, ..)| *words == said)?;
        Some((format!("{key}={operator}"), at + count))
    })
}
