//! What App Mesh has no setting for: each such wish is a question that says so and what comes nearest.
//!
//! [`wishes`] finds them in the words of a request, before the grammar reads the rest. What they are stands in a table,
//! `beyond/lacks.rs`; a word that is also a name, such as `mirror`, is one only with what it is done to.

mod english;
mod lacks;

use std::ops::Range;
use std::sync::LazyLock;

pub(crate) use english::is_english;

use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;
use lacks::{LACKS, Lack};

/// The most tokens between two parts of a way, such as "the live" in "mirror the live traffic".
const MAX_GAP: usize = 4;

/// The most tokens that a `*` stands for.
const MAX_ANY: usize = 8;

/// Words that stand before a name, so that what follows is no wish: "a node called mirror".
const BEFORE_NAMES: &[&str] = &[
    "to", "named", "called", "node", "nodes", "service", "services", "between", "app", "call", "calls", "route",
    "mesh", "->", "→",
];

/// A way to ask for something, in its parts.
struct Way {
    lack: &'static Lack,
    /// Whether it begins with what is done, which no name before it can have done to it.
    is_verb: bool,
    parts: Vec<&'static str>,
}

static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| {
    let ways = LACKS.iter().flat_map(|lack| lack.ways.iter().map(move |way| (lack, *way)));
    let parsed = ways.map(|(lack, way)| {
        let parts: Vec<&str> = way.split_whitespace().collect();
        let is_verb = parts[0] == "^";
        Way { lack, is_verb, parts: parts[usize::from(is_verb)..].to_vec() }
    });
    parsed.collect()
});

/// What App Mesh lacks, what comes nearest, and where that is said, for the docs.
pub(crate) fn table() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    LACKS.iter().map(|lack| (lack.what, lack.nearest, lack.source))
}

/// A wish that App Mesh cannot grant.
pub(crate) struct Wish {
    /// What is asked of who made it.
    pub(crate) question: String,
    /// The tokens that say it.
    pub(crate) words: Range<usize>,
    /// Those and what else their clause says of it.
    pub(crate) clause: Range<usize>,
}

/// The wishes in a request, in their order.
pub(crate) fn wishes(tokens: &[Token]) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = WAYS.iter().filter_map(|way| Some((way.lack, find(way, tokens, at)?)));
        let Some((lack, end)) = found.max_by_key(|(_, end)| *end) else {
            at += 1;
            continue;
        };
        let clause = at..clause_end(tokens, end);
        if !wishes.iter().any(|wish| wish.question == question(lack)) {
            wishes.push(Wish { question: question(lack), words: at..end, clause: clause.clone() });
        } else if let Some(last) = wishes.last_mut() {
            last.clause.end = clause.end;
        }
        at = clause.end;
    }
    wishes
}

fn question(lack: &Lack) -> String {
    format!("App Mesh has no setting for {}; {}. Shall it be left out?", lack.what, lack.nearest)
}

/// Where the clause ends that says a wish: its details go with it.
fn clause_end(tokens: &[Token], at: usize) -> usize {
    let is_end =
        |token: &Token| matches!(token.low.as_str(), "," | "." | ";" | "!" | "?" | "and" | "but" | ")" | "then");
    at + tokens[at..].iter().take_while(|token| !is_end(token)).count()
}

/// Where a way ends that begins at a place.
fn find(way: &Way, tokens: &[Token], at: usize) -> Option<usize> {
    if tokens[at].kind == TokenKind::Quoted || !is_said(way.parts[0], &tokens[at]) {
        return None;
    }
    let before = at.checked_sub(1).and_then(|before| tokens.get(before)).map_or("", |token| token.low.as_str());
    if way.is_verb && BEFORE_NAMES.contains(&before) {
        return None;
    }
    let end = parts_from(&way.parts, tokens, at, true)?;
    // "allow all egress with IP preference IPv4" names no address.
    let is_preference = tokens[end - 1].low == "ip"
        && tokens.get(end).is_some_and(|next| matches!(next.low.as_str(), "preference" | "version" | "family"));
    (!is_preference).then_some(end)
}

fn parts_from(parts: &[&str], tokens: &[Token], at: usize, is_first: bool) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else { return Some(at) };
    if *part == "*" {
        let ends = |token: &Token| matches!(token.low.as_str(), "." | ";" | "," | "and" | "but");
        let most = tokens[at.min(tokens.len())..].iter().take(MAX_ANY).take_while(|token| !ends(token)).count();
        return (0..=most).find_map(|any| parts_from(rest, tokens, at + any, true));
    }
    let gap = if is_first { 0 } else { MAX_GAP };
    for place in at..=at + gap {
        let token = tokens.get(place)?;
        if is_said(part, token)
            && let Some(end) = parts_from(rest, tokens, place + 1, false)
        {
            return Some(end);
        }
        if !may_pass(token) {
            return None;
        }
    }
    None
}

/// Whether a token may stand between the parts of a way.
fn may_pass(token: &Token) -> bool {
    match token.kind {
        TokenKind::Word => is_glue(&token.low) && !matches!(token.low.as_str(), "to" | "on"),
        TokenKind::Percent(_) | TokenKind::Number(_) | TokenKind::Span(_) => true,
        TokenKind::Mark => matches!(token.low.as_str(), "-" | "/" | ":" | "="),
        _ => false,
    }
}

/// Whether a token is a part of a way: `a|b` is either, `rate~` all that begins so, `%` a share, `#` a number.
fn is_said(part: &str, token: &Token) -> bool {
    part.split('|').any(|word| match word {
        "%" => matches!(token.kind, TokenKind::Percent(_)),
        "#" => matches!(token.kind, TokenKind::Number(_)),
        "<span>" => matches!(token.kind, TokenKind::Span(_)),
        "<status>" => matches!(token.kind, TokenKind::Number(100..=599)),
        "<path>" => matches!(token.kind, TokenKind::Path | TokenKind::Address),
        "<header>" => token.low.starts_with("x-"),
        word => match word.strip_suffix('~') {
            Some(stem) => token.low.starts_with(stem) && token.kind != TokenKind::Host,
            None => token.low == word,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;

    fn check(request: &str, expected: &[&str]) {
        let tokens = tokens(request);
        let found: Vec<String> = wishes(&tokens)
            .into_iter()
            .map(|wish| request[tokens[wish.words.start].start..tokens[wish.words.end - 1].end].to_owned())
            .collect();
        assert_eq!(found, expected, "{request}");
    }

    #[test]
    fn wishes_are_found_in_any_form() {
        check("virtual node api with a rate limit of 100 requests per second", &["rate limit"]);
        check("limit the rate of requests to api", &["limit the rate"]);
        check("mirror 10% of the traffic to debug", &["mirror 10%"]);
        check("gateway edge with JWT validation and CORS", &["JWT", "CORS"]);
        check("inject a 5 second delay into 10% of the requests", &["inject a 5 second delay"]);
        check("strip the header x-internal from responses", &["strip the header x-internal from responses"]);
    }

    #[test]
    fn names_are_no_wishes() {
        check("route 90% to mirror and 10% to main", &[]);
        check("mirror listens on 8080 and calls cache", &[]);
        check("a node called redirect, and a service cors-proxy", &[]);
        check("create a virtual node cache on 6379 with a health check", &[]);
    }

    #[test]
    fn each_lack_says_what_comes_nearest() {
        for lack in LACKS {
            assert!(
                !lack.what.ends_with('.') && !lack.nearest.ends_with('.') && !lack.source.is_empty(),
                "{}",
                lack.what
            );
            assert!(lack.ways.iter().all(|way| way.chars().all(|letter| !letter.is_uppercase())), "{}", lack.what);
        }
    }
}
