//! Edits of virtual gateways and gateway routes.

use meshwright_model::edit::NewValue;
use meshwright_model::gateway_route::{GatewayRouteSpec, HttpGatewayRoute, ProtocolGatewayRoute};
use meshwright_model::limits::{Priority, VirtualGatewayPortProtocol};
use meshwright_model::reference::Key;
use meshwright_model::virtual_gateway::{VirtualGatewayListener, VirtualGatewaySpec};
use meshwright_model::{Expression, Kind, Path, Resource, Spec};

use super::listeners::filled;
use super::matches::with_service;
use super::part::Part;
use super::{Desk, expression};
use crate::compose::gateway::{route_spec, settle_prefix, write_listener};
use crate::compose::names::{host_label, listed};
use crate::compose::plan::{Gateway, Named, Plan};
use crate::intent::{Action, GatewayRoute, Intent, Listener, Match, Pathway, Protocol, VirtualGateway, VirtualNode};

impl<'i> Desk<'i> {
    /// Asks which resource of a kind is meant by a name that none has, or several have.
    pub(super) fn ask_which(&mut self, kind: Kind, name: Option<&str>, there: &[&Resource]) {
        let shown = |resource: &&Resource| Key::of(&resource.name).shown();
        let Some(name) = name else {
            let question = if there.is_empty() {
                "There is no {} in the file. In which file is it?"
            } else {
                "Which {} is meant?"
            };
            self.draft.ask(question.replace("{}", &kind.to_string()));
            return;
        };
        if !there.is_empty() {
            let names: Vec<String> = there.iter().map(shown).collect();
            self.draft.ask(format!("`{name}` may mean {}. Which {kind} is it?", listed(&names)));
            return;
        }
        let near = self.finder.near(&[kind], name);
        let near = near.map_or_else(|| "Which is meant?".to_owned(), |near| format!("Did you mean `{near}`?"));
        self.draft.ask(format!("There is no {kind} `{name}` in the file. {near}"));
    }

    /// What a request says of a thing by its name alone is said of a gateway, where nothing else has that name.
    pub(super) fn find_gateways(&self, rest: &mut Intent) {
        let kinds = [Kind::VirtualNode, Kind::VirtualService, Kind::VirtualRouter, Kind::Route];
        let is_gateway = |wanted: &VirtualNode| {
            let Some(name) = wanted.name.as_deref().filter(|_| wanted.action == Action::Change) else { return false };
            let own = gateway_of(wanted);
            let all = VirtualNode {
                name: own.name,
                action: own.action,
                listeners: own.listeners,
                backend_tls: own.backend_tls,
                access_log: own.access_log,
                ..VirtualNode::default()
            };
            all == *wanted
                && kinds.iter().all(|kind| self.finder.named(*kind, name).is_empty())
                && !self.finder.named(Kind::VirtualGateway, name).is_empty()
        };
        let (gateways, others) = std::mem::take(&mut rest.applications).into_iter().partition(is_gateway);
        rest.applications = others;
        let gateways: Vec<VirtualNode> = gateways;
        rest.virtual_gateways.extend(gateways.iter().map(gateway_of));
    }

    /// Changes the gateways and gateway routes that are there; what is not stays in the intent, to be made.
    pub(super) fn change_gateways(&mut self, rest: &mut Intent) {
        let mut left = Vec::new();
        for mut wanted in std::mem::take(&mut rest.virtual_gateways) {
            let there = self.gateways(wanted.name.as_deref());
            let is_new = wanted.action == Action::Create && (there.is_empty() || wanted.name.is_none());
            match there.as_slice() {
                _ if is_new => left.push(wanted),
                [gateway] => {
                    self.is_settled = true;
                    self.change_gateway(gateway, &wanted);
                    for mut route in std::mem::take(&mut wanted.routes) {
                        route.gateway = Some(Key::of(&gateway.name).shown());
                        rest.gateway_routes.push(route);
                    }
                }
                several => self.ask_which(Kind::VirtualGateway, wanted.name.as_deref(), several),
            }
        }
        rest.virtual_gateways = left;
        let mut routes = std::mem::take(&mut rest.gateway_routes);
        let made: Vec<String> = rest.virtual_gateways.iter().filter_map(|gateway| gateway.name.clone()).collect();
        let applications: Vec<String> = rest.applications.iter().filter_map(|made| made.name.clone()).collect();
        routes.retain_mut(|route| !self.change_gateway_route(route, &made, &applications));
        rest.gateway_routes = routes;
        for route in rest.virtual_gateways.iter_mut().flat_map(|gateway| &mut gateway.routes) {
            self.name_service(route);
        }
        self.serve_nodes(rest);
    }

    /// The gateways that a name means; without one, all.
    fn gateways(&self, name: Option<&str>) -> Vec<&'i Resource> {
        match name {
            Some(name) => self.finder.named(Kind::VirtualGateway, name),
            None => self.finder.of_kind(Kind::VirtualGateway).collect(),
        }
    }

    fn change_gateway(&mut self, gateway: &Resource, wanted: &VirtualGateway) {
        let Spec::VirtualGateway(VirtualGatewaySpec { backend_defaults, listeners, logging }) = &gateway.spec else {
            return;
        };
        let shown = Key::of(&gateway.name).shown();
        for listener in &wanted.listeners {
            let port_of = |one: &VirtualGatewayListener| one.port_mapping.port.known().map(|port| port.value());
            let is_it =
                |one: &VirtualGatewayListener| listener.port.is_some_and(|port| port_of(one) == Some(port.into()));
            let index = listeners.iter().position(is_it).or((listeners.len() == 1).then_some(0));
            match index {
                Some(index) => self.change_gateway_listener(gateway, index, &listeners[index], listener),
                None => {
                    let ports: Vec<String> =
                        listeners.iter().filter_map(port_of).map(|port| port.to_string()).collect();
                    self.draft.ask(format!(
                        "Gateway `{shown}` listens on {}. Which of its listeners is meant?",
                        ports.join(", ")
                    ));
                }
            }
        }
        if let Some(tls) = &wanted.backend_tls {
            let defaults = Part::of(gateway, Path::of(&["spec", "backendDefaults"]), backend_defaults.as_ref());
            self.change_policy(&defaults.field("clientPolicy"), tls, &format!("`{shown}` towards the mesh"), &shown);
        }
        if let Some(log) = &wanted.access_log {
            self.change_logging(&Part::of(gateway, Path::of(&["spec", "logging"]), logging.as_ref()), log, &shown);
        }
    }

    fn change_gateway_listener(
        &mut self,
        gateway: &Resource,
        index: usize,
        there: &VirtualGatewayListener,
        wanted: &Listener,
    ) {
        let at = |field: &'static str| Path::of(&["spec", "listeners"]).index(index).field(field);
        let port = there.port_mapping.port.known().and_then(|port| u32::try_from(port.value()).ok());
        let protocol = there.port_mapping.protocol.known().map_or(Protocol::Http, |protocol| said(*protocol));
        let listener = Part::of(gateway, Path::of(&["spec", "listeners"]).index(index), Some(there));
        let full = Listener {
            port: wanted.port.or(port),
            protocol: wanted.protocol.or(Some(protocol)),
            ..filled(wanted, &listener, protocol)
        };
        let own = Gateway {
            name: Named { expression: expression(Key::of(&gateway.name)) },
            is_made: false,
            wanted: VirtualGateway::default(),
        };
        if wanted.timeout.is_some() || wanted.outlier_detection.is_some() {
            self.draft.ask(format!(
                "Listeners of gateways have neither timeouts nor outlier detection. Is that of the services behind `{}` meant?",
                own.name.shown()
            ));
        }
        let written = write_listener(&own, &full, &mut self.draft);
        if wanted.port.is_some() {
            self.set(gateway, at("portMapping").field("port"), &written.port_mapping.port);
            if there.health_check.as_ref().is_some_and(|check| check.port.is_some()) {
                self.set(gateway, at("healthCheck").field("port"), &written.port_mapping.port);
            }
        }
        if wanted.protocol.is_some_and(|wanted| wanted != protocol) {
            self.draft.ask(format!(
                "Gateway `{}` speaks {}, and its routes are for that. Should all of them change?",
                own.name.shown(),
                protocol.word()
            ));
        }
        self.change_parts(&listener, &written, wanted, &own.name);
    }

    /// Lets a route lead to a virtual service by the name that the file has for it.
    fn name_service(&mut self, route: &mut GatewayRoute) {
        let Some(name) = &route.service else { return };
        if let [only] = self.finder.named(Kind::VirtualService, name).as_slice()
            && let Some(name) = only.name.known()
        {
            route.service = Some(name.as_str().to_owned());
        }
    }

    /// Changes a gateway route; `false` where it is to be made.
    fn change_gateway_route(&mut self, wanted: &mut GatewayRoute, made: &[String], applications: &[String]) -> bool {
        self.name_service(wanted);
        let is_of_new = wanted.gateway.as_ref().is_some_and(|name| made.contains(name));
        if is_of_new {
            return false;
        }
        let gateways = self.gateways(wanted.gateway.as_deref());
        let own = |route: &&'i Resource| {
            let parent = route.parent.as_ref().map(Key::of);
            gateways.iter().any(|gateway| Some(Key::of(&gateway.name)) == parent)
        };
        let mut there: Vec<&'i Resource> = match &wanted.name {
            Some(name) => self.finder.named(Kind::GatewayRoute, name).into_iter().filter(own).collect(),
            None => self.finder.of_kind(Kind::GatewayRoute).filter(own).collect(),
        };
        if wanted.name.is_none() {
            there.retain(|route| is_same_match(route, &wanted.matcher));
        }
        match there.as_slice() {
            [route] => {
                self.is_settled = true;
                if wanted.name.is_none() {
                    // It is the one that takes these requests.
                    wanted.matcher = Match::default();
                }
                if let Some(made) = wanted.service.as_ref().filter(|service| applications.contains(service))
                    && let Some(name) = self.planned_services.get(made).and_then(Expression::text)
                {
                    wanted.service = Some(name.to_owned());
                }
                self.change_one_gateway_route(route, wanted);
                true
            }
            [] if wanted.action == Action::Create => {
                if let [gateway] = gateways.as_slice() {
                    wanted.gateway = Some(Key::of(&gateway.name).shown());
                    if let (None, Some(service)) = (&wanted.name, &wanted.service) {
                        let label = host_label(service.split('.').next().unwrap_or(service));
                        let free =
                            self.free_name(Kind::GatewayRoute, wanted.gateway.as_deref(), &format!("{label}-route"));
                        wanted.name = free;
                    }
                    if let (None, Spec::VirtualGateway(spec)) = (wanted.protocol, &gateway.spec) {
                        let protocol =
                            spec.listeners.first().and_then(|listener| listener.port_mapping.protocol.known());
                        wanted.protocol = protocol.map(|protocol| said(*protocol));
                    }
                    return false;
                }
                let name = wanted.gateway.clone();
                self.ask_which(Kind::VirtualGateway, name.as_deref(), &gateways);
                true
            }
            several => {
                self.ask_which(Kind::GatewayRoute, wanted.name.as_deref(), several);
                true
            }
        }
    }

    fn change_one_gateway_route(&mut self, route: &'i Resource, wanted: &GatewayRoute) {
        let Spec::GatewayRoute(spec) = &route.spec else { return };
        let Some(there) = spec.protocols().next() else { return };
        let shown = format!("gateway route `{}`", Key::of(&route.name).shown());
        let at = Path::of(&["spec"]).field(there.field());
        if let Some(priority) = wanted.priority {
            let priority = self.draft.number::<Priority>(&format!("the priority of {shown}"), priority.into());
            self.set(route, Path::of(&["spec", "priority"]), &priority);
        }
        let mut full = GatewayRoute {
            service: Some(wanted.service.clone().unwrap_or_else(|| "unchanged".to_owned())),
            protocol: Some(match there.field() {
                "grpcRoute" => Protocol::Grpc,
                "http2Route" => Protocol::Http2,
                _ => Protocol::Http,
            }),
            ..wanted.clone()
        };
        let part = match there {
            ProtocolGatewayRoute::Http(own) | ProtocolGatewayRoute::Http2(own) => {
                Part::of(route, at.clone(), Some(own))
            }
            ProtocolGatewayRoute::Grpc(own) => Part::of(route, at.clone(), Some(own)),
        };
        let path = http(spec).and_then(path_of);
        let is_new_match = wanted.matcher != Match::default();
        if full.matcher.path.is_none() {
            full.matcher.path.clone_from(&path);
        }
        if full.rewrite.is_some() {
            settle_prefix(&mut full, &mut self.draft);
        } else if let Some(Pathway::Prefix(prefix)) = &mut full.matcher.path
            && part.down(&["action", "rewrite", "prefix", "value"]).is_there()
            && is_new_match
            && !prefix.ends_with('/')
        {
            prefix.push('/');
            self.draft.assume(format!("{shown} matches `{prefix}`"), "a prefix that is rewritten ends with a slash");
        }
        if !is_new_match && wanted.service.is_none() && wanted.service_port.is_none() && full.rewrite.is_none() {
            return;
        }
        let mut trial = full.clone();
        trial.matcher = with_service(&trial.matcher, &part.field("match"));
        if trial.protocol == Some(Protocol::Grpc) && trial.matcher.grpc_service.is_none() {
            // What is not said is not set, whatever stands here for it.
            trial.matcher.grpc_service = Some("unchanged.Service".to_owned());
        }
        let Some(written) = route_spec(&trial, &Plan::default(), &shown, &mut self.draft) else { return };
        self.change_gateway_target(route, &at, wanted);
        // A prefix that is rewritten may have got a slash.
        let is_lengthened = path.is_some() && full.matcher.path != path;
        let said = full.matcher.path.filter(|_| wanted.matcher.path.is_some() || is_lengthened);
        let said = Match { path: said, ..wanted.matcher.clone() };
        match written.protocols().next() {
            Some(ProtocolGatewayRoute::Http(own) | ProtocolGatewayRoute::Http2(own)) => {
                self.change_match_of(&part.field("match"), &NewValue::of(&own.matcher), &said);
                self.change_rewrite(&part, own.action.rewrite.as_ref());
            }
            Some(ProtocolGatewayRoute::Grpc(own)) => {
                self.change_match_of(&part.field("match"), &NewValue::of(&own.matcher), &said);
                self.change_rewrite(&part, own.action.rewrite.as_ref());
            }
            None => {}
        }
    }

    fn change_gateway_target(&mut self, route: &Resource, at: &Path, wanted: &GatewayRoute) {
        if wanted.service.is_some() {
            let target = at.field("action").field("target").field("virtualService").field("virtualServiceName");
            let name = wanted.service.clone().unwrap_or_default();
            let name = match self.finder.named(Kind::VirtualService, &name).as_slice() {
                [only] => expression(Key::of(&only.name)),
                _ => Expression::Text(name),
            };
            let name = self.draft.said::<meshwright_model::limits::ResourceName>("the target", &name);
            self.set(route, target, &name);
        }
        if let Some(port) = wanted.service_port {
            let port = self.draft.number::<meshwright_model::limits::Port>("the port of the target", port.into());
            self.set(route, at.field("action").field("target").field("port"), &port);
        }
    }

    /// Sets the parts of a rewrite that are said.
    fn change_rewrite<T: serde::Serialize>(&mut self, part: &Part<'_>, written: Option<&T>) {
        let Some(written) = written.map(NewValue::of) else { return };
        let said = [("prefix", true), ("path", true), ("hostname", true)];
        self.merge(&part.down(&["action", "rewrite"]), &written, &said);
    }
}

/// What is said of a thing, where that is a gateway.
fn gateway_of(wanted: &VirtualNode) -> VirtualGateway {
    let VirtualNode { name, action, listeners, backend_tls, access_log, .. } = wanted.clone();
    VirtualGateway { name, action, listeners, routes: Vec::new(), backend_tls, access_log }
}

/// A gateway's protocol in the intent's words.
fn said(protocol: VirtualGatewayPortProtocol) -> Protocol {
    match protocol {
        VirtualGatewayPortProtocol::Http => Protocol::Http,
        VirtualGatewayPortProtocol::Http2 => Protocol::Http2,
        VirtualGatewayPortProtocol::Grpc => Protocol::Grpc,
    }
}

fn http(spec: &GatewayRouteSpec) -> Option<&HttpGatewayRoute> {
    spec.http_route.as_ref().or(spec.http2_route.as_ref())
}

/// The path that a gateway route matches.
fn path_of(route: &HttpGatewayRoute) -> Option<Pathway> {
    let text = |prefix: &meshwright_model::limits::Text| prefix.as_str().to_owned();
    if let Some(prefix) = route.matcher.prefix.as_ref().and_then(|prefix| prefix.known()) {
        return Some(Pathway::Prefix(text(prefix)));
    }
    let path = route.matcher.path.as_ref()?;
    let exact = path.exact.as_ref().and_then(|exact| exact.known()).map(|exact| exact.as_str().to_owned());
    let regex = path.regex.as_ref().and_then(|regex| regex.known()).map(|regex| regex.as_str().to_owned());
    exact.map(Pathway::Exact).or(regex.map(Pathway::Regex))
}

/// Whether a gateway route that is there takes just the requests of a match: the same path, and nothing else is asked.
fn is_same_match(route: &Resource, wanted: &Match) -> bool {
    let Spec::GatewayRoute(spec) = &route.spec else { return false };
    let Some(there) = http(spec) else { return false };
    let matcher = &there.matcher;
    let asks_more = matcher.headers.is_some()
        || matcher.hostname.is_some()
        || matcher.method.is_some()
        || matcher.query_parameters.is_some();
    let plain = Match { path: None, otherwise: false, ..wanted.clone() };
    let trimmed = |path: Option<Pathway>| match path {
        Some(Pathway::Prefix(prefix)) => Some(Pathway::Prefix(prefix.trim_end_matches('/').to_owned())),
        None => Some(Pathway::Prefix(String::new())),
        other => other,
    };
    !asks_more && plain == Match::default() && trimmed(path_of(there)) == trimmed(wanted.path.clone())
}
