//! What belongs to routes of which nobody said whose they are: the nodes that they lead to, and the service for which they
//! answer. "/v2 to cart-v2 and all else to cart-v1. Both listen on 8080", "service items on 8080: GET to reader, POST to writer".

use super::adopt::is_loose;
use super::name::name_at;
use super::reader::Reader;
use super::rpcs::is_grpc_service;
use super::spot::{Place, Said, Spot, Trouble};
use super::thing::{Entity, Thing};
use crate::compose::names::{common_stem, own_router};
use crate::intent::{
    Action, Listener, Provider, Route, RouterListener, Target, Version, VirtualNode, VirtualRouter, VirtualService,
};
use crate::understanding::{Assumption, Question};

/// What a node is told by, and no route: "both listen on 8080", "both on http 8080".
const LISTENING: &[&str] = &["listen", "speak", "run", "port", "http", "http2", "grpc", "tcp"];

/// Words between "both" and that.
const BEFORE_LISTENING: &[&str] =
    &["on", "at", "over", "do", "be", "should", "must", "is", "are", "both", "all", "each"];

impl Reader<'_> {
    /// "/a to x and /b to y. Both listen on 8080": it is said of the nodes, which are made here.
    pub(super) fn targets_that_listen(&mut self, count: Option<usize>, end: usize) -> Option<Vec<Place>> {
        let listens = self.is_symbol(self.past(end, BEFORE_LISTENING), LISTENING);
        let says_routes = (self.at..end).any(|at| self.is_symbol(at, &["route"]));
        let names = self.names_of_targets();
        let fits = names.len() > 1 && count.is_none_or(|count| count == names.len());
        (listens && !says_routes && fits && self.known.is_none()).then_some(())?;
        Some(names.iter().map(|name| self.node_of_target(name)).collect())
    }

    /// The names of all to which the routes lead that are spoken of.
    pub(super) fn names_of_targets(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for place in self.routes_together() {
            let route = match place {
                Place::Route(Some(router), at) => &self.intent.virtual_routers[router].routes[at],
                Place::Route(None, at) => &self.intent.routes[at],
                _ => continue,
            };
            names.extend(route.targets.iter().map(|target| target.node.clone()));
        }
        distinct(names)
    }

    /// "/a to x and /b to y. The nodes listen on 8080": those to which the routes lead, where no others were named.
    pub(super) fn targets_meant(&self, entity: &Entity) -> Option<Vec<String>> {
        let is_node = matches!(entity.thing, Thing::Node | Thing::Application);
        let listens = self.is_symbol(self.past(entity.end, BEFORE_LISTENING), LISTENING);
        let may_be = is_node && entity.name.is_none() && entity.is_plural && entity.is_definite && listens;
        let names = self.names_of_targets();
        (may_be && self.known.is_none() && self.all_named().is_empty() && names.len() > 1).then_some(names)
    }

    /// The node of a target that has its ports in brackets, where others are described like it: "/a to x (http 8080) and /b to
    /// y (http 9090)".
    pub(super) fn target_in_brackets(&mut self) -> Option<Spot> {
        let (place, end) = self.last_target?;
        let is_right_behind = self.low(end) == "(" && self.words.start > end && self.words.start <= end + 3;
        let is_route = matches!(place, Place::Route(..)) && self.spot == Some(Spot::at(place));
        if !is_right_behind || !is_route || self.known.is_some() || !self.is_in_brackets() {
            return None;
        }
        let close = (self.words.end..self.words.end + 3).find(|at| self.low(*at) == ")")?;
        let name = name_at(&self.tokens, end.checked_sub(1)?)?;
        let names = self.names_of_targets();
        let is_described =
            |name: &String| self.intent.virtual_nodes.iter().any(|node| node.name.as_ref() == Some(name));
        let goes_on = !self.is_sentence_end(close + 1);
        (names.contains(&name) && (goes_on || names.iter().any(is_described)))
            .then(|| Spot::at(self.node_of_target(&name)))
    }

    /// The node of a target, begun where nothing was said of it so far.
    pub(super) fn node_of_target(&mut self, name: &str) -> Place {
        if let Some(place @ (Place::Node(_) | Place::Application(_))) = self.find_named(name) {
            return place;
        }
        let nodes = &mut self.intent.virtual_nodes;
        nodes.push(VirtualNode { name: Some(name.to_owned()), ..VirtualNode::default() });
        Place::Node(nodes.len() - 1)
    }

    /// "route traffic for orders.local: 95% to orders-a, …": the virtual service that the routes answer for, where no gateway
    /// is spoken of, whose routes are told by hosts.
    pub(super) fn service_of_route(&mut self, host: &str) -> Said {
        let Place::Route(None, at) = self.here()?.place else { return Err(Trouble::NotHere) };
        let names_gateway =
            self.tokens.iter().any(|token| matches!(token.low.as_str(), "virtual-gateway" | "gateway-route"));
        let is_other = !self.intent.virtual_services.is_empty() || !self.intent.applications.is_empty();
        if names_gateway || is_other || self.known.is_some() || is_grpc_service(host) || !self.is_current {
            return Err(Trouble::NotHere);
        }
        if !self.intent.routes[at].targets.is_empty() && !self.ends_clause(self.words.end) {
            return Err(Trouble::NotHere);
        }
        self.intent.virtual_services.push(VirtualService { name: Some(host.to_owned()), ..VirtualService::default() });
        Ok("virtualServices[0].name".to_owned())
    }

    /// "service quotes, http2 on 8080, behind router r": the router answers for it, and has its port.
    pub(super) fn router_before(&mut self, router: &str) -> Said {
        let Place::Application(at) = self.here()?.place else { return Err(Trouble::NotHere) };
        let application = &self.intent.applications[at];
        let listeners =
            bare_listeners(application).filter(|_| self.known.is_none() && application.action == Action::Create);
        let (Some(name), Some(listeners)) = (application.name.clone(), listeners) else { return Err(Trouble::NotHere) };
        if self.intent.virtual_services.iter().any(|service| service.name.as_ref() == Some(&name)) {
            return Err(Trouble::NotHere);
        }
        let place = self.router_named(router);
        let Place::Router(to) = place else { return Err(Trouble::NotHere) };
        self.intent.virtual_routers[to].listeners.extend(listeners);
        self.intent.applications[at] = VirtualNode { name: Some(name.clone()), ..VirtualNode::default() };
        self.rename_evidence(&format!("applications[{at}].listeners"), &format!("virtualRouters[{to}].listeners"));
        let provider = Some(Provider::Router(router.to_owned()));
        let service = VirtualService { name: Some(name), provider, action: Action::Create };
        self.intent.virtual_services.push(service);
        self.turn_to(place);
        Ok(format!("virtualServices[{}].provider", self.intent.virtual_services.len() - 1))
    }

    /// Gathers what belongs to routes that stand in no router which the request names.
    pub(super) fn gather(&mut self) {
        if self.known.is_some() {
            return;
        }
        self.lead_to_the_only();
        let Some(targets) = self.loose_targets() else { return };
        for name in &targets {
            self.make_node_of(name);
        }
        if let ([service], [router]) =
            (self.intent.virtual_services.as_mut_slice(), self.intent.virtual_routers.as_mut_slice())
            && let (Some(host), None, Action::Create) = (&service.name, &service.provider, service.action)
        {
            // "virtual service a.local: …": the only router answers for it, and is called after it.
            let own = own_router(host.split('.').next().unwrap_or(host));
            service.provider = Some(Provider::Router(own.clone()));
            self.assumptions.push(Assumption {
                what: format!("virtual router `{own}` answers for `{host}`"),
                why: "the request describes one of either, and does not name the router".to_owned(),
            });
            router.name = Some(own);
            return;
        }
        if !self.answer_for_application(&targets) {
            self.make_router_of(&targets);
        }
    }

    /// "a route with 3 retries for the node booking on 8080": a route that is said to lead nowhere leads to the only node or
    /// application of the request. A bare route of what has its own policies is the one that has them.
    fn lead_to_the_only(&mut self) {
        let intent = &mut self.intent;
        let one = match (intent.applications.as_mut_slice(), intent.virtual_nodes.as_slice()) {
            ([one], []) => one.clone(),
            ([], [one]) => one.clone(),
            _ => return,
        };
        let is_alone = intent.virtual_routers.iter().all(|router| router.routes.is_empty())
            && intent.virtual_services.is_empty()
            && intent.virtual_gateways.is_empty();
        let ([route], Some(name), true) = (intent.routes.as_mut_slice(), one.name.clone(), is_alone) else { return };
        let has_own = one.retry.is_some() || one.route_timeout.is_some();
        if !route.targets.is_empty() || !one.versions.is_empty() || !one.calls.is_empty() || route.matcher.otherwise {
            return;
        }
        if has_own && route.takes_no_request() && route.name.is_none() {
            intent.routes.clear();
            return;
        }
        // "the grpc route of inventory" is that of what it leads to, and in no router of that name.
        let is_its = route.router.as_ref() == Some(&name);
        if has_own || route.router.is_some() && !is_its {
            return;
        }
        route.router = None;
        route.targets.push(Target { node: name.clone(), weight: None, port: None });
        if route.action == Action::Change {
            route.action = Action::Create;
            let nodes = intent.virtual_nodes.iter_mut().chain(&mut intent.applications);
            nodes.for_each(|node: &mut VirtualNode| node.action = Action::Create);
        }
        self.rename_evidence("routes[0].router", "routes[0].targets[0]");
        self.assumptions.push(Assumption {
            what: format!("the route leads to `{name}`, and is made with it"),
            why: "the request names no other, and no file that has them".to_owned(),
        });
    }

    /// Where the routes lead that are loose, or stand in the only router, which has no name.
    fn loose_targets(&self) -> Option<Vec<String>> {
        let intent = &self.intent;
        let routes = match intent.virtual_routers.as_slice() {
            [] => &intent.routes,
            [router] if router.name.is_none() && intent.routes.is_empty() => &router.routes,
            _ => return None,
        };
        let is_whole = |route: &Route| is_loose(route) && !route.targets.is_empty();
        (!routes.is_empty() && routes.iter().all(is_whole)).then(|| {
            let targets = routes.iter().flat_map(|route| &route.targets);
            distinct(targets.map(|target| target.node.clone()).collect())
        })
    }

    /// What a route leads to and nothing calls is a node.
    fn make_node_of(&mut self, name: &str) {
        let intent = &mut self.intent;
        let is_it = |application: &VirtualNode| application.name.as_deref() == Some(name);
        let Some(at) = intent.applications.iter().position(is_it) else { return };
        let application = &intent.applications[at];
        let is_node = application.versions.is_empty()
            && application.retry.is_none()
            && application.route_timeout.is_none()
            && application.like.is_none();
        let callers = intent.applications.iter().chain(&intent.virtual_nodes).chain(&intent.everywhere);
        let is_called = callers.flat_map(|caller| &caller.calls).any(|call| call.to == name);
        let of_gateways = intent.virtual_gateways.iter().flat_map(|gateway| &gateway.routes);
        let mut led_to = of_gateways.chain(&intent.gateway_routes).filter_map(|route| route.service.as_deref());
        if !is_node || is_called || led_to.any(|service| service == name) {
            return;
        }
        let node = intent.applications.remove(at);
        intent.virtual_nodes.push(node);
        let (left, to) = (intent.applications.len(), intent.virtual_nodes.len() - 1);
        self.rename_evidence(&format!("applications[{at}]"), &format!("virtualNodes[{to}]"));
        for after in at..left {
            self.rename_evidence(&format!("applications[{}]", after + 1), &format!("applications[{after}]"));
        }
    }

    /// "service items on 8080: GET requests to reader, POST requests to writer": the routes answer for the only application,
    /// which has no node of its own. False where there is no such application.
    fn answer_for_application(&mut self, targets: &[String]) -> bool {
        let intent = &self.intent;
        let [application] = intent.applications.as_slice() else { return false };
        let Some(name) = application.name.clone().filter(|name| !targets.contains(name)) else { return false };
        if !intent.virtual_services.is_empty()
            || application.action != Action::Create
            || !application.versions.is_empty()
        {
            return false;
        }
        let label = name.split('.').next().unwrap_or(&name).to_owned();
        let Some(listeners) = bare_listeners(application).filter(|_| !targets.contains(&label)) else { return false };
        let are_its = targets
            .iter()
            .all(|target| target.strip_prefix(label.as_str()).is_some_and(|rest| rest.starts_with(['-', '_'])));
        if !application.says_nothing() && !are_its && !self.is_told_with_routes(&name) {
            let text = format!("Do the routes answer for `{name}`, or in which virtual router do they stand?");
            self.questions.push(Question { text, about: Vec::new() });
            return false;
        }
        if intent.virtual_routers.is_empty() {
            self.intent.virtual_routers.push(VirtualRouter::default());
            self.adopt(0);
        }
        let router = &mut self.intent.virtual_routers[0];
        if router.listeners.is_empty() {
            router.listeners = listeners;
        } else if !listeners.is_empty() && router.listeners != listeners {
            return false;
        }
        let own = own_router(&label);
        router.name = Some(own.clone());
        self.assumptions.push(Assumption {
            what: format!("virtual router `{own}` answers for `{name}`"),
            why: "the routes of the request are those of that service".to_owned(),
        });
        self.intent.applications[0] = VirtualNode { name: Some(name.clone()), ..VirtualNode::default() };
        let provider = Some(Provider::Router(own));
        self.intent.virtual_services.push(VirtualService { name: Some(name), provider, action: Action::Create });
        self.rename_evidence("applications[0].listeners", "virtualRouters[0].listeners");
        true
    }

    /// Whether the sentence that names an application goes on with its routes.
    fn is_told_with_routes(&self, name: &str) -> bool {
        let is_route = |path: &str| path.starts_with("routes[") || path.contains("].routes[");
        let first =
            self.evidence.iter().filter(|evidence| is_route(&evidence.path)).map(|evidence| evidence.start).min();
        let Some(named) = self.spoken.iter().position(|token| token.text == name) else { return false };
        let ends = |token: &crate::lexer::Token| matches!(token.low.as_str(), "." | ";");
        let end = self.spoken[named..].iter().find(|token| ends(token)).map_or(self.request.len(), |end| end.start);
        first.is_some_and(|first| (self.spoken[named].start..end).contains(&first))
    }

    /// A router for loose routes whose nodes are all made here; it is that of the application whose versions they are.
    fn make_router_of(&mut self, targets: &[String]) {
        let intent = &self.intent;
        let is_made = |name: &String| {
            intent.virtual_nodes.iter().any(|node| node.name.as_ref() == Some(name) && node.action == Action::Create)
        };
        if !intent.virtual_routers.is_empty() || !intent.applications.is_empty() || !targets.iter().all(is_made) {
            return;
        }
        let stem = common_stem(targets.iter().map(String::as_str)).map(str::to_owned);
        let Some(stem) = stem.filter(|stem| targets.len() > 1 && !targets.contains(stem)) else {
            self.intent.virtual_routers.push(VirtualRouter::default());
            self.adopt(0);
            return;
        };
        let version = |name: &String| Version { name: name[stem.len() + 1..].to_owned(), weight: None };
        let versions = targets.iter().map(version).collect();
        self.intent.applications.push(VirtualNode { name: Some(stem), versions, ..VirtualNode::default() });
    }
}

/// The ports and protocols of an application of which nothing else is said.
fn bare_listeners(application: &VirtualNode) -> Option<Vec<RouterListener>> {
    let plain = |listener: &Listener| {
        let Listener { port, protocol, .. } = *listener;
        let is_plain = *listener == Listener { port, protocol, ..Listener::default() };
        is_plain.then_some(RouterListener { port, protocol })
    };
    let bare = VirtualNode {
        name: application.name.clone(),
        action: application.action,
        listeners: application.listeners.clone(),
        ..VirtualNode::default()
    };
    (*application == bare).then(|| application.listeners.iter().map(plain).collect::<Option<Vec<_>>>())?
}

fn distinct(names: Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
