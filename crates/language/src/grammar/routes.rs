//! Where requests go: what a route matches, its targets and their weights.

use super::meaning::Block;
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Action, GatewayRoute, Match, Route, Target, Version};

impl Reader<'_> {
    /// The clause says where requests go.
    pub(super) fn sends(&mut self) {
        self.sending = true;
        self.block = Block::Match;
    }

    /// Puts a condition into the route that is spoken of, or into a new one where that has all it needs.
    pub(super) fn matcher(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        let spot = self.route_for_match(false)?;
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        set(matcher, &path)
    }

    /// The same for what only gateway routes match.
    pub(super) fn gateway_matcher(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        let spot = self.route_for_match(true)?;
        let (matcher, path) = spot::matcher(&mut self.intent, spot)?;
        set(matcher, &path)
    }

    /// The same for what only gRPC has.
    pub(super) fn grpc(&mut self, set: impl FnOnce(&mut Match, &str) -> Said) -> Said {
        let said = self.matcher(set)?;
        let _ = self.put_protocol(crate::intent::Protocol::Grpc);
        Ok(said)
    }

    /// A host name by its dots, which only a gateway route matches.
    pub(super) fn gateway_route_hostname(&mut self, hostname: crate::intent::Hostname) -> Said {
        match self.here()?.place {
            Place::GatewayRoute(..) | Place::Gateway(_) => {
                self.gateway_matcher(|matcher, path| put(&mut matcher.hostname, hostname, path, "hostname"))
            }
            _ => Err(Trouble::NotHere),
        }
    }

    fn route_for_match(&mut self, of_gateway: bool) -> Result<Spot, Trouble> {
        let spot = self.here()?;
        let place = match spot.place {
            Place::Route(router, _) if !of_gateway => {
                let (route, _) = spot::route(&mut self.intent, spot)?;
                let is_done =
                    !route.targets.is_empty() && (!route.matcher.is_empty() || self.closed && self.sends_ahead());
                if is_done { self.new_route(router) } else { spot.place }
            }
            Place::GatewayRoute(gateway, _) => {
                let (route, _) = spot::gateway_route(&mut self.intent, spot)?;
                let is_done =
                    route.service.is_some() && (!route.matcher.is_empty() || self.closed && self.sends_ahead());
                if is_done { self.new_gateway_route(gateway) } else { spot.place }
            }
            Place::Router(router) if !of_gateway => self.new_route(Some(router)),
            Place::Gateway(gateway) => self.new_gateway_route(Some(gateway)),
            _ => return Err(Trouble::NotHere),
        };
        self.closed = false;
        let spot = Spot::at(place);
        if self.spot != Some(spot) {
            let block = self.block;
            self.turn_to(place);
            self.block = block;
        }
        if let Some(name) = self.receiver.take() {
            self.put_target(spot, &name, None, None)?;
        }
        Ok(spot)
    }

    /// Whether the rest of the sentence says where requests go.
    fn sends_ahead(&self) -> bool {
        self.tokens[self.at..]
            .iter()
            .take_while(|token| !matches!(token.low.as_str(), "." | ";"))
            .any(|token| matches!(token.low.as_str(), "to" | "send"))
    }

    fn new_route(&mut self, router: Option<usize>) -> Place {
        let (protocol, action) = match self.spot.map(|spot| spot.place) {
            Some(Place::Route(..)) => {
                let spot = self.spot.unwrap_or(Spot::at(Place::All));
                spot::route(&mut self.intent, spot)
                    .map_or((None, Action::Create), |(route, _)| (route.protocol, route.action))
            }
            _ => (None, Action::Create),
        };
        let name_of_router = match self.spot.map(|spot| spot.place) {
            Some(Place::Route(None, at)) => self.intent.routes[at].router.clone(),
            _ => None,
        };
        let protocol = protocol.or_else(|| self.pending_protocol.take());
        let routes = match router {
            Some(at) => &mut self.intent.virtual_routers[at].routes,
            None => &mut self.intent.routes,
        };
        routes.push(Route { protocol, action, router: name_of_router, ..Route::default() });
        Place::Route(router, routes.len() - 1)
    }

    fn new_gateway_route(&mut self, gateway: Option<usize>) -> Place {
        let routes = match gateway {
            Some(at) => &mut self.intent.virtual_gateways[at].routes,
            None => &mut self.intent.gateway_routes,
        };
        routes.push(GatewayRoute::default());
        Place::GatewayRoute(gateway, routes.len() - 1)
    }

    /// A target: of a route, a gateway route, the versions of an application; or what an application calls.
    pub(super) fn target(&mut self, name: &str, weight: Option<u32>, port: Option<u32>) -> Said {
        let spot = self.here()?;
        let is_bare = weight.is_none() && port.is_none();
        if is_bare && (self.is_owner_of_something() || !self.sending && self.block != Block::Match) {
            return Err(Trouble::NotHere);
        }
        match spot.place {
            Place::Route(..) | Place::GatewayRoute(..) => self.put_target(spot, name, weight, port),
            Place::Router(router) => {
                let routes = self.intent.virtual_routers[router].routes.len();
                let place = if routes > 0 && !self.closed {
                    Place::Route(Some(router), routes - 1)
                } else {
                    self.new_route(Some(router))
                };
                self.closed = false;
                let block = self.block;
                let spot = self.turn_to(place);
                self.block = block;
                self.put_target(spot, name, weight, port)
            }
            Place::Gateway(gateway) if self.sending => {
                let place = self.new_gateway_route(Some(gateway));
                let spot = self.turn_to(place);
                self.block = Block::Match;
                self.put_target(spot, name, weight, port)
            }
            Place::Application(at) if weight.is_some() => self.version_weight(at, name, weight),
            Place::Application(_) | Place::Node(_) if self.sending && weight.is_none() => {
                self.calls(&[name.to_owned()])
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// "add a timeout to the checkout route": a name that is followed by what it is and gets a part is no target.
    fn is_owner_of_something(&self) -> bool {
        self.is_symbol(
            self.words.1,
            &["virtual-router", "virtual-gateway", "mesh", "gateway-route", "route", "sidecar"],
        )
    }

    fn put_target(&mut self, spot: Spot, name: &str, weight: Option<u32>, port: Option<u32>) -> Said {
        if let Place::GatewayRoute(..) = spot.place {
            let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
            if weight.is_some() {
                return Err(Trouble::Clash("a weight for a gateway route, which has one virtual service".to_owned()));
            }
            route.service_port = port.or(route.service_port);
            let said = put(&mut route.service, name.to_owned(), &path, "service");
            if said.is_ok()
                && !name.contains('.')
                && matches!(spot.place, Place::GatewayRoute(Some(_), _))
                && self.find_named(name).is_none()
            {
                self.application(name, Action::Create);
            }
            return said;
        }
        let (route, path) = spot::route(&mut self.intent, spot)?;
        let found = route.targets.iter().position(|target| target.node == name);
        let at = found.unwrap_or_else(|| {
            route.targets.push(Target { node: name.to_owned(), weight: None, port: None });
            route.targets.len() - 1
        });
        let path = format!("{path}.targets[{at}]");
        if let Some(weight) = weight {
            put(&mut route.targets[at].weight, weight, &path, "weight")?;
        }
        if let Some(port) = port {
            put(&mut route.targets[at].port, port, &path, "port")?;
        }
        Ok(path)
    }

    /// A target that gets what the others leave.
    pub(super) fn target_of_the_rest(&mut self, name: &str) -> Said {
        let spot = self.here()?;
        let rest = match spot.place {
            Place::Route(..) => {
                let (route, _) = spot::route(&mut self.intent, spot)?;
                let sum: u32 = route.targets.iter().filter_map(|target| target.weight).sum();
                (sum > 0).then(|| 100_u32.saturating_sub(sum))
            }
            Place::Application(at) => {
                let sum: u32 = self.intent.applications[at].versions.iter().filter_map(|version| version.weight).sum();
                (sum > 0).then(|| 100_u32.saturating_sub(sum))
            }
            _ => None,
        };
        match rest {
            Some(rest) => self.target(name, Some(rest), None),
            None => {
                self.matcher(|matcher, path| {
                    matcher.otherwise = true;
                    Ok(format!("{path}.otherwise"))
                })?;
                self.target(name, None, None)
            }
        }
    }

    /// Whether words name versions of an application, and not other applications.
    fn is_version(name: &str) -> bool {
        let low = name.to_lowercase();
        let numbered =
            low.strip_prefix('v').is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
        numbered
            || matches!(
                low.as_str(),
                "blue"
                    | "green"
                    | "canary"
                    | "stable"
                    | "old"
                    | "new"
                    | "current"
                    | "next"
                    | "beta"
                    | "alpha"
                    | "baseline"
                    | "primary"
                    | "live"
                    | "experimental"
                    | "legacy"
                    | "candidate"
            )
    }

    /// Versions of the application that is spoken of.
    pub(super) fn versions(&mut self, names: &[String]) -> Said {
        if names.iter().all(|name| is_environment(name)) {
            return self.environments(names);
        }
        let spot = self.here()?;
        let is_said = (self.words.0..self.words.1).any(|at| self.is_symbol(at, &["version"]));
        if !is_said && !names.iter().all(|name| Self::is_version(name)) {
            return Err(Trouble::NotHere);
        }
        let at = self.application_at(spot)?;
        let application = &mut self.intent.applications[at];
        let first = application.versions.len();
        for name in names {
            if !application.versions.iter().any(|version| version.name == *name) {
                application.versions.push(Version { name: name.clone(), weight: None });
            }
        }
        Ok(format!("applications[{at}].versions[{first}]"))
    }

    /// The application at a spot; a node that turns out to have versions becomes one.
    fn application_at(&mut self, spot: Spot) -> Result<usize, Trouble> {
        match spot.place {
            Place::Application(at) => Ok(at),
            _ => Err(Trouble::NotHere),
        }
    }

    fn version_weight(&mut self, at: usize, name: &str, weight: Option<u32>) -> Said {
        let application = &mut self.intent.applications[at];
        let own = application.name.clone().unwrap_or_default();
        let short = name.strip_prefix(&own).map_or(name, |rest| rest.trim_start_matches('-'));
        let found = application.versions.iter().position(|version| version.name == name || version.name == short);
        let place = match found {
            Some(place) => place,
            None if Self::is_version(short) => {
                application.versions.push(Version { name: short.to_owned(), weight: None });
                application.versions.len() - 1
            }
            None => return Err(Trouble::NotHere),
        };
        match weight {
            Some(weight) => put(
                &mut application.versions[place].weight,
                weight,
                &format!("applications[{at}].versions[{place}]"),
                "weight",
            ),
            None => Ok(format!("applications[{at}].versions[{place}]")),
        }
    }

    /// "20% of checkout traffic to v2"
    pub(super) fn share_of(&mut self, application: &str, percent: u32, name: &str) -> Said {
        let short = name.strip_prefix(application).map_or(name, |rest| rest.trim_start_matches('-'));
        if !Self::is_version(short) {
            let spot = self.here()?;
            self.sends();
            let said = self.put_target(spot, name, Some(percent), None);
            if let (Ok(_), Place::Route(None, at)) = (&said, spot.place) {
                self.intent.routes[at].router.get_or_insert_with(|| application.to_owned());
            }
            return said;
        }
        let place = match self.find_named(application) {
            Some(place @ Place::Application(_)) => place,
            _ => self.application(application, Action::Change),
        };
        self.drop_empty_route();
        self.turn_to(place);
        let Place::Application(at) = place else { return Err(Trouble::NotHere) };
        self.version_weight(at, short, Some(percent))
    }

    /// Takes back a route that was begun for words that say something else.
    fn drop_empty_route(&mut self) {
        if self
            .intent
            .routes
            .last()
            .is_some_and(|route| route.targets.is_empty() && route.matcher.is_empty() && route.name.is_none())
        {
            let at = self.intent.routes.len() - 1;
            self.intent.routes.pop();
            self.history.retain(|spot| spot.place != Place::Route(None, at));
            self.spot = self.spot.filter(|spot| spot.place != Place::Route(None, at));
        }
    }

    /// Traffic that is shared between names, by a ratio or evenly.
    pub(super) fn split(&mut self, names: &[String], ratio: &[u32]) -> Said {
        if names.len() < 2 {
            return Err(Trouble::NotHere);
        }
        let weights: Vec<u32> = match ratio.len() {
            0 => {
                let count = u32::try_from(names.len()).unwrap_or(1);
                vec![if 100 % count == 0 { 100 / count } else { 1 }; names.len()]
            }
            _ => ratio.to_vec(),
        };
        if weights.len() != names.len() {
            return Err(Trouble::Clash(format!("{} shares for {} targets", weights.len(), names.len())));
        }
        let spot = self.here()?;
        if matches!(spot.place, Place::Application(_)) && !names.iter().all(|name| self.is_version_here(spot, name)) {
            return Err(Trouble::NotHere);
        }
        let mut said = Err(Trouble::NotHere);
        for (name, weight) in names.iter().zip(weights) {
            said = self.target(name, Some(weight), None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    fn is_version_here(&self, spot: Spot, name: &str) -> bool {
        let Place::Application(at) = spot.place else { return false };
        let application = &self.intent.applications[at];
        let own = application.name.as_deref().unwrap_or_default();
        let short = name.strip_prefix(own).map_or(name, |rest| rest.trim_start_matches('-'));
        Self::is_version(short)
            || application.versions.iter().any(|version| version.name == name || version.name == short)
    }

    /// A ratio for targets or versions that were named before.
    pub(super) fn ratio(&mut self, numbers: &[u32]) -> Said {
        let spot = self.here()?;
        match spot.place {
            Place::Application(at) => {
                let versions = &mut self.intent.applications[at].versions;
                let open: Vec<usize> = (0..versions.len()).filter(|place| versions[*place].weight.is_none()).collect();
                if open.len() != numbers.len() {
                    return Err(Trouble::NotHere);
                }
                for (place, number) in open.into_iter().zip(numbers) {
                    versions[place].weight = Some(*number);
                }
                Ok(format!("applications[{at}].versions"))
            }
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                let open: Vec<usize> =
                    (0..route.targets.len()).filter(|place| route.targets[*place].weight.is_none()).collect();
                if open.len() != numbers.len() {
                    return Err(Trouble::NotHere);
                }
                for (place, number) in open.into_iter().zip(numbers) {
                    route.targets[place].weight = Some(*number);
                }
                Ok(path + ".targets")
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// A target whose requests are named after it.
    pub(super) fn receiver(&mut self, name: &str) -> Said {
        match self.here()?.place {
            Place::Route(..) | Place::Router(_) | Place::Gateway(_) | Place::GatewayRoute(..) => {
                self.receiver = Some(name.to_owned());
                self.closed = true;
                self.sends();
                Ok(String::new())
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// Targets whose shares may come later.
    pub(super) fn targets(&mut self, names: &[String]) -> Said {
        self.sends();
        let mut said = Err(Trouble::NotHere);
        for name in names {
            said = self.target(name, None, None);
            said.as_ref().map_err(Clone::clone)?;
        }
        said
    }

    /// "exposes rates.local at /rates"
    pub(super) fn service_at(&mut self, name: &str, path: &str) -> Said {
        let gateway = match self.here()?.place {
            Place::Gateway(at) | Place::GatewayRoute(Some(at), _) => at,
            _ => return Err(Trouble::NotHere),
        };
        let place = self.new_gateway_route(Some(gateway));
        let spot = self.turn_to(place);
        self.sends();
        let path = path.strip_suffix('*').unwrap_or(path).to_owned();
        let (matcher, at) = spot::matcher(&mut self.intent, spot)?;
        put(&mut matcher.path, crate::intent::Pathway::Prefix(path), &at, "path")?;
        self.put_target(spot, name, None, None)
    }

    /// "v1 (90%)"
    pub(super) fn share_of_last(&mut self, percent: u32) -> Said {
        let is_near = self.words.0 > 0
            && (self.name_end == Some(self.words.0)
                || self.token(self.words.0 - 1).is_some_and(|before| before.low == "("));
        let spot = self.here()?;
        match spot.place {
            Place::Application(at) if is_near => {
                let versions = &mut self.intent.applications[at].versions;
                let last = versions.len().checked_sub(1).ok_or(Trouble::NotHere)?;
                put(&mut versions[last].weight, percent, &format!("applications[{at}].versions[{last}]"), "weight")
            }
            Place::Route(..) if is_near => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                let last = route.targets.len().checked_sub(1).ok_or(Trouble::NotHere)?;
                put(&mut route.targets[last].weight, percent, &format!("{path}.targets[{last}]"), "weight")
            }
            _ => Err(Trouble::NotHere),
        }
    }

    /// "shift all traffic from v1 to v2": the new targets take the place of the old.
    pub(super) fn former_target(&mut self) -> Said {
        match (self.here()?.place, self.verb) {
            (Place::Route(..), Verb::Change) => Ok(String::new()),
            (Place::Route(..), _) if self.sending => Ok(String::new()),
            _ => Err(Trouble::NotHere),
        }
    }

    /// The router or gateway that a route stands in: "a gateway route on ingress".
    pub(super) fn owner(&mut self, name: &str) -> Said {
        let spot = self.here()?;
        match spot.place {
            Place::Route(None, at) => {
                let route = &self.intent.routes[at];
                if !route.targets.is_empty() || !route.matcher.is_empty() {
                    return Err(Trouble::NotHere);
                }
                put(&mut self.intent.routes[at].router, name.to_owned(), &format!("routes[{at}]"), "router")
            }
            Place::GatewayRoute(None, at) => put(
                &mut self.intent.gateway_routes[at].gateway,
                name.to_owned(),
                &format!("gatewayRoutes[{at}]"),
                "gateway",
            ),
            _ => Err(Trouble::NotHere),
        }
    }

    /// The precedence of the route that is spoken of.
    pub(super) fn priority(&mut self, number: u32) -> Said {
        let spot = self.here()?;
        match spot.place {
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                put(&mut route.priority, number, &path, "priority")
            }
            Place::GatewayRoute(..) => {
                let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
                put(&mut route.priority, number, &path, "priority")
            }
            _ => Err(Trouble::NotHere),
        }
    }
}

/// Whether a word names an environment.
pub(super) fn is_environment(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "staging"
            | "production"
            | "prod"
            | "dev"
            | "development"
            | "test"
            | "testing"
            | "qa"
            | "uat"
            | "preprod"
            | "pre-production"
            | "sandbox"
            | "integration"
    )
}
