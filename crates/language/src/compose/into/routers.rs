//! Edits of virtual routers themselves.

use meshwright_model::limits::Port;
use meshwright_model::reference::Key;
use meshwright_model::virtual_router::VirtualRouterListener;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Kind, Path, Resource, Scalar, Spec};

use super::Desk;
use crate::compose::names::joined;
use crate::compose::values::port_protocol;
use crate::intent::{Route, VirtualRouter};

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
