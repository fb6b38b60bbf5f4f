//! "503s": answers of that number, and no time, unless the words around want a time.

use crate::lexer::{Token, TokenKind};

/// Words right before a time.
const BEFORE_TIME: &[&str] = &[
    ":", "=", "at", "be", "by", "every", "for", "from", "idle", "in", "interval", "is", "least", "most", "of", "than",
    "timeout", "timeouts", "to", "until", "within",
];

/// Nouns of what lasts, right behind a time: "a 450s idle timeout".
const TIMED: &[&str] = &["timeout", "timeouts", "interval", "intervals", "ejection", "duration", "deadline", "window"];

/// Words between a time and such a noun.
const BEFORE_TIMED: &[&str] =
    &["per", "each", "idle", "request", "try", "retry", "attempt", "base", "per-try", "per-request"];

/// Tells the answers of a number from times: "where 503s are retried", "a timeout of 503s".
pub(super) fn tell(tokens: &mut [Token]) {
    for at in 0..tokens.len() {
        let Some(status) = status(&tokens[at]).filter(|_| !is_time(tokens, at)) else { continue };
        // Those that stand for an event are words for it.
        let is_event = matches!(status, 409 | 500 | 502..=504);
        tokens[at].kind = if is_event { TokenKind::Word } else { TokenKind::Number(status) };
    }
}

/// The status of `404s`: three digits of a failed answer.
fn status(token: &Token) -> Option<u32> {
    let digits = token.low.strip_suffix('s').filter(|_| matches!(token.kind, TokenKind::Span(_)))?;
    let is_status =
        digits.len() == 3 && digits.starts_with(['4', '5']) && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_status.then(|| digits.parse().ok()).flatten()
}

/// Whether the words around a number of seconds want a time.
fn is_time(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].low.as_str());
    let earlier = at.checked_sub(2).map_or("", |before| tokens[before].low.as_str());
    // "times out after 450s"
    let ends_after = before == "after" && matches!(earlier, "out" | "expire" | "expires" | "idle" | "closed");
    let behind = tokens[at + 1..].iter().find(|token| !BEFORE_TIMED.contains(&token.low.as_str()));
    let is_timed = behind.is_some_and(|token| TIMED.contains(&token.low.as_str()));
    let is_each = tokens.get(at + 1).is_some_and(|token| matches!(token.low.as_str(), "each" | "per" | "per-try"));
    ends_after || is_timed || is_each || BEFORE_TIME.contains(&before)
}
