//! The route that is spoken of, and what it matches.

use super::block::Block;
use super::reader::Reader;
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Action, Comparison, GatewayRoute, Header, Hostname, Match, Protocol, Route, Span, VirtualNode};
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

/// How many tokens ahead it is looked whether the sentence sends.
const MAX_AHEAD: usize = 64;

impl Reader<'_> {
    /// The clause says where requests go.
    pub(super) fn sends(&mut self) {
        self.sending = true;
        self.block = Block::Match;
    }

    /// Requests after the name of what has routes say where they go: "router shop: /a to node-a", and so they do after what
    /// else is said of a route: "with 2 retries, /static to static-node".
    pub(super) fn begin_requests(&mut self) {
        self.begin_requests_of_service();
        if self.begins_paths_of_application() {
            self.remember();
            self.closed = true;
            self.sends();
            return;
        }
        if self.begins_requests_of_router() || self.begins_hosts_of_gateway() {
            self.sends();
            return;
        }
        if self.tokens[self.at].kind != TokenKind::Path || !self.is_symbol(self.past_glue(self.at + 1), &["to", "send"])
        {
            return;
        }
        let begins = match self.spot.map(|spot| spot.place) {
            Some(Place::Router(_) | Place::Gateway(_)) => !self.sending && self.block == Block::Resource,
            Some(Place::Route(..) | Place::GatewayRoute(..)) => {
                self.block != Block::Match
                    && (self.block != Block::Rewrite && self.is_clause_start()
                        || self.block == Block::Rewrite
                            && self.is_clause_start()
                            && (self.goes_on_from(self.at + 1) || self.keeps_what_it_has())
                        || self.low_before(self.at) == ":")
            }
            _ => false,
        };
        if begins {
            self.closed = true;
            self.sends();
        }
    }

    /// "router x on 8080, requests on port 9090 go to admin": a clause of its own about where requests go.
    fn begins_requests_of_router(&self) -> bool {
        let of_router = matches!(self.spot.map(|spot| spot.place), Some(Place::Router(_) | Place::Gateway(_)));
        if of_router && !self.sending && self.port_goes_on(self.at) {
            return true;
        }
        let begins = self.is_clause_start() || self.low_before(self.at) == ":";
        let is_ratio = self.token(self.at + 1).is_some_and(|token| matches!(token.kind, TokenKind::Ratio(_)));
        // "/a with priority 1 to a-node"
        let is_told = self.is_path(self.at) && self.is_word(self.at + 1, &["with", "has", "having"]);
        let is_listed = self.is_path(self.at)
            && (self.joins_alternatives(self.at + 1)
                || is_ratio
                || self.is_symbol(self.at + 1, &["split", "evenly"])
                || is_told);
        of_router
            && !self.sending
            && begins
            && (is_listed
                || self.is_symbol(self.at, &["header"])
                || self.is_word(self.at, &["traffic", "requests", "request", "calls"])
                || self.is_symbol(self.at, &["http", "http2", "grpc"])
                    && self.is_word(self.at + 1, &["traffic", "requests"]))
            && (self.at..self.tokens.len())
                .take_while(|at| !self.is_sentence_end(*at) && self.low(*at) != ",")
                .any(|at| self.goes_on_from(at) || self.is_symbol(at, &["to"]) && !self.is_word(self.at, &["requests"]))
    }

    /// "service pay on 9000: /v2 to pay-v2, …": where the requests of an application go.
    fn begins_paths_of_application(&self) -> bool {
        let of_application = matches!(self.spot.map(|spot| spot.place), Some(Place::Application(_)));
        let goes = self.is_path(self.at) && self.is_symbol(self.past_glue(self.at + 1), &["to", "send"]);
        of_application && !self.sending && self.known.is_none() && goes && self.low_before(self.at) == ":"
    }

    /// "gateway edge: api.example.com goes to api.local": the requests of a host.
    fn begins_hosts_of_gateway(&self) -> bool {
        let of_gateway = matches!(self.spot.map(|spot| spot.place), Some(Place::Gateway(_)));
        let begins = self.is_clause_start() || self.low_before(self.at) == ":";
        let is_host =
            self.token(self.at).is_some_and(|token| token.kind == TokenKind::Host && token.text.contains('.'));
        let goes = self.goes_on_from(self.at + 1) || self.is_symbol(self.at + 1, &["to"]);
        of_gateway && !self.sending && begins && is_host && goes
    }

    /// Whether a host whose requests a gateway sends on stands here: "…, www.example.com goes to web.local".
    pub(super) fn is_host_of_requests(&self) -> bool {
        let is_host =
            self.token(self.at).is_some_and(|token| token.kind == TokenKind::Host && token.text.contains('.'));
        let goes = self.is_symbol(self.past_glue(self.at + 1), &["send", "to"]);
        self.sending && self.current_gateway().is_some() && is_host && goes
    }

    /// "port 80 goes to web, port 81 goes to admin": where the requests of a port go.
    fn port_goes_on(&self, at: usize) -> bool {
        let is_number = self.token(at + 1).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let next = self.past_glue(at + 2);
        let goes = self.is_symbol(next, &["to", "send"])
            || self.is_symbol(next, &["route"]) && self.is_symbol(next + 1, &["to"]);
        let begins = self.is_clause_start() || self.low_before(at) == ":";
        self.is_symbol(at, &["port"]) && is_number && goes && begins
    }

    /// Whether the gateway route that is spoken of has its service and rewrites nothing, so that a path begins another.
    fn keeps_what_it_has(&mut self) -> bool {
        let Some(spot) = self.spot else { return false };
        spot::gateway_route(&mut self.intent, spot).is_ok_and(|(route, _)| {
            route.service.is_some()
                && route.rewrite.as_ref().is_some_and(|rewrite| rewrite.keep_prefix || rewrite.keep_hostname)
        })
    }

    /// Whether a verb of where requests go stands at a place, after words that say nothing.
    fn goes_on_from(&self, at: usize) -> bool {
        self.is_symbol(self.past_glue(at), &["send"])
    }

    /// Puts a condition into the route that is spoken of, or into a new one where that has all it needs.
    pub(super) fn matcher(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        let spot = self.route_for_match(false)?;
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        set(matcher, &path)
    }

    /// Another value of the header that the route before was told by: "if it is us, go to us-node".
    pub(super) fn same_header(&mut self, mut value: Comparison) -> Said {
        let spot = self.here()?;
        if self.lacks_target(spot) {
            return Err(Trouble::NotHere);
        }
        let (before, _) = spot::matcher(&mut self.intent, spot)?;
        let [header] = before.headers.as_mut_slice() else { return Err(Trouble::NotHere) };
        if let (Some(Comparison::Range { end: before, .. }), Comparison::Range { start, end }) =
            (&mut header.value, &mut value)
        {
            // "0 to 49, and 50 to 99" leaves out no number between.
            self.is_inclusive |= before.saturating_add(1) == *start;
            if self.is_inclusive {
                *before = *start;
                *end = end.saturating_add(1);
            }
        }
        let header = Header { value: Some(value), ..header.clone() };
        self.sends();
        self.matcher(|matcher, path| {
            matcher.headers.push(header);
            Ok(format!("{path}.headers[0]"))
        })
    }

    /// "/a goes to x with no timeout, all else to y with 5 seconds": of what a time is said, the route before tells.
    pub(super) fn time_like_before(&mut self, span: Span) -> Said {
        let spot = self.here()?;
        let (before, own) = match spot.place {
            Place::Route(Some(router), at) => (self.intent.virtual_routers[router].routes.get(at.wrapping_sub(1)), at),
            Place::Route(None, at) => (self.intent.routes.get(at.wrapping_sub(1)), at),
            _ => return Err(Trouble::NotHere),
        };
        let is_timed = |route: &Route| route.timeout.as_ref().is_some_and(|timeout| timeout.per_request.is_some());
        let is_alike = own > 0 && before.is_some_and(|route| is_timed(route) && route.retry.is_none());
        // "with a 5 s idle timeout" says which time it is.
        let is_whole = self.ends_clause(self.words.end);
        let (route, _) = spot::route(&mut self.intent, spot)?;
        if !is_alike || !is_whole || route.timeout.is_some() || route.retry.is_some() || route.targets.is_empty() {
            return Err(Trouble::NotHere);
        }
        let (timeout, path) = spot::timeout(&mut self.intent, spot)?;
        put(&mut timeout.per_request, span, &path, "perRequest")
    }

    /// Whether the sentence so far speaks of a retry policy as a whole.
    pub(super) fn speaks_of_policy(&self) -> bool {
        let sentence = (0..self.words.start).rev().take_while(|at| !self.is_sentence_end(*at));
        let is_policy =
            |token: &Token| ["polic", "logic", "strateg"].iter().any(|part| token.text.to_lowercase().contains(part));
        sentence.filter(|at| self.is_symbol(*at, &["retry"])).any(|at| self.token(at).is_some_and(is_policy))
    }

    /// How many retries a number of attempts are, of which the first is none: "three attempts".
    pub(super) fn retries_of_attempts(&mut self, number: u32) -> u32 {
        let start = (0..self.words.start).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1);
        let text = |at: usize| self.token(at).map_or(String::new(), |token| token.text.to_lowercase());
        let is_attempt =
            |at: usize| self.is_symbol(at, &["retry"]) && matches!(text(at).as_str(), "attempts" | "attempt" | "tries");
        // "retry, 3 attempts", "3 attempts on gateway errors"
        let counts = self.words.clone().any(is_attempt)
            && matches!(self.token(self.words.start).map(|token| &token.kind), Some(TokenKind::Number(_)));
        let retries = (start..self.words.start).any(|at| self.is_symbol(at, &["retry"]));
        if !counts || retries || number < 2 {
            return number;
        }
        self.set_aside(self.words.start, self.words.start + 1);
        self.assumptions.push(Assumption {
            what: format!("{number} attempts are the first and {} retries", number - 1),
            why: "a retry policy counts what comes after the first".to_owned(),
        });
        number - 1
    }

    /// The gRPC service of the last route that is for one.
    pub(super) fn last_grpc_service(&self) -> Option<String> {
        let nested = self.intent.virtual_routers.iter().flat_map(|router| &router.routes);
        nested.chain(&self.intent.routes).filter_map(|route| route.matcher.grpc_service.clone()).next_back()
    }

    /// Whether a number may be the priority of a route, as others of its router have one.
    pub(super) fn may_be_priority(&self, number: u32) -> bool {
        let routes = match self.spot.map(|spot| spot.place) {
            Some(Place::Route(Some(router), _) | Place::Router(router)) => &self.intent.virtual_routers[router].routes,
            _ => &self.intent.routes,
        };
        number <= 1000 && routes.iter().any(|route| route.priority.is_some())
    }

    /// The same for what only gateway routes match.
    pub(super) fn gateway_matcher(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        // What is said of something else begins no route of the gateway that was spoken of before.
        let begins = matches!(self.spot.map(|spot| spot.place), Some(Place::Gateway(_)));
        if begins && !self.is_current && !self.sending {
            return Err(Trouble::NotHere);
        }
        let spot = self.route_for_match(true)?;
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        set(matcher, &path)
    }

    /// The same for what only gRPC has.
    pub(super) fn grpc(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        let said = self.matcher(set)?;
        let _ = self.put_protocol(Protocol::Grpc);
        Ok(said)
    }

    /// "rpc Send of shop.Cart goes to a, rpc List to b": a further method is of the same service.
    pub(super) fn service_of_sibling(&mut self) -> Said {
        let spot = self.here()?;
        let before = match spot.place {
            Place::Route(Some(router), at) if at > 0 => self.intent.virtual_routers[router].routes.get(at - 1),
            Place::Route(None, at) if at > 0 => self.intent.routes.get(at - 1),
            _ => None,
        };
        let service = before.and_then(|route| route.matcher.grpc_service.clone());
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        if let (Some(service), None) = (service, &matcher.grpc_service) {
            matcher.grpc_service = Some(service);
        }
        Ok(path + ".grpcMethod")
    }

    /// A host name by its dots, which only a gateway route matches.
    pub(super) fn gateway_route_hostname(&mut self, hostname: Hostname) -> Said {
        let of_gateway = |token: &Token| matches!(token.low.as_str(), "virtual-gateway" | "gateway-route");
        match self.here()?.place {
            // "route traffic for orders.local: …" speaks of a virtual service, where no gateway is named.
            Place::GatewayRoute(None, _) if self.known.is_none() && !self.tokens.iter().any(of_gateway) => {
                Err(Trouble::NotHere)
            }
            Place::GatewayRoute(..) | Place::Gateway(_) => {
                self.gateway_matcher(|matcher, path| put(&mut matcher.hostname, hostname, path, "hostname"))
            }
            _ => Err(Trouble::NotHere),
        }
    }

    fn route_for_match(&mut self, of_gateway: bool) -> Result<Spot, Trouble> {
        let spot = self.here()?;
        // What a sentence ends with is said of the route that has its target already.
        let is_last = self.is_sentence_end(self.past_glue(self.words.end))
            && self.receiver.is_none()
            && !self.closed
            && !self.excepts_before(self.words.start);
        let place = match spot.place {
            Place::Route(router, _) if !of_gateway => {
                let (route, _) = spot::route(&mut self.intent, spot)?;
                let is_done = !route.targets.is_empty()
                    && (!route.matcher.is_empty() && !is_last || self.closed && self.sends_ahead());
                if is_done { self.new_route(router) } else { spot.place }
            }
            Place::GatewayRoute(gateway, _) => {
                let (route, _) = spot::gateway_route(&mut self.intent, spot)?;
                let is_done = route.service.is_some()
                    && (!route.matcher.is_empty() && !is_last || self.closed && self.sends_ahead());
                if is_done { self.new_gateway_route(gateway) } else { spot.place }
            }
            Place::Router(router) if !of_gateway => self.new_route(Some(router)),
            Place::Gateway(gateway) => self.new_gateway_route(Some(gateway)),
            _ => return Err(Trouble::NotHere),
        };
        self.closed = false;
        let spot = Spot::at(place);
        if self.spot != Some(spot) {
            let block = self.block;
            self.turn_to(place);
            self.block = block;
        }
        if let Some(name) = self.receiver.take() {
            self.put_target(spot, &name, None, None)?;
        }
        Ok(spot)
    }

    /// Whether the clause up to a place says what it is not for: "but never for POST".
    fn excepts_before(&self, at: usize) -> bool {
        let clause = self.tokens[..at].iter().rev().take_while(|token| !matches!(token.low.as_str(), "," | "." | ";"));
        clause.take(MAX_AHEAD).any(|token| matches!(token.low.as_str(), "no" | "but" | "except" | "excluding"))
    }

    /// Whether the rest of the sentence says where requests go.
    fn sends_ahead(&self) -> bool {
        self.tokens[self.at..]
            .iter()
            .take(MAX_AHEAD)
            .take_while(|token| !matches!(token.low.as_str(), "." | ";"))
            .any(|token| matches!(token.low.as_str(), "to" | "send"))
    }

    /// A further route beside the one that is spoken of.
    pub(super) fn new_route(&mut self, router: Option<usize>) -> Place {
        let before = match self.spot.map(|spot| spot.place) {
            Some(Place::Route(Some(router), at)) => Some(&self.intent.virtual_routers[router].routes[at]),
            Some(Place::Route(None, at)) => Some(&self.intent.routes[at]),
            _ => None,
        };
        let alike = before.map(|route| Route {
            protocol: route.protocol,
            action: route.action,
            router: route.router.clone(),
            ..Route::default()
        });
        let mut route = alike.unwrap_or_default();
        route.protocol = route.protocol.or_else(|| self.pending_protocol.take());
        let siblings = match router {
            Some(at) => &mut self.intent.virtual_routers[at].routes,
            None => &mut self.intent.routes,
        };
        siblings.push(route);
        Place::Route(router, siblings.len() - 1)
    }

    /// A further gateway route.
    pub(super) fn new_gateway_route(&mut self, gateway: Option<usize>) -> Place {
        let before = match self.spot.map(|spot| spot.place) {
            Some(Place::GatewayRoute(None, at)) => self.intent.gateway_routes.get(at),
            _ => None,
        };
        let alike = before.map(|route| GatewayRoute {
            gateway: route.gateway.clone(),
            action: route.action,
            ..GatewayRoute::default()
        });
        let routes = match gateway {
            Some(at) => &mut self.intent.virtual_gateways[at].routes,
            None => &mut self.intent.gateway_routes,
        };
        routes.push(alike.unwrap_or_default());
        Place::GatewayRoute(gateway, routes.len() - 1)
    }

    /// The router or gateway that a route stands in: "a gateway route on ingress".
    pub(super) fn owner(&mut self, name: &str) -> Said {
        let spot = self.here()?;
        match spot.place {
            Place::Route(None, at) => {
                let route = &self.intent.routes[at];
                if !route.targets.is_empty() || !route.matcher.is_empty() {
                    return Err(Trouble::NotHere);
                }
                self.owner_named(spot.place, self.words.end);
                put(&mut self.intent.routes[at].router, name.to_owned(), &format!("routes[{at}]"), "router")
            }
            Place::GatewayRoute(None, at) => {
                self.owner_named(spot.place, self.words.end);
                let gateway = &mut self.intent.gateway_routes[at].gateway;
                put(gateway, name.to_owned(), &format!("gatewayRoutes[{at}]"), "gateway")
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// The precedence of the route that is spoken of.
    pub(super) fn priority(&mut self, number: u32) -> Said {
        let spot = self.here()?;
        match spot.place {
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                put(&mut route.priority, number, &path, "priority")
            }
            Place::GatewayRoute(..) => {
                let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
                put(&mut route.priority, number, &path, "priority")
            }
            Place::Application(at) => {
                let Some(name) = self.take_bare_application(at) else { return Err(Trouble::NotHere) };
                self.intent.routes.push(Route { name: Some(name), action: Action::Change, ..Route::default() });
                let at = self.intent.routes.len() - 1;
                self.turn_to(Place::Route(None, at));
                put(&mut self.intent.routes[at].priority, number, &format!("routes[{at}]"), "priority")
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// Takes back the latest application where nothing but its name was said, to change it: only a route has what comes now.
    fn take_bare_application(&mut self, at: usize) -> Option<String> {
        let application = self.intent.applications.get(at).filter(|_| at + 1 == self.intent.applications.len())?;
        let bare = VirtualNode { name: application.name.clone(), action: Action::Change, ..VirtualNode::default() };
        if *application != bare {
            return None;
        }
        self.forget(Place::Application(at));
        self.intent.applications.pop()?.name
    }

    /// Takes back a route that was begun for words that say something else.
    pub(super) fn drop_empty_route(&mut self) {
        let is_empty = |route: &Route| route.targets.is_empty() && route.matcher.is_empty() && route.name.is_none();
        if self.intent.routes.pop_if(|route| is_empty(route)).is_some() {
            self.forget(Place::Route(None, self.intent.routes.len()));
        }
    }
}
