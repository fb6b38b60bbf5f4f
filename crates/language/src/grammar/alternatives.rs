//! Several paths or methods of one route: "/a and /b go to orders", "PUT or DELETE on /items".
//!
//! A route matches one path and one method, so each further one gets a route of its own that is like the first. It is made
//! when all was read, as what is said later is said of all of them.

use super::reader::Reader;
use super::slot::literal;
use super::spot::{self, Place, Said, Spot, Trouble};
use super::thing::{Alternative, Other};
use crate::intent::{Comparison, Match, Pathway};
use crate::lexer::TokenKind;
use crate::lexicon::is_method;
use crate::understanding::Assumption;

/// The most routes that become of one.
const MAX_ROUTES: usize = 64;

impl Reader<'_> {
    /// Keeps a path that stands beside another: "/a, /b and /c".
    pub(super) fn further_path(&mut self, pathway: &Pathway) -> bool {
        let follows = self.token_joined(self.words.start).is_some_and(|at| self.tokens[at].kind == TokenKind::Path);
        // What is compared in two ways is one path that must be both, and not two.
        let is_alike = |matcher: &Match| {
            matcher.path.as_ref().is_some_and(|there| std::mem::discriminant(there) == std::mem::discriminant(pathway))
        };
        follows && self.keep_alternative(Other::Path(pathway.clone()), is_alike)
    }

    /// Keeps a method that stands beside another: "PUT or DELETE".
    pub(super) fn further_method(&mut self, method: &str) -> bool {
        let follows = self.token_joined(self.words.start).is_some_and(|at| is_method(&self.tokens[at].text));
        follows && self.keep_alternative(Other::Method(method.to_owned()), |matcher| matcher.method.is_some())
    }

    /// Another value that the header may have which was just told: a pattern of both says so, as a header is compared with one.
    pub(super) fn or_value(&mut self, values: impl Iterator<Item = String>) -> Said {
        let spot = self.here()?;
        let is_near = self.is_current
            && self.evidence.last().is_some_and(|last| {
                let start = self.tokens[self.words.start].start;
                last.path.contains(".headers[")
                    && self.request.get(last.end..start).is_some_and(|words| words.trim().is_empty())
            });
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        let last = matcher.headers.len().checked_sub(1).filter(|_| is_near).ok_or(Trouble::NotHere)?;
        let header = &mut matcher.headers[last];
        let mut pattern = match &header.value {
            Some(Comparison::Exact(value)) => literal(value),
            Some(Comparison::Regex(pattern)) if pattern.contains('|') => pattern.clone(),
            _ => return Err(Trouble::NotHere),
        };
        for value in values {
            pattern = format!("{pattern}|{}", literal(&value));
        }
        let what = format!("header `{}` must match `{pattern}`", header.name);
        header.value = Some(Comparison::Regex(pattern));
        self.assumptions.retain(|assumption| !what.starts_with(assumption.what.trim_end_matches('`')));
        self.assumptions.push(Assumption {
            what,
            why: "a header is compared with one value, or with a pattern of several".to_owned(),
        });
        Ok(format!("{path}.headers[{last}]"))
    }

    /// Whether "or" stands between two paths or methods.
    pub(super) fn joins_alternatives(&self, at: usize) -> bool {
        let is_one =
            |at: usize| self.token(at).is_some_and(|token| token.kind == TokenKind::Path || is_method(&token.text));
        self.is_symbol(at, &["or"]) && is_one(self.past_glue(at + 1))
    }

    /// The token that is joined to what stands at a place.
    fn token_joined(&self, at: usize) -> Option<usize> {
        let is_glue =
            |at: usize| self.is_word(at, &["requests", "request", "the", "either", "both", "to", "for", "on"]);
        let is_joint = |at: usize| matches!(self.low(at), "and" | "or" | "," | "/");
        let back = |at: usize, passes: &dyn Fn(usize) -> bool| (0..at).rev().find(|before| !passes(*before));
        let joint = back(at, &is_glue).filter(|joint| is_joint(*joint))?;
        back(joint + 1, &|at| is_joint(at) || is_glue(at))
    }

    fn keep_alternative(&mut self, value: Other, has: impl Fn(&Match) -> bool) -> bool {
        let Some(spot) = self.spot else { return false };
        if !spot::matcher(&mut self.intent, spot).is_ok_and(|(matcher, _)| has(matcher)) {
            return false;
        }
        self.alternatives.push(Alternative { place: spot.place, value, words: self.words.clone() });
        true
    }

    /// Makes the routes of further paths and methods.
    pub(super) fn make_alternatives(&mut self) {
        let mut kept = std::mem::take(&mut self.alternatives);
        while let Some(place) = kept.first().map(|first| first.place) {
            let (of_route, others) = kept.into_iter().partition(|other: &Alternative| other.place == place);
            kept = others;
            self.make_routes(place, of_route);
        }
    }

    fn make_routes(&mut self, place: Place, alternatives: Vec<Alternative>) {
        let (paths, methods): (Vec<_>, Vec<_>) =
            alternatives.into_iter().partition(|other| matches!(other.value, Other::Path(_)));
        let mut places = vec![place];
        for further in [paths, methods] {
            for like in places.clone() {
                for Alternative { value, words, .. } in &further {
                    let Some(made) = self.route_like(like).filter(|_| places.len() < MAX_ROUTES) else { return };
                    places.push(made);
                    let Ok((matcher, path)) = spot::matcher(&mut self.intent, Spot::at(made)) else { return };
                    let field = match value {
                        Other::Path(pathway) => {
                            matcher.path = Some(pathway.clone());
                            "path"
                        }
                        Other::Method(method) => {
                            matcher.method = Some(method.clone());
                            "method"
                        }
                        Other::Rpc(method) => {
                            matcher.grpc_method = Some(method.clone());
                            "grpcMethod"
                        }
                    };
                    self.note(&format!("{path}.{field}"), words.start, words.end);
                }
            }
        }
        self.assumptions.push(Assumption {
            what: format!("{} routes to the same targets", places.len()),
            why: "a route matches one path and one method".to_owned(),
        });
    }

    /// A route like another, without its name.
    fn route_like(&mut self, place: Place) -> Option<Place> {
        match place {
            Place::Route(router, at) => {
                let siblings = match router {
                    Some(router) => &mut self.intent.virtual_routers[router].routes,
                    None => &mut self.intent.routes,
                };
                let mut route = siblings.get(at)?.clone();
                route.name = None;
                siblings.push(route);
                Some(Place::Route(router, siblings.len() - 1))
            }
            Place::GatewayRoute(gateway, at) => {
                let siblings = match gateway {
                    Some(gateway) => &mut self.intent.virtual_gateways[gateway].routes,
                    None => &mut self.intent.gateway_routes,
                };
                let mut route = siblings.get(at)?.clone();
                route.name = None;
                siblings.push(route);
                Some(Place::GatewayRoute(gateway, siblings.len() - 1))
            }
            _ => None,
        }
    }
}
