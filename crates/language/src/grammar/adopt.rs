//! Routes that turn out to be those of a router: "/a to x, /b to y; port 9080 http", "… The router listens on 8080".

use super::reader::{Reader, Verb};
use super::spot::{Place, Spot};
use crate::intent::{Action, Provider, Route, VirtualRouter};
use crate::understanding::Assumption;

impl Reader<'_> {
    /// A router for the routes that were described, where a port is said of them and nothing else was spoken of.
    pub(super) fn router_of_routes(&mut self) -> Option<Place> {
        let is_other = |place: Place| {
            matches!(place, Place::Node(_) | Place::Application(_) | Place::Router(_) | Place::Service(_))
                || matches!(place, Place::Gateway(_) | Place::GatewayRoute(..) | Place::Sidecar(_))
        };
        let speaks_of_routes = matches!(self.spot.map(|spot| spot.place), Some(Place::Route(None, _)));
        if !speaks_of_routes || self.verb == Verb::Change || self.latest(is_other).is_some() {
            return None;
        }
        // What a target's port is belongs to the target.
        let is_whole = self.intent.routes.iter().all(|route| is_loose(route) && !route.targets.is_empty());
        (is_whole && self.intent.virtual_routers.is_empty()).then_some(())?;
        self.intent.virtual_routers.push(VirtualRouter::default());
        self.adopt(0);
        Some(Place::Router(0))
    }

    /// Gives routes of which nobody said whose they are to the only router that is made without any.
    pub(super) fn adopt_routes(&mut self) {
        self.adopt_for_service();
        let [router] = self.intent.virtual_routers.as_slice() else { return };
        let takes = router.action == Action::Create && router.routes.is_empty() && !router.listeners.is_empty();
        if !takes || self.intent.routes.is_empty() || !self.intent.routes.iter().all(is_loose) {
            return;
        }
        self.adopt(0);
    }

    /// A router for a virtual service that nothing answers for, called after it.
    pub(super) fn router_for_service(&mut self, at: usize) -> Option<Place> {
        let service = self.intent.virtual_services.get(at).filter(|service| service.provider.is_none())?;
        let host = service.name.clone()?;
        let label = host.split('.').next().unwrap_or_default();
        let is_taken = |name: &str| self.intent.virtual_routers.iter().any(|there| there.name.as_deref() == Some(name));
        let short = format!("{label}-router");
        let name = if is_taken(&short) { format!("{}-router", host.replace('.', "-")) } else { short };
        self.intent.virtual_services[at].provider = Some(Provider::Router(name.clone()));
        self.assumptions.push(Assumption {
            what: format!("the virtual router is called `{name}`"),
            why: "the request does not name it, and it answers that service".to_owned(),
        });
        self.intent.virtual_routers.push(VirtualRouter { name: Some(name), ..VirtualRouter::default() });
        Some(Place::Router(self.intent.virtual_routers.len() - 1))
    }

    /// "virtual service a.local: /v2 goes to b": the requests that are described are those of the service, and its router
    /// takes them.
    pub(super) fn begin_requests_of_service(&mut self) {
        let Some(Place::Service(at)) = self.spot.map(|spot| spot.place).filter(|_| !self.sending) else { return };
        let begins = self.is_clause_start() || self.low_before(self.at) == ":";
        if !begins || !self.are_requests(self.past_glue(self.at)) || !self.may_have_own_router(at) {
            return;
        }
        let mut clause = (self.at..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        if clause.any(|at| self.is_symbol(at, &["to", "send", "split"]))
            && let Some(router) = self.router_for_service(at)
        {
            self.turn_to(router);
            self.sends();
        }
    }

    /// Whether a virtual service is made, nothing answers for it, and the request speaks of no router.
    fn may_have_own_router(&self, at: usize) -> bool {
        let service = &self.intent.virtual_services[at];
        let names_router = self.tokens.iter().any(|token| token.low == "virtual-router");
        self.known.is_none() && !names_router && service.action == Action::Create && service.provider.is_none()
    }

    /// Gives the routes of which nobody said whose they are to the only virtual service, where nothing answers for it.
    fn adopt_for_service(&mut self) {
        let is_whole = !self.intent.routes.is_empty() && self.intent.routes.iter().all(is_loose);
        let is_alone = self.intent.virtual_services.len() == 1 && self.intent.virtual_routers.is_empty();
        if is_whole && is_alone && self.may_have_own_router(0) && self.router_for_service(0).is_some() {
            self.adopt(0);
        }
    }

    pub(super) fn adopt(&mut self, router: usize) {
        let adopted = std::mem::take(&mut self.intent.routes);
        let there = self.intent.virtual_routers[router].routes.len();
        self.intent.virtual_routers[router].routes.extend(adopted);
        self.rename_evidence("routes[", &format!("virtualRouters[{router}].routes["));
        let moved = |place: Place| match place {
            Place::Route(None, at) => Place::Route(Some(router), there + at),
            place => place,
        };
        let spots = self.spot.iter_mut().chain(&mut self.history).chain(&mut self.beside);
        spots.for_each(|spot: &mut Spot| spot.place = moved(spot.place));
        self.group.iter_mut().for_each(|place| *place = moved(*place));
        self.alternatives.iter_mut().for_each(|other| other.place = moved(other.place));
        self.last_target = self.last_target.map(|(place, end)| (moved(place), end));
        self.firsts.iter_mut().for_each(|first| first.place = moved(first.place));
        self.assumptions.push(Assumption {
            what: "the routes stand in the router that is described with them".to_owned(),
            why: "the request names no other".to_owned(),
        });
    }
}

/// Whether a route is made, and nobody said in which router.
pub(super) fn is_loose(route: &Route) -> bool {
    route.router.is_none() && route.action == Action::Create
}
