//! Arrows between applications that are described where they stand: "gateway on 80 -> web (http 3000) -> users (grpc 50051),
//! posts (http 8080)" is said as "gateway on 80 -> web; web (http 3000); users (grpc 50051); posts (http 8080); web calls users and
//! posts".

use std::ops::Range;

use super::name::name_at;
use super::phrase::low;
use super::thing::Thing;
use super::versions::is_version;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// The most tokens that describe one application of a chain.
const MAX_DETAILS: usize = 16;

/// The most applications of one group.
const MAX_GROUP: usize = 32;

/// What a sentence speaks of that has arrows which are no calls.
const OF_ROUTES: &[&str] = &[
    "route",
    "gateway-route",
    "virtual-router",
    "virtual-service",
    "header",
    "hostname",
    "weight",
    "split",
    "path",
    "prefix",
    "exact",
    "query",
    "method",
    "metadata",
    "rewrite",
    "grpc-service",
    "rpc",
    "dns",
    "send",
    "call",
    "provider",
    "no",
    "remove",
];

/// An application of a chain, and what is said of it there.
struct Member {
    name: Token,
    /// The article, kind or details that stand around its name.
    details: Range<usize>,
}

/// Applications side by side: each calls all of the next group.
struct Group {
    members: Vec<Member>,
    /// The words for a gateway, which stays as it is said.
    gateway: Option<Range<usize>>,
    end: usize,
}

/// Says chains of described applications as sentences.
pub(super) fn say_chains(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        let Some((said, end)) = begins(tokens, at).then(|| chain(tokens, at)).flatten() else {
            at += 1;
            continue;
        };
        let count = said.len();
        tokens.splice(at..end, said);
        at += count;
    }
}

pub(super) fn is_arrow(token: &Token) -> bool {
    token.low == "to" && !token.text.starts_with(char::is_alphabetic)
}

fn is_end(token: &Token) -> bool {
    matches!(token.low.as_str(), "." | ";" | "!" | "?")
}

/// Whether a chain of calls may begin at a place: where a clause does that speaks of no routes.
fn begins(tokens: &[Token], at: usize) -> bool {
    let is_start = at.checked_sub(1).is_none_or(|before| matches!(low(tokens, before), "." | ";" | ":" | "," | "!"));
    let start = tokens[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
    let speaks_of_routes = |token: &Token| {
        token.kind == TokenKind::Symbol && OF_ROUTES.contains(&token.low.as_str())
            || matches!(token.kind, TokenKind::Path | TokenKind::Percent(_) | TokenKind::Ratio(_))
    };
    is_start && !tokens[start..at].iter().any(|token| speaks_of_routes(token) && !is_arrow(token))
}

/// What the chain at a place says in sentences, and where it ends; `None` where the reader needs no help.
fn chain(tokens: &[Token], at: usize) -> Option<(Vec<Token>, usize)> {
    let mut groups = vec![group(tokens, at, true)?];
    let mut arrows: Vec<Token> = Vec::new();
    loop {
        let end = groups.last()?.end;
        let Some(arrow) = tokens.get(end).filter(|token| is_arrow(token)) else { break };
        arrows.push(arrow.clone());
        groups.push(group(tokens, end + 1, false)?);
    }
    let end = groups.last()?.end;
    let is_told = groups
        .iter()
        .skip(usize::from(groups[0].gateway.is_some()))
        .any(|group| group.members.len() > 1 || group.members.iter().any(|member| !member.details.is_empty()));
    let is_over = tokens
        .get(end)
        .is_none_or(|next| is_end(next) || matches!(next.low.as_str(), "," | "and" | ")" | "over" | "with"));
    // "gateway -> teller with two versions" goes on with the last.
    let goes_on = tokens.get(end).is_some_and(|next| next.low == "with") && groups.last()?.members.len() == 1;
    if arrows.is_empty() || !(is_told || goes_on) || !is_over {
        return None;
    }
    let mut said = sentences(tokens, &groups, &arrows)?;
    if goes_on {
        let name = groups.last()?.members[0].name.clone();
        said.extend([mark(";", name.end), name]);
    }
    Some((said, end))
}

fn sentences(tokens: &[Token], groups: &[Group], arrows: &[Token]) -> Option<Vec<Token>> {
    let mut said: Vec<Token> = Vec::new();
    let first = &groups[0];
    if let Some(words) = &first.gateway {
        // What of it goes where must be said of a gateway that leads to several.
        let [only] = groups.get(1)?.members.as_slice() else { return None };
        said.extend_from_slice(&tokens[words.clone()]);
        said.extend([arrows[0].clone(), only.name.clone(), mark(";", only.name.end)]);
    }
    for member in groups.iter().flat_map(|group| &group.members).filter(|member| !member.details.is_empty()) {
        said.push(member.name.clone());
        said.extend_from_slice(&tokens[member.details.clone()]);
        said.push(mark(";", tokens[member.details.end - 1].end));
    }
    for (pair, arrow) in groups.windows(2).zip(arrows) {
        for caller in &pair[0].members {
            said.push(caller.name.clone());
            said.push(Token { kind: TokenKind::Symbol, low: "call".to_owned(), ..arrow.clone() });
            for (at, callee) in pair[1].members.iter().enumerate() {
                if at > 0 {
                    let place = callee.name.start;
                    said.push(Token { kind: TokenKind::Symbol, ..word("and", place) });
                }
                said.push(callee.name.clone());
            }
            said.push(mark(";", said.last()?.end));
        }
    }
    said.pop();
    Some(said)
}

fn mark(text: &str, place: usize) -> Token {
    Token { kind: TokenKind::Mark, ..word(text, place) }
}

fn word(text: &str, place: usize) -> Token {
    Token { kind: TokenKind::Word, low: text.to_owned(), text: text.to_owned(), start: place, end: place }
}

/// Applications from a place on. Those that a comma parts belong together, unless an arrow follows: "web -> api, api -> db".
fn group(tokens: &[Token], at: usize, is_first: bool) -> Option<Group> {
    if is_first && let Some(end) = gateway(tokens, at) {
        return Some(Group { members: Vec::new(), gateway: Some(at..end), end });
    }
    let close = match low(tokens, at) {
        "[" => Some("]"),
        "{" => Some("}"),
        "(" => Some(")"),
        _ => None,
    };
    let mut place = at + usize::from(close.is_some());
    let mut members: Vec<Member> = Vec::new();
    let mut end = place;
    while members.len() < MAX_GROUP {
        let Some((member, after)) = member(tokens, place) else { break };
        let goes_on = close.is_none() && !is_first && !members.is_empty() && tokens.get(after).is_some_and(is_arrow);
        if goes_on {
            break;
        }
        members.push(member);
        end = after;
        let joint = end
            + tokens[end..].iter().take(2).take_while(|token| matches!(token.low.as_str(), "," | "and" | "&")).count();
        if joint == end {
            break;
        }
        place = joint;
    }
    if members.is_empty() {
        return None;
    }
    match close {
        Some(close) if low(tokens, end) == close => Some(Group { members, gateway: None, end: end + 1 }),
        Some(_) => None,
        None => Some(Group { members, gateway: None, end }),
    }
}

/// "web", "the api (http, 8080)", "users on 9090": an application, and the place after what is said of it.
fn member(tokens: &[Token], at: usize) -> Option<(Member, usize)> {
    let at = at + usize::from(matches!(low(tokens, at), "the" | "a" | "an"));
    let name = name_at(tokens, at).filter(|name| !is_version(name) && !name.contains('.'))?;
    let token = tokens[at].clone();
    let token = if token.kind == TokenKind::Symbol {
        Token { kind: TokenKind::Word, low: name.to_lowercase(), ..token }
    } else {
        token
    };
    let mut end = at + 1;
    if tokens.get(end).is_some_and(|kind| kind.kind == TokenKind::Symbol && kind.low == "application") {
        end += 1;
    }
    let first = end;
    match low(tokens, end) {
        "(" => {
            let close = (end + 1..tokens.len().min(end + MAX_DETAILS)).find(|at| low(tokens, *at) == ")")?;
            let is_plain = |token: &Token| !is_arrow(token) && !is_end(token);
            tokens[end..close].iter().all(is_plain).then_some(())?;
            end = close + 1;
        }
        "on" | ":" => {
            let port = end + 1 + usize::from(low(tokens, end + 1) == "port");
            if tokens.get(port).is_some_and(|port| matches!(port.kind, TokenKind::Number(_))) {
                end = port + 1;
            }
        }
        _ => {}
    }
    Some((Member { name: token, details: first..end }, end))
}

/// "gateway", "an http gateway `edge` on port 8080 (http)": the place after the words for a gateway that begins a chain.
fn gateway(tokens: &[Token], at: usize) -> Option<usize> {
    let mut end = at;
    let is_thing = |at: usize| tokens.get(at).and_then(|token| Thing::of_symbol(&token.low)) == Some(Thing::Gateway);
    while end < at + 4 && !is_thing(end) {
        let token = tokens.get(end)?;
        let is_before = name_at(tokens, end).is_some()
            || is_glue(&token.low)
            || matches!(token.low.as_str(), "http" | "http2" | "grpc");
        is_before.then_some(())?;
        end += 1;
    }
    is_thing(end).then_some(())?;
    end += 1;
    if name_at(tokens, end).is_some() {
        end += 1;
    }
    // "on port 8080", "(http, port 8080)"
    let is_detail = |at: &usize| {
        tokens.get(*at).is_some_and(|token| !is_arrow(token) && !is_end(token) && name_at(tokens, *at).is_none())
    };
    let end = end + (end..end + MAX_DETAILS).take_while(is_detail).count();
    tokens.get(end).filter(|token| is_arrow(token)).map(|_| end)
}
