//! Which route is tried first, and what becomes of requests that no route takes.

use meshwright_model::Kind;

use super::block::Block;
use super::name::is_clause_verb;
use super::reader::{First, Reader};
use super::spot::{self, Place, Said, Spot, Trouble};
use super::survey::RouteThere;
use crate::compose::names::listed;
use crate::intent::{Action, Match, Pathway};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// Words for the one of a list that stands at a place, counted from its begin; below zero from its end.
const ORDINALS: &[(&str, isize)] = &[
    ("first", 0),
    ("former", 0),
    ("second", 1),
    ("third", 2),
    ("fourth", 3),
    ("latter", -1),
    ("last", -1),
    ("lowest", -1),
];

/// Nouns behind such a word, which say no more than it.
const ITEMS: &[&str] = &["one", "route", "virtual-node", "application", "target", "rule", "path"];

/// What one of several does that others do not.
const WINNING: &[&str] = &["win", "wins", "winning", "beat", "beats", "beating", "take", "priority"];

impl Reader<'_> {
    /// "which wins over the rest": a narrower route is tried before one that takes all, whatever is said of it; before others
    /// it comes by its number.
    pub(super) fn wins_over_the_rest(&mut self) -> Said {
        let spot = self.here()?;
        let (matcher, _) = spot::matcher(&mut self.intent, spot)?;
        let is_told = !takes_all(matcher);
        if self.known.is_some() {
            return self.priority(0);
        }
        if !is_told || matcher.is_empty() {
            return Err(Trouble::NotHere);
        }
        self.firsts.push(First { place: spot.place, words: self.words.clone() });
        self.sets_nothing()
    }

    /// "before main": a number between that route and the next of its router, unless the route's own is on that side already.
    pub(super) fn tried_beside(&mut self, name: &str, is_after: bool) -> Said {
        let spot = self.here()?;
        let known = self.known.as_ref().ok_or(Trouble::NotHere)?;
        let own = match spot.place {
            Place::Route(None, at) => self.intent.routes[at].name.clone(),
            Place::GatewayRoute(None, at) => self.intent.gateway_routes[at].name.clone(),
            Place::Application(at) => self.intent.applications[at].name.clone(),
            _ => return Err(Trouble::NotHere),
        };
        let targets: Vec<String> = match spot.place {
            Place::Route(None, at) => {
                self.intent.routes[at].targets.iter().map(|target| known.full_name(&target.node)).collect()
            }
            _ => Vec::new(),
        };
        let number = known.number_beside(own.as_deref(), &targets, name, is_after);
        let is_there = known.is_of_kind(Kind::Route, name) || known.is_of_kind(Kind::GatewayRoute, name);
        let router = known.router_of_route(name).map(str::to_owned);
        if let (Place::Route(None, at), None, Some(_)) = (spot.place, &own, number) {
            let route = &mut self.intent.routes[at];
            route.router = route.router.take().or(router);
        }
        match number {
            Some(number) => {
                self.set_aside(self.words.start, self.words.end);
                self.priority(number)
            }
            None if is_there => {
                let (from, to) = (self.words.start, self.words.end);
                let side = if is_after { "behind" } else { "before" };
                self.ask(
                    &format!("No number is free {side} `{name}`, or it has none. Which numbers should the routes get?"),
                    from,
                    to,
                );
                Ok(String::new())
            }
            None => Err(Trouble::NotHere),
        }
    }

    /// "give a priority 10, b 20 and c 30": of a route that the files have, after one that got its number.
    pub(super) fn next_priority(&mut self, name: &str, number: u32) -> Said {
        if !self.goes_on_with_priority(name) || !self.ends_clause(self.words.end) {
            return Err(Trouble::NotHere);
        }
        let place = self.named(name, Action::Change);
        self.turn_to(place);
        self.priority(number)
    }

    /// Whether a route of the files is named after one that got its number.
    pub(super) fn goes_on_with_priority(&self, name: &str) -> bool {
        let is_after = self.evidence.last().is_some_and(|last| last.path.ends_with(".priority"));
        is_after && self.kind_there(name) == Some(Kind::Route)
    }

    /// "tried last": the highest number, where no other route of the files stands behind it as it has none.
    pub(super) fn tried_last(&mut self) -> Said {
        let spot = self.here()?;
        let own = match spot.place {
            Place::Route(None, at) => self.intent.routes[at].name.clone(),
            Place::Application(at) => self.intent.applications[at].name.clone(),
            _ => None,
        };
        let unnumbered = self.known.as_ref().map(|known| known.unnumbered_beside(own.as_deref())).unwrap_or_default();
        if unnumbered.is_empty() {
            return self.priority(1000);
        }
        let (from, to) = (self.words.start, self.words.end);
        let text = format!(
            "A route without a number is tried behind all that have one, and {} have none. Which numbers should the routes get?",
            listed(&unnumbered)
        );
        self.ask(&text, from, to);
        Ok(String::new())
    }

    /// "ahead of the existing route": of the only one of the file, or of the only one that leads to the same targets.
    pub(super) fn tried_before_the_other(&mut self) -> Said {
        let spot = self.here()?;
        let (route, _) = spot::route(&mut self.intent, spot)?;
        let nodes: Vec<String> = route.targets.iter().map(|target| target.node.clone()).collect();
        let own = route.name.clone();
        let known = self.known.as_ref().ok_or(Trouble::NotHere)?;
        let others: Vec<&RouteThere> = known.routes.iter().filter(|route| own.as_ref() != Some(&route.name)).collect();
        let leads = |route: &&&RouteThere| nodes.iter().any(|node| route.place_of(node).is_some());
        let related: Vec<&RouteThere> = others.iter().filter(leads).copied().collect();
        let name = match (others.as_slice(), related.as_slice()) {
            ([only], _) | (_, [only]) => only.name.clone(),
            _ => return Err(Trouble::NotHere),
        };
        self.tried_beside(&name, false)
    }

    /// "in this order of precedence": the routes of the request are numbered as they stand in it.
    pub(super) fn said_order(&mut self) -> bool {
        if !self.is_word(self.at, &["in"]) || self.known.is_some() {
            return false;
        }
        let points = |at: &usize| {
            let text = self.token(*at).map_or(String::new(), |token| token.text.to_lowercase());
            matches!(text.as_str(), "exactly" | "this" | "that" | "the" | "following" | "given")
        };
        let order = self.at + 1 + (self.at + 1..self.tokens.len()).take(3).take_while(points).count();
        let by = order + 2;
        let is_by = self.low(order + 1) == "of"
            && (self.is_symbol(by, &["priority"]) || self.is_word(by, &["evaluation", "importance", "preference"]));
        if !self.is_word(order, &["order"]) || order == self.at + 1 && !is_by {
            return false;
        }
        let end = if is_by { by + 1 } else { order + 1 };
        self.in_order = Some(self.at..end);
        self.at = end;
        true
    }

    /// Numbers routes whose order was said.
    pub(super) fn settle_order(&mut self) {
        let Some(words) = self.in_order.take() else { return };
        let intent = &mut self.intent;
        let of_routers = intent.virtual_routers.iter_mut().map(|router| &mut router.routes);
        let of_gateways = intent.virtual_gateways.iter_mut().map(|gateway| &mut gateway.routes);
        let routes = of_routers.chain([&mut intent.routes]).filter(|routes| routes.len() > 1);
        let gateway_routes = of_gateways.chain([&mut intent.gateway_routes]).filter(|routes| routes.len() > 1);
        let mut lists: Vec<Vec<&mut Option<u32>>> =
            routes.map(|routes| routes.iter_mut().map(|route| &mut route.priority).collect()).collect();
        lists.extend(gateway_routes.map(|routes| routes.iter_mut().map(|route| &mut route.priority).collect()));
        let is_free = lists.iter().all(|list| list.len() <= 100 && list.iter().all(|priority| priority.is_none()));
        if lists.is_empty() || !is_free {
            self.miss(self.tokens[words.start].start, self.tokens[words.end - 1].end);
            return;
        }
        for list in lists {
            for (priority, number) in list.into_iter().zip((1..).map(|place| place * 10)) {
                *priority = Some(number);
            }
        }
        self.assumptions.push(Assumption {
            what: "the routes are numbered 10, 20 and so on as they stand in the request".to_owned(),
            why: "it says that this is their order, and the lowest number is tried first".to_owned(),
        });
    }

    /// Gives the least number to routes that are to be tried before others: where those do not take all requests that are left,
    /// and where the request has no others, which then stand somewhere else.
    pub(super) fn settle_firsts(&mut self) {
        for First { place, words } in std::mem::take(&mut self.firsts) {
            let others = self.matchers_beside(place);
            let has_rivals = others.iter().any(|other| !takes_all(other));
            let is_alone = others.is_empty();
            self.spot = Some(Spot::at(place));
            let Some(path) = Some(()).filter(|()| has_rivals || is_alone).and_then(|()| self.priority(0).ok()) else {
                continue;
            };
            self.note(&path, words.start, words.end);
            if is_alone {
                self.assumptions.push(Assumption {
                    what: "the priority of the route that comes before all others is 0".to_owned(),
                    why: "the lowest number is tried first, and the request names no other route".to_owned(),
                });
            }
        }
    }

    /// What the routes beside one match.
    fn matchers_beside(&self, place: Place) -> Vec<&Match> {
        let intent = &self.intent;
        let others = |count: usize, own: usize| (0..count).filter(move |at| *at != own);
        match place {
            Place::Route(router, own) => {
                let list = router.map_or(&intent.routes, |router| &intent.virtual_routers[router].routes);
                others(list.len(), own).map(|at| &list[at].matcher).collect()
            }
            Place::GatewayRoute(gateway, own) => {
                let routes = gateway.map_or(&intent.gateway_routes, |gateway| &intent.virtual_gateways[gateway].routes);
                others(routes.len(), own).map(|at| &routes[at].matcher).collect()
            }
            _ => Vec::new(),
        }
    }

    /// "everything else gets a 404": so it is where no route takes all requests; where one does, both cannot hold.
    pub(super) fn rest_goes_nowhere(&mut self) -> Said {
        let spot = self.here()?;
        if !spot.place.has_routes() || self.lacks_target(spot) {
            return Err(Trouble::NotHere);
        }
        let here = spot::matcher(&mut self.intent, spot).is_ok_and(|(matcher, _)| takes_all(matcher));
        let takes = here || self.matchers_beside(spot.place).into_iter().any(takes_all);
        let of_gateway = matches!(spot.place, Place::Gateway(_) | Place::GatewayRoute(..));
        let kind = if of_gateway { Kind::GatewayRoute } else { Kind::Route };
        let mut all = self.known.iter().flat_map(|known| &known.catch_alls);
        let there = all.find(|(own, _)| *own == kind).map(|(_, name)| name.clone());
        let what = match (takes, there) {
            (true, _) => "A route of the request takes all requests that no other takes".to_owned(),
            (false, Some(name)) => format!("Route `{name}` of the files takes all requests that no other takes"),
            (false, None) => return self.sets_nothing(),
        };
        let (from, to) = (self.words.start, self.words.end);
        self.ask(&format!("{what}, so that none is left to be rejected. Which of the two is to be?"), from, to);
        Ok(String::new())
    }

    /// "the second wins over the rest", "the former listens on 8080": one of those that were named together.
    pub(super) fn one_of_several(&mut self) -> bool {
        let start = self.past(self.at, &["the"]);
        let Some((_, place)) = ORDINALS.iter().find(|(word, _)| self.low(start) == *word) else { return false };
        let is_word = self.token(start).is_some_and(|token| matches!(token.kind, TokenKind::Word | TokenKind::Symbol));
        let end = self.past(start + 1, ITEMS);
        let verb = self.past(end, &["should", "must", "shall", "has", "to", "always", "also"]);
        let is_verb = |at: usize| self.says(at, WINNING) || self.token(at).is_some_and(is_clause_verb);
        let does = is_verb(end) || is_verb(verb) || self.begins_detail(end);
        // "with the lowest priority" says which, and not of which.
        if self.is_symbol(end, &["priority"]) && self.is_symbol(start, &["lowest"]) {
            return false;
        }
        let begins = self.is_clause_start() || matches!(self.low_before(self.at), "with" | "but" | "while" | "and");
        if !is_word || !does || !begins {
            return false;
        }
        let routes = self.routes_together();
        let of = if routes.len() > 1 { routes } else { self.group.clone() };
        let at = if *place < 0 { of.len().checked_add_signed(*place) } else { usize::try_from(*place).ok() };
        let Some(place) = at.and_then(|at| of.get(at)).copied().filter(|_| of.len() > 1) else {
            return self.lacks_one(start);
        };
        let is_route = matches!(place, Place::Route(..));
        self.turn_to(place);
        if is_route {
            self.block = Block::Match;
        }
        self.preposition = None;
        self.at = end;
        true
    }
}

impl Reader<'_> {
    /// "the third", where only two were named: says that it was not understood, unless its word may say something else.
    fn lacks_one(&mut self, at: usize) -> bool {
        if !matches!(self.low(at), "former" | "second" | "third" | "fourth" | "latter") {
            return false;
        }
        self.miss(self.tokens[at].start, self.tokens[at].end);
        self.at = at + 1;
        true
    }
}

/// Whether a route takes all requests that come to it.
fn takes_all(matcher: &Match) -> bool {
    let path = |matcher: &Match| matches!(&matcher.path, Some(Pathway::Prefix(prefix)) if prefix == "/");
    let whole = Match { path: matcher.path.clone(), otherwise: matcher.otherwise, ..Match::default() };
    *matcher == whole && (matcher.path.is_none() || path(matcher))
}
