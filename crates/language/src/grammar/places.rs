//! Resources of the intent: found by their names, or begun.

use super::name::is_clause_verb;
use super::reader::{Reader, Verb};
use super::spot::{Place, Spot};
use super::thing::{Entity, Thing};
use crate::intent::{Action, GatewayRoute, Sidecar, VirtualNode, VirtualService};

/// Prepositions before what a part belongs to.
const BELONGING: &[&str] = &["to", "on", "for", "of", "in", "into", "from", "with", "by", "under"];

impl Reader<'_> {
    /// The place of what words name, begun where it is new; `None` where they add to what is spoken of.
    pub(super) fn place_of(&mut self, entity: &Entity) -> Option<Place> {
        let belongs = self.preposition.as_deref().is_some_and(|preposition| BELONGING.contains(&preposition));
        let action = match self.verb {
            _ if entity.is_existing => Action::Change,
            Verb::Change => Action::Change,
            Verb::Add if belongs => Action::Change,
            Verb::None if self.is_said_of_there(entity) => Action::Change,
            // What should be otherwise is there, or is misspelt.
            Verb::None if self.known.is_some() && self.is_bound(entity.end) => Action::Change,
            _ => Action::Create,
        };
        match entity.thing {
            Thing::Mesh => {
                // "…, mesh shop" after something else says where that belongs.
                let belongs = belongs
                    || self.spot.is_some() && matches!(self.low_before(self.at), "," | ":")
                    || self.low(self.at + 1) == "is";
                self.mesh(entity.name.as_deref(), belongs, entity.is_definite);
                (!belongs).then_some(Place::Mesh)
            }
            Thing::Everything => Some(Place::Everywhere),
            Thing::Sidecar => Some(self.sidecar_place(entity.name.clone())),
            Thing::Node | Thing::Application => self.node_place(entity, action, belongs),
            Thing::Router => self.router_place(entity, action, belongs),
            Thing::Route if self.is_of_gateway(entity) => Some(self.gateway_route_place(None, action)),
            Thing::Route => Some(self.route_place(entity, action)),
            Thing::Service => Some(self.service_place(entity.name.clone(), action)),
            Thing::Gateway => self.gateway_place(entity, action, belongs),
            Thing::GatewayRoute => Some(self.gateway_route_place(entity.name.clone(), action)),
        }
    }

    /// The proxy that is spoken of where it has no node yet, or a new one of the latest node.
    fn sidecar_place(&mut self, name: Option<String>) -> Place {
        if let Some(Place::Sidecar(at)) = self.spot.map(|spot| spot.place)
            && (name.is_none() || self.intent.sidecars[at].virtual_node.is_none())
        {
            let sidecar = &mut self.intent.sidecars[at];
            sidecar.virtual_node = name.or(sidecar.virtual_node.take());
            return Place::Sidecar(at);
        }
        let is_open = |sidecar: &Sidecar| sidecar.virtual_node.is_none() && sidecar.virtual_gateway.is_none();
        if let Some(at) = self.intent.sidecars.iter().position(is_open) {
            self.intent.sidecars[at].virtual_node = name;
            return Place::Sidecar(at);
        }
        let own = match self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_))) {
            Some(Place::Node(at)) => self.intent.virtual_nodes[at].name.clone(),
            Some(Place::Application(at)) => self.intent.applications[at].name.clone(),
            _ => None,
        };
        self.intent.sidecars.push(Sidecar { virtual_node: name.or(own), ..Sidecar::default() });
        Place::Sidecar(self.intent.sidecars.len() - 1)
    }

    fn service_place(&mut self, name: Option<String>, action: Action) -> Place {
        let provider = self.exposed().or_else(|| self.whose_service());
        let services = &mut self.intent.virtual_services;
        let found = services.iter().position(|there| name.is_some() && there.name == name);
        let at = found.unwrap_or_else(|| {
            services.push(VirtualService { name, action, provider });
            services.len() - 1
        });
        Place::Service(at)
    }

    fn gateway_route_place(&mut self, name: Option<String>, action: Action) -> Place {
        let gateway = self.current_gateway();
        let routes = match gateway {
            // Its routes begin with what they match or where they send.
            Some(at) if name.is_none() => return Place::Gateway(at),
            Some(at) => &mut self.intent.virtual_gateways[at].routes,
            None => &mut self.intent.gateway_routes,
        };
        routes.push(GatewayRoute { name, action, ..GatewayRoute::default() });
        Place::GatewayRoute(gateway, routes.len() - 1)
    }

    /// Takes back what was only named and is the last of its list.
    pub(super) fn take_back(&mut self, place: Place) {
        let intent = &mut self.intent;
        let is_last = match place {
            Place::Application(at) => at + 1 == intent.applications.len() && intent.applications.pop().is_some(),
            Place::Node(at) => at + 1 == intent.virtual_nodes.len() && intent.virtual_nodes.pop().is_some(),
            Place::Router(at) => at + 1 == intent.virtual_routers.len() && intent.virtual_routers.pop().is_some(),
            _ => false,
        };
        if is_last {
            self.forget(place);
        }
    }

    /// Says that a resource is there already.
    pub(super) fn set_change(&mut self, place: Place) {
        let intent = &mut self.intent;
        match place {
            Place::Application(at) => intent.applications[at].action = Action::Change,
            Place::Node(at) => intent.virtual_nodes[at].action = Action::Change,
            Place::Router(at) => intent.virtual_routers[at].action = Action::Change,
            Place::Gateway(at) => intent.virtual_gateways[at].action = Action::Change,
            Place::Service(at) => intent.virtual_services[at].action = Action::Change,
            Place::Route(Some(router), at) => intent.virtual_routers[router].routes[at].action = Action::Change,
            Place::Route(None, at) => intent.routes[at].action = Action::Change,
            _ => {}
        }
    }

    /// Whether what is named is said to be new.
    fn is_new_here(&self) -> bool {
        let is_new = |at: usize| self.token(at).is_some_and(|token| token.text.eq_ignore_ascii_case("new"));
        // "a new App Mesh mesh", but "a new node in the mesh shop"
        let is_spoken_of =
            |at: usize| !matches!(self.low(at), "in" | "virtual-node" | "virtual-gateway" | "virtual-router");
        let before = (self.at.saturating_sub(2)..self.at).rev().take_while(|at| is_spoken_of(*at));
        before.into_iter().any(is_new)
    }

    fn mesh(&mut self, name: Option<&str>, belongs: bool, is_definite: bool) {
        let belongs = belongs || self.low(self.at + 1) == "is" || self.spot.is_some() && self.is_told_aside();
        let action = match self.verb {
            Verb::Change if !belongs => Some(Action::Change),
            Verb::Add if !belongs && is_definite => Some(Action::Change),
            Verb::Create if !belongs => Some(Action::Create),
            _ if self.is_new_here() || !belongs && !is_definite => Some(Action::Create),
            _ => None,
        };
        if name.is_none() && action.is_none() {
            return;
        }
        let known = self.intent.mesh.as_ref().and_then(|mesh| mesh.name.clone());
        if let (Some(known), Some(other)) = (known, name)
            && known != other
        {
            let text = format!("It names the meshes `{known}` and `{other}`, and one is made at a time: which one?");
            self.ask(&text, self.at, self.at + 1);
            return;
        }
        let mesh = self.intent.mesh.get_or_insert_default();
        if mesh.name.is_none() {
            mesh.name = name.map(str::to_owned);
        }
        if mesh.action.is_none() {
            mesh.action = action;
        }
        if name.is_some() {
            self.note("mesh.name", self.at, self.at + 1);
        }
    }

    fn node_place(&mut self, entity: &Entity, action: Action, belongs: bool) -> Option<Place> {
        if let (Some(Spot { place: Place::Sidecar(at), .. }), true, Some(name)) = (self.spot, belongs, &entity.name) {
            self.intent.sidecars[at].virtual_node = Some(name.clone());
            return None;
        }
        let Some(name) = entity.name.clone() else {
            if entity.thing == Thing::Node
                && let Some(node) = self.node_of_service()
            {
                return Some(node);
            }
            let latest = self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_)));
            let is_all =
                entity.is_plural && (self.at.saturating_sub(3)..self.at).any(|at| self.is_word(at, &["both", "all"]));
            // "Five services in mesh travel, all http on 8080: …"
            let is_counted = entity.is_plural && self.known.is_none() && !entity.is_definite;
            let is_all = is_all || is_counted || entity.is_plural && self.tells_all_of_a_count(entity.end);
            if entity.thing == Thing::Application && is_all && latest.is_none() {
                return Some(Place::Everywhere);
            }
            // "… node listens on 8080", without an article
            let is_subject = self.is_clause_start() && self.token(entity.end).is_some_and(is_clause_verb);
            let is_known = entity.is_definite
                || self.heads_latest(entity.end, latest)
                || is_subject && !entity.is_plural && self.verb == Verb::None;
            if entity.thing == Thing::Application || is_known && latest.is_some() {
                return latest;
            }
            if let Some(at) = self.intent.virtual_nodes.iter().position(|there| there.name.is_none()) {
                return Some(Place::Node(at));
            }
            self.intent.virtual_nodes.push(VirtualNode { action, ..VirtualNode::default() });
            return Some(Place::Node(self.intent.virtual_nodes.len() - 1));
        };
        let unnamed = self.intent.virtual_nodes.iter().position(|there| there.name.is_none());
        if let Some(at) = unnamed.filter(|_| entity.thing == Thing::Node && !self.is_symbol(self.at + 1, &["and"])) {
            self.intent.virtual_nodes[at].name = Some(name);
            return Some(Place::Node(at));
        }
        if let Some(place) =
            self.find_named(&name).filter(|place| matches!(place, Place::Node(_) | Place::Application(_)))
        {
            return Some(if entity.thing == Thing::Node { self.as_node(place) } else { place });
        }
        if entity.thing == Thing::Application {
            return Some(self.application(&name, action));
        }
        self.intent.virtual_nodes.push(VirtualNode { name: Some(name), action, ..VirtualNode::default() });
        Some(Place::Node(self.intent.virtual_nodes.len() - 1))
    }

    /// The virtual service that an application turns out to be of which nothing was said but its name: "service a.local,
    /// backed by the router r".
    pub(super) fn as_service(&mut self, place: Place) -> Option<Place> {
        let Place::Application(at) = place else { return Some(place) };
        let application = self.intent.applications.get(at)?;
        (self.is_current && at + 1 == self.intent.applications.len() && application.says_nothing()).then_some(())?;
        let (name, action) = (application.name.clone()?, application.action);
        self.take_back(place);
        self.rename_evidence(
            &format!("applications[{at}]"),
            &format!("virtualServices[{}]", self.intent.virtual_services.len()),
        );
        let service = self.service_place(Some(name), action);
        self.turn_to(service);
        Some(service)
    }

    /// The virtual node that an application turns out to be of which nothing was said but the hosts it calls: "web reaches
    /// a.local, so give the virtual node web that backend".
    fn as_node(&mut self, place: Place) -> Place {
        let Place::Application(at) = place else { return place };
        let is_last = at + 1 == self.intent.applications.len();
        let is_it = |application: &mut VirtualNode| {
            let bare = VirtualNode {
                name: application.name.clone(),
                action: application.action,
                calls: application.calls.clone(),
                ..VirtualNode::default()
            };
            *application == bare && !bare.calls.is_empty() && bare.calls.iter().all(|call| call.to.contains('.'))
        };
        let Some(node) = self.intent.applications.pop_if(|application| is_last && is_it(application)) else {
            return place;
        };
        self.forget(place);
        self.intent.virtual_nodes.push(node);
        let to = self.intent.virtual_nodes.len() - 1;
        self.rename_evidence(&format!("applications[{at}]"), &format!("virtualNodes[{to}]"));
        Place::Node(to)
    }

    /// The application of a name, begun where it is new.
    pub(super) fn application(&mut self, name: &str, action: Action) -> Place {
        let found = self.intent.applications.iter().position(|there| there.name.as_deref() == Some(name));
        if let Some(node) = self.version_node(name).filter(|_| found.is_none()) {
            return node;
        }
        let at = found.unwrap_or_else(|| {
            self.intent.applications.push(VirtualNode {
                name: Some(name.to_owned()),
                action,
                ..VirtualNode::default()
            });
            self.intent.applications.len() - 1
        });
        Place::Application(at)
    }

    /// The place of a name: of what was named so before, what the files have by it, an application otherwise.
    pub(super) fn named(&mut self, name: &str, action: Action) -> Place {
        let found = self.find_named(name).or_else(|| self.place_there(name));
        let action = if self.is_there(name) { Action::Change } else { action };
        found.unwrap_or_else(|| self.application(name, action))
    }

    /// What was named so before.
    pub(super) fn find_named(&self, name: &str) -> Option<Place> {
        let is = |there: &Option<String>| there.as_deref() == Some(name);
        let intent = &self.intent;
        let nodes = intent.virtual_nodes.iter().position(|there| is(&there.name)).map(Place::Node);
        nodes
            .or_else(|| intent.applications.iter().position(|there| is(&there.name)).map(Place::Application))
            .or_else(|| intent.virtual_gateways.iter().position(|there| is(&there.name)).map(Place::Gateway))
            .or_else(|| intent.virtual_routers.iter().position(|there| is(&there.name)).map(Place::Router))
            .or_else(|| intent.virtual_services.iter().position(|there| is(&there.name)).map(Place::Service))
            .or_else(|| self.find_route(name))
    }

    pub(super) fn thing_named(&self, name: &str) -> Thing {
        match self.find_named(name) {
            Some(Place::Node(_)) => Thing::Node,
            Some(Place::Gateway(_)) => Thing::Gateway,
            Some(Place::Router(_)) => Thing::Router,
            Some(Place::Service(_)) => Thing::Service,
            Some(Place::Route(..)) => Thing::Route,
            _ => self.thing_there(name),
        }
    }
}
