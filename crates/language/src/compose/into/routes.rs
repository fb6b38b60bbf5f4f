//! Edits of routes.

use meshwright_model::edit::NewValue;
use meshwright_model::limits::Port;
use meshwright_model::reference::Key;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Kind, Path, Resource, Scalar, Spec};

use super::Desk;
use super::find::{Finder, is_narrow};
use super::matches::{route_part, with_service};
use super::shares::{is_all_requests, is_part_of_requests};
use crate::compose::draft::Draft;
use crate::compose::names::{listed, stem};
use crate::compose::plan::Router;
use crate::compose::route::route_spec;
use crate::intent::{Action, Intent, Match, Pathway, Protocol, Route, Target};

impl<'i> Desk<'i> {
    /// Changes the routes that are there; what is not stays in the intent, to be made.
    pub(super) fn change_routes(&mut self, rest: &mut Intent) {
        let mut routers = std::mem::take(&mut rest.virtual_routers);
        for router in &mut routers {
            let there =
                router.name.as_ref().is_some_and(|name| !self.finder.named(Kind::VirtualRouter, name).is_empty());
            if there || router.action == Action::Change {
                self.change_router(router);
                for mut route in std::mem::take(&mut router.routes) {
                    route.router = route.router.or_else(|| router.name.clone());
                    rest.routes.push(route);
                }
            }
        }
        routers.retain(|router| {
            let there =
                router.name.as_ref().is_some_and(|name| !self.finder.named(Kind::VirtualRouter, name).is_empty());
            !there && router.action != Action::Change
        });
        rest.virtual_routers = routers;
        let mut left = Vec::new();
        for mut route in std::mem::take(&mut rest.routes) {
            self.name_targets(&mut route);
            let mut there = self.meant(&route);
            if there.is_empty() && (route.matcher.is_empty() || route.matcher.otherwise) {
                there.extend(self.shared_route(&route));
                if !there.is_empty() && is_all_requests(&route) {
                    route.targets[0].weight = Some(100);
                }
            }
            if there.is_empty() && (route.action == Action::Create || !route.targets.is_empty()) {
                self.find_router(&mut route);
                there = self.same(&route);
            }
            if there.is_empty() && (route.action == Action::Create || !route.targets.is_empty()) {
                if let Some(part) = self.part_of(&route) {
                    self.ask_about_part(&route, part);
                    continue;
                }
                if let (None, Some(target)) = (&route.name, route.targets.first()) {
                    let wanted = format!("{}-route", target.node);
                    route.name = self.free_name(Kind::Route, route.router.as_deref(), &wanted);
                }
                left.push(route);
            } else if there.is_empty() {
                let Some(name) = route.name.clone().or(route.router.clone()) else {
                    match self.only(Kind::Route) {
                        Some(only) if self.may_mean_only(&route, only) => {
                            self.is_settled |= !route.says_nothing();
                            self.change_each(&route, &[only]);
                        }
                        Some(_) => {}
                        None => {
                            self.ask_which(Kind::Route, None, &self.finder.of_kind(Kind::Route).collect::<Vec<_>>());
                        }
                    }
                    continue;
                };
                let kinds = [Kind::Route, Kind::VirtualRouter, Kind::VirtualService, Kind::VirtualNode];
                let near = self.finder.near(&kinds, &name).map(|near| format!("Did you mean `{near}`?"));
                self.draft.ask(format!(
                    "There is no route `{name}` in the file. {}",
                    near.unwrap_or_else(|| "Which is meant?".to_owned())
                ));
            } else {
                self.is_settled |= !route.says_nothing();
                self.change_each(&route, &there);
            }
        }
        rest.routes = left;
    }

    /// The routes that are there and that a request means.
    fn meant(&self, wanted: &Route) -> Vec<&'i Resource> {
        let named = match (wanted.name.as_deref(), wanted.action) {
            (Some(name), Action::Change) => self.finder.path_to(name).1,
            // A new one is there already only where its name is.
            (Some(name), Action::Create) => {
                let own = self.finder.named(Kind::Route, name);
                own.into_iter().filter(|route| Key::of(&route.name) == Key::Known(name)).collect()
            }
            (None, _) => Vec::new(),
        };
        if !named.is_empty() {
            let is_own = |route: &&'i Resource| {
                let parent = route.parent.as_ref().map(|parent| Key::of(parent).shown());
                parent.is_some() && parent == wanted.router
            };
            // Routers may have routes of one name.
            let own: Vec<&'i Resource> = named.iter().copied().filter(is_own).collect();
            return if own.is_empty() { named } else { own };
        }
        let of_router = |name: &str| {
            let routers = self.finder.named(Kind::VirtualRouter, name).into_iter();
            let own: Vec<_> = routers.flat_map(|router| self.finder.routes_of(router)).collect();
            // A share of an application's traffic names no router, but what the router answers for.
            if own.is_empty() { self.finder.path_to(name).1 } else { own }
        };
        let candidates: Vec<&'i Resource> = match wanted.router.as_deref() {
            Some(name) => of_router(name),
            None => self.finder.of_kind(Kind::Route).collect(),
        };
        let is_plain = wanted.matcher.is_empty() || wanted.matcher.otherwise;
        if wanted.targets.is_empty() {
            return if is_plain && wanted.router.is_some() { candidates } else { Vec::new() };
        }
        if !is_plain {
            return Vec::new();
        }
        // A change of shares: the route that sends to one of the targets already, and to everything.
        let sends: Vec<&'i Resource> =
            candidates.iter().copied().filter(|route| self.sends_to(route, wanted) && !is_narrow(route)).collect();
        match candidates.as_slice() {
            // "10% of cart traffic to cart-v3": what is left stays where the only route of the cart sends it.
            [only]
                if sends.is_empty() && wanted.router.is_some() && is_part_of_requests(wanted) && !is_narrow(only) =>
            {
                vec![*only]
            }
            _ => sends,
        }
    }

    /// The route that shares a part of the requests among one of the targets of a wanted route for all requests and others,
    /// where no route of the same router takes all.
    fn part_of(&self, wanted: &Route) -> Option<&'i Resource> {
        let everything = Match { path: Some(Pathway::Prefix("/".to_owned())), ..Match::default() };
        let router = wanted.router.as_deref().filter(|_| wanted.name.is_none())?;
        if !wanted.matcher.is_empty() && wanted.matcher != everything {
            return None;
        }
        let own = |route: &&'i Resource| route.parent.as_ref().is_some_and(|parent| Key::of(parent).shown() == router);
        let siblings: Vec<&'i Resource> = self.finder.of_kind(Kind::Route).filter(own).collect();
        let is_split = |route: &&&'i Resource| Finder::targets(route).len() > 1 && self.sends_to(route, wanted);
        siblings.iter().find(is_split).filter(|_| siblings.iter().all(|route| is_narrow(route))).copied()
    }

    fn ask_about_part(&mut self, wanted: &Route, part: &'i Resource) {
        let shown = Key::of(&part.name).shown();
        let nodes: Vec<String> = wanted.targets.iter().map(|target| target.node.clone()).collect();
        let nodes = listed(&nodes);
        self.draft.ask(format!(
            "Route `{shown}` shares the requests that it matches, and no route takes all others. Should all of its requests go to {nodes} (\"route {shown} sends everything to {0}\"), or should a route be added (\"add a route named {0}-route ...\")?",
            nodes.replace('`', "")
        ));
    }

    /// The route of the same router that takes just the requests that a new one would take.
    fn same(&self, wanted: &Route) -> Vec<&'i Resource> {
        let Some(router) = wanted.router.as_deref().filter(|_| !wanted.matcher.is_empty()) else { return Vec::new() };
        let own = |route: &&'i Resource| route.parent.as_ref().is_some_and(|parent| Key::of(parent).shown() == router);
        self.finder.of_kind(Kind::Route).filter(own).filter(|route| is_same_match(route, wanted)).collect()
    }

    /// Whether a route sends to one of the targets that are wanted.
    fn sends_to(&self, route: &'i Resource, wanted: &Route) -> bool {
        let wanted: Vec<String> = wanted.targets.iter().map(|target| self.finder.full(&target.node)).collect();
        Finder::targets(route).iter().any(|(.., target)| wanted.contains(&Key::of(&target.virtual_node).shown()))
    }

    fn change_each(&mut self, wanted: &Route, there: &[&'i Resource]) {
        let name = wanted.name.clone().unwrap_or_default();
        if let Some(timeout) = &wanted.timeout {
            self.change_timeouts(&name, there, timeout);
        }
        if wanted.priority.is_some() && there.len() > 1 {
            self.ask_which(Kind::Route, wanted.name.as_deref().or(wanted.router.as_deref()), there);
            return;
        }
        for route in there {
            if let Some(retry) = &wanted.retry {
                self.change_retry(route, retry, wanted.timeout.as_ref());
            }
            if let Some(priority) = wanted.priority {
                let priority = self
                    .draft
                    .number::<meshwright_model::limits::Priority>("the priority of the route", priority.into());
                self.set(route, Path::of(&["spec", "priority"]), &priority);
                self.ask_about_taken(route, wanted.priority);
            }
            if !wanted.targets.is_empty() {
                // What a route that is named sends to one of its targets, it sends there whole.
                let is_all = wanted.name.is_some() || wanted.matcher.path == Some(Pathway::Prefix("/".to_owned()));
                self.change_targets(route, &wanted.targets, is_all);
            }
        }
        if wanted.matcher != Match::default() && !wanted.matcher.otherwise {
            match there {
                [route] => self.change_match(route, wanted),
                // Routes that match the same hide one another.
                several => self.ask_which(Kind::Route, Some(&name), several),
            }
        }
    }

    /// Lets targets bear the names of nodes that are there.
    fn name_targets(&self, route: &mut Route) {
        for target in &mut route.targets {
            match self.finder.nodes_named(&target.node).as_slice() {
                [only] => {
                    if let Some(name) = only.name.known() {
                        name.as_str().clone_into(&mut target.node);
                    }
                }
                _ => target.node = self.finder.full(&target.node),
            }
        }
    }

    /// The router of a new route: the one that leads to its targets, or to their other versions.
    fn find_router(&mut self, route: &mut Route) {
        // In a mesh of a known name a rule finds what is not there.
        if self.draft.mesh.text().is_none() {
            let is_unknown = |name: &&String| self.finder.nodes_named(name).is_empty();
            let unknown: Vec<String> =
                route.targets.iter().map(|target| &target.node).filter(is_unknown).cloned().collect();
            self.new_targets.extend(unknown);
        }
        if let Some(name) = &route.router {
            if let [only] = self.finder.named(Kind::VirtualRouter, name).as_slice() {
                route.router = Some(Key::of(&only.name).shown());
                self.be_like(route);
                return;
            }
            // The router behind the virtual service of that name.
            let routes = self.finder.path_to(name).1;
            let mut parents: Vec<String> =
                routes.iter().filter_map(|own| own.parent.as_ref().map(|parent| Key::of(parent).shown())).collect();
            parents.dedup();
            if let ([only], true) = (parents.as_slice(), self.finder.named(Kind::VirtualRouter, name).is_empty()) {
                route.router = Some(only.clone());
                self.be_like(route);
            }
            return;
        }
        let stem = |name: &str| stem(name).to_owned();
        let wanted: Vec<String> = route.targets.iter().map(|target| stem(&self.finder.full(&target.node))).collect();
        let leads = |other: &&Resource| {
            Finder::targets(other)
                .iter()
                .any(|(_, _, target)| wanted.contains(&stem(&Key::of(&target.virtual_node).shown())))
        };
        let mut routers: Vec<String> = self
            .finder
            .of_kind(Kind::Route)
            .filter(leads)
            .filter_map(|route| Some(Key::of(route.parent.as_ref()?).shown()))
            .collect();
        routers.sort();
        routers.dedup();
        match routers.as_slice() {
            [only] => {
                self.draft.assume(
                    format!("the new route belongs to virtual router `{only}`"),
                    "it leads to these targets already",
                );
                route.router = Some(only.clone());
                self.be_like(route);
            }
            [] => match self.only(Kind::VirtualRouter).filter(|_| self.suits_any_router(route)) {
                Some(only) => {
                    let only = Key::of(&only.name).shown();
                    self.draft.assume(
                        format!("the new route belongs to virtual router `{only}`"),
                        "there is no other in the file",
                    );
                    route.router = Some(only);
                    self.be_like(route);
                }
                None => self.draft.ask("To which virtual router should the new route belong?"),
            },
            several => {
                self.draft.ask(format!("To which virtual router should the new route belong: {}?", listed(several)));
            }
        }
    }

    /// A new route has the protocol of the other routes of its router, and sends to the same ports.
    fn be_like(&self, route: &mut Route) {
        let router = route.router.clone().unwrap_or_default();
        let own = |other: &&'i Resource| other.parent.as_ref().is_some_and(|parent| Key::of(parent).shown() == router);
        for other in self.finder.of_kind(Kind::Route).filter(own) {
            let Spec::Route(spec) = &other.spec else { continue };
            let Some(there) = spec.protocols().next() else { continue };
            route.protocol = route.protocol.or(Some(protocol(there)));
            let number = |port: Option<&Scalar<Port>>| u32::try_from(port?.known()?.value()).ok();
            route.matcher.port = route.matcher.port.or(number(there.match_port()));
            for target in route.targets.iter_mut().filter(|target| target.port.is_none()) {
                let name = self.finder.full(&target.node);
                let same =
                    Finder::targets(other).into_iter().find(|(.., other)| Key::of(&other.virtual_node).shown() == name);
                target.port = same.and_then(|(.., other)| number(other.port.as_ref()));
            }
        }
    }

    fn change_match(&mut self, route: &Resource, wanted: &Route) {
        let Spec::Route(spec) = &route.spec else { return };
        let Some(there) = spec.protocols().next() else { return };
        let Some(matcher) = route_part(route).map(|part| part.field("match")) else { return };
        let full = Route {
            name: Some(Key::of(&route.name).shown()),
            protocol: Some(protocol(there)),
            targets: vec![Target { node: "x".to_owned(), weight: Some(100), port: None }],
            matcher: with_service(&wanted.matcher, &matcher),
            ..Route::default()
        };
        let Some(written) = route_spec(
            &full,
            &Router::default(),
            &format!("route `{}`", Key::of(&route.name).shown()),
            &mut self.draft,
        ) else {
            return;
        };
        let value = match written.protocols().next() {
            Some(ProtocolRoute::Http(own) | ProtocolRoute::Http2(own)) => Some(NewValue::of(&own.matcher)),
            Some(ProtocolRoute::Grpc(own)) => Some(NewValue::of(&own.matcher)),
            Some(ProtocolRoute::Tcp(own)) => own.matcher.as_ref().map(NewValue::of),
            None => None,
        };
        if let Some(value) = value {
            self.change_match_of(&matcher, &value, &wanted.matcher);
        }
    }
}

/// Whether a route that is there takes just the requests of one that is wanted.
fn is_same_match(route: &Resource, wanted: &Route) -> bool {
    let Spec::Route(spec) = &route.spec else { return false };
    let Some(there) = spec.protocols().next() else { return false };
    let full = Route {
        protocol: Some(protocol(there)),
        targets: vec![Target { node: "x".to_owned(), weight: Some(100), port: None }],
        matcher: Match { otherwise: false, ..wanted.matcher.clone() },
        ..Route::default()
    };
    let Some(written) = route_spec(&full, &Router::default(), "the route", &mut Draft::new()) else { return false };
    match (written.protocols().next(), there) {
        (Some(ProtocolRoute::Http(own)), ProtocolRoute::Http(there))
        | (Some(ProtocolRoute::Http2(own)), ProtocolRoute::Http2(there)) => own.matcher == there.matcher,
        (Some(ProtocolRoute::Grpc(own)), ProtocolRoute::Grpc(there)) => own.matcher == there.matcher,
        _ => false,
    }
}

/// A route's protocol in the intent's words.
pub(super) fn protocol(route: ProtocolRoute<'_>) -> Protocol {
    match route {
        ProtocolRoute::Http(_) => Protocol::Http,
        ProtocolRoute::Http2(_) => Protocol::Http2,
        ProtocolRoute::Grpc(_) => Protocol::Grpc,
        ProtocolRoute::Tcp(_) => Protocol::Tcp,
    }
}
