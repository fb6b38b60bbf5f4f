//! Where a route sends its requests.

use meshwright_model::Kind;

use super::block::Block;
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Action, Pathway, Target};
use crate::lexer::TokenKind;

/// Symbols of kinds that are never a target's.
const NO_TARGETS: &[&str] = &["virtual-router", "virtual-gateway", "mesh", "gateway-route", "route", "sidecar"];

/// What joins the targets of one route.
const JOINING: &[&str] = &[
    "and",
    "or",
    "to",
    "also",
    "then",
    "both",
    "either",
    "send",
    "split",
    "evenly",
    "between",
    "plus",
    "each",
    "half",
    "equally",
    "virtual-node",
    "application",
    "version",
    "target",
    "as",
    "well",
    "our",
];

/// The most tokens from targets to their shares.
const MAX_TO_SHARES: usize = 8;

impl Reader<'_> {
    /// A target: of a route, a gateway route, the versions of an application; or what an application calls.
    pub(super) fn target(&mut self, name: &str, weight: Option<u32>, port: Option<u32>) -> Said {
        let spot = self.here()?;
        let known = self.named_by_its_end(name);
        let name = known.as_deref().unwrap_or(name);
        if let Some(said) = self.part_of_route_there(spot, name, weight) {
            return said;
        }
        if weight.is_none() && std::mem::take(&mut self.resting) {
            return self.target_of_the_rest(name, port);
        }
        let is_bare = weight.is_none() && port.is_none();
        // "…, 1 s per try, to node web"
        let is_node = self.verb == Verb::None && self.words.clone().any(|at| self.is_symbol(at, &["virtual-node"]));
        // "grpc route with 3 retries on unavailable, to orders"
        let is_last = self.verb == Verb::None && self.is_clause_start() && self.ends_clause(self.words.end);
        // "gateway edge on 8080 to web"
        let is_of_gateway = matches!(spot.place, Place::Gateway(at) if self.intent.virtual_gateways[at].routes.is_empty())
            && self.verb != Verb::Change
            && self.is_symbol(self.words.start, &["to"])
            && self.ends_clause(self.words.end);
        if is_of_gateway && weight.is_none() {
            self.sends();
        }
        // "…; the target is orders"
        let is_told = self.is_symbol(self.words.start, &["target"]) && self.lacks_target(spot);
        let is_open = self.block == Block::Match
            || is_told
            || (self.block == Block::Rewrite || is_node || is_last) && self.lacks_target(spot);
        if is_bare && (self.is_owner_of_something() || !self.sending && !is_open) {
            return Err(Trouble::NotHere);
        }
        match spot.place {
            Place::Route(..) | Place::GatewayRoute(..) => self.put_target(spot, name, weight, port),
            Place::Router(router) => {
                let count = self.intent.virtual_routers[router].routes.len();
                let place = if count > 0 && !self.closed {
                    Place::Route(Some(router), count - 1)
                } else {
                    self.new_route(Some(router))
                };
                self.closed = false;
                let block = self.block;
                let spot = self.turn_to(place);
                self.block = block;
                self.put_target(spot, name, weight, port)
            }
            Place::Gateway(gateway) if self.sending => {
                let place = self.new_gateway_route(Some(gateway));
                let spot = self.turn_to(place);
                self.block = Block::Match;
                self.put_target(spot, name, weight, port)
            }
            Place::Application(at) if let Some(weight) = weight => self.version_weight(at, name, weight),
            Place::Application(_) | Place::Node(_) if self.sending && weight.is_none() => {
                self.calls(&[name.to_owned()])
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// "add a header condition x-beta: true to the orders-route": a route of the files is none to send to, but what gets it.
    fn part_of_route_there(&mut self, spot: Spot, name: &str, weight: Option<u32>) -> Option<Said> {
        let is_route = self.kind_there(name) == Some(Kind::Route) && weight.is_none() && !self.sending;
        let Place::Route(None, at) = spot.place else { return None };
        let route = self.intent.routes.get_mut(at).filter(|_| is_route && self.verb != Verb::None)?;
        (route.targets.is_empty() && route.name.is_none()).then_some(())?;
        (route.name, route.action) = (Some(name.to_owned()), Action::Change);
        Some(Ok(format!("routes[{at}].name")))
    }

    /// "only to y": what goes elsewhere too contradicts it.
    pub(super) fn only_target(&mut self, name: &str) -> Said {
        let said = self.target(name, None, None)?;
        let spot = self.here()?;
        let Ok((own, _)) = spot::route(&mut self.intent, spot) else { return Ok(said) };
        let (matcher, count) = (own.matcher.clone(), own.targets.len());
        let of_routers = self.intent.virtual_routers.iter().flat_map(|router| &router.routes);
        let routes = self.intent.routes.iter().chain(of_routers).filter(|route| route.matcher == matcher);
        let other = routes.flat_map(|route| &route.targets).find(|target| target.node != name);
        match other.filter(|_| count < 2 && !matcher.is_empty()) {
            Some(other) => Err(Trouble::Clash(format!("the same requests to `{}`, and only to `{name}`", other.node))),
            None => Ok(said),
        }
    }

    /// "add a timeout to the checkout route": a name that is followed by what it is and gets a part is no target.
    fn is_owner_of_something(&self) -> bool {
        self.is_symbol(self.words.end, NO_TARGETS)
    }

    pub(super) fn put_target(&mut self, spot: Spot, name: &str, weight: Option<u32>, port: Option<u32>) -> Said {
        if let Place::GatewayRoute(..) = spot.place {
            let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
            if weight.is_some() {
                return Err(Trouble::Clash("a weight for a gateway route, which has one virtual service".to_owned()));
            }
            route.service_port = port.or(route.service_port);
            let said = put(&mut route.service, name.to_owned(), &path, "service");
            if said.is_ok()
                && !name.contains('.')
                && matches!(spot.place, Place::GatewayRoute(Some(_), _))
                && self.find_named(name).is_none()
            {
                self.application(name, Action::Create);
            }
            return said;
        }
        let is_closed = self.closed;
        let (route, _) = spot::route(&mut self.intent, spot)?;
        // Where nothing is said of shares, a later sentence sends other requests.
        let is_whole = route.targets.iter().all(|target| target.weight.is_none() && target.node != name);
        if is_closed
            && weight.is_none()
            && port.is_none()
            && !route.targets.is_empty()
            && is_whole
            && !route.matcher.is_empty()
        {
            return Err(Trouble::NotHere);
        }
        let is_new = route.targets.iter().all(|target| target.node != name);
        let first = route.targets.first().map(|target| target.node.clone());
        let first = first.filter(|_| weight.is_none() && is_whole && is_new);
        if let Some(first) = first
            && let Some((_, end)) = self.last_target.filter(|(place, _)| *place == spot.place)
            && !self.is_joined(end)
        {
            let text = format!(
                "Do `{first}` and `{name}` share the same requests, and how? If not, which requests go to each?"
            );
            self.ask(&text, self.words.start, self.words.end);
        }
        self.last_target = Some((spot.place, self.words.end));
        let (route, path) = spot::route(&mut self.intent, spot)?;
        let found = route.targets.iter().position(|target| target.node == name);
        let at = found.unwrap_or_else(|| {
            route.targets.push(Target { node: name.to_owned(), weight: None, port: None });
            route.targets.len() - 1
        });
        let path = format!("{path}.targets[{at}]");
        if let Some(weight) = weight {
            put(&mut route.targets[at].weight, weight, &path, "weight")?;
        }
        if let Some(port) = port {
            put(&mut route.targets[at].port, port, &path, "port")?;
        }
        Ok(path)
    }

    /// Whether nothing but what joins a list stands between a target and the words at hand: "to a and to b".
    fn is_joined(&self, end: usize) -> bool {
        let joins = |at: usize| {
            self.is_word(at, JOINING)
                || self.is_symbol(at, JOINING)
                || self.token(at).is_some_and(|token| token.kind == TokenKind::Mark && !self.is_sentence_end(at))
                || matches!(self.low(at), "the" | "a" | "an")
        };
        (end..self.words.start).all(joins)
    }

    /// A target that gets what the others leave: the rest of their shares, or what no other route takes.
    pub(super) fn target_of_the_rest(&mut self, name: &str, port: Option<u32>) -> Said {
        if let Some(left) = self.share_left() {
            return self.target(name, Some(left), port);
        }
        self.otherwise()?;
        self.sends();
        self.target(name, None, port)
    }

    /// What no other route takes; where shares were said, what they leave.
    pub(super) fn otherwise(&mut self) -> Said {
        if self.share_left().is_some() {
            self.resting = true;
            self.sends();
            return Ok(String::new());
        }
        // "a single catch-all route": all requests, where no other route was spoken of.
        let is_catch_all = self.tokens[self.words.start].text.to_lowercase().starts_with("catch");
        let is_alone = match self.spot.map(|spot| spot.place) {
            Some(Place::Router(at)) => self.intent.virtual_routers[at].routes.is_empty(),
            _ => false,
        };
        if is_catch_all && is_alone {
            self.sends();
            return self.matcher(|matcher, path| put(&mut matcher.path, Pathway::Prefix("/".to_owned()), path, "path"));
        }
        self.closed = true;
        self.matcher(|matcher, path| {
            // Requests that were described and sent nowhere are not what is left of them.
            if !matcher.is_empty() && !matcher.otherwise {
                return Err(Trouble::NotHere);
            }
            matcher.otherwise = true;
            Ok(format!("{path}.otherwise"))
        })
    }

    /// What the shares of the route or application that is spoken of leave of a hundred.
    pub(super) fn share_left(&self) -> Option<u32> {
        let weights: Vec<u32> = match self.spot?.place {
            Place::Route(Some(router), at) => {
                let route = &self.intent.virtual_routers[router].routes[at];
                route.targets.iter().filter_map(|target| target.weight).collect()
            }
            Place::Route(None, at) => {
                self.intent.routes[at].targets.iter().filter_map(|target| target.weight).collect()
            }
            Place::Application(at) => {
                self.intent.applications[at].versions.iter().filter_map(|version| version.weight).collect()
            }
            _ => return None,
        };
        let sum = weights.into_iter().fold(0, u32::saturating_add);
        (1..100).contains(&sum).then(|| 100 - sum)
    }

    /// Whether a route is spoken of that has no target yet.
    pub(super) fn lacks_target(&self, spot: Spot) -> bool {
        match spot.place {
            Place::Route(Some(router), at) => self.intent.virtual_routers[router].routes[at].targets.is_empty(),
            Place::Route(None, at) => self.intent.routes[at].targets.is_empty(),
            Place::GatewayRoute(Some(gateway), at) => {
                self.intent.virtual_gateways[gateway].routes[at].service.is_none()
            }
            Place::GatewayRoute(None, at) => self.intent.gateway_routes[at].service.is_none(),
            _ => false,
        }
    }

    /// Whether a clause ends at a place.
    pub(super) fn ends_clause(&self, at: usize) -> bool {
        self.is_sentence_end(at) || matches!(self.low(at), "," | "and" | "but" | ")" | "or")
    }

    /// "port 80 goes to a, port 81 to b": whether the port at the end of the words begins the next clause.
    pub(super) fn is_port_of_next(&self) -> bool {
        let parts = |at: usize| matches!(self.low(at), "," | "and");
        self.words.clone().any(parts) && self.is_symbol(self.past_glue(self.words.end), &["to", "send"])
    }

    /// "from 0 to 499 to a": whether the number that the words begin with is the end of a range, and no share.
    pub(super) fn ends_range(&self) -> bool {
        let is_number = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let first = self.words.start;
        first > 1 && is_number(first) && is_number(first - 2) && matches!(self.low(first - 1), "to" | "max" | "-" | "–")
    }

    /// A target whose requests are named after it.
    pub(super) fn receiver(&mut self, name: &str) -> Said {
        match self.here()?.place {
            place if place.has_routes() => {
                self.receiver = Some(name.to_owned());
                self.closed = true;
                self.sends();
                Ok(String::new())
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// Targets whose shares may come later.
    pub(super) fn targets(&mut self, names: &[String]) -> Said {
        self.sends();
        let mut said = Err(Trouble::NotHere);
        for name in names {
            said = self.target(name, None, None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// "to a and b, split 90/10": targets whose shares stand in what is left of the sentence.
    pub(super) fn targets_with_shares(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let says = |token: &crate::lexer::Token| {
            matches!(&token.kind, TokenKind::Ratio(parts) if parts.len() == names.len()) || token.low == "evenly"
        };
        let rest = self.tokens[self.words.end..].iter().take_while(|token| !matches!(token.low.as_str(), "." | ";"));
        let is_shared = rest.take(MAX_TO_SHARES).any(says);
        if names.len() < 2 || !is_shared || !self.lacks_target(spot) {
            return Err(Trouble::NotHere);
        }
        self.targets(names)
    }

    /// "exposes rates.local at /rates"
    pub(super) fn service_at(&mut self, name: &str, path: &str) -> Said {
        let gateway = match self.here()?.place {
            Place::Gateway(gateway) | Place::GatewayRoute(Some(gateway), _) => gateway,
            // "expose metal on the gateway at /metal/ and jazz at /jazz/"
            Place::GatewayRoute(None, at)
                if self.known.is_some() && !self.lacks_target(Spot::at(Place::GatewayRoute(None, at))) =>
            {
                let gateway = self.intent.gateway_routes[at].gateway.clone();
                return self.expose(gateway, name, path);
            }
            _ => return Err(Trouble::NotHere),
        };
        let place = self.new_gateway_route(Some(gateway));
        let spot = self.turn_to(place);
        self.sends();
        let path = path.strip_suffix('*').unwrap_or(path).to_owned();
        let (matcher, at) = spot::matcher(&mut self.intent, spot)?;
        put(&mut matcher.path, Pathway::Prefix(path), &at, "path")?;
        self.put_target(spot, name, None, None)
    }

    /// "shift all traffic from v1 to v2": the new targets take the place of the old.
    pub(super) fn former_target(&mut self) -> Said {
        match (self.here()?.place, self.verb) {
            (Place::Route(..), Verb::Change) => Ok(String::new()),
            (Place::Route(..), _) if self.sending => Ok(String::new()),
            _ => Err(Trouble::NotHere),
        }
    }
}
