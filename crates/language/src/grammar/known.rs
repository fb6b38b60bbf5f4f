//! The names that the files of a request have, and of what they are the names.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::reference::Key;
use meshwright_model::route::RouteSpec;
use meshwright_model::{Inventory, Kind, Spec};

use super::survey::{
    Ranked, RouteThere, calls, catch_alls, gateway_routes, namespace, numbers, routed, routes_there, served,
};
use super::thing::Thing;
use crate::compose::names::is_part;
use crate::intent::{RemovalKind, ResourceKind};
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;

/// The names of what is there, each with the kinds that have it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) names: BTreeMap<String, BTreeSet<Kind>>,
    /// The targets of the only route, in order; none where there are several routes.
    pub(super) targets: Vec<String>,
    /// The routes, each with the names that speak of it and its targets in order.
    pub(super) routes: Vec<RouteThere>,
    /// The gateway routes, each behind its gateway.
    pub(super) gateway_routes: Vec<(String, String)>,
    /// The numbers of routes and gateway routes.
    numbers: Vec<Ranked>,
    /// The routes that take every request that no other takes.
    pub(super) catch_alls: Vec<(Kind, String)>,
    /// The virtual services that a node answers for without a router, each with that node.
    served: Vec<(String, String)>,
    /// The virtual services that routers answer for, each with its router.
    routed: Vec<(String, String)>,
    /// Which node may call which virtual service, and what that is called by its provider.
    calls: Vec<(String, Vec<String>)>,
    /// The names of the parameters.
    pub(super) parameters: Vec<String>,
    /// The Cloud Map namespace that all nodes share which are found there.
    pub(super) namespace: Option<String>,
}

/// What is there, a line each: its kind and its name, as a request and an intent give it.
pub fn names_there(there: &Inventory) -> Vec<String> {
    let known = Known::of(there);
    let lines = known.names.iter().flat_map(|(name, kinds)| kinds.iter().map(move |kind| format!("{kind} {name}")));
    lines.collect()
}

/// The number that is tried last. Source: API reference, `RoutePriority`.
const LAST: i64 = 1000;

/// How far behind the last a route is put.
const STEP: i64 = 10;

/// The number of a route where no other has one.
const FIRST: i64 = 100;

impl Known {
    /// What an inventory holds.
    pub(super) fn of(inventory: &Inventory) -> Self {
        let mut names: BTreeMap<String, BTreeSet<Kind>> = BTreeMap::new();
        for resource in inventory.resources.iter().filter(|resource| resource.kind() != Kind::Mesh) {
            names.entry(Key::of(&resource.name).shown()).or_default().insert(resource.kind());
        }
        let mut routes = inventory.resources.iter().filter_map(|resource| match &resource.spec {
            Spec::Route(spec) => Some(spec),
            _ => None,
        });
        let only = routes.next().filter(|_| routes.next().is_none());
        let targets = only.into_iter().flat_map(RouteSpec::actions).flat_map(|(_, action)| &action.weighted_targets);
        let targets = targets.map(|target| Key::of(&target.virtual_node).shown()).collect();
        Self {
            names,
            targets,
            routes: routes_there(inventory),
            gateway_routes: gateway_routes(inventory),
            numbers: numbers(inventory),
            catch_alls: catch_alls(inventory),
            served: served(inventory),
            routed: routed(inventory),
            calls: calls(inventory),
            namespace: namespace(inventory),
            parameters: inventory.parameters.iter().map(|parameter| parameter.name.clone()).collect(),
        }
    }

    /// Whether a node may call something, each by its name or the part that it shares with its versions.
    pub(super) fn calls(&self, from: &str, to: &str) -> bool {
        self.calls.iter().any(|(caller, called)| is_of(caller, from) && called.iter().any(|name| is_of(name, to)))
    }

    /// The virtual services that a node may call.
    pub(super) fn backends_of(&self, node: &str) -> Vec<String> {
        let own = self.calls.iter().filter(|(caller, _)| caller == node);
        own.filter_map(|(_, called)| called.first().cloned()).collect()
    }

    /// Of which kind names are that all stand in one router or gateway.
    pub(super) fn stands_in(&self, names: &[String], parents: &[String]) -> Option<ResourceKind> {
        let [parent] = parents else { return None };
        let is_route = |name: &String| self.routes.iter().any(|own| own.name == *name && own.router == *parent);
        let is_gateway_route =
            |name: &String| self.gateway_routes.iter().any(|(gateway, own)| own == name && gateway == parent);
        if names.iter().all(is_route) {
            return Some(ResourceKind::Route);
        }
        names.iter().all(is_gateway_route).then_some(ResourceKind::GatewayRoute)
    }

    /// The only node that may call all of these.
    pub(super) fn only_caller(&self, names: &[String]) -> Option<String> {
        let callers: BTreeSet<&String> = self.calls.iter().map(|(caller, _)| caller).collect();
        let calls_all = |caller: &&&String| names.iter().all(|name| self.calls(caller, name));
        let mut fitting = callers.iter().filter(calls_all);
        fitting.next().filter(|_| fitting.next().is_none()).map(|caller| (*caller).clone())
    }

    /// The virtual service that a router answers for which leads to what a name means.
    pub(super) fn routed_by(&self, router: &str, name: &str) -> Option<String> {
        let leads = self.routes.iter().any(|route| route.router == router && route.place_of(name).is_some());
        let service = self.routed.iter().find(|(_, own)| own == router).map(|(service, _)| service.clone());
        service.filter(|_| leads)
    }

    /// The only virtual service that a node answers for by itself and a name means, and that node.
    pub(super) fn served_alone(&self, name: &str) -> Option<(String, String)> {
        let only = |is_it: &dyn Fn(&(String, String)) -> bool| {
            let mut found = self.served.iter().filter(|served| is_it(served));
            found.next().filter(|_| found.next().is_none()).cloned()
        };
        only(&|(service, node)| service == name || node == name)
            .or_else(|| only(&|(service, node)| is_of(service, name) || is_of(node, name)))
    }

    /// Words that mean something elsewhere are names where the files have them and a noun follows: "backend traffic"; a verb also
    /// where only a noun can stand: "the timeout of dispatch".
    pub(super) fn name_what_is_there(&self, tokens: &mut [Token]) {
        self.uncapitalise(tokens);
        for at in 0..tokens.len() {
            let follows = tokens.get(at + 1).is_some_and(|next| {
                matches!(
                    next.low.as_str(),
                    "traffic" | "requests" | "calls" | "call" | "virtual-node" | "application" | "route"
                )
            });
            // A verb is no part of a name: "split traffic" where there is a `payments-split`.
            let is_noun = if is_verb(&tokens[at]) {
                (follows && at > 0 || stands_for_noun(tokens, at)) && self.names.contains_key(&tokens[at].text)
            } else {
                follows
            };
            let token = &mut tokens[at];
            let is_word = token.kind == TokenKind::Symbol && token.text.chars().all(char::is_alphanumeric);
            let is_kind = Thing::of_symbol(&token.low).is_some_and(|thing| thing != Thing::Gateway);
            let text = token.text.to_lowercase();
            if is_noun && is_word && !is_kind && text == token.text && self.knows(&text) {
                token.kind = TokenKind::Name;
                token.low = text;
            }
        }
    }

    /// "the orders grpc route": a protocol between a name and "route" says no more than the route itself, where that has it.
    pub(super) fn drop_protocols(&self, tokens: &mut Vec<Token>) {
        let is_own = |tokens: &[Token]| {
            let [name, protocol, route] = tokens else { return false };
            let is_protocol = protocol.kind == TokenKind::Symbol
                && matches!(protocol.low.as_str(), "http" | "http2" | "grpc" | "tcp");
            let is_name = matches!(name.kind, TokenKind::Word | TokenKind::Name) && !is_glue(&name.low);
            let is_meant = |there: &&RouteThere| is_of(&there.name, &name.text) || is_of(&there.router, &name.text);
            let mut own = self.routes.iter().filter(is_meant).peekable();
            is_protocol
                && is_name
                && route.low == "route"
                && own.peek().is_some()
                && own.all(|there| there.protocol == protocol.low)
        };
        for at in (0..tokens.len().saturating_sub(2)).rev() {
            let is_new = at > 0 && matches!(tokens[at - 1].low.as_str(), "a" | "an" | "new" | "another");
            if !is_new && is_own(&tokens[at..at + 3]) {
                tokens.remove(at + 1);
            }
        }
    }

    /// A name that begins a sentence in a capital letter is that of what the files have without it.
    fn uncapitalise(&self, tokens: &mut [Token]) {
        for at in 0..tokens.len() {
            let begins = at == 0 || matches!(tokens[at - 1].low.as_str(), "." | ";" | ":" | "!");
            let token = &mut tokens[at];
            let is_one = begins && matches!(token.kind, TokenKind::Word | TokenKind::Name) && token.text != token.low;
            if is_one && !self.speaks_of(&token.text) && self.speaks_of(&token.low) {
                token.text.clone_from(&token.low);
            }
        }
    }

    /// The name and the targets of the only route with so many targets that a name can speak of: its own, its router's, a part
    /// of them.
    pub(super) fn route_of(&self, name: &str, count: usize) -> Option<(&str, &[String])> {
        let only = |is_it: &dyn Fn(&RouteThere) -> bool| {
            let mut found = self.routes.iter().filter(|route| is_it(route) && route.targets.len() == count);
            found.next().filter(|_| found.next().is_none())
        };
        let has_name = |is_it: &dyn Fn(&RouteThere) -> bool| self.routes.iter().any(is_it);
        let is_own = |route: &RouteThere| route.name == name || route.router == name;
        // The name of one target alone says a share of that one.
        let is_of = |route: &RouteThere| {
            let own = route.targets.iter().filter(|node| is_of(node, name)).count();
            let is_one = own > 0 && own < route.targets.len() || route.targets.iter().any(|node| node == name);
            !is_one && (own > 0 || is_of(&route.name, name) || is_of(&route.router, name))
        };
        let route = if has_name(&is_own) { only(&is_own) } else { only(&is_of) }?;
        Some((&route.name, &route.targets))
    }

    /// The kind of what bears a name, where it is one.
    pub(super) fn kind(&self, name: &str) -> Option<Kind> {
        let mut kinds = self.names.get(name)?.iter();
        kinds.next().copied().filter(|_| kinds.next().is_none())
    }

    /// The name of the only node that has a name as a part of its own; where there is none, the name itself.
    pub(super) fn full_name(&self, name: &str) -> String {
        let nodes = self.names.iter().filter(|(_, kinds)| kinds.contains(&Kind::VirtualNode)).map(|(full, _)| full);
        let mut parts = nodes.filter(|full| is_part(full, name));
        let only = parts.next().filter(|_| parts.next().is_none() && !self.names.contains_key(name));
        only.map_or_else(|| name.to_owned(), Clone::clone)
    }

    /// Whether something is called so, or has it as its first word or a later one.
    pub(super) fn speaks_of(&self, name: &str) -> bool {
        self.names.keys().any(|full| is_of(full, name))
    }

    /// Whether something is called so, or has it as a part of its name.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.names.keys().any(|full| is_of(full, name))
    }

    /// The name of the only resource of a kind.
    pub(super) fn only(&self, kind: Kind) -> Option<String> {
        let mut all = self.names.iter().filter(|(_, kinds)| kinds.contains(&kind));
        all.next().filter(|_| all.next().is_none()).map(|(name, _)| name.clone())
    }

    /// The names of all that can have a part: routes their retries, nodes and gateways what their listeners have.
    pub(super) fn all_with(&self, part: RemovalKind) -> Vec<String> {
        let kinds: &[Kind] = match part {
            RemovalKind::RetryPolicy => &[Kind::Route],
            RemovalKind::OutlierDetection | RemovalKind::Timeout | RemovalKind::Backend => &[Kind::VirtualNode],
            _ => &[Kind::VirtualNode, Kind::VirtualGateway],
        };
        let all = self.names.iter().filter(|(_, own)| kinds.iter().any(|kind| own.contains(kind)));
        all.map(|(name, _)| name.clone()).collect()
    }

    /// The only route or gateway route that a name means: its own, or a part of it.
    fn ranked(&self, name: &str) -> Option<&Ranked> {
        let only = |is_it: &dyn Fn(&Ranked) -> bool| {
            let mut found = self.numbers.iter().filter(|number| is_it(number));
            found.next().filter(|_| found.next().is_none())
        };
        only(&|number| number.name == name).or_else(|| only(&|number| is_of(&number.name, name)))
    }

    /// The only route that a name means: its own, a part of it or of its router's.
    pub(super) fn route_named(&self, name: &str) -> Option<&str> {
        let only = |is_it: &dyn Fn(&RouteThere) -> bool| {
            let mut found = self.routes.iter().filter(|route| is_it(route)).map(|route| route.name.as_str());
            found.next().filter(|_| found.next().is_none())
        };
        only(&|route| route.name == name)
            .or_else(|| only(&|route| is_of(&route.name, name) || is_of(&route.router, name)))
    }

    /// The router of the only route that a name means.
    pub(super) fn router_of_route(&self, name: &str) -> Option<&str> {
        let parent = self.ranked(name)?.parent.as_str();
        self.routes.iter().any(|route| route.router == parent).then_some(parent)
    }

    /// A number before or after that of a route, among those of its parent; that of a route which is there, where it is on that
    /// side already. Nothing where there is none.
    pub(super) fn number_beside(
        &self,
        own: Option<&str>,
        targets: &[String],
        name: &str,
        is_after: bool,
    ) -> Option<u32> {
        // What sends just there may be the new one itself, when asked twice.
        let sends_there = |sibling: &Ranked| {
            let route = self.routes.iter().find(|route| route.name == sibling.name && route.router == sibling.parent);
            route.is_some_and(|route| !targets.is_empty() && route.targets == targets)
        };
        let other = self.ranked(name)?;
        let siblings =
            || self.numbers.iter().filter(|number| number.parent == other.parent && number.name != other.name);
        let Some(beside) = other.number else {
            // What has no number is tried behind all that have one.
            let own = own.and_then(|own| siblings().find(|number| number.name == own)).and_then(|number| number.number);
            let others = siblings().filter(|sibling| !sends_there(sibling));
            let last = others.filter_map(|number| number.number).max();
            let number = own.unwrap_or_else(|| last.map_or(FIRST, |last| last + STEP));
            return u32::try_from(number).ok().filter(|_| !is_after && number <= LAST);
        };
        if own.is_none() {
            let is_free = |number: &i64| !siblings().any(|other| other.number == Some(*number) && !sends_there(other));
            let free = if is_after { (beside + 1..=LAST).find(is_free) } else { (0..beside).rev().find(is_free) };
            return free.and_then(|number| u32::try_from(number).ok());
        }
        let own = own.and_then(|own| siblings().find(|number| number.name == own)).and_then(|number| number.number);
        if let Some(own) = own.filter(|own| if is_after { *own > beside } else { *own < beside }) {
            return own.try_into().ok();
        }
        let numbers = siblings().filter_map(|number| number.number);
        let (from, to) = if is_after {
            (beside, numbers.filter(|number| *number > beside).min().unwrap_or(LAST + 1))
        } else {
            (numbers.filter(|number| *number < beside).max().map_or(-1, |number| number), beside)
        };
        let middle = from + (to - from) / 2;
        let middle = if is_after && to > LAST { (beside + STEP).min(LAST) } else { middle };
        (middle > from && middle < to).then_some(middle).and_then(|number| number.try_into().ok())
    }

    /// The routes without a number beside the one of a name; beside any where there is none of that name.
    pub(super) fn unnumbered_beside(&self, own: Option<&str>) -> Vec<String> {
        let parent = own.and_then(|own| self.numbers.iter().find(|number| number.name == own)).map(|own| &own.parent);
        let is_beside =
            |other: &&Ranked| Some(other.name.as_str()) != own && parent.is_none_or(|parent| *parent == other.parent);
        let others = self.numbers.iter().filter(is_beside).filter(|other| other.number.is_none());
        others.map(|other| other.name.clone()).collect()
    }

    /// Whether there is something of a kind.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.names.values().any(|kinds| kinds.contains(&kind))
    }

    /// Whether a name may mean something of a kind.
    pub(super) fn is_of_kind(&self, kind: Kind, name: &str) -> bool {
        self.names.iter().any(|(full, kinds)| kinds.contains(&kind) && is_of(full, name))
    }

    /// Whether nodes alone have a name, or it as a part of theirs.
    pub(super) fn is_of_nodes(&self, name: &str) -> bool {
        let own = self.names.get(name).into_iter().flatten();
        let mut own = own.peekable();
        let has_own = own.peek().is_some();
        let parts = self.names.iter().filter(|(full, _)| !has_own && is_of(full, name)).flat_map(|(_, kinds)| kinds);
        let kinds: BTreeSet<&Kind> = own.chain(parts).collect();
        kinds.iter().eq([&&Kind::VirtualNode])
    }
}

/// Verbs that may be names: "dispatch".
const VERBS: &[&str] = &["send", "split", "call", "take", "keep", "listen", "speak"];

/// Symbols of parts, which follow the name of what has them: "the dispatch timeout".
const PARTS: &[&str] = &[
    "timeout",
    "request-timeout",
    "idle",
    "retry",
    "health-check",
    "outlier-detection",
    "connection-pool",
    "access-log",
    "tls",
    "mtls",
    "listener",
    "backend",
    "port",
    "virtual-service",
    "virtual-router",
    "tag",
    "discovery",
];

fn is_verb(token: &Token) -> bool {
    token.kind == TokenKind::Symbol && VERBS.contains(&token.low.as_str())
}

/// Whether a word stands where a verb cannot: behind a preposition or an article, before a part of what it names.
fn stands_for_noun(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map_or("", |before| tokens[before].low.as_str());
    let next = tokens.get(at + 1);
    let has_part = next.is_some_and(|next| next.kind == TokenKind::Symbol && PARTS.contains(&next.low.as_str()));
    let is_with = next.is_some_and(|next| next.low == "with");
    let ends = next.is_none_or(|next| matches!(next.low.as_str(), "." | "," | ";" | "and" | "to" | "from"));
    let is_bound =
        next.is_some_and(|next| matches!(next.low.as_str(), "should" | "must" | "shall" | "needs" | "no-longer"));
    // "dispatch's timeout"
    let is_possessive = tokens[at].end - tokens[at].start == tokens[at].text.len() + 2;
    is_bound
        || is_possessive
        || matches!(before, "of" | "on" | "for" | "from" | "the" | "our")
        || matches!(before, "change" | "set" | "add" | "remove" | "call" | "tag") && (has_part || is_with || ends)
        || matches!(before, "to" | "in") && ends
}

/// Whether a name is another's first word or stands within it: `payments` in `payments.shop.local` and `payments-v1`.
pub(super) fn is_of(full: &str, name: &str) -> bool {
    let is_begin = full.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']));
    is_begin || is_part(full, name)
}
