//! Edits that take something away, with what points at it.

use meshwright_model::edit::Edit;
use meshwright_model::limits::Weight;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::Backend;
use meshwright_model::{Kind, Path, Resource};

use super::Desk;
use super::find::{Finder, node_spec};
use crate::compose::names::is_version;
use crate::intent::{Removal, RemovalKind};

impl<'i> Desk<'i> {
    /// Takes something away.
    pub(super) fn remove(&mut self, removal: &Removal) {
        let name = &removal.name;
        match removal.kind {
            RemovalKind::Resource => self.remove_resource(name),
            RemovalKind::Target => self.remove_target(removal),
            RemovalKind::Backend => self.remove_backend(removal),
            RemovalKind::RetryPolicy => self.remove_of_routes(name, "retryPolicy"),
            RemovalKind::Timeout => {
                self.remove_of_routes(name, "timeout");
                let nodes = self.finder.path_to(name).0;
                self.remove_of_listeners(&nodes, "timeout");
            }
            RemovalKind::HealthCheck => self.remove_of_node(name, "healthCheck"),
            RemovalKind::OutlierDetection => self.remove_of_node(name, "outlierDetection"),
            RemovalKind::ConnectionPool => self.remove_of_node(name, "connectionPool"),
            RemovalKind::Tls => self.remove_of_node(name, "tls"),
            RemovalKind::AccessLog => {
                for node in self.nodes(name) {
                    self.take(node, Path::of(&["spec", "logging"]));
                }
            }
        }
    }

    fn nodes(&mut self, name: &str) -> Vec<&'i Resource> {
        let nodes = self.finder.named(Kind::VirtualNode, name);
        if nodes.is_empty() {
            self.ask_which(Kind::VirtualNode, Some(name), &[]);
        }
        nodes
    }

    fn remove_of_node(&mut self, name: &str, field: &'static str) {
        let nodes = self.nodes(name);
        self.remove_of_listeners(&nodes, field);
    }

    fn remove_of_listeners(&mut self, nodes: &[&'i Resource], field: &'static str) {
        for node in nodes {
            let count = node_spec(node).and_then(|spec| spec.listeners.as_ref()).map_or(0, Vec::len);
            for index in 0..count {
                self.take(node, Path::of(&["spec", "listeners"]).index(index).field(field));
            }
        }
    }

    fn remove_of_routes(&mut self, name: &str, field: &'static str) {
        let routes = self.finder.path_to(name).1;
        if routes.is_empty() {
            self.draft.ask(format!("There is no route `{name}` in the file, and none leads to it. Which is meant?"));
        }
        for route in routes {
            let meshwright_model::Spec::Route(spec) = &route.spec else { continue };
            let fields: Vec<&'static str> =
                spec.protocols().map(meshwright_model::route::ProtocolRoute::field).collect();
            for protocol in fields {
                self.take(route, Path::of(&["spec"]).field(protocol).field(field));
            }
        }
    }

    fn remove_backend(&mut self, removal: &Removal) {
        let wanted = removal.part.clone().unwrap_or_default();
        for node in self.nodes(&removal.name) {
            let backends = node_spec(node).and_then(|spec| spec.backends.as_deref()).unwrap_or_default();
            let is_it = |Backend::VirtualService(backend): &Backend| {
                let name = Key::of(&backend.virtual_service_name).shown();
                name == wanted || name.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'))
            };
            match backends.iter().position(is_it) {
                Some(index) => self.take(node, Path::of(&["spec", "backends"]).index(index)),
                None if !self.finder.named(Kind::VirtualService, &wanted).is_empty() => {
                    self.settled(format!("`{}` does not call `{wanted}`", removal.name));
                }
                None => self.draft.ask(format!("`{}` has no backend `{wanted}`. Which is meant?", removal.name)),
            }
        }
    }

    /// Takes a target out of the routes that send to it; what is left shares the requests as before.
    fn remove_target(&mut self, removal: &Removal) {
        let wanted = removal.part.as_deref().unwrap_or(&removal.name);
        let scope = removal.part.as_ref().map(|_| self.finder.path_to(&removal.name).1);
        let nodes = self.finder.named(Kind::VirtualNode, wanted);
        let names: Vec<Key<'i>> = nodes.iter().map(|node| Key::of(&node.name)).collect();
        let mut is_found = false;
        for route in scope.unwrap_or_else(|| self.finder.of_kind(Kind::Route).collect()) {
            let is_it = |name: Key<'i>| names.contains(&name) || name == Key::Known(wanted);
            let targets = Finder::targets(route);
            let Some((field, index, _)) = targets.iter().find(|(_, _, target)| is_it(Key::of(&target.virtual_node)))
            else {
                continue;
            };
            is_found = true;
            let shown = Key::of(&route.name).shown();
            let list = Path::of(&["spec"]).field(*field).field("action").field("weightedTargets");
            if targets.len() == 1 {
                self.draft
                    .ask(format!("`{wanted}` is the only target of route `{shown}`. Where should its requests go?"));
                continue;
            }
            let left: Vec<_> = targets.iter().filter(|(_, other, _)| other != index).collect();
            self.take(route, list.index(*index));
            if let [(_, _, only)] = left.as_slice() {
                let node = Key::of(&only.virtual_node).shown();
                // Alone, every weight but 0 is all.
                let is_nothing = only.weight.known().is_some_and(|weight| weight.value() == 0);
                let why = if is_nothing {
                    "it is the only target that is left"
                } else {
                    "it is the only target that is left; shares are relative, so that its weight stays as it is written"
                };
                if is_nothing {
                    let weight = self.draft.number::<Weight>(&format!("the weight of `{node}`"), 100);
                    self.set(route, list.index(0).field("weight"), &weight);
                }
                self.draft.assume(format!("`{node}` gets all requests of route `{shown}`"), why);
            } else {
                self.draft.assume(
                    format!("the other targets of route `{shown}` keep their weights"),
                    "shares are relative, so that they share what is taken away as they share the rest",
                );
            }
        }
        match nodes.as_slice() {
            _ if is_found => {}
            [node] => self.settled(format!("no route sends to `{}`", Key::of(&node.name).shown())),
            _ => {
                let near = self.finder.near(&[Kind::VirtualNode], wanted);
                let near =
                    near.map_or_else(|| "Which target is meant?".to_owned(), |near| format!("Did you mean `{near}`?"));
                self.draft.ask(format!("No route sends to `{wanted}`. {near}"));
            }
        }
    }

    /// Says that something is so already.
    fn settled(&mut self, what: String) {
        self.is_settled = true;
        self.draft.assume(what, "so there is nothing to take away");
    }

    /// A version that is to go leaves the routes; what it is stays, as only its name in full says more.
    fn remove_version(&mut self, name: &str, nodes: &[&'i Resource]) {
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
        self.remove_target(&Removal { kind: RemovalKind::Target, name: full, part: None });
    }

    /// Takes a resource away, with what would point at nothing.
    fn remove_resource(&mut self, name: &str) {
        let kinds = [
            Kind::GatewayRoute,
            Kind::Route,
            Kind::VirtualService,
            Kind::VirtualRouter,
            Kind::VirtualGateway,
            Kind::VirtualNode,
        ];
        let mut found: Vec<&'i Resource> = kinds.into_iter().flat_map(|kind| self.finder.named(kind, name)).collect();
        let is_exact = |resource: &&'i Resource| Key::of(&resource.name) == Key::Known(name);
        if found.iter().any(is_exact) {
            found.retain(is_exact);
        } else if is_version(name)
            && found.iter().all(|resource| resource.kind() == Kind::VirtualNode)
            && !found.is_empty()
        {
            self.remove_version(name, &found);
            return;
        }
        let [resource] = found.as_slice() else {
            if found.is_empty() {
                let near = self.finder.near(&kinds, name);
                let near = near
                    .map_or_else(|| "Which resource is meant?".to_owned(), |near| format!("Did you mean `{near}`?"));
                self.draft.ask(format!("There is no `{name}` in the file. {near}"));
            } else {
                let kinds: Vec<String> = found.iter().map(|resource| resource.kind().to_string()).collect();
                self.draft.ask(format!("`{name}` may be a {}. Which is to be taken away?", kinds.join(" or a ")));
            }
            return;
        };
        self.remove_whole(resource);
    }

    /// Takes a resource away, first what would lead to it.
    fn remove_whole(&mut self, resource: &'i Resource) {
        let deletion = Edit::delete(resource);
        if self.edits.contains(&deletion) {
            return;
        }
        let name = Key::of(&resource.name).shown();
        if resource.kind() == Kind::VirtualNode && !self.finder.routes_to(resource).is_empty() {
            let removal = Removal { kind: RemovalKind::Target, name: Key::of(&resource.name).shown(), part: None };
            self.remove_target(&removal);
        }
        let index = self.finder.inventory.index();
        let own = self.finder.inventory.resources.iter().position(|other| std::ptr::eq(other, resource));
        let points =
            |other: &&'i Resource| other.references().iter().any(|reference| index.target(other, reference) == own);
        for other in self.finder.inventory.resources.iter().filter(points) {
            match other.kind() {
                Kind::Route if resource.kind() == Kind::VirtualNode => {}
                Kind::VirtualNode => {
                    let backend = RemovalKind::Backend;
                    let part = Some(Key::of(&resource.name).shown());
                    self.remove_backend(&Removal { kind: backend, name: Key::of(&other.name).shown(), part });
                }
                kind => {
                    let shown = Key::of(&other.name).shown();
                    self.draft.assume(
                        format!("{kind} `{shown}` goes with it"),
                        format!("it would lead to `{name}`, which is no more"),
                    );
                    self.remove_whole(other);
                }
            }
        }
        self.edits.push(deletion);
    }
}
