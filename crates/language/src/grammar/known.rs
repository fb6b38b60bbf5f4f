//! The names that the files of a request have, and of what they are the names.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::gateway_route::{HttpGatewayRouteMatch, ProtocolGatewayRoute};
use meshwright_model::reference::Key;
use meshwright_model::route::{HttpRouteMatch, ProtocolRoute, RouteSpec};
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::{Inventory, Kind, Resource, Spec};

use super::thing::Thing;
use crate::compose::names::is_part;
use crate::intent::RemovalKind;
use crate::lexer::{Token, TokenKind};

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

/// A route of the files.
#[derive(Clone, Debug)]
pub(super) struct RouteThere {
    pub(super) name: String,
    pub(super) router: String,
    targets: Vec<String>,
}

/// The number of a route of the files among those of its parent.
#[derive(Clone, Debug)]
struct Ranked {
    name: String,
    parent: String,
    number: Option<i64>,
}

/// The number that is tried last. Source: API reference, `RoutePriority`.
const LAST: i64 = 1000;

/// How far behind the last a route is put.
const STEP: i64 = 10;

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

    /// The only node that may call all of these.
    pub(super) fn only_caller(&self, names: &[String]) -> Option<String> {
        let callers: BTreeSet<&String> = self.calls.iter().map(|(caller, _)| caller).collect();
        let calls_all = |caller: &&&String| names.iter().all(|name| self.calls(caller, name));
        let mut fitting = callers.iter().filter(calls_all);
        fitting.next().filter(|_| fitting.next().is_none()).map(|caller| (*caller).clone())
    }

    /// Words that mean something elsewhere are names where the files have them and a noun follows: "backend traffic"; a verb also
    /// where only a noun can stand: "the timeout of dispatch".
    pub(super) fn name_what_is_there(&self, tokens: &mut [Token]) {
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

    /// A number before or after that of a route, among those of its parent; that of a route which is there, where it is on that
    /// side already. Nothing where there is none.
    pub(super) fn number_beside(&self, own: Option<&str>, name: &str, is_after: bool) -> Option<u32> {
        let mut named = self.numbers.iter().filter(|number| number.name == name);
        let other = named.next().filter(|_| named.next().is_none())?;
        let siblings = || self.numbers.iter().filter(|number| number.parent == other.parent && number.name != name);
        let beside = other.number?;
        if own.is_none() {
            // It cannot be told from its siblings when asked twice.
            return u32::try_from(if is_after { beside + 1 } else { beside - 1 })
                .ok()
                .filter(|number| i64::from(*number) <= LAST);
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

    /// Whether there is something of a kind.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.names.values().any(|kinds| kinds.contains(&kind))
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

/// The numbers of an inventory's routes.
fn numbers(inventory: &Inventory) -> Vec<Ranked> {
    let number = |resource: &Resource| {
        let priority = match &resource.spec {
            Spec::Route(spec) => spec.priority.as_ref(),
            Spec::GatewayRoute(spec) => spec.priority.as_ref(),
            _ => return None,
        };
        let parent = resource.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default();
        let number = priority.and_then(|priority| priority.known()).map(|priority| priority.value());
        Some(Ranked { name: Key::of(&resource.name).shown(), parent, number })
    };
    inventory.resources.iter().filter_map(number).collect()
}

/// The gateway routes of an inventory, each behind its gateway.
fn gateway_routes(inventory: &Inventory) -> Vec<(String, String)> {
    let all = inventory.resources.iter().filter(|resource| resource.kind() == Kind::GatewayRoute);
    let parent = |route: &Resource| route.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default();
    all.map(|route| (parent(route), Key::of(&route.name).shown())).collect()
}

/// The routes of an inventory.
fn routes_there(inventory: &Inventory) -> Vec<RouteThere> {
    let shown = |resource: &Resource, spec: &RouteSpec| {
        let targets = spec.actions().flat_map(|(_, action)| &action.weighted_targets);
        RouteThere {
            name: Key::of(&resource.name).shown(),
            router: resource.parent.as_ref().map(|parent| Key::of(parent).shown()).unwrap_or_default(),
            targets: targets.map(|target| Key::of(&target.virtual_node).shown()).collect(),
        }
    };
    let all = inventory.resources.iter().filter_map(|resource| match &resource.spec {
        Spec::Route(spec) => Some(shown(resource, spec)),
        _ => None,
    });
    all.collect()
}

/// The Cloud Map namespace of an inventory's nodes, where it is one that can be written again: a text or a parameter.
fn namespace(inventory: &Inventory) -> Option<String> {
    let own = |resource: &Resource| match &resource.spec {
        Spec::VirtualNode(spec) => match spec.service_discovery.as_ref()? {
            ServiceDiscovery::AwsCloudMap(map) => Some(Key::of(&map.namespace_name).shown()),
            ServiceDiscovery::Dns(_) => None,
        },
        _ => None,
    };
    let all: BTreeSet<String> = inventory.resources.iter().filter_map(own).collect();
    let is_parameter = |name: &str| inventory.parameters.iter().any(|parameter| parameter.name == name);
    let are_parameters = |text: &str| {
        text.split("${").skip(1).all(|part| part.split_once('}').is_some_and(|(name, _)| is_parameter(name)))
    };
    let mut all = all.into_iter();
    let only = all.next().filter(|_| all.next().is_none())?;
    are_parameters(&only).then_some(only)
}

/// The names of routes that ask for nothing of a request, or for the path that all requests have.
fn catch_alls(inventory: &Inventory) -> Vec<(Kind, String)> {
    let takes_all = |route: ProtocolRoute<'_>| match route {
        ProtocolRoute::Http(own) | ProtocolRoute::Http2(own) => {
            let HttpRouteMatch { headers, method, path, port, prefix, query_parameters, scheme } = &own.matcher;
            let is_root = prefix.as_ref().is_none_or(|prefix| prefix.to_string() == "/");
            is_root
                && path.is_none()
                && port.is_none()
                && method.is_none()
                && scheme.is_none()
                && headers.as_ref().is_none_or(|headers| headers.is_empty())
                && query_parameters.as_ref().is_none_or(|parameters| parameters.is_empty())
        }
        ProtocolRoute::Grpc(own) => {
            let matcher = &own.matcher;
            matcher.service_name.is_none()
                && matcher.method_name.is_none()
                && matcher.metadata.as_ref().is_none_or(|metadata| metadata.is_empty())
        }
        ProtocolRoute::Tcp(_) => true,
    };
    let of_gateway = |route: ProtocolGatewayRoute<'_>| {
        let Some(http) = route.http() else { return false };
        let HttpGatewayRouteMatch { headers, hostname, method, path, port, prefix, query_parameters } = &http.matcher;
        let is_root = prefix.as_ref().is_some_and(|prefix| prefix.to_string() == "/");
        is_root
            && path.is_none()
            && port.is_none()
            && method.is_none()
            && hostname.is_none()
            && headers.as_ref().is_none_or(|headers| headers.is_empty())
            && query_parameters.as_ref().is_none_or(|parameters| parameters.is_empty())
    };
    let routes = inventory.resources.iter().filter(|resource| match &resource.spec {
        Spec::Route(spec) => spec.protocols().any(takes_all),
        Spec::GatewayRoute(spec) => spec.protocols().any(of_gateway),
        _ => false,
    });
    routes.map(|route| (route.kind(), Key::of(&route.name).shown())).collect()
}

/// The callers of an inventory, each with a virtual service that it may call and the provider of that.
fn calls(inventory: &Inventory) -> Vec<(String, Vec<String>)> {
    let provider = |service: &Key<'_>| {
        let mut services = inventory.resources.iter().filter(|resource| Key::of(&resource.name) == *service);
        services.find_map(|resource| match &resource.spec {
            Spec::VirtualService(spec) => spec.references().next().map(|reference| reference.name.shown()),
            _ => None,
        })
    };
    let mut calls = Vec::new();
    for resource in &inventory.resources {
        let Spec::VirtualNode(spec) = &resource.spec else { continue };
        for service in spec.references().map(|reference| reference.name) {
            let called = std::iter::once(service.shown()).chain(provider(&service)).collect();
            calls.push((Key::of(&resource.name).shown(), called));
        }
    }
    calls
}
