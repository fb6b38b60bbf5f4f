//! Where a gateway is in the intent.

use meshwright_model::Kind;

use super::reader::Reader;
use super::spot::{Place, Said, Trouble, path_of};
use super::thing::Entity;
use crate::intent::{Action, GatewayRoute, Match, Pathway, Rewrite, Route, VirtualGateway};

impl Reader<'_> {
    /// The gateway that words name, begun where it is new; `None` where they say whose a route or proxy is.
    pub(super) fn gateway_place(&mut self, entity: &Entity, action: Action, belongs: bool) -> Option<Place> {
        let name = entity.name.clone();
        if let (Some(Place::Route(None, at)), Some(_)) = (self.spot.map(|spot| spot.place), &name)
            && (self.intent.routes[at].targets.is_empty() || belongs && self.leads_to_one(at))
            && at + 1 == self.intent.routes.len()
        {
            // What was taken for a route is one of this gateway.
            let route = self.intent.routes.remove(at);
            let Route { matcher, priority, protocol, targets, .. } = route;
            // What leads somewhere is made, though its gateway may be there.
            let action = if targets.is_empty() { action } else { route.action };
            self.intent.gateway_routes.push(GatewayRoute {
                gateway: name,
                matcher,
                priority,
                protocol,
                service: targets.into_iter().next().map(|target| target.node),
                action,
                ..GatewayRoute::default()
            });
            let to = self.intent.gateway_routes.len() - 1;
            self.rename_evidence(&format!("routes[{at}]"), &format!("gatewayRoutes[{to}]"));
            self.forget(Place::Route(None, at));
            for other in self.alternatives.iter_mut().filter(|other| other.place == Place::Route(None, at)) {
                other.place = Place::GatewayRoute(None, to);
            }
            self.owner_named(Place::GatewayRoute(None, to), entity.end);
            return Some(Place::GatewayRoute(None, to));
        }
        // "gateway route, gateway edge: …"
        let is_next = self.low_before(self.at) == ",";
        match (self.spot.map(|spot| spot.place), belongs, &name) {
            (Some(Place::GatewayRoute(None, at)), _, Some(name))
                if belongs || is_next && self.intent.gateway_routes[at].takes_no_request() =>
            {
                let is_known = self.intent.virtual_gateways.iter().any(|there| there.name.as_ref() == Some(name));
                if !is_known {
                    self.intent.gateway_routes[at].gateway = Some(name.clone());
                    self.owner_named(Place::GatewayRoute(None, at), entity.end);
                    return None;
                }
            }
            (Some(Place::Sidecar(at)), true, Some(name)) => {
                self.intent.sidecars[at].virtual_gateway = Some(name.clone());
                return None;
            }
            _ => {}
        }
        let found = match &name {
            Some(name) => self.intent.virtual_gateways.iter().position(|there| there.name.as_ref() == Some(name)),
            None if entity.is_definite => self.intent.virtual_gateways.len().checked_sub(1),
            None => None,
        };
        let at = found.unwrap_or_else(|| {
            self.intent.virtual_gateways.push(VirtualGateway { name, action, ..VirtualGateway::default() });
            self.intent.virtual_gateways.len() - 1
        });
        Some(Place::Gateway(at))
    }

    /// "expose /orders on the edge gateway to the orders service", of a gateway that the files have.
    pub(super) fn expose(&mut self, gateway: Option<String>, service: &str, path: &str) -> Said {
        let known = self.known.as_ref().ok_or(Trouble::NotHere)?;
        let gateway = match gateway {
            Some(name) if known.is_of_kind(Kind::VirtualGateway, &name) => Some(name),
            Some(_) => return Err(Trouble::NotHere),
            None => known.only(Kind::VirtualGateway),
        };
        let is_all = path.ends_with('*') || !path.contains('*');
        if !is_all || !self.ends_clause(self.words.end) {
            return Err(Trouble::NotHere);
        }
        let matcher = Match { path: Some(Pathway::Prefix(path.trim_end_matches('*').to_owned())), ..Match::default() };
        let service = Some(service.to_owned());
        self.intent.gateway_routes.push(GatewayRoute { gateway, matcher, service, ..GatewayRoute::default() });
        let place = Place::GatewayRoute(None, self.intent.gateway_routes.len() - 1);
        self.turn_to(place);
        Ok(path_of(place))
    }

    /// "keep the /orders prefix when the gateway sends to orders": of the gateway route that takes these requests.
    pub(super) fn kept_path(&mut self, path: &str) -> Said {
        if self.known.is_none() {
            return Err(Trouble::NotHere);
        }
        let matcher = Match { path: Some(Pathway::Prefix(path.to_owned())), ..Match::default() };
        let rewrite = Some(Rewrite { keep_prefix: true, ..Rewrite::default() });
        self.intent.gateway_routes.push(GatewayRoute {
            action: Action::Change,
            matcher,
            rewrite,
            ..GatewayRoute::default()
        });
        let place = Place::GatewayRoute(None, self.intent.gateway_routes.len() - 1);
        self.turn_to(place);
        Ok(path_of(place) + ".rewrite.keepPrefix")
    }

    /// Whether all that a route says of where it leads is one name.
    fn leads_to_one(&self, at: usize) -> bool {
        let route = &self.intent.routes[at];
        let [target] = route.targets.as_slice() else { return false };
        target.weight.is_none_or(|weight| weight == 100)
            && target.port.is_none()
            && route.name.is_none()
            && route.router.is_none()
            && route.timeout.is_none()
            && route.retry.is_none()
    }

    /// Whether a route that has no name is one of the gateway of its sentence: "a gateway gw with a route from /a to the a service".
    pub(super) fn is_of_gateway(&self, entity: &Entity) -> bool {
        let start = (0..self.at).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1);
        let ends = |at: &usize| *at < self.tokens.len() && !self.is_sentence_end(*at);
        let mut sentence = (start..).take_while(ends);
        let is_other = |at| self.is_symbol(at, &["virtual-router", "virtual-node", "split"]);
        entity.name.is_none()
            && self.current_gateway().is_some()
            && (start..self.at).any(|at| self.is_symbol(at, &["virtual-gateway"]))
            && !sentence.any(is_other)
    }

    /// The gateway that is spoken of, or whose route is.
    pub(super) fn current_gateway(&self) -> Option<usize> {
        match self.spot?.place {
            Place::Gateway(at) | Place::GatewayRoute(Some(at), _) => Some(at),
            _ => None,
        }
    }
}
