//! Where routers and their routes are in the intent.

use super::name::is_clause_verb;
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Spot};
use super::thing::Entity;
use crate::intent::{Action, Pathway, Provider, Route, VirtualRouter};

impl Reader<'_> {
    pub(super) fn router_place(&mut self, entity: &Entity, action: Action, belongs: bool) -> Option<Place> {
        let name = entity.name.clone();
        if let (Some(Spot { place: Place::Route(None, at), .. }), Some(name)) = (self.spot, &name)
            && (belongs || self.intent.routes[at].router.is_none() && self.tells_router_aside())
        {
            let is_known = self.intent.virtual_routers.iter().any(|there| there.name.as_ref() == Some(name));
            if !is_known {
                self.intent.routes[at].router = Some(name.clone());
                self.owner_named(Place::Route(None, at), entity.end);
                return None;
            }
        }
        if let (Some(Place::Service(at)), Some(name)) = (self.spot.map(|spot| spot.place), &name)
            && self.low_before(self.at) == "("
            && self.intent.virtual_services[at].provider.is_none()
        {
            self.intent.virtual_services[at].provider = Some(Provider::Router(name.clone()));
            return None;
        }
        if let (None, true, Some(name)) = (self.spot, self.sending, &name) {
            let protocol = self.pending_protocol.take();
            self.intent.routes.push(Route { router: Some(name.clone()), protocol, ..Route::default() });
            let place = Place::Route(None, self.intent.routes.len() - 1);
            self.owner_named(place, entity.end);
            return Some(place);
        }
        let found = match &name {
            Some(name) => self.intent.virtual_routers.iter().position(|there| there.name.as_ref() == Some(name)),
            None if entity.is_definite => self.intent.virtual_routers.len().checked_sub(1),
            None => None,
        };
        if let Some(name) = &name {
            self.router_of_service(name);
        }
        // "two routes on one router": they are described behind it.
        if let (Some(Place::Route(None, at)), None, true) = (self.spot.map(|spot| spot.place), &name, belongs)
            && self.intent.routes[at].says_nothing()
        {
            self.drop_empty_route();
        }
        if let (None, None, Some(owner)) = (found, &name, self.owner_of_routes(entity)) {
            return Some(self.router_named(&owner));
        }
        let at = found.unwrap_or_else(|| {
            self.intent.virtual_routers.push(VirtualRouter { name, action, ..VirtualRouter::default() });
            self.intent.virtual_routers.len() - 1
        });
        Some(Place::Router(at))
    }

    /// "a route on router r: … The router listens on 8443": the router that was named as the routes' own.
    fn owner_of_routes(&self, entity: &Entity) -> Option<String> {
        // "Router listens on 8443", without an article
        let is_subject = self.is_clause_start() && self.token(entity.end).is_some_and(is_clause_verb);
        let is_it = !entity.is_plural && (entity.is_definite || is_subject && self.verb == Verb::None);
        let mut owners = self.intent.routes.iter().map(|route| route.router.as_ref());
        let first = owners.next().flatten().filter(|_| is_it)?;
        owners.all(|owner| owner == Some(first)).then(|| first.clone())
    }

    pub(super) fn route_place(&mut self, entity: &Entity, action: Action) -> Place {
        let router = self.current_router();
        if let Some(name) = &entity.name
            && let Some(place) = self.find_route(name)
        {
            return place;
        }
        if let (Some(name), Some(Place::Route(None, at))) = (&entity.name, self.spot.map(|spot| spot.place))
            && self.preposition.as_deref() == Some("of")
        {
            // "all traffic of route main"
            let route = &mut self.intent.routes[at];
            if route.name.is_none() && route.targets.is_empty() && route.matcher.headers.is_empty() {
                route.name = Some(name.clone());
                route.action = Action::Change;
                if route.matcher.path == Some(Pathway::Prefix("/".to_owned())) {
                    route.matcher.path = None;
                    self.rename_evidence(&format!("routes[{at}].match.path"), &format!("routes[{at}].name"));
                }
                return Place::Route(None, at);
            }
        }
        if let Some(Place::Route(None, at)) = self.spot.map(|spot| spot.place)
            && self.words.end == self.at
            && self.says_priority_only(at)
        {
            // "a priority 5 route"
            self.intent.routes[at].name.clone_from(&entity.name);
            return Place::Route(None, at);
        }
        // "a catch-all route", "a GET route": what it matches stands before its kind.
        if self.words.end == self.at
            && entity.name.is_none()
            && let Some(spot @ Spot { place: place @ Place::Route(..), .. }) = self.spot
            && self.lacks_target(spot)
            && spot::matcher(&mut self.intent, spot).is_ok_and(|(matcher, _)| !matcher.is_empty())
        {
            return place;
        }
        if entity.name.is_none() {
            if let Some(router) = router.filter(|_| entity.is_plural || entity.is_definite) {
                // Its siblings begin with what they match or where they send.
                return Place::Router(router);
            }
            if entity.is_definite
                && let Some(place) = self.latest(|place| matches!(place, Place::Route(..)))
            {
                return place;
            }
        }
        let siblings = match router {
            Some(at) => &mut self.intent.virtual_routers[at].routes,
            None => &mut self.intent.routes,
        };
        siblings.push(Route { name: entity.name.clone(), action, ..Route::default() });
        let at = siblings.len() - 1;
        self.closed = false;
        Place::Route(router, at)
    }

    /// Whether nothing but its priority was said of a route.
    fn says_priority_only(&self, at: usize) -> bool {
        let route = &self.intent.routes[at];
        let bare = Route { priority: route.priority, action: route.action, ..Route::default() };
        route.priority.is_some() && *route == bare
    }

    pub(super) fn find_route(&self, name: &str) -> Option<Place> {
        let is_named = |route: &Route| route.name.as_deref() == Some(name);
        let in_router = self.intent.virtual_routers.iter().enumerate().find_map(|(router, there)| {
            there.routes.iter().position(is_named).map(|at| Place::Route(Some(router), at))
        });
        in_router.or_else(|| self.intent.routes.iter().position(is_named).map(|at| Place::Route(None, at)))
    }

    /// The router of a name, begun where it is new.
    pub(super) fn router_named(&mut self, name: &str) -> Place {
        let routers = &mut self.intent.virtual_routers;
        let found = routers.iter().position(|there| there.name.as_deref() == Some(name));
        Place::Router(found.unwrap_or_else(|| {
            routers.push(VirtualRouter { name: Some(name.to_owned()), ..VirtualRouter::default() });
            routers.len() - 1
        }))
    }

    fn current_router(&mut self) -> Option<usize> {
        match self.spot?.place {
            Place::Router(at) | Place::Route(Some(at), _) => Some(at),
            // "virtual service x behind router y with a route to z"
            Place::Service(at) => match self.intent.virtual_services[at].provider.clone()? {
                Provider::Router(name) => match self.router_named(&name) {
                    Place::Router(at) => Some(at),
                    _ => None,
                },
                Provider::Node(_) => None,
            },
            _ => None,
        }
    }
}
