//! Finds what a request means by a name, among the resources that are there.

use std::collections::BTreeSet;

use meshwright_model::reference::Key;
use meshwright_model::route::{ProtocolRoute, WeightedTarget};
use meshwright_model::spelling::nearest;
use meshwright_model::virtual_node::VirtualNodeSpec;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Inventory, Kind, Resource, Spec};

use crate::compose::names::{is_part, is_version, logical, stem};

/// Finds resources.
pub(super) struct Finder<'i> {
    pub(super) inventory: &'i Inventory,
    /// The nodes that the request makes, which no other is meant by.
    pub(super) planned: Vec<String>,
}

impl<'i> Finder<'i> {
    pub(super) fn new(inventory: &'i Inventory, planned: Vec<String>) -> Self {
        Self { inventory, planned }
    }

    /// All resources of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &'i Resource> + use<'i> {
        self.inventory.resources.iter().filter(move |resource| resource.kind() == kind)
    }

    /// The resources of a kind that a bare name may mean: of that name, else of that name with the kind's word behind
    /// it, else of that logical id, else of a longer name that only a domain or an open part tells from it; a version alone is the end of a name.
    pub(super) fn named(&self, kind: Kind, name: &str) -> Vec<&'i Resource> {
        let by = |test: &dyn Fn(&'i Resource) -> bool| -> Vec<&'i Resource> {
            self.of_kind(kind).filter(|resource| test(resource)).collect()
        };
        let exact = by(&|resource| Key::of(&resource.name).shown() == name);
        if !exact.is_empty() {
            return exact;
        }
        let words = endings(kind);
        let with_word = by(&|resource| {
            let shown = Key::of(&resource.name).shown();
            let rest = shown.strip_prefix(name).and_then(|rest| rest.strip_prefix(['-', '_']));
            rest.is_some_and(|rest| words.contains(&rest))
        });
        // What the request makes is not there by a looser likeness.
        let is_made = kind == Kind::VirtualNode && self.planned.iter().any(|planned| planned == name);
        if !with_word.is_empty() || is_made {
            return with_word;
        }
        let label = logical(name);
        let labelled = by(&|resource| {
            let own = resource.label.as_deref().unwrap_or_default();
            own == label || own == format!("{label}{}", kind.type_name()) || own.strip_suffix("Node") == Some(&label)
        });
        if !labelled.is_empty() {
            return labelled;
        }
        by(&|resource| {
            let shown = Key::of(&resource.name).shown();
            let is_longer = shown.strip_prefix(name).is_some_and(|rest| {
                rest.starts_with(['.', '$', '-', '_']) && (kind == Kind::VirtualService || rest.contains("${"))
            });
            let is_last = || shown.strip_suffix(name).is_some_and(|stem| stem.ends_with(['-', '_']));
            is_longer || is_version(name) && is_last()
        })
    }

    /// The only resource of a kind in whose name a name stands behind the first word: `blue` of `teller-blue-vn`; of routes
    /// else the only one that leads there and nowhere else.
    pub(super) fn in_part(&self, kind: Kind, name: &str) -> Option<&'i Resource> {
        if self.planned.iter().any(|planned| planned == name) {
            return None;
        }
        let only =
            |mut found: Box<dyn Iterator<Item = &'i Resource> + '_>| found.next().filter(|_| found.next().is_none());
        let has = |resource: &&'i Resource| is_part(&Key::of(&resource.name).shown(), name);
        let named = self.of_kind(kind).filter(has);
        let leads = |route: &&'i Resource| {
            let targets = Self::targets(route);
            !targets.is_empty()
                && targets.iter().all(|(.., target)| is_part(&Key::of(&target.virtual_node).shown(), name))
        };
        match kind {
            Kind::Route if self.of_kind(kind).any(|route| has(&route)) => only(Box::new(named)),
            Kind::Route => only(Box::new(self.of_kind(kind).filter(leads))),
            Kind::VirtualNode | Kind::GatewayRoute => only(Box::new(named)),
            _ => None,
        }
    }

    /// The nodes that a name means; where none is called so, the one that has it as a part of its own.
    pub(super) fn nodes_named(&self, name: &str) -> Vec<&'i Resource> {
        let named = self.named(Kind::VirtualNode, name);
        if named.is_empty() { self.in_part(Kind::VirtualNode, name).into_iter().collect() } else { named }
    }

    /// The nodes that are versions of a name: `transcoder-v1` and `transcoder-v2` of `transcoder`; in a wide sense all whose
    /// names begin with it.
    pub(super) fn family(&self, name: &str, is_wide: bool) -> Vec<&'i Resource> {
        let nodes = self.of_kind(Kind::VirtualNode);
        let is_one = |resource: &&'i Resource| {
            let shown = Key::of(&resource.name).shown();
            let plain =
                endings(Kind::VirtualNode).iter().find_map(|word| shown.strip_suffix(word)?.strip_suffix(['-', '_']));
            let begins = || shown.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '_']));
            stem(plain.unwrap_or(&shown)) == name || is_wide && begins()
        };
        nodes.filter(is_one).collect()
    }

    /// The name of a kind that is most like one.
    pub(super) fn near(&self, kinds: &[Kind], name: &str) -> Option<String> {
        let names: Vec<String> =
            kinds.iter().flat_map(|kind| self.of_kind(*kind)).map(|resource| Key::of(&resource.name).shown()).collect();
        // A service may be called by the first part of its name.
        let labels = names.iter().map(|name| name.split('.').next().unwrap_or(name));
        nearest(name, names.iter().map(String::as_str).chain(labels)).map(str::to_owned)
    }

    /// The name that the file has for the only node that a name may mean, as it is shown; where nodes stand elsewhere, that
    /// of the only target; else the name itself.
    pub(super) fn full(&self, node: &str) -> String {
        match self.nodes_named(node).as_slice() {
            [only] => Key::of(&only.name).shown(),
            [] => self.target_named(node).unwrap_or_else(|| node.to_owned()),
            _ => node.to_owned(),
        }
    }

    /// The only target of routes that a name may mean, of those whose nodes stand in another file.
    fn target_named(&self, name: &str) -> Option<String> {
        if self.planned.iter().any(|planned| planned == name) {
            return None;
        }
        let targets = self.of_kind(Kind::Route).flat_map(|route| Self::targets(route));
        let targets: BTreeSet<String> = targets.map(|(.., target)| Key::of(&target.virtual_node).shown()).collect();
        let only = |test: &dyn Fn(&str) -> bool| {
            let mut found = targets.iter().filter(|target| test(target));
            found.next().filter(|_| found.next().is_none()).cloned()
        };
        let has_word = |target: &str| {
            let rest = target.strip_prefix(name).and_then(|rest| rest.strip_prefix(['-', '_']));
            rest.is_some_and(|rest| endings(Kind::VirtualNode).contains(&rest))
        };
        let is_there = targets.contains(name);
        only(&has_word).or_else(|| only(&|target| is_part(target, name))).filter(|_| !is_there)
    }

    /// The routes of a router.
    pub(super) fn routes_of(&self, router: &Resource) -> Vec<&'i Resource> {
        let own = Key::of(&router.name);
        self.of_kind(Kind::Route)
            .filter(|route| route.parent.as_ref().is_some_and(|parent| Key::of(parent) == own))
            .collect()
    }

    /// The targets of a route, with their field and place.
    pub(super) fn targets(route: &'i Resource) -> Vec<(&'static str, usize, &'i WeightedTarget)> {
        let Spec::Route(spec) = &route.spec else { return Vec::new() };
        let all = |(field, action): (&'static str, &'i meshwright_model::route::RouteAction)| {
            action.weighted_targets.iter().enumerate().map(move |(index, target)| (field, index, target))
        };
        spec.actions().flat_map(all).collect()
    }

    /// The routes that send to a node.
    pub(super) fn routes_to(&self, node: &Resource) -> Vec<&'i Resource> {
        let own = Key::of(&node.name);
        let leads = |route: &&'i Resource| {
            Self::targets(route).iter().any(|(_, _, target)| Key::of(&target.virtual_node) == own)
        };
        self.of_kind(Kind::Route).filter(leads).collect()
    }

    /// The virtual services that a name means, by their own or by that of the router or node behind them.
    pub(super) fn services_of(&self, name: &str) -> Vec<&'i Resource> {
        let named = self.named(Kind::VirtualService, name);
        if !named.is_empty() {
            return named;
        }
        let has_name = |own: &Resource| Key::of(&own.name).shown() == name;
        let leads = |service: &&'i Resource| {
            let Spec::VirtualService(spec) = &service.spec else { return false };
            spec.references().any(|provider| {
                let is_it = |own: &&'i Resource| own.kind() == provider.kind && Key::of(&own.name) == provider.name;
                let found = self.inventory.resources.iter().find(is_it);
                let through = |router: &'i Resource| {
                    self.routes_of(router).into_iter().any(|route| self.nodes_of(route).into_iter().any(has_name))
                };
                found.is_some_and(|own| has_name(own) || own.kind() == Kind::VirtualRouter && through(own))
            })
        };
        self.of_kind(Kind::VirtualService).filter(leads).collect()
    }

    /// The nodes that a route sends to.
    pub(super) fn nodes_of(&self, route: &'i Resource) -> Vec<&'i Resource> {
        let targets = Self::targets(route);
        let is_target = |node: &&'i Resource| {
            targets.iter().any(|(_, _, target)| Key::of(&target.virtual_node) == Key::of(&node.name))
        };
        self.of_kind(Kind::VirtualNode).filter(is_target).collect()
    }

    /// The nodes, and the routes to them, that answer for whatever has a name: a route, router, service or node.
    pub(super) fn path_to(&self, name: &str) -> (Vec<&'i Resource>, Vec<&'i Resource>) {
        let mut routes = self.named(Kind::Route, name);
        for router in self.named(Kind::VirtualRouter, name) {
            routes.extend(self.routes_of(router));
        }
        let mut nodes = Vec::new();
        for service in self.named(Kind::VirtualService, name) {
            let Spec::VirtualService(spec) = &service.spec else { continue };
            match &spec.provider {
                Some(VirtualServiceProvider::VirtualRouter(provider)) => {
                    let is_it = |router: &&'i Resource| Key::of(&router.name) == Key::of(&provider.virtual_router_name);
                    routes.extend(
                        self.of_kind(Kind::VirtualRouter).filter(is_it).flat_map(|router| self.routes_of(router)),
                    );
                }
                Some(VirtualServiceProvider::VirtualNode(provider)) => {
                    let is_it = |node: &&'i Resource| Key::of(&node.name) == Key::of(&provider.virtual_node_name);
                    nodes.extend(self.of_kind(Kind::VirtualNode).filter(is_it));
                }
                None => {}
            }
        }
        if routes.is_empty() && nodes.is_empty() {
            nodes = self.nodes_named(name);
            routes = nodes.iter().flat_map(|node| self.routes_to(node)).collect();
        }
        if routes.is_empty() && nodes.is_empty() {
            routes.extend(self.in_part(Kind::Route, name));
        }
        for route in &routes {
            nodes.extend(self.nodes_of(route));
        }
        (once(nodes), once(routes))
    }
}

/// What names of a kind end in beside what they are the name of.
fn endings(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Mesh => &["mesh"],
        Kind::VirtualNode => &["node", "vn", "vnode"],
        Kind::VirtualRouter => &["router", "vr", "vrouter"],
        // Its name is a host name.
        Kind::VirtualService => &[],
        Kind::VirtualGateway => &["gateway", "vg", "vgw", "gw"],
        Kind::Route | Kind::GatewayRoute => &["route"],
    }
}

/// Each resource once, in order.
fn once<'i>(resources: Vec<&'i Resource>) -> Vec<&'i Resource> {
    let mut seen: Vec<&'i Resource> = Vec::new();
    for resource in resources {
        if !seen.iter().any(|other| std::ptr::eq(*other, resource)) {
            seen.push(resource);
        }
    }
    seen
}

/// A node's specification.
pub(super) fn node_spec(resource: &Resource) -> Option<&VirtualNodeSpec> {
    match &resource.spec {
        Spec::VirtualNode(spec) => Some(spec),
        _ => None,
    }
}

/// Whether a route takes only requests that a header tells.
pub(super) fn is_narrow(route: &Resource) -> bool {
    match &route.spec {
        Spec::Route(spec) => {
            spec.protocols().filter_map(ProtocolRoute::http).any(|http| http.matcher.headers.is_some())
        }
        _ => false,
    }
}
