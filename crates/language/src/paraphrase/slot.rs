//! What a slot of a pattern takes.

use super::is_edge;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_known, is_ordinary};

/// The most tokens that a slot takes of what comes.
const MOST_LONG: usize = 40;

/// The most names in a row that a slot takes.
const MOST_NAMES: usize = 12;

/// Words in the place of a name, which are none.
const PRONOUNS: &[&str] =
    &["him", "her", "one", "ones", "not", "no", "none", "nothing", "and", "or", "to", "called", "named", "new"];

/// What a listener speaks, in the spellings that are read.
const PROTOCOLS: &[&str] = &["http", "http1", "http/1.1", "http2", "http/2", "h2", "grpc", "tcp"];

/// What a slot takes: one token of a kind, or names in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Slot {
    /// A name of something, as far as its spelling and the words known say.
    Name,
    /// Names in a row: `a, b and c`.
    Names,
    /// A name that ends in what it names, as `orders-router` and `ordersRouter` do.
    Router,
    /// The same of a virtual node.
    Node,
    /// The same of a virtual gateway.
    Gateway,
    /// The same of a mesh.
    Mesh,
    /// A name with dots.
    Host,
    /// What begins with a slash.
    Path,
    /// A count.
    Count,
    /// A time with its unit.
    Span,
    /// A share of a hundred.
    Percent,
    /// `90/10`
    Ratio,
    /// An ARN or URL.
    Address,
    /// What is quoted.
    Quoted,
    /// A name where the words around it say that it is one: any word but a small one.
    Called,
    /// What a listener speaks.
    Protocol,
    /// Anything but a mark.
    Any,
    /// Some of what a sentence still says, or all of it.
    Rest,
    /// The same up to a mark.
    Part,
    /// A number, time, share or path.
    Value,
    /// What the files have, with or without its kind: `the node web`, `web`, `the web router`.
    Thing,
}

impl Slot {
    pub(super) fn named(name: &str) -> Option<Self> {
        let slot = match name.trim_end_matches(|letter: char| letter.is_ascii_digit()) {
            "name" => Self::Name,
            "names" => Self::Names,
            "router" => Self::Router,
            "node" => Self::Node,
            "gateway" => Self::Gateway,
            "mesh" => Self::Mesh,
            "host" => Self::Host,
            "path" => Self::Path,
            "n" => Self::Count,
            "span" => Self::Span,
            "share" => Self::Percent,
            "ratio" => Self::Ratio,
            "arn" => Self::Address,
            "quoted" => Self::Quoted,
            "called" => Self::Called,
            "protocol" => Self::Protocol,
            "any" => Self::Any,
            "rest" => Self::Rest,
            "part" => Self::Part,
            "value" => Self::Value,
            "thing" => Self::Thing,
            _ => return None,
        };
        Some(slot)
    }

    pub(super) fn takes(self, token: &Token) -> bool {
        match (self, &token.kind) {
            (Self::Name | Self::Names, TokenKind::Name | TokenKind::Host | TokenKind::Quoted)
            | (Self::Host, TokenKind::Host)
            | (Self::Path, TokenKind::Path)
            | (Self::Count, TokenKind::Number(_))
            | (Self::Span, TokenKind::Span(_))
            | (Self::Percent, TokenKind::Percent(_))
            | (Self::Ratio, TokenKind::Ratio(_))
            | (Self::Address, TokenKind::Address)
            | (Self::Quoted, TokenKind::Quoted) => true,
            (Self::Name, TokenKind::Word) => !is_ordinary(&token.low) && !is_glue(&token.low) && !is_known(&token.low),
            (Self::Called, TokenKind::Name | TokenKind::Host | TokenKind::Quoted) => true,
            (Self::Called, TokenKind::Word) => !is_glue(&token.low) && !PRONOUNS.contains(&token.low.as_str()),
            (Self::Protocol, TokenKind::Word | TokenKind::Name) => PROTOCOLS.contains(&token.low.as_str()),
            (Self::Router, _) => is_called(token, &["router", "-vr"]),
            (Self::Node, _) => is_called(token, &["node", "-vn"]),
            (Self::Gateway, _) => is_called(token, &["gateway", "-gw", "-vg"]),
            (Self::Mesh, _) => is_called(token, &["mesh"]),
            (Self::Any | Self::Part, kind) => *kind != TokenKind::Mark || token.low == "to",
            (Self::Rest, _) => !is_edge(Some(token)),
            (Self::Value, kind) => matches!(
                kind,
                TokenKind::Number(_)
                    | TokenKind::Span(_)
                    | TokenKind::Percent(_)
                    | TokenKind::Ratio(_)
                    | TokenKind::Path
            ),
            (Self::Thing, _) => BEFORE_THING.contains(&token.low.as_str()) || is_kind(token) || Self::Name.takes(token),
            _ => false,
        }
    }
}

impl Slot {
    /// Whether it takes whatever comes.
    pub(super) fn is_long(self) -> bool {
        matches!(self, Self::Rest | Self::Part)
    }

    /// Where what it takes from a place on may end.
    pub(super) fn ends(self, tokens: &[Token], at: usize) -> Vec<usize> {
        let takes = |at: usize| tokens.get(at).is_some_and(|token| self.takes(token));
        if self.is_long() {
            let count = (at..at + MOST_LONG).take_while(|at| takes(*at)).count();
            return (at + 1..=at + count).rev().collect();
        }
        if self == Self::Thing {
            return ends_of_thing(tokens, at);
        }
        let mut ends = Vec::new();
        let mut next = at;
        while takes(next) && ends.len() < MOST_NAMES {
            ends.push(next + 1);
            if self != Self::Names {
                break;
            }
            let is_joint =
                |at: &usize| tokens.get(*at).is_some_and(|token| matches!(token.low.as_str(), "," | "and" | "&"));
            next += 1 + (next + 1..next + 3).take_while(is_joint).count();
            if next == ends.last().copied().unwrap_or_default() {
                break;
            }
        }
        ends
    }
}

/// Words before what the files have.
const BEFORE_THING: &[&str] = &["the", "our", "this", "existing", "virtual", "gateway"];

/// Words for the kinds of what the files have.
fn is_kind(token: &Token) -> bool {
    matches!(token.low.as_str(), "node" | "router" | "service" | "gateway" | "route" | "mesh")
}

/// Where what the files have ends: before or after the word for its kind that comes after its name.
fn ends_of_thing(tokens: &[Token], at: usize) -> Vec<usize> {
    let is_at = |at: usize, is: &dyn Fn(&Token) -> bool| tokens.get(at).is_some_and(is);
    let is_before = |token: &Token| BEFORE_THING.contains(&token.low.as_str());
    let start = at + (at..at + 3).take_while(|at| is_at(*at, &is_before)).count();
    let kind = usize::from(is_at(start, &is_kind));
    let is_gateway = |token: &Token| token.low == "gateway";
    if is_at(start + kind, &|token| Slot::Name.takes(token) && !is_kind(token)) {
        let end = start + kind + 1;
        let is_virtual = is_at(end, &|token| token.low == "virtual" || is_gateway(token));
        let is_kind_after = kind == 0 && is_at(end + usize::from(is_virtual), &is_kind);
        let longer = is_kind_after.then_some(end + 1 + usize::from(is_virtual));
        let longer = longer.or((kind == 0 && is_at(end, &is_gateway)).then_some(end + 1));
        return longer.into_iter().chain([end]).collect();
    }
    let is_whole = kind == 1 || start > at && is_at(start - 1, &is_gateway);
    is_whole.then_some(start + kind).into_iter().collect()
}

/// Whether a name ends in one of these, and is more than that.
fn is_called(token: &Token, endings: &[&str]) -> bool {
    let is_name = matches!(token.kind, TokenKind::Name | TokenKind::Quoted | TokenKind::Word);
    is_name && endings.iter().any(|ending| token.low.len() > ending.len() && token.low.ends_with(ending))
}
