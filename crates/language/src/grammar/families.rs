//! Several things by what they share: "both transcoder nodes", "the transcoders", "every gateway", "each route of router r".

use std::ops::Range;

use meshwright_model::Kind;

use super::known::{Known, is_of};
use super::name::{name_at, names_from};
use super::order::{past_articles, says_of};
use super::reader::Reader;
use super::thing::{Entity, Thing};
use crate::lexer::{Token, TokenKind};

impl Known {
    /// The nodes whose names begin with a name, or are it: `transcoder-v1` and `transcoder-v2` of `transcoder`.
    pub(super) fn family(&self, name: &str) -> Vec<String> {
        let nodes = self.names.iter().filter(|(_, kinds)| kinds.contains(&Kind::VirtualNode)).map(|(full, _)| full);
        let is_one = |full: &&String| full.starts_with(name) && is_of(full, name);
        nodes.filter(is_one).cloned().collect()
    }

    /// Says of names in the plural that nodes are meant: "transcoders" where the files have `transcoder-v1` and `transcoder-v2`.
    pub(super) fn part_plurals(&self, tokens: &mut Vec<Token>) {
        self.name_all_versions(tokens);
        let mut at = 0;
        while at < tokens.len() {
            let token = &tokens[at];
            let may_be = matches!(token.kind, TokenKind::Word | TokenKind::Name)
                && !self.names.keys().any(|full| is_of(full, &token.text));
            let singular = token.text.strip_suffix('s').filter(|name| may_be && self.family(name).len() > 1);
            if let Some(singular) = singular {
                let name = Token { low: singular.to_lowercase(), text: singular.to_owned(), ..token.clone() };
                let is_followed = tokens.get(at + 1).is_some_and(|next| next.low == "virtual-node");
                let kind = Token {
                    kind: TokenKind::Symbol,
                    low: "virtual-node".to_owned(),
                    text: "nodes".to_owned(),
                    ..token.clone()
                };
                tokens.splice(at..=at, std::iter::once(name).chain((!is_followed).then_some(kind)));
            }
            at += 1;
        }
    }

    /// "both orders versions": the nodes of that name.
    fn name_all_versions(&self, tokens: &mut [Token]) {
        for at in 2..tokens.len() {
            let is_version = tokens[at].kind == TokenKind::Symbol && tokens[at].low == "version";
            let points = |before: &usize| matches!(tokens[*before].low.as_str(), "of" | "the" | "our");
            let before = (0..at - 1).rev().find(|before| !points(before));
            let is_all = before.is_some_and(|before| ALL.contains(&tokens[before].low.as_str()));
            let is_family = name_at(tokens, at - 1).is_some_and(|name| self.family(&name).len() > 1);
            if is_version && is_all && is_family {
                let plural = if tokens[at].text.ends_with('s') { "nodes" } else { "node" };
                "virtual-node".clone_into(&mut tokens[at].low);
                plural.clone_into(&mut tokens[at].text);
            }
        }
    }
}

/// Words that say that all of a kind are meant.
const ALL: &[&str] = &["all", "every", "each", "both"];

/// Words before what something is only compared with.
const COMPARING: &[&str] = &["before", "after", "over", "than", "except", "but", "like"];

/// Words before what is left out.
const EXCEPTING: &[&str] = &["except", "excluding", "besides", "other"];

/// Symbols of what is done to each of several by its name.
const DONE_BY_NAME: &[&str] = &["tag", "remove", "no", "no-longer", "take"];

/// What words mean that speak of all of a kind.
struct Meant {
    kind: Kind,
    /// The name that they share, or of what they belong to.
    of: Option<String>,
    is_pair: bool,
    /// Whether it is meant only where something is left out.
    has_exception: bool,
    end: usize,
}

impl Known {
    /// Says whose listener is meant: "the idle timeout of the listener of cart" is that of the node, and not of its requests' way.
    pub(super) fn name_listeners(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at < tokens.len() {
            let owner = past_articles(tokens, at + 2);
            let is_listener = tokens[at].kind == TokenKind::Symbol && tokens[at].low == "listener";
            let before = (0..at).rev().find(|before| !matches!(tokens[*before].low.as_str(), "the" | "its"));
            let is_part = before.is_some_and(|before| says_of(tokens, before));
            let own = name_at(tokens, owner).filter(|_| is_listener && is_part && says_of(tokens, at + 1));
            let kinds = own.as_ref().and_then(|name| self.names.get(name));
            let kind = [Kind::VirtualNode, Kind::VirtualGateway]
                .into_iter()
                .find(|kind| kinds.is_some_and(|own| own.contains(kind)));
            at += 1;
            let (Some(kind), at) = (kind, at - 1) else { continue };
            let text = if name_at(tokens, owner + 2).is_some() {
                format!("{}s", symbol_of(kind))
            } else {
                symbol_of(kind).to_owned()
            };
            tokens[at] = Token { low: symbol_of(kind).to_owned(), text, ..tokens[at].clone() };
            tokens.drain(at + 1..owner);
        }
    }

    /// Says the names of what words mean by its kind: "every gateway", "all routes of router r", and "tag all nodes".
    pub(super) fn name_families(&self, tokens: &mut Vec<Token>) {
        let mut at = 0;
        while at < tokens.len() {
            let by_name = tokens
                .iter()
                .any(|token| token.kind == TokenKind::Symbol && DONE_BY_NAME.contains(&token.low.as_str()));
            let meant = self.meant(tokens, at).or_else(|| meant_but(tokens, at));
            let found = meant.and_then(|meant| self.names_of(&meant).map(|names| (meant, names)));
            let exception = found.as_ref().and_then(|(meant, names)| exception(tokens, meant.end, names));
            let found = found.filter(|(meant, _)| meant.kind != Kind::VirtualNode || by_name || exception.is_some());
            let Some((meant, mut names)) = found.filter(|(meant, _)| !meant.has_exception || exception.is_some())
            else {
                at += 1;
                continue;
            };
            if let Some((gone, words)) = exception {
                names.retain(|name| !gone.contains(name));
                tokens.drain(words);
            }
            let (first, last) = (tokens[at].clone(), tokens[meant.end - 1].clone());
            let token = |kind: TokenKind, text: &str, low: &str| Token {
                kind,
                low: low.to_owned(),
                text: text.to_owned(),
                start: first.start,
                end: last.end,
            };
            let symbol = symbol_of(meant.kind);
            let mut said = vec![token(TokenKind::Symbol, &format!("{symbol}s"), symbol)];
            for name in &names {
                if said.len() > 1 {
                    said.push(token(TokenKind::Mark, ",", ","));
                }
                said.push(token(TokenKind::Name, name, &name.to_lowercase()));
            }
            let count = said.len();
            tokens.splice(at..meant.end, said);
            at += count;
        }
    }

    /// What words at a place mean by its kind.
    fn meant(&self, tokens: &[Token], at: usize) -> Option<Meant> {
        let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
        let is_symbol = |at: usize| tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol);
        if low(at) == "everything" && is_symbol(at) {
            // "all nodes", "every virtual node"
            let is_nodes = tokens[at].text.to_lowercase().contains("node");
            return is_nodes.then_some(Meant {
                kind: Kind::VirtualNode,
                of: None,
                is_pair: false,
                has_exception: false,
                end: at + 1,
            });
        }
        let is_compared = at > 0 && COMPARING.contains(&low(at - 1));
        (ALL.contains(&low(at)) && !is_compared).then_some(())?;
        let is_pair = low(at) == "both";
        let past =
            |at: usize| at + (at..at + 2).take_while(|place| matches!(low(*place), "of" | "the" | "our")).count();
        let first = past(at + 1);
        let kind_at = |at: usize| kind_of(low(at)).filter(|_| is_symbol(at));
        if let (Some(Kind::VirtualNode), Some(name)) = (kind_at(first + 1), name_at(tokens, first)) {
            return Some(Meant {
                kind: Kind::VirtualNode,
                of: Some(name),
                is_pair,
                has_exception: false,
                end: first + 2,
            });
        }
        let kind = kind_at(first).filter(|kind| *kind != Kind::VirtualNode)?;
        let owner = past(first + 2);
        let owner = owner + usize::from(kind_at(owner).is_some());
        let is_of = matches!(low(first + 1), "of" | "in" | "on" | "behind");
        if is_of {
            let name = name_at(tokens, owner).filter(|name| self.names.contains_key(name))?;
            let end = owner + 1 + usize::from(kind_at(owner + 1).is_some());
            return Some(Meant { kind, of: Some(name), is_pair, has_exception: false, end });
        }
        let names_more = name_at(tokens, first + 1).is_some();
        (!names_more).then_some(Meant { kind, of: None, is_pair, has_exception: false, end: first + 1 })
    }

    /// The names of what is meant, where each is of one thing alone.
    fn names_of(&self, meant: &Meant) -> Option<Vec<String>> {
        let of_kind = |kinds: &std::collections::BTreeSet<Kind>| kinds.contains(&meant.kind);
        let all = self.names.iter().filter(|(_, kinds)| of_kind(kinds)).map(|(name, _)| name.clone());
        let names: Vec<String> = match (&meant.of, meant.kind) {
            (None, _) => all.collect(),
            (Some(name), Kind::VirtualNode) => self.family(name),
            (Some(router), Kind::Route) => {
                self.routes.iter().filter(|route| route.router == *router).map(|route| route.name.clone()).collect()
            }
            (Some(gateway), Kind::GatewayRoute) => {
                let own = self.gateway_routes.iter().filter(|(owner, _)| owner == gateway);
                own.map(|(_, name)| name.clone()).collect()
            }
            _ => Vec::new(),
        };
        let is_told = |name: &String| match meant.kind {
            Kind::Route => self.routes.iter().filter(|route| route.name == *name).count() == 1,
            Kind::GatewayRoute => self.gateway_routes.iter().filter(|(_, own)| own == name).count() == 1,
            _ => true,
        };
        let fits = !names.is_empty() && (!meant.is_pair || names.len() == 2) && names.iter().all(is_told);
        fits.then_some(names)
    }
}

/// The kind of a symbol that speaks of resources.
fn kind_of(symbol: &str) -> Option<Kind> {
    KINDS.iter().find(|(own, _)| *own == symbol).map(|(_, kind)| *kind)
}

/// The symbol of a kind.
fn symbol_of(kind: Kind) -> &'static str {
    KINDS.iter().find(|(_, own)| *own == kind).map_or("", |(symbol, _)| symbol)
}

/// The kinds that are spoken of as a whole.
const KINDS: &[(&str, Kind)] = &[
    ("virtual-node", Kind::VirtualNode),
    ("virtual-gateway", Kind::VirtualGateway),
    ("virtual-router", Kind::VirtualRouter),
    ("virtual-service", Kind::VirtualService),
    ("route", Kind::Route),
    ("gateway-route", Kind::GatewayRoute),
];

impl Reader<'_> {
    /// The place before a name and the words that only point at it: "each of the teller nodes", "every single teller node".
    fn before_pointing(&self, at: usize) -> usize {
        let points = |at: &usize| self.is_word(*at, &["of", "the", "our", "single"]);
        (0..at).rev().find(|before| !points(before)).unwrap_or(0)
    }

    /// All nodes of a name, where words speak of several: "both transcoder nodes". Where they are not as many as it says, the
    /// name is left as it is, and asked about.
    pub(super) fn whole_family(&self, entity: Entity, at: usize) -> Entity {
        // "every teller node" says as many as "all teller nodes".
        let is_each = at > 0 && self.says(self.before_pointing(at), &["every", "each"]);
        let is_several = entity.thing == Thing::Node
            && entity.others.is_empty()
            && self.is_symbol(entity.end - 1, &["virtual-node"])
            && (is_each || self.tokens[entity.end - 1].text.ends_with('s'));
        let Some((known, name)) = self.known.as_ref().zip(entity.name.as_ref()).filter(|_| is_several) else {
            return entity;
        };
        let mut family = known.family(name);
        let is_pair = (at.saturating_sub(2)..at).any(|at| self.low(at) == "both");
        if family.len() < 2 || is_pair && family.len() != 2 {
            return entity;
        }
        let first = family.remove(0);
        Entity { name: Some(first), others: family, is_definite: true, ..entity }
    }
}

/// "all services but orders": the nodes, where one of them is left out.
fn meant_but(tokens: &[Token], at: usize) -> Option<Meant> {
    let is_all = tokens[at].kind == TokenKind::Symbol && tokens[at].low == "everything";
    let meant = Meant { kind: Kind::VirtualNode, of: None, is_pair: false, has_exception: true, end: at + 1 };
    is_all.then_some(meant)
}

/// "… but orders", "… except for orders and payments": which of several are left out, and the words that say so; right behind
/// them, or at the end of the sentence.
fn exception(tokens: &[Token], at: usize, names: &[String]) -> Option<(Vec<String>, Range<usize>)> {
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let ends = |at: &usize| tokens.get(*at).is_none_or(|token| matches!(token.low.as_str(), "." | ";" | "!"));
    let end = (at..=tokens.len()).find(ends)?;
    let start = (at..end).find(|place| EXCEPTING.contains(&low(*place)) || *place == at && low(at) == "but")?;
    let first = past_articles(tokens, start + 1 + usize::from(matches!(low(start + 1), "for" | "not" | "than")));
    let first = first + usize::from(kind_of(low(first)).is_some());
    let (said, after) = names_from(tokens, first)?;
    let after = after + usize::from(kind_of(low(after)).is_some());
    let mut gone = Vec::new();
    for name in &said {
        let own: Vec<&String> = names.iter().filter(|full| *full == name).collect();
        let own = if own.is_empty() { names.iter().filter(|full| is_of(full, name)).collect() } else { own };
        if own.is_empty() {
            return None;
        }
        gone.extend(own.into_iter().cloned());
    }
    let is_behind = start == at || after == end;
    (is_behind && gone.len() < names.len()).then_some((gone, start..after))
}
