//! Routes that turn out to be those of a router: "/a to x, /b to y; port 9080 http", "… The router listens on 8080".

use super::reader::{Reader, Verb};
use super::spot::{Place, Spot};
use crate::intent::{Action, Route, VirtualRouter};
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
        let [router] = self.intent.virtual_routers.as_slice() else { return };
        let takes = router.action == Action::Create && router.routes.is_empty() && !router.listeners.is_empty();
        if !takes || self.intent.routes.is_empty() || !self.intent.routes.iter().all(is_loose) {
            return;
        }
        self.adopt(0);
    }

    fn adopt(&mut self, router: usize) {
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
fn is_loose(route: &Route) -> bool {
    route.router.is_none() && route.action == Action::Create
}
