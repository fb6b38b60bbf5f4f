//! What is said of the router or gateway that a route stands in, right after it was named: "a route on router r (http 8080)".

use super::reader::Reader;
use super::spot::{Place, Said, Spot};
use crate::intent::{Route, VirtualGateway, VirtualRouter};
use crate::understanding::Assumption;

/// What may stand between the name of a router or gateway and its port.
const BEFORE_PORT: &[&str] = &["(", ")", ",", "listen", "on", "mesh", "virtual-router", "virtual-gateway"];

/// The most tokens between them.
const MAX_BETWEEN: usize = 10;

impl Reader<'_> {
    /// Keeps in mind that words have just said in which router or gateway a route stands.
    pub(super) fn owner_named(&mut self, route: Place, end: usize) {
        self.owner_said = Some((route, end));
    }

    /// Whether the words up to a place were of the router or gateway of the route that is spoken of.
    pub(super) fn spoke_of_owner(&self, end: usize) -> bool {
        self.owner_said.is_some_and(|(route, said)| said == end && self.spot == Some(Spot::at(route)))
    }

    /// Whether the port of the words at hand is that of the router or gateway in which the route stands.
    pub(super) fn is_port_of_owner(&self) -> bool {
        let Some((route, end)) = self.owner_said.filter(|_| self.known.is_none()) else { return false };
        let start = self.words.start;
        if start < end || start - end > MAX_BETWEEN {
            return false;
        }
        let is_small = |at: usize| BEFORE_PORT.contains(&self.low(at)) || self.past_glue(at) > at;
        let is_mesh_name = |at: usize| self.is_symbol(at.wrapping_sub(1), &["mesh"]);
        if !(end..start).all(|at| is_small(at) || is_mesh_name(at)) {
            return false;
        }
        // "on router r, port 8080 to node a" may tell the requests by their port.
        let is_apart = self.low_before(start) == ",";
        let says_protocol = self.words.clone().any(|at| self.is_symbol(at, &["http", "http2", "grpc", "tcp"]));
        let goes_on = self.is_symbol(self.past_glue(self.words.end), &["to", "send"]);
        !is_apart || says_protocol || !goes_on && self.takes_no_request(route)
    }

    /// The port of the router or gateway in which the route that is spoken of stands.
    pub(super) fn port_of_owner(&mut self, of_owner: impl FnOnce(&mut Self) -> Said) -> Option<Said> {
        let spot = self.spot.filter(|_| self.is_port_of_owner())?;
        self.owner_said.filter(|(route, _)| *route == spot.place)?;
        let owner = match spot.place {
            Place::Route(None, at) => {
                let name = self.intent.routes[at].router.clone()?;
                self.router_named(&name)
            }
            Place::GatewayRoute(None, at) => {
                let name = self.intent.gateway_routes[at].gateway.clone()?;
                let gateways = &mut self.intent.virtual_gateways;
                let found = gateways.iter().position(|there| there.name.as_ref() == Some(&name));
                Place::Gateway(found.unwrap_or_else(|| {
                    gateways.push(VirtualGateway { name: Some(name), ..VirtualGateway::default() });
                    gateways.len() - 1
                }))
            }
            _ => return None,
        };
        self.spot = Some(Spot::at(owner));
        self.owner_said = None;
        let said = of_owner(self);
        self.spot = Some(spot);
        self.owner_named(spot.place, self.words.end);
        Some(said)
    }

    /// Whether a router is only named to say where a route stands: "…, router r", "… Router r, mesh m."
    pub(super) fn tells_router_aside(&self) -> bool {
        let end = self.at + 2;
        let is_whole = self.is_sentence_end(end) || self.low(end) == "," && self.is_symbol(end + 1, &["mesh"]);
        match self.low_before(self.at) {
            "," | ":" => true,
            "." => is_whole,
            _ => false,
        }
    }

    fn takes_no_request(&self, route: Place) -> bool {
        match route {
            Place::Route(None, at) => self.intent.routes[at].takes_no_request(),
            Place::GatewayRoute(None, at) => self.intent.gateway_routes[at].takes_no_request(),
            _ => false,
        }
    }

    /// "a route for /a to x and one for /b to y, on router r": the router of one is that of all, where no other is named.
    pub(super) fn share_owner(&mut self) {
        if self.known.is_some() {
            return;
        }
        let (there, routes) = (&self.intent.virtual_routers, &mut self.intent.routes);
        let names: Vec<String> = routes.iter().filter_map(|route| route.router.clone()).collect();
        let is_other = |router: &VirtualRouter| router.name.as_ref() != names.first();
        let is_one = names.windows(2).all(|pair| pair[0] == pair[1]) && !there.iter().any(is_other);
        let lacks = |route: &Route| route.router.is_none() && !route.matcher.is_empty();
        let Some(name) = names.first().filter(|_| is_one) else { return };
        let mut shares = false;
        for route in routes.iter_mut().filter(|route| lacks(route)) {
            route.router = Some(name.clone());
            shares = true;
        }
        if shares {
            self.assumptions.push(Assumption {
                what: format!("all of the routes stand in router `{name}`"),
                why: "the request names no other".to_owned(),
            });
        }
    }
}
