//! Several of one kind, each with its kind: "the search node, the booking node and the hotels node" are "the nodes search,
//! booking and hotels".

use std::ops::Range;

use super::name::name_at;
use super::phrase::{low, past};
use crate::lexer::{Token, TokenKind};

/// Kinds of which several are often named in a row.
const KINDS: &[&str] = &["virtual-node", "application", "virtual-gateway"];

/// The most of them in a row.
const MOST: usize = 12;

/// Verbs of one: what is named last begins a clause of its own.
const OF_ONE: &[&str] = &[
    "is", "has", "gets", "needs", "takes", "receives", "uses", "requires", "wants", "does", "was", "shall", "becomes",
    "presents", "shows", "trusts",
];

/// One of them.
struct Item {
    /// What joins it to the one before it.
    joint: Range<usize>,
    kind: usize,
    name: usize,
    end: usize,
}

/// Says a kind once for all that are named with it.
pub(super) fn name_together(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        if let Some((items, end)) = items(tokens, at) {
            let mut kind = tokens[items[0].kind].clone();
            kind.text.push('s');
            let mut said = vec![kind];
            for item in &items {
                said.extend(tokens[item.joint.clone()].iter().cloned());
                said.push(tokens[item.name].clone());
            }
            let count = said.len();
            tokens.splice(at..end, said);
            at += count;
        } else {
            at += 1;
        }
    }
}

/// Items of one kind from a place on, and where they end.
fn items(tokens: &[Token], at: usize) -> Option<(Vec<Item>, usize)> {
    let first = item(tokens, at)?;
    let kind = low(tokens, first.kind).to_owned();
    let (mut end, mut items) = (first.end, vec![first]);
    let mut is_list = false;
    while items.len() < MOST {
        let joint = end..past(tokens, end, &[",", "and", "&", "+"]);
        let has_and = joint.clone().any(|at| matches!(low(tokens, at), "and" | "&" | "+"));
        let start = past(tokens, joint.end, &["the", "our", "a", "an", "another"]);
        let Some(next) = item(tokens, start).filter(|next| !joint.is_empty() && low(tokens, next.kind) == kind) else {
            break;
        };
        end = next.end;
        items.push(Item { joint, ..next });
        is_list = has_and;
    }
    let after = tokens.get(end);
    let begins_clause = after.is_some_and(|token| {
        OF_ONE.contains(&token.low.as_str())
            || token.kind == TokenKind::Symbol && token.text.ends_with('s') && VERBS.contains(&token.low.as_str())
    });
    (items.len() > 1 && is_list && !begins_clause).then_some((items, end))
}

/// Symbols of what one of them does.
const VERBS: &[&str] =
    &["call", "listen", "send", "speak", "run", "access-log", "trust", "retry", "terminate", "enforce"];

/// A name with its kind at a place, in either order.
fn item(tokens: &[Token], at: usize) -> Option<Item> {
    let is_kind = |at: usize| {
        tokens.get(at).is_some_and(|token| {
            token.kind == TokenKind::Symbol && KINDS.contains(&token.low.as_str()) && !token.text.ends_with('s')
        })
    };
    let is_name = |at: usize| {
        tokens.get(at).is_some_and(|token| token.kind != TokenKind::Symbol) && name_at(tokens, at).is_some()
    };
    if is_kind(at) && is_name(at + 1) {
        return Some(Item { joint: at..at, kind: at, name: at + 1, end: at + 2 });
    }
    (is_name(at) && is_kind(at + 1) && !is_name(at + 2)).then_some(Item {
        joint: at..at,
        kind: at + 1,
        name: at,
        end: at + 2,
    })
}
