//! Resources of the intent: found by their names, or begun.

use super::entity::{Entity, Thing};
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Side, Spot, Trouble, put};
use crate::intent::{
    Action, Call, ClientTls, GatewayRoute, Protocol, Route, RouterListener, Sidecar, TlsMode, VirtualGateway,
    VirtualNode, VirtualRouter, VirtualService,
};
use crate::lexer::TokenKind;

impl Reader<'_> {
    /// The place of what words name, begun where it is new; `None` where they add to what is spoken of.
    pub(super) fn place_of(&mut self, entity: &Entity) -> Option<Place> {
        let belongs = matches!(
            self.preposition.as_deref(),
            Some("to" | "on" | "for" | "of" | "in" | "into" | "from" | "with" | "by")
        );
        let action = match self.verb {
            _ if entity.is_existing => Action::Change,
            Verb::Change => Action::Change,
            Verb::Add if belongs => Action::Change,
            _ => Action::Create,
        };
        let name = entity.name.clone();
        match entity.thing {
            Thing::Mesh => {
                self.mesh(name.as_deref(), belongs, entity.is_definite);
                (!belongs).then_some(Place::Mesh)
            }
            Thing::Everything => Some(Place::Everywhere),
            Thing::Sidecar => {
                if let Some(Place::Sidecar(at)) = self.spot.map(|spot| spot.place)
                    && (name.is_none() || self.intent.sidecars[at].virtual_node.is_none())
                {
                    let sidecar = &mut self.intent.sidecars[at];
                    sidecar.virtual_node = name.or(sidecar.virtual_node.take());
                    return Some(Place::Sidecar(at));
                }
                let latest = self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_)));
                let own = match latest {
                    Some(Place::Node(at)) => self.intent.virtual_nodes[at].name.clone(),
                    Some(Place::Application(at)) => self.intent.applications[at].name.clone(),
                    _ => None,
                };
                let name = name.or(own);
                self.intent.sidecars.push(Sidecar { virtual_node: name, ..Sidecar::default() });
                Some(Place::Sidecar(self.intent.sidecars.len() - 1))
            }
            Thing::Node | Thing::Application => self.node_place(entity, action, belongs),
            Thing::Router => self.router_place(name, action, belongs, entity.is_definite),
            Thing::Route => self.route_place(entity, action),
            Thing::Service => {
                let provider = self.exposed();
                let found = name.as_deref().and_then(|name| {
                    self.intent.virtual_services.iter().position(|there| there.name.as_deref() == Some(name))
                });
                let at = found.unwrap_or_else(|| {
                    self.intent.virtual_services.push(VirtualService { name, action, provider });
                    self.intent.virtual_services.len() - 1
                });
                Some(Place::Service(at))
            }
            Thing::Gateway => self.gateway_place(name, action, belongs, entity.is_definite),
            Thing::GatewayRoute => {
                let gateway = self.current_gateway();
                let routes = match gateway {
                    Some(at) => &mut self.intent.virtual_gateways[at].routes,
                    None => &mut self.intent.gateway_routes,
                };
                if name.is_none() && gateway.is_some() {
                    return Some(Place::Gateway(gateway.unwrap_or_default()));
                }
                routes.push(GatewayRoute { name, action, ..GatewayRoute::default() });
                Some(Place::GatewayRoute(gateway, routes.len() - 1))
            }
        }
    }

    /// What is exposed as a virtual service: "expose the node billing as the virtual service billing.local".
    fn exposed(&mut self) -> Option<crate::intent::Provider> {
        let is_as = self.at > 0
            && (self.at.saturating_sub(3)..self.at).any(|at| self.token(at).is_some_and(|token| token.low == "as"));
        if !is_as {
            return None;
        }
        match self.spot?.place {
            Place::Node(at) => {
                let node = &self.intent.virtual_nodes[at];
                let name = node.name.clone()?;
                let is_bare =
                    *node == VirtualNode { name: Some(name.clone()), action: node.action, ..VirtualNode::default() };
                if is_bare && at + 1 == self.intent.virtual_nodes.len() {
                    self.intent.virtual_nodes.pop();
                    self.spot = None;
                }
                Some(crate::intent::Provider::Node(name))
            }
            Place::Router(at) => {
                let router = &self.intent.virtual_routers[at];
                let name = router.name.clone()?;
                let is_bare = *router
                    == VirtualRouter { name: Some(name.clone()), action: router.action, ..VirtualRouter::default() };
                if is_bare && at + 1 == self.intent.virtual_routers.len() {
                    self.intent.virtual_routers.pop();
                    self.spot = None;
                }
                Some(crate::intent::Provider::Router(name))
            }
            _ => None,
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
        (self.at.saturating_sub(2)..self.at)
            .any(|at| self.token(at).is_some_and(|token| token.text.eq_ignore_ascii_case("new")))
    }

    /// "orders no longer calls payments"
    pub(super) fn no_longer_calls(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let (node, _) = spot::node(&mut self.intent, spot)?;
        let Some(own) = node.name.clone() else { return Err(Trouble::NotHere) };
        let is_bare = *node == VirtualNode { name: Some(own.clone()), action: node.action, ..VirtualNode::default() };
        let first = self.intent.removals.len();
        for name in names {
            let kind = crate::intent::RemovalKind::Backend;
            self.intent.removals.push(crate::intent::Removal { kind, name: own.clone(), part: Some(name.clone()) });
        }
        match spot.place {
            Place::Application(at) if is_bare && at + 1 == self.intent.applications.len() => {
                self.intent.applications.pop();
                self.spot = None;
            }
            Place::Node(at) if is_bare && at + 1 == self.intent.virtual_nodes.len() => {
                self.intent.virtual_nodes.pop();
                self.spot = None;
            }
            _ => {}
        }
        Ok(format!("removals[{first}]"))
    }

    fn mesh(&mut self, name: Option<&str>, belongs: bool, is_definite: bool) {
        let action = match self.verb {
            Verb::Change if !belongs => Some(Action::Change),
            Verb::Add if !belongs && is_definite => Some(Action::Change),
            _ if self.is_new_here() || !belongs && !is_definite => Some(Action::Create),
            _ => None,
        };
        if name.is_none() && action.is_none() {
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
            let latest = self.latest(|place| matches!(place, Place::Node(_) | Place::Application(_)));
            if entity.thing == Thing::Application || entity.is_definite && latest.is_some() {
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
            return Some(place);
        }
        if entity.thing == Thing::Application {
            return Some(self.application(&name, action));
        }
        self.intent.virtual_nodes.push(VirtualNode { name: Some(name), action, ..VirtualNode::default() });
        Some(Place::Node(self.intent.virtual_nodes.len() - 1))
    }

    fn router_place(
        &mut self,
        name: Option<String>,
        action: Action,
        belongs: bool,
        is_definite: bool,
    ) -> Option<Place> {
        if let (Some(Spot { place: Place::Route(None, at), .. }), true, Some(name)) = (self.spot, belongs, &name) {
            let is_known = self.intent.virtual_routers.iter().any(|there| there.name.as_ref() == Some(name));
            if !is_known {
                self.intent.routes[at].router = Some(name.clone());
                return None;
            }
        }
        if let (Some(Place::Service(at)), Some(name)) = (self.spot.map(|spot| spot.place), &name)
            && self.at > 0
            && self.token(self.at - 1).is_some_and(|before| before.low == "(")
            && self.intent.virtual_services[at].provider.is_none()
        {
            self.intent.virtual_services[at].provider = Some(crate::intent::Provider::Router(name.clone()));
            return None;
        }
        if let (None, true, Some(name)) = (self.spot, self.sending, &name) {
            let protocol = self.pending_protocol.take();
            self.intent.routes.push(Route { router: Some(name.clone()), protocol, ..Route::default() });
            return Some(Place::Route(None, self.intent.routes.len() - 1));
        }
        let found = match &name {
            Some(name) => self.intent.virtual_routers.iter().position(|there| there.name.as_ref() == Some(name)),
            None if is_definite => self.intent.virtual_routers.len().checked_sub(1),
            None => None,
        };
        let at = found.unwrap_or_else(|| {
            self.intent.virtual_routers.push(VirtualRouter { name, action, ..VirtualRouter::default() });
            self.intent.virtual_routers.len() - 1
        });
        Some(Place::Router(at))
    }

    fn route_place(&mut self, entity: &Entity, action: Action) -> Option<Place> {
        let router = self.current_router();
        if let Some(name) = &entity.name
            && let Some(place) = self.find_route(name)
        {
            return Some(place);
        }
        if entity.name.is_none() {
            if let Some(router) = router.filter(|_| entity.is_plural || entity.is_definite) {
                // Its routes begin with what they match or where they send.
                return Some(Place::Router(router));
            }
            if entity.is_definite
                && let Some(place) = self.latest(|place| matches!(place, Place::Route(..)))
            {
                return Some(place);
            }
        }
        let routes = match router {
            Some(at) => &mut self.intent.virtual_routers[at].routes,
            None => &mut self.intent.routes,
        };
        routes.push(Route { name: entity.name.clone(), action, ..Route::default() });
        let at = routes.len() - 1;
        self.closed = false;
        Some(Place::Route(router, at))
    }

    fn find_route(&self, name: &str) -> Option<Place> {
        let is_named = |route: &Route| route.name.as_deref() == Some(name);
        let in_router = self.intent.virtual_routers.iter().enumerate().find_map(|(router, there)| {
            there.routes.iter().position(is_named).map(|at| Place::Route(Some(router), at))
        });
        in_router.or_else(|| self.intent.routes.iter().position(is_named).map(|at| Place::Route(None, at)))
    }

    fn gateway_place(
        &mut self,
        name: Option<String>,
        action: Action,
        belongs: bool,
        is_definite: bool,
    ) -> Option<Place> {
        if let (Some(Place::Route(None, at)), Some(_)) = (self.spot.map(|spot| spot.place), &name)
            && self.intent.routes[at].targets.is_empty()
            && at + 1 == self.intent.routes.len()
        {
            // What was taken for a route is one of this gateway.
            let route = self.intent.routes.remove(at);
            let Route { matcher, priority, protocol, .. } = route;
            self.intent.gateway_routes.push(GatewayRoute {
                gateway: name,
                matcher,
                priority,
                protocol,
                action,
                ..GatewayRoute::default()
            });
            let to = self.intent.gateway_routes.len() - 1;
            self.rename_evidence(&format!("routes[{at}]"), &format!("gatewayRoutes[{to}]"));
            self.history.retain(|spot| spot.place != Place::Route(None, at));
            self.spot = None;
            return Some(Place::GatewayRoute(None, self.intent.gateway_routes.len() - 1));
        }
        match (self.spot.map(|spot| spot.place), belongs, &name) {
            (Some(Place::GatewayRoute(None, at)), true, Some(name)) => {
                let is_known = self.intent.virtual_gateways.iter().any(|there| there.name.as_ref() == Some(name));
                if !is_known {
                    self.intent.gateway_routes[at].gateway = Some(name.clone());
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
            None if is_definite => self.intent.virtual_gateways.len().checked_sub(1),
            None => None,
        };
        let at = found.unwrap_or_else(|| {
            self.intent.virtual_gateways.push(VirtualGateway { name, action, ..VirtualGateway::default() });
            self.intent.virtual_gateways.len() - 1
        });
        Some(Place::Gateway(at))
    }

    /// The application of a name, begun where it is new.
    pub(super) fn application(&mut self, name: &str, action: Action) -> Place {
        let found = self.intent.applications.iter().position(|there| there.name.as_deref() == Some(name));
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
            _ => Thing::Application,
        }
    }

    /// The latest place of a sort that was spoken of.
    pub(super) fn latest(&self, is_sort: impl Fn(Place) -> bool) -> Option<Place> {
        let here = self.spot.iter();
        here.chain(self.history.iter().rev()).map(|spot| spot.place).find(|place| is_sort(*place))
    }

    fn current_router(&self) -> Option<usize> {
        match self.spot?.place {
            Place::Router(at) | Place::Route(Some(at), _) => Some(at),
            _ => None,
        }
    }

    fn current_gateway(&self) -> Option<usize> {
        match self.spot?.place {
            Place::Gateway(at) | Place::GatewayRoute(Some(at), _) => Some(at),
            _ => None,
        }
    }

    /// A port where it is listened on.
    pub(super) fn port(&mut self, number: u32, protocol: Option<Protocol>) -> Said {
        let mut spot = self.callee().map_or_else(|| self.here(), Ok)?;
        let callee = self.callee();
        if let Place::Router(at) = spot.place {
            let listeners = &mut self.intent.virtual_routers[at].listeners;
            let is_there =
                listeners.iter().position(|listener| listener.port.is_none() || listener.port == Some(number));
            let place = is_there.unwrap_or(listeners.len());
            if place == listeners.len() {
                listeners.push(RouterListener::default());
            }
            listeners[place].port = Some(number);
            listeners[place].protocol = protocol.or(listeners[place].protocol);
            return Ok(format!("virtualRouters[{at}].listeners[{place}].port"));
        }
        loop {
            let (listener, path) = spot::listener(&mut self.intent, spot)?;
            if listener.port.is_some_and(|there| there != number) {
                spot.listener += 1;
                continue;
            }
            listener.port = Some(number);
            if let Some(protocol) = protocol {
                put(&mut listener.protocol, protocol, &path, "protocol")?;
            }
            if callee.is_none() {
                self.spot = Some(spot);
            }
            return Ok(path + ".port");
        }
    }

    /// The application that was just called, where a port or protocol is said of the call: "calls db on port 5432".
    fn callee(&self) -> Option<Spot> {
        let (spot, range) = self.last_calls.clone()?;
        let is_said = matches!(self.preposition.as_deref(), Some("on" | "at" | "over" | "via" | "using"));
        let calls = match spot.place {
            Place::Application(at) => &self.intent.applications[at].calls,
            _ => return None,
        };
        let call = calls.get(range.end.checked_sub(1)?)?;
        let at = self.intent.applications.iter().position(|there| there.name.as_ref() == Some(&call.to))?;
        (is_said && self.words.0 > 0).then(|| Spot::at(Place::Application(at)))
    }

    pub(super) fn ports(&mut self, numbers: &[u32]) -> Said {
        let mut said = Err(Trouble::NotHere);
        let mut range: Option<std::ops::Range<usize>> = None;
        for number in numbers {
            said = self.port(*number, None);
            said.as_ref().map_err(Clone::clone)?;
            let at = self.here()?.listener;
            range = Some(range.map_or(at, |range| range.start)..at + 1);
        }
        self.last_ports = self.spot.zip(range).filter(|_| numbers.len() > 1);
        said
    }

    /// A name that comes after its resource: "a virtual node, `web`", "name it shop".
    pub(super) fn name(&mut self, name: &str) -> Said {
        let place = self.here()?.place;
        let is_said = self.is_symbol(self.words.0, &["named"]);
        let token = &self.tokens[self.words.0];
        let is_apart = self.words.0 > 0
            && self.token(self.words.0 - 1).is_some_and(|before| matches!(before.low.as_str(), "," | ":"));
        if !is_said && !(is_apart && matches!(token.kind, TokenKind::Quoted | TokenKind::Name)) {
            return Err(Trouble::NotHere);
        }
        let is_soft = self.soft_name == Some(place);
        let field = match place {
            Place::Node(at) => &mut self.intent.virtual_nodes[at].name,
            Place::Application(at) => &mut self.intent.applications[at].name,
            Place::Router(at) => &mut self.intent.virtual_routers[at].name,
            Place::Gateway(at) => &mut self.intent.virtual_gateways[at].name,
            Place::Service(at) => &mut self.intent.virtual_services[at].name,
            Place::Mesh => &mut self.intent.mesh.get_or_insert_default().name,
            Place::Route(..) => &mut spot::route(&mut self.intent, Spot::at(place))?.0.name,
            Place::GatewayRoute(..) => &mut spot::gateway_route(&mut self.intent, Spot::at(place))?.0.name,
            Place::Everywhere | Place::Sidecar(_) | Place::All => return Err(Trouble::NotHere),
        };
        if is_soft {
            *field = None;
            self.soft_name = None;
        }
        if field.is_some() {
            return Err(Trouble::NotHere);
        }
        put(field, name.to_owned(), &spot::path_of(place), "name")
    }

    /// A number without the word "port", where a port is expected.
    pub(super) fn bare_port(&mut self, number: u32) -> Said {
        let spot = self.here()?;
        let is_expected = self.at > 0
            && (matches!(self.preposition.as_deref(), Some("on" | "at"))
                || self.token(self.at - 1).is_some_and(|before| {
                    matches!(
                        before.low.as_str(),
                        ":" | "," | "(" | "listener" | "listen" | "+" | "and" | "http" | "http2" | "grpc" | "tcp"
                    ) || self.name_end == Some(self.at)
                }));
        let has_port = spot::listener(&mut self.intent, spot).is_ok_and(|(listener, _)| listener.port.is_some());
        if !is_expected || number < 20 || has_port && self.preposition.is_none() {
            return Err(Trouble::NotHere);
        }
        self.port(number, None)
    }

    pub(super) fn protocol(&mut self, slots: &super::pattern::Slots) -> Said {
        let Some(protocol) = slots.protocol() else { return Err(Trouble::NotHere) };
        self.put_protocol(protocol)
    }

    pub(super) fn put_protocol(&mut self, protocol: Protocol) -> Said {
        let spot = self.callee().map_or_else(|| self.here(), Ok)?;
        match spot.place {
            Place::All => {
                self.pending_protocol = Some(protocol);
                Ok(String::new())
            }
            Place::Mesh | Place::Sidecar(_) | Place::Service(_) => Err(Trouble::NotHere),
            Place::Router(at) => {
                let listeners = &mut self.intent.virtual_routers[at].listeners;
                if listeners.is_empty() {
                    listeners.push(RouterListener::default());
                }
                let last = listeners.len() - 1;
                put(
                    &mut listeners[last].protocol,
                    protocol,
                    &format!("virtualRouters[{at}].listeners[{last}]"),
                    "protocol",
                )
            }
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                put(&mut route.protocol, protocol, &path, "protocol")
            }
            Place::GatewayRoute(..) => {
                let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
                put(&mut route.protocol, protocol, &path, "protocol")
            }
            _ => {
                if let Some((ported, range)) = self.last_ports.take().filter(|(ported, _)| ported.place == spot.place) {
                    for listener in range {
                        let (listener, _) = spot::listener(&mut self.intent, Spot { listener, ..ported })?;
                        listener.protocol.get_or_insert(protocol);
                    }
                }
                let (listener, path) = spot::listener(&mut self.intent, spot)?;
                put(&mut listener.protocol, protocol, &path, "protocol")
            }
        }
    }

    /// TLS: of the calls that were just named, or of the listener.
    pub(super) fn tls(&mut self) -> Said {
        if let Some(said) = self.tls_of_calls(false) {
            return said;
        }
        let spot = self.here()?;
        let (tls, path) = spot::listener_tls(&mut self.intent, spot)?;
        if tls.mode == Some(TlsMode::Disabled) {
            return Err(Trouble::Clash("TLS is off and TLS is on".to_owned()));
        }
        Ok(path)
    }

    pub(super) fn mutual_tls(&mut self) -> Said {
        if let Some(said) = self.tls_of_calls(true) {
            return said;
        }
        let spot = self.here()?;
        let (tls, path) = spot::listener_tls(&mut self.intent, spot)?;
        if tls.mode == Some(TlsMode::Disabled) {
            return Err(Trouble::Clash("TLS is off and mutual TLS is on".to_owned()));
        }
        tls.mutual = true;
        Ok(path + ".mutual")
    }

    fn tls_of_calls(&mut self, mutual: bool) -> Option<Said> {
        let (spot, range) = self.last_calls.clone()?;
        let (node, path) = spot::node(&mut self.intent, spot).ok()?;
        for call in node.calls.get_mut(range.clone())? {
            call.tls.get_or_insert_with(ClientTls::default).mutual |= mutual;
        }
        let path = format!("{path}.calls[{}].tls", range.start);
        self.spot = Some(Spot { side: Side::Call(range.start), ..spot });
        Some(Ok(path))
    }

    /// What the node or application that is spoken of calls.
    pub(super) fn calls(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let (node, path) = spot::node(&mut self.intent, spot)?;
        let start = node.calls.len();
        for name in names {
            if !node.calls.iter().any(|call| call.to == *name) {
                node.calls.push(Call { to: name.clone(), tls: None });
            }
        }
        self.last_calls = Some((spot, start..node.calls.len()));
        if let Place::Application(_) = spot.place {
            for name in names.iter().filter(|name| !name.contains('.')) {
                if self.find_named(name).is_none() {
                    self.application(name, Action::Create);
                }
            }
        }
        Ok(format!("{path}.calls[{start}]"))
    }

    /// One call more, after some were named: "calls ads over TLS and users".
    pub(super) fn more_calls(&mut self, name: &str) -> Said {
        match self.last_calls.clone() {
            Some((spot, _))
                if self.spot.is_some_and(|here| here.place == spot.place)
                    && !self.token(self.words.1).is_some_and(super::pattern::is_clause_verb) =>
            {
                self.calls(&[name.to_owned()])
            }
            _ => Err(Trouble::NotHere),
        }
    }

    pub(super) fn called_by(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let (node, _) = spot::node(&mut self.intent, spot)?;
        let Some(own) = node.name.clone() else { return Err(Trouble::NotHere) };
        let mut said = String::new();
        for name in names {
            let place = match self.find_named(name) {
                Some(place) => place,
                None => self.application(name, Action::Create),
            };
            let (caller, path) = spot::node(&mut self.intent, Spot::at(place))?;
            caller.calls.push(Call { to: own.clone(), tls: None });
            said = format!("{path}.calls[{}]", caller.calls.len() - 1);
        }
        Ok(said)
    }

    pub(super) fn environments(&mut self, names: &[String]) -> Said {
        for name in names {
            if !self.intent.environments.contains(name) {
                self.intent.environments.push(name.clone());
            }
        }
        Ok("environments".to_owned())
    }
}
