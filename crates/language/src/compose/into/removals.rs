//! Edits that take something away, with what points at it.

use std::collections::BTreeSet;

use meshwright_model::edit::Edit;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::Backend;
use meshwright_model::{Kind, Path, Resource, Spec};

use super::Desk;
use super::find::node_spec;
use crate::compose::names::{is_version, joined};
use crate::intent::{Heir, Removal, RemovalKind};

impl<'i> Desk<'i> {
    /// Takes something away.
    pub(super) fn remove(&mut self, removal: &Removal) {
        let name = &removal.name;
        match removal.kind {
            RemovalKind::Resource => self.remove_resource(removal),
            RemovalKind::Target => self.leave(removal),
            RemovalKind::Backend => self.remove_backend(removal),
            RemovalKind::RetryPolicy => {
                for route in self.routes(name) {
                    self.stop_retries(route);
                }
            }
            RemovalKind::Timeout => {
                let (nodes, routes) = self.finder.path_to(name);
                if nodes.is_empty() || !routes.is_empty() {
                    self.remove_of_routes(name, "timeout");
                }
                self.remove_of_listeners(&nodes, "timeout");
            }
            RemovalKind::Tag => self.remove_tag(removal),
            kind => {
                for holder in self.listening(name) {
                    self.remove_part(holder, kind);
                }
            }
        }
    }

    /// Takes a part of a node or gateway away.
    pub(super) fn remove_part(&mut self, holder: &Resource, kind: RemovalKind) {
        match kind {
            RemovalKind::HealthCheck => self.remove_of_listeners(&[holder], "healthCheck"),
            RemovalKind::OutlierDetection => self.remove_of_listeners(&[holder], "outlierDetection"),
            RemovalKind::ConnectionPool => self.remove_of_listeners(&[holder], "connectionPool"),
            RemovalKind::Tls => self.remove_of_listeners(&[holder], "tls"),
            RemovalKind::AccessLog => self.take(holder, Path::of(&["spec", "logging"])),
            _ => {}
        }
    }

    fn nodes(&mut self, name: &str) -> Vec<&'i Resource> {
        let nodes = self.finder.nodes_named(name);
        if nodes.is_empty() {
            self.ask_which(Kind::VirtualNode, Some(name), &[]);
        }
        nodes
    }

    /// The nodes of a name, else the gateways: what has listeners and an access log.
    fn listening(&mut self, name: &str) -> Vec<&'i Resource> {
        let nodes = self.finder.named(Kind::VirtualNode, name);
        let gateways = self.finder.named(Kind::VirtualGateway, name);
        if !nodes.is_empty() || gateways.is_empty() { self.nodes(name) } else { gateways }
    }

    fn remove_of_listeners(&mut self, holders: &[&Resource], field: &'static str) {
        for holder in holders {
            let count = match &holder.spec {
                Spec::VirtualNode(spec) => spec.listeners.as_ref().map_or(0, Vec::len),
                Spec::VirtualGateway(spec) => spec.listeners.len(),
                _ => 0,
            };
            for index in 0..count {
                self.take(holder, Path::of(&["spec", "listeners"]).index(index).field(field));
            }
        }
    }

    fn routes(&mut self, name: &str) -> Vec<&'i Resource> {
        let routes = self.finder.path_to(name).1;
        if routes.is_empty() {
            self.draft.ask(format!("There is no route `{name}` in the file, and none leads to it. Which is meant?"));
        }
        routes
    }

    fn remove_of_routes(&mut self, name: &str, field: &'static str) {
        for route in self.routes(name) {
            let Spec::Route(spec) = &route.spec else { continue };
            let fields: Vec<&'static str> =
                spec.protocols().map(meshwright_model::route::ProtocolRoute::field).collect();
            for protocol in fields {
                self.take(route, Path::of(&["spec"]).field(protocol).field(field));
            }
        }
    }

    fn remove_backend(&mut self, removal: &Removal) {
        let wanted = removal.part.clone().unwrap_or_default();
        let services = self.finder.services_of(&wanted);
        for node in self.nodes(&removal.name) {
            let backends = node_spec(node).and_then(|spec| spec.backends.as_deref()).unwrap_or_default();
            let is_it = |Backend::VirtualService(backend): &Backend| {
                let key = Key::of(&backend.virtual_service_name);
                let name = key.shown();
                services.iter().any(|service| Key::of(&service.name) == key)
                    || name == wanted
                    || name.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'))
            };
            match backends.iter().position(is_it) {
                Some(index) => self.take(node, Path::of(&["spec", "backends"]).index(index)),
                None if !services.is_empty() => {
                    self.settled(format!("`{}` does not call `{wanted}`", removal.name));
                }
                None => self.settle_absent(
                    &format!("`{}` has no backend `{wanted}`", removal.name),
                    &[Kind::VirtualService],
                    &wanted,
                ),
            }
        }
    }

    /// Says that something is so already.
    pub(super) fn settled(&mut self, what: String) {
        self.settle(what, "so there is nothing to take away");
    }

    /// Asks about what is to go and is not there: it may be misspelt, or be gone already.
    pub(super) fn settle_absent(&mut self, what: &str, kinds: &[Kind], name: &str) {
        let what = what.strip_prefix("there").map_or(what.to_owned(), |rest| format!("There{rest}"));
        match self.finder.near(kinds, name) {
            Some(near) => self.draft.ask(format!("{what}. Is `{near}` meant, or is it gone already?")),
            None => self.draft.ask(format!("{what}. Which is meant, or is it gone already?")),
        }
    }

    /// A version that is to go leaves the routes; what it is stays, as only its name in full says more.
    fn remove_version(&mut self, removal: &Removal, nodes: &[&'i Resource]) {
        let name = &removal.name;
        if nodes.len() > 1 {
            self.ask_which(Kind::VirtualNode, Some(name), nodes);
            return;
        }
        let Some(node) = nodes.first() else { return };
        let full = Key::of(&node.name).shown();
        self.draft.assume(
            format!("virtual node `{full}` itself stays"),
            format!(
                "`{name}` alone says which requests are meant; \"delete virtual node {full}\" takes it away as well"
            ),
        );
        self.leave(&Removal { heir: removal.heir.clone(), ..Removal::of(RemovalKind::Target, full) });
    }

    /// Takes a resource away, with what would point at nothing.
    fn remove_resource(&mut self, removal: &Removal) {
        let name = removal.name.as_str();
        let kinds = removal.resource.map_or_else(
            || {
                vec![
                    Kind::GatewayRoute,
                    Kind::Route,
                    Kind::VirtualService,
                    Kind::VirtualRouter,
                    Kind::VirtualGateway,
                    Kind::VirtualNode,
                ]
            },
            |kind| vec![kind.into()],
        );
        let mut found: Vec<&'i Resource> = kinds.iter().flat_map(|kind| self.finder.named(*kind, name)).collect();
        if found.is_empty() {
            found.extend(kinds.iter().filter_map(|kind| self.finder.in_part(*kind, name)));
        }
        if removal.is_whole && !is_version(name) && !found.is_empty() {
            for resource in found {
                self.remove_lineage(resource);
                self.remove_whole(resource, removal.heir.as_ref());
            }
            return;
        }
        let is_exact = |resource: &&'i Resource| Key::of(&resource.name) == Key::Known(name);
        if found.iter().any(is_exact) {
            found.retain(is_exact);
        } else if is_version(name)
            && removal.resource.is_none()
            && found.iter().all(|resource| resource.kind() == Kind::VirtualNode)
            && !found.is_empty()
        {
            self.remove_version(removal, &found);
            return;
        }
        if removal.resource.is_none() && found.len() > 1 && self.is_lineage(&found) {
            let shown: Vec<String> = found
                .iter()
                .map(|resource| format!("{} `{}`", resource.kind(), Key::of(&resource.name).shown()))
                .collect();
            self.draft.assume(
                format!("all that is called `{name}` goes: {}", joined(&shown)),
                "each of them leads to the next, and the request names no kind",
            );
            for resource in found {
                self.remove_lineage(resource);
                self.remove_whole(resource, removal.heir.as_ref());
            }
            return;
        }
        let [resource] = found.as_slice() else {
            if found.is_empty() && removal.resource.is_none() && is_version(name) {
                // A version that was taken out before is there still, as only its requests went.
                self.ask_which(Kind::VirtualNode, Some(name), &[]);
            } else if found.is_empty() {
                self.settle_absent(&format!("there is no `{name}` in the file"), &kinds, name);
            } else {
                let kinds: Vec<String> = found.iter().map(|resource| resource.kind().to_string()).collect();
                self.draft.ask(format!("`{name}` may be a {}. Which is to be taken away?", kinds.join(" or a ")));
            }
            return;
        };
        self.remove_whole(resource, removal.heir.as_ref());
    }

    /// Whether several things of one name are one path: a virtual service, its router, its node.
    fn is_lineage(&self, found: &[&'i Resource]) -> bool {
        let index = self.finder.inventory.index();
        let place = |resource: &Resource| {
            self.finder.inventory.resources.iter().position(|other| std::ptr::eq(other, resource))
        };
        let kinds: BTreeSet<Kind> = found.iter().map(|resource| resource.kind()).collect();
        let is_reached = |resource: &&'i Resource| {
            let own = place(resource);
            let leads =
                |other: &&'i Resource| other.references().iter().any(|reference| index.target(other, reference) == own);
            resource.kind() == Kind::VirtualService
                || found.iter().any(|other| !std::ptr::eq(*other, *resource) && leads(other))
        };
        kinds.len() == found.len() && kinds.contains(&Kind::VirtualService) && found.iter().all(is_reached)
    }

    /// Takes away the routes that lead to a node alone, and the routers that have no other.
    fn remove_lineage(&mut self, node: &'i Resource) {
        if node.kind() != Kind::VirtualNode {
            return;
        }
        let leads_only = |desk: &Self, route: &'i Resource| {
            desk.finder.nodes_of(route).iter().all(|there| std::ptr::eq(*there, node))
        };
        for route in self.finder.routes_to(node) {
            if !leads_only(self, route) {
                continue;
            }
            let parent = route.parent.as_ref().map(|parent| Key::of(parent).shown());
            let routers: Vec<&'i Resource> = self
                .finder
                .of_kind(Kind::VirtualRouter)
                .filter(|router| Some(Key::of(&router.name).shown()) == parent)
                .collect();
            let is_all =
                |router: &&'i Resource| self.finder.routes_of(router).into_iter().all(|route| leads_only(self, route));
            let routers: Vec<&'i Resource> = routers.into_iter().filter(is_all).collect();
            self.remove_whole(route, None);
            for router in routers {
                self.remove_whole(router, None);
            }
        }
    }

    /// Takes a resource away, first what would lead to it.
    fn remove_whole(&mut self, resource: &'i Resource, heir: Option<&Heir>) {
        let deletion = Edit::delete(resource);
        if self.edits.contains(&deletion) {
            return;
        }
        let name = Key::of(&resource.name).shown();
        if resource.kind() == Kind::VirtualNode && !self.finder.routes_to(resource).is_empty() {
            self.leave(&Removal { heir: heir.cloned(), ..Removal::of(RemovalKind::Target, &name) });
        }
        let index = self.finder.inventory.index();
        let own = self.finder.inventory.resources.iter().position(|other| std::ptr::eq(other, resource));
        let points =
            |other: &&'i Resource| other.references().iter().any(|reference| index.target(other, reference) == own);
        for other in self.finder.inventory.resources.iter().filter(points) {
            match other.kind() {
                Kind::Route if resource.kind() == Kind::VirtualNode => {}
                Kind::VirtualNode => {
                    let own = Key::of(&other.name).shown();
                    self.remove_backend(&Removal::of_part(RemovalKind::Backend, own, &name));
                }
                Kind::VirtualService if resource.kind() == Kind::VirtualNode && heir.is_some() => {
                    let path = Path::of(&["spec", "provider", "virtualNode", "virtualNodeName"]);
                    if let Some(node) = heir.and_then(|heir| self.heir_in(&[], &name, &heir.node)) {
                        self.point_to(other, path, &node);
                    }
                }
                kind => {
                    let shown = Key::of(&other.name).shown();
                    self.draft.assume(
                        format!("{kind} `{shown}` goes with it"),
                        format!("it would lead to `{name}`, which is no more"),
                    );
                    self.remove_whole(other, None);
                }
            }
        }
        self.edits.push(deletion);
    }
}
