//! "Put a router in front of orders": a router that the files lack takes the place of a node behind a virtual service.

use super::name::name_at;
use super::reader::{Reader, Verb};
use super::spot::Place;
use crate::intent::{Action, Match, Pathway, Provider, Route, Target, VirtualRouter, VirtualService};
use crate::understanding::Assumption;

impl Reader<'_> {
    /// "a virtual router called jazz in front of the jazz node": the router, its route to the node, and the service that it
    /// answers for from now on.
    pub(super) fn router_in_front(&mut self) -> bool {
        if !matches!(self.verb, Verb::Add | Verb::Create | Verb::Change) {
            return false;
        }
        let Some((name, behind)) = self.router_of_words() else { return false };
        let is_front = (self.is_symbol(behind, &["provider"])
            && matches!(self.tokens[behind].text.to_lowercase().as_str(), "in front of" | "fronting"))
            || self.is_word(behind, &["before"]);
        let start = self.past(behind + 1, &["the", "our", "my", "virtual-node", "application", "virtual-service"]);
        let Some(node) = name_at(&self.tokens, start).filter(|_| is_front) else { return false };
        let end = self.past(start + 1, &["virtual-node", "application", "virtual-service"]);
        let found = self.known.as_ref().and_then(|known| known.served_alone(&node));
        if found.is_none() && self.is_in_front(name.as_deref(), &node, end) {
            return true;
        }
        let Some((service, provider)) = found else { return false };
        let is_named = name.is_some();
        let name = name.unwrap_or_else(|| format!("{node}-router"));
        if self.is_there(&name) && self.kind_there(&name) == Some(meshwright_model::Kind::VirtualRouter) {
            return false;
        }
        if !is_named {
            self.assumptions.push(Assumption {
                what: format!("the virtual router is called `{name}`"),
                why: format!("the request gives no name; it stands before `{provider}`"),
            });
        }
        let target = Target { node: provider, weight: None, port: None };
        let matcher = Match { path: Some(Pathway::Prefix("/".to_owned())), ..Match::default() };
        let route = Route { matcher, targets: vec![target], ..Route::default() };
        let router = VirtualRouter { name: Some(name.clone()), routes: vec![route], ..VirtualRouter::default() };
        self.intent.virtual_routers.push(router);
        let provider = Some(Provider::Router(name));
        self.intent.virtual_services.push(VirtualService { name: Some(service), action: Action::Change, provider });
        let at = self.intent.virtual_routers.len() - 1;
        self.note(&format!("virtualRouters[{at}].routes[0].targets[0]"), self.at, end);
        self.note(&format!("virtualServices[{}].provider", self.intent.virtual_services.len() - 1), self.at, end);
        self.set_aside(self.at, end);
        self.turn_to(Place::Route(Some(at), 0));
        self.closed = true;
        self.verb = Verb::None;
        self.preposition = None;
        self.at = end;
        self.name_end = Some(end);
        true
    }

    /// Whether a router stands there already, which answers for the service as it is asked for.
    fn is_in_front(&mut self, name: Option<&str>, node: &str, end: usize) -> bool {
        let name = name.map_or_else(|| format!("{node}-router"), str::to_owned);
        let service = self.known.as_ref().and_then(|known| known.routed_by(&name, node));
        let Some(service) = service else { return false };
        let provider = Some(Provider::Router(name));
        self.intent.virtual_services.push(VirtualService { name: Some(service), action: Action::Change, provider });
        let at = self.intent.virtual_services.len() - 1;
        self.note(&format!("virtualServices[{at}].provider"), self.at, end);
        self.set_aside(self.at, end);
        self.turn_to(Place::Service(at));
        self.verb = Verb::None;
        self.preposition = None;
        self.at = end;
        self.name_end = Some(end);
        true
    }

    /// A router at this place with the name that it is given, and the place after it.
    fn router_of_words(&self) -> Option<(Option<String>, usize)> {
        let kind = self.past(self.at, &["a", "an", "new", "another"]);
        // "a jazz router"
        if let Some(name) = name_at(&self.tokens, kind).filter(|_| self.is_symbol(kind + 1, &["virtual-router"])) {
            return Some((Some(name), self.past(kind + 2, &["that", "sits", "is", "stands"])));
        }
        self.is_symbol(kind, &["virtual-router"]).then_some(())?;
        let named = if self.is_symbol(kind + 1, &["named"]) { kind + 2 } else { kind + 1 };
        match name_at(&self.tokens, named) {
            Some(name) => Some((Some(name), self.past(named + 1, &["that", "sits", "is", "stands"]))),
            None => (named == kind + 1).then(|| (None, self.past(kind + 1, &["that", "sits", "is", "stands"]))),
        }
    }
}
