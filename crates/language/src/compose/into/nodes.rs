//! Edits of virtual nodes.

use meshwright_model::limits::PortProtocol;
use meshwright_model::listener::Listener as ModelListener;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::{Backend, VirtualNodeSpec, VirtualServiceBackend};
use meshwright_model::{Expression, Kind, Path, Resource};

use super::find::{Finder, is_narrow, node_spec};
use super::listeners::filled;
use super::part::Part;
use super::shares::only_wide;
use super::{Desk, expression};
use crate::compose::names::stem;
use crate::compose::node::write_listener;
use crate::compose::plan::{Named, Node};
use crate::compose::tls::client_policy;
use crate::intent::{Action, Intent, Listener, Protocol, Target, VirtualNode};

impl<'i> Desk<'i> {
    /// Changes the nodes that are there; what is not stays in the intent, to be made.
    pub(super) fn change_nodes(&mut self, rest: &mut Intent) {
        let mut applications = std::mem::take(&mut rest.applications);
        applications.retain(|wanted| !self.change_node(wanted, true));
        rest.applications = applications;
        let mut nodes = std::mem::take(&mut rest.virtual_nodes);
        nodes.retain(|wanted| !self.change_node(wanted, false));
        rest.virtual_nodes = nodes;
    }

    /// Changes every node and route that is there by what is said of all.
    pub(super) fn change_everywhere(&mut self, rest: &Intent) {
        let Some(wanted) = &rest.everywhere else { return };
        for node in self.finder.of_kind(Kind::VirtualNode) {
            self.is_settled = true;
            self.change_listeners(node, &wanted.listeners);
            self.change_rest(node, wanted);
        }
        for route in self.finder.of_kind(Kind::Route) {
            if let Some(timeout) = &wanted.route_timeout {
                self.change_timeouts(&Key::of(&route.name).shown(), &[route], timeout);
            }
            if let Some(retry) = &wanted.retry {
                self.change_retry(route, retry, wanted.route_timeout.as_ref());
            }
        }
    }

    /// Changes what is there of a node or application; `false` where it is to be made.
    fn change_node(&mut self, wanted: &VirtualNode, is_application: bool) -> bool {
        let only = self.only(Kind::VirtualNode).filter(|_| wanted.name.is_none() && wanted.action == Action::Change);
        let Some(name) = &wanted.name.clone().or_else(|| only.map(|only| Key::of(&only.name).shown())) else {
            self.draft.ask("Which virtual node is meant?");
            return true;
        };
        let (mut nodes, routes) = self.finder.path_to(name);
        let exact = self.finder.nodes_named(name);
        if !exact.is_empty() {
            nodes = exact;
        }
        if nodes.is_empty() && wanted.action == Action::Create {
            return false;
        }
        // The timeout of an application is that of its whole path: of the routes that lead to it too.
        let of_path = (is_application && !routes.is_empty())
            .then(|| wanted.listeners.iter().find_map(|listener| listener.timeout.clone()))
            .flatten();
        let mut listeners = wanted.listeners.clone();
        if of_path.is_some() {
            for listener in &mut listeners {
                listener.timeout = None;
            }
            listeners.retain(|listener| *listener != Listener::default());
        }
        let changes_nodes = VirtualNode { listeners: listeners.clone(), ..wanted.clone() }.changes_nodes();
        // Some versions of a name are never changed without a word about the others.
        let family = if self.finder.nodes_named(name).is_empty() {
            self.finder.family(name, nodes.is_empty())
        } else {
            Vec::new()
        };
        let is_left_out = |node: &&&Resource| !nodes.iter().any(|other| std::ptr::eq(*other, **node));
        if family.len() > 1 && changes_nodes && family.iter().any(|node| is_left_out(&node)) {
            self.ask_which(Kind::VirtualNode, Some(name), &family);
            return true;
        }
        if nodes.is_empty() {
            let kinds = [Kind::VirtualNode, Kind::VirtualService, Kind::VirtualRouter, Kind::Route];
            let near = self.finder.near(if is_application { &kinds } else { &kinds[..2] }, name);
            let near = near.map_or_else(|| "Which is meant?".to_owned(), |near| format!("Did you mean `{near}`?"));
            let what = if is_application { "" } else { "virtual node " };
            self.draft.ask(format!("There is no {what}`{name}` in the file. {near}"));
            return true;
        }
        self.is_settled |= !wanted.says_nothing();
        for node in &nodes {
            self.change_listeners(node, &listeners);
            self.change_rest(node, wanted);
        }
        if let Some(timeout) = wanted.route_timeout.as_ref().or(of_path.as_ref()) {
            self.change_timeouts(name, &routes, timeout);
            let beside: Vec<&Resource> = family.iter().filter(is_left_out).copied().collect();
            self.raise_listeners(&beside, timeout);
        }
        if let Some(retry) = &wanted.retry {
            for route in &routes {
                self.change_retry(route, retry, wanted.route_timeout.as_ref().or(of_path.as_ref()));
            }
            if routes.is_empty() {
                self.draft.ask(format!(
                    "No route leads to `{name}`, and only routes have retries. Should it get a virtual router?"
                ));
            }
        }
        if !wanted.versions.is_empty() {
            self.change_versions(name, &routes, wanted);
        }
        true
    }

    /// Shares the requests of an application among its versions, in the routes that lead to one of them already.
    fn change_versions(&mut self, name: &str, routes: &[&'i Resource], wanted: &VirtualNode) {
        let mut targets = Vec::new();
        for version in &wanted.versions {
            let full = format!("{name}-{}", version.name);
            let mut nodes = self.finder.named(Kind::VirtualNode, &full);
            if nodes.is_empty() {
                nodes = self.finder.named(Kind::VirtualNode, &version.name);
                nodes.retain(|node| stem(&Key::of(&node.name).shown()) == stem(name) || self.leads_to(routes, node));
            }
            if nodes.is_empty() {
                // `color_server-red` is the version `red` of `color` too.
                nodes = self.finder.nodes_named(&version.name);
                nodes.retain(|node| {
                    let shown = Key::of(&node.name).shown();
                    shown.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '_']))
                });
            }
            let node = match nodes.as_slice() {
                [node] => Key::of(&node.name).shown(),
                [] if self.makes(&full) => full,
                several => {
                    self.ask_which(Kind::VirtualNode, Some(&full), several);
                    return;
                }
            };
            targets.push(Target { node, weight: version.weight, port: None });
        }
        let leads = |route: &&&'i Resource| {
            let own = Finder::targets(route);
            let is_own =
                |target: &Target| own.iter().any(|(.., own)| Key::of(&own.virtual_node).shown() == target.node);
            !is_narrow(route) && targets.iter().any(is_own)
        };
        let mut shared: Vec<&'i Resource> = routes.iter().filter(leads).copied().collect();
        let sum: u32 = targets.iter().filter_map(|target| target.weight).fold(0, u32::saturating_add);
        if shared.is_empty() && (1..=100).contains(&sum) {
            // What is left stays where the only route for all requests sends it.
            shared = only_wide(routes).into_iter().collect();
        }
        if shared.is_empty() {
            self.draft.ask(format!(
                "`{name}` is there already. Which of its routes should share its requests among versions?"
            ));
        }
        for route in shared {
            self.change_targets(route, &targets, false);
        }
    }

    fn leads_to(&self, routes: &[&'i Resource], node: &Resource) -> bool {
        routes.iter().any(|route| self.finder.nodes_of(route).iter().any(|other| std::ptr::eq(*other, node)))
    }

    pub(super) fn change_listeners(&mut self, node: &Resource, wanted: &[Listener]) {
        let Some(spec) = node_spec(node) else { return };
        let listeners = spec.listeners.as_deref().unwrap_or_default();
        let shown = Key::of(&node.name).shown();
        for listener in wanted {
            let port_of = |one: &ModelListener| one.port_mapping.port.known().map(|port| port.value());
            let is_it = |one: &ModelListener| listener.port.is_some_and(|port| port_of(one) == Some(port.into()));
            let index = listeners.iter().position(is_it);
            // Its health check moves with it.
            let says_more =
                Listener { port: None, is_added: false, health_check: None, ..listener.clone() } != Listener::default();
            match (index, listeners) {
                (Some(index), _) => self.change_listener(node, index, &listeners[index], listener),
                (None, _) if listener.is_added && listener.port.is_some() => {
                    self.add_listener(node, listeners.first(), listener);
                }
                // One listener with another port: it moves there.
                (None, [only]) if listener.port.is_none() || !says_more => {
                    self.change_listener(node, 0, only, listener);
                }
                (None, []) => self.draft.ask(format!("`{shown}` has no listener. On which port should it get one?")),
                (None, _) => {
                    let ports: Vec<String> =
                        listeners.iter().filter_map(port_of).map(|port| port.to_string()).collect();
                    self.draft
                        .ask(format!("`{shown}` listens on {}. Which of its listeners is meant?", ports.join(", ")));
                }
            }
        }
    }

    /// Adds a listener beside those that are there, of their protocol where it says none.
    fn add_listener(&mut self, node: &Resource, there: Option<&ModelListener>, wanted: &Listener) {
        let own = Node { name: Named { expression: expression(Key::of(&node.name)) }, ..Node::default() };
        let alike =
            there.and_then(|there| there.port_mapping.protocol.known()).map_or(Protocol::Http, |one| said(*one));
        if wanted.protocol.is_none() {
            let what = format!("the new listener of `{}` speaks {}", Key::of(&node.name).shown(), alike.word());
            self.draft.assume(what, "the request names no protocol, and that is what the node speaks so far");
        }
        let full = Listener { protocol: wanted.protocol.or(Some(alike)), ..wanted.clone() };
        let written = write_listener(&own, &full, &mut self.draft);
        self.append(node, Path::of(&["spec", "listeners"]), &written);
    }

    fn change_listener(&mut self, node: &Resource, index: usize, there: &ModelListener, wanted: &Listener) {
        let shown = Key::of(&node.name).shown();
        let at = |field: &'static str| Path::of(&["spec", "listeners"]).index(index).field(field);
        let port = there.port_mapping.port.known().and_then(|port| u32::try_from(port.value()).ok());
        let protocol = there.port_mapping.protocol.known().map_or(Protocol::Http, |protocol| said(*protocol));
        let listener = Part::of(node, Path::of(&["spec", "listeners"]).index(index), Some(there));
        let full = Listener {
            port: wanted.port.or(port),
            protocol: wanted.protocol.or(Some(protocol)),
            ..filled(wanted, &listener, protocol)
        };
        let own = Node { name: Named { expression: expression(Key::of(&node.name)) }, ..Node::default() };
        let written = write_listener(&own, &full, &mut self.draft);
        if wanted.port.is_some() {
            self.set(node, at("portMapping").field("port"), &written.port_mapping.port);
            if there.health_check.as_ref().is_some_and(|check| check.port.is_some()) {
                self.set(node, at("healthCheck").field("port"), &written.port_mapping.port);
            }
        }
        if wanted.protocol.is_some_and(|wanted| wanted != protocol) {
            self.draft.ask(format!(
                "`{shown}` speaks {}, and its routes and timeouts are for that. Should all of them change?",
                protocol.word()
            ));
        }
        self.change_parts(&listener, &written, wanted, &own.name);
        if let Some(timeout) = &wanted.timeout {
            self.change_listener_timeout(node, index, there, timeout);
        }
    }

    pub(super) fn change_rest(&mut self, node: &Resource, wanted: &VirtualNode) {
        let Some(spec) = node_spec(node) else { return };
        let shown = Key::of(&node.name).shown();
        self.change_discovery(node, spec.service_discovery.as_ref(), wanted);
        if let Some(log) = &wanted.access_log {
            self.change_logging(&Part::of(node, Path::of(&["spec", "logging"]), spec.logging.as_ref()), log, &shown);
        }
        if let Some(tls) = &wanted.backend_tls {
            let own = format!("`{shown}` towards its backends");
            let defaults = Part::of(node, Path::of(&["spec", "backendDefaults"]), spec.backend_defaults.as_ref());
            self.change_policy(&defaults.field("clientPolicy"), tls, &own, &shown);
        }
        self.change_backends(node, spec, wanted);
    }

    fn change_backends(&mut self, node: &Resource, spec: &VirtualNodeSpec, wanted: &VirtualNode) {
        let shown = Key::of(&node.name).shown();
        let backends = spec.backends.as_deref().unwrap_or_default();
        for call in &wanted.calls {
            let mut services = self.finder.named(Kind::VirtualService, &call.to);
            let made = self.planned_services.get(&call.to).cloned().filter(|_| services.is_empty());
            let is_made = made.is_some();
            if services.is_empty() && !is_made {
                services = self.finder.services_of(&call.to);
                let is_node = self.finder.of_kind(Kind::VirtualNode).any(|node| Key::of(&node.name).shown() == call.to);
                if services.len() > 1 {
                    self.ask_which(Kind::VirtualService, Some(&call.to), &services);
                    continue;
                }
                if services.is_empty() && is_node {
                    self.draft.ask(format!(
                        "No virtual service leads to `{}`, and nothing else can be called. Should it get one?",
                        call.to
                    ));
                    continue;
                }
                if let [service] = services.as_slice() {
                    let shown = Key::of(&service.name).shown();
                    self.draft
                        .assume(format!("`{}` is called as `{shown}`", call.to), "that virtual service leads to it");
                }
            }
            let name = match (services.first(), made) {
                (Some(service), _) => expression(Key::of(&service.name)),
                (None, Some(made)) => made,
                (None, None) => Expression::Text(call.to.clone()),
            };
            let own = format!("`{shown}` towards `{name}`");
            let is_it =
                |Backend::VirtualService(backend): &Backend| expression(Key::of(&backend.virtual_service_name)) == name;
            match (backends.iter().position(is_it), &call.tls) {
                (Some(index), Some(tls)) => {
                    let path = Path::of(&["spec", "backends"]).index(index);
                    let policy = Part::of(node, path, Some(&backends[index])).down(&["virtualService", "clientPolicy"]);
                    self.change_policy(&policy, tls, &own, &shown);
                }
                (Some(_), None) => {
                    self.settle(format!("`{shown}` calls `{name}` already"), "so there is nothing to add");
                }
                (None, tls) => {
                    let client_policy = tls.as_ref().map(|tls| client_policy(tls, &own, &shown, &mut self.draft));
                    if services.is_empty() && !is_made {
                        let why = "the request calls it, and it is not in the file";
                        self.draft.assume(format!("virtual service `{name}` is defined elsewhere"), why);
                    }
                    let virtual_service_name = self.draft.said(&format!("a backend of `{shown}`"), &name);
                    let backend =
                        Backend::VirtualService(VirtualServiceBackend { client_policy, virtual_service_name });
                    self.append(node, Path::of(&["spec", "backends"]), &backend);
                }
            }
        }
    }
}

/// A protocol in the intent's words.
fn said(protocol: PortProtocol) -> Protocol {
    match protocol {
        PortProtocol::Http => Protocol::Http,
        PortProtocol::Http2 => Protocol::Http2,
        PortProtocol::Grpc => Protocol::Grpc,
        PortProtocol::Tcp => Protocol::Tcp,
    }
}
