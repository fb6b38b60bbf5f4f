//! Edits of virtual routers themselves.

use meshwright_model::limits::{Port, PortProtocol};
use meshwright_model::listener::PortMapping;
use meshwright_model::reference::Key;
use meshwright_model::virtual_router::VirtualRouterListener;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Kind, Path, Resource, Scalar, Spec};

use super::Desk;
use super::find::node_spec;
use crate::compose::names::joined;
use crate::compose::values::port_protocol;
use crate::intent::{Intent, Protocol, Route, RouterListener, VirtualRouter};

impl Desk<'_> {
    /// Whether a new route may belong to the only router: it matches some requests, and none of its targets answers for a
    /// virtual service by itself, behind no router.
    pub(super) fn suits_any_router(&self, route: &Route) -> bool {
        !route.matcher.is_empty() && !self.serves_alone(route)
    }

    /// Whether one of a route's targets answers for a virtual service by itself, behind no router.
    pub(super) fn serves_alone(&self, route: &Route) -> bool {
        let serves = |service: &Resource| match &service.spec {
            Spec::VirtualService(spec) => match &spec.provider {
                Some(VirtualServiceProvider::VirtualNode(own)) => Some(Key::of(&own.virtual_node_name).shown()),
                _ => None,
            },
            _ => None,
        };
        let serving: Vec<String> = self.finder.of_kind(Kind::VirtualService).filter_map(serves).collect();
        route.targets.iter().any(|target| serving.contains(&self.finder.full(&target.node)))
    }

    /// New routers of which nothing else is said listen as the nodes that they lead to: the name of each, and that listener.
    pub(super) fn listen_like_targets(&self, rest: &mut Intent) -> Vec<(String, PortMapping)> {
        let mut found = Vec::new();
        for router in rest.virtual_routers.iter_mut().filter(|router| router.listeners.is_empty()) {
            let targets = router.routes.iter().flat_map(|route| &route.targets);
            let nodes: Vec<_> = targets.map(|target| self.finder.nodes_named(&target.node)).collect();
            let mut mappings = nodes.iter().map(|nodes| match nodes.as_slice() {
                [node] => match node_spec(node)?.listeners.as_deref()? {
                    [only] => Some(only.port_mapping.clone()),
                    _ => None,
                },
                _ => None,
            });
            let (Some(name), Some(Some(first))) = (router.name.clone(), mappings.next()) else { continue };
            let protocol = match first.protocol.known() {
                Some(PortProtocol::Http) => Protocol::Http,
                Some(PortProtocol::Http2) => Protocol::Http2,
                Some(PortProtocol::Grpc) => Protocol::Grpc,
                Some(PortProtocol::Tcp) => Protocol::Tcp,
                None => continue,
            };
            if !mappings.all(|other| other.as_ref() == Some(&first)) {
                continue;
            }
            let port = first.port.known().and_then(|port| u32::try_from(port.value()).ok());
            // A port that the file leaves open is put in later.
            router.listeners.push(RouterListener { port: port.or(Some(1)), protocol: Some(protocol) });
            found.push((name, first));
        }
        found
    }

    /// Changes where a router that is there listens.
    pub(super) fn change_router(&mut self, wanted: &VirtualRouter) {
        if wanted.listeners.is_empty() {
            return;
        }
        let name = wanted.name.as_deref();
        let there = name.map(|name| self.finder.named(Kind::VirtualRouter, name)).unwrap_or_default();
        let [router] = there.as_slice() else {
            self.ask_which(Kind::VirtualRouter, name, &there);
            return;
        };
        let Spec::VirtualRouter(spec) = &router.spec else { return };
        self.is_settled = true;
        let listeners = spec.listeners.as_deref().unwrap_or_default();
        let shown = Key::of(&router.name).shown();
        for listener in &wanted.listeners {
            let port_of = |one: &VirtualRouterListener| one.port_mapping.port.known().map(|port| port.value());
            let same =
                listener.port.and_then(|port| listeners.iter().position(|one| port_of(one) == Some(i64::from(port))));
            let Some(index) = same.or((listeners.len() == 1).then_some(0)) else {
                let ports: Vec<String> = listeners.iter().filter_map(port_of).map(|port| port.to_string()).collect();
                self.draft.ask(format!("`{shown}` listens on {}. Which of its listeners is meant?", joined(&ports)));
                continue;
            };
            let at = Path::of(&["spec", "listeners"]).index(index).field("portMapping");
            if let Some(port) = listener.port {
                let port = self.draft.number::<Port>(&format!("the port of `{shown}`"), port.into());
                self.set(router, at.field("port"), &port);
            }
            if let Some(protocol) = listener.protocol {
                self.set(router, at.field("protocol"), &Scalar::Known(port_protocol(protocol)));
            }
        }
    }
}

/// Lets a new router of a name listen as what it leads to does.
pub(super) fn be_listener(resource: &mut Resource, router: &str, listener: &PortMapping) {
    let is_it = Key::of(&resource.name).shown() == router;
    if let (true, Spec::VirtualRouter(spec)) = (is_it, &mut resource.spec)
        && let Some([own]) = spec.listeners.as_deref_mut()
    {
        own.port_mapping.clone_from(listener);
    }
}
