//! What is said of all before any of them is named: "mesh games, Cloud Map namespace games.local: lobby calls …".

use super::name::name_at;
use super::reader::Reader;
use super::spot::{self, Place, Said, Trouble};
use super::thing::Thing;
use super::versions::{is_version_of, short_name};
use crate::intent::{Action, Discovery, Route, Timeout, Version, VirtualNode};
use crate::understanding::Question;

impl Reader<'_> {
    /// "One node, api, http 8080": the name of what stands before it.
    pub(super) fn is_name_of_kind_before(&self) -> bool {
        let is_unnamed = self
            .spot
            .is_some_and(|spot| matches!(spot.place, Place::Node(at) if self.intent.virtual_nodes[at].name.is_none()));
        is_unnamed
            && self.low_before(self.at) == ","
            && self.at.checked_sub(2).is_some_and(|kind| self.thing_at(kind) == Some(Thing::Node))
            && self.low(self.at + 1) == ","
    }

    /// "60 second timeouts end to end": the route and the listener both have it.
    pub(super) fn times_both_ends(&mut self) -> Said {
        let spot = self.here()?;
        let (node, path) = spot::node(&mut self.intent, spot)?;
        if !matches!(spot.place, Place::Application(_) | Place::Everywhere) {
            return Err(Trouble::NotHere);
        }
        let own =
            node.listeners.iter().find_map(|listener| listener.timeout.clone()).and_then(|timeout| timeout.per_request);
        let per_request = Some(own.ok_or(Trouble::NotHere)?);
        node.route_timeout = Some(Timeout { per_request, idle: None });
        Ok(path + ".routeTimeout")
    }

    /// "http 8080, behind a virtual router": of an application, where the request describes no router.
    pub(super) fn stands_behind_router(&mut self) -> Said {
        let Place::Application(at) = self.here()?.place else { return Err(Trouble::NotHere) };
        let (end, is_router) = (self.words.end, |at: &usize| self.is_symbol(*at, &["virtual-router"]));
        let is_only = (0..self.tokens.len()).filter(is_router).count() == 1;
        if name_at(&self.tokens, end).is_some() || self.is_symbol(end, &["named"]) || !is_only || self.known.is_some() {
            return Err(Trouble::NotHere);
        }
        self.intent.applications[at].behind_router = true;
        Ok(format!("applications[{at}].behindRouter"))
    }

    /// "50/50 between app-v1 and app-v2. Service app, http 8080": a route between the versions of an application that is made is how it
    /// shares its traffic.
    pub(super) fn settle_versions(&mut self) {
        if self.known.is_some() {
            return;
        }
        for at in 0..self.intent.applications.len() {
            let application = &self.intent.applications[at];
            let Some(own) = application.name.clone().filter(|_| application.action == Action::Create) else { continue };
            let is_its = |route: &Route| {
                let bare = Route { targets: route.targets.clone(), ..Route::default() };
                let targets = &route.targets;
                *route == bare
                    && targets.iter().all(|target| {
                        target.weight.is_some() && target.port.is_none() && is_version_of(&target.node, &own)
                    })
                    && (targets.len() > 1 || application.versions.len() > 1)
            };
            let Some(found) = self.intent.routes.iter().position(is_its) else { continue };
            let targets = self.intent.routes[found].targets.clone();
            let versions = application.versions.clone();
            let known = |name: &str| {
                versions.iter().position(|version| short_name(&version.name, &own) == short_name(name, &own))
            };
            let places: Vec<Option<usize>> = targets.iter().map(|target| known(&target.node)).collect();
            let is_open = versions.iter().all(|version| version.weight.is_none());
            let fits = versions.is_empty() || places.iter().all(Option::is_some) && is_open;
            if !fits || found + 1 != self.intent.routes.len() {
                continue;
            }
            self.intent.routes.remove(found);
            let application = &mut self.intent.applications[at];
            let mut renamed: Vec<(String, String)> = Vec::new();
            for (number, target) in targets.into_iter().enumerate() {
                let place = places[number].unwrap_or(application.versions.len());
                if place == application.versions.len() {
                    let name = target.node.clone();
                    application.versions.push(Version { name, weight: None });
                }
                application.versions[place].weight = target.weight;
                let from = format!("routes[{found}].targets[{number}]");
                renamed.push((from, format!("applications[{at}].versions[{place}]")));
            }
            for (from, to) in renamed {
                self.rename_evidence(&from, &to);
            }
        }
    }

    /// Asks which virtual node is meant, where one is spoken of beside others and nothing is said of it.
    pub(super) fn ask_about_bare_nodes(&mut self) {
        let points_back = self.tokens.windows(2).any(|next| {
            next[1].low == "virtual-node" && matches!(next[0].low.as_str(), "its" | "it" | "their" | "this" | "that")
        });
        let nodes = &self.intent.virtual_nodes;
        let is_described = |node: &VirtualNode| node.name.is_some() && !node.says_nothing();
        let has_other = nodes.iter().chain(&self.intent.applications).any(is_described);
        let is_bare = |node: &VirtualNode| {
            let is_unsure = points_back || has_other || node.says_nothing();
            node.name.is_none() && is_unsure && node.action == Action::Create
        };
        // "a mesh with strict egress": nothing there speaks of a node.
        let is_of_mesh = self.intent.mesh.is_some()
            && !self.tokens.iter().any(|token| token.low == "virtual-node")
            && nodes
                .iter()
                .any(|node| node.name.is_none() && node.listeners.iter().all(|listener| listener.port.is_none()));
        let has_several = nodes.len() + self.intent.applications.len() > 1;
        if self.known.is_none() && (is_of_mesh || has_several && nodes.iter().any(is_bare)) {
            let text =
                "It speaks of a virtual node without a name: is it one of those that it names, or another?".to_owned();
            self.questions.push(Question { text, about: Vec::new() });
        }
    }

    /// Asks whether a listener is to speak TLS of which only a clause about the node's calls tells, where these speak it too.
    pub(super) fn ask_about_tls_beside_calls(&mut self) {
        let mut asked: Vec<String> = Vec::new();
        for own in &self.evidence {
            let Some((node, listener)) = own.path.split_once(".listeners[") else { continue };
            let is_tls =
                listener.split_once("].").is_some_and(|(_, rest)| matches!(rest, "tls" | "tls.mode" | "tls.mutual"));
            let Some(told) = self.tokens.iter().position(|token| token.start >= own.start).filter(|_| is_tls) else {
                continue;
            };
            let ends = |at: &usize| self.ends_clause(*at);
            let before = (0..told).rev().take_while(|at| !ends(at));
            let after = (told..self.tokens.len()).take_while(|at| !ends(at));
            let clause: Vec<usize> = before.chain(after).collect();
            let is_of_calls = clause.iter().any(|at| self.is_symbol(*at, &["backend"]));
            let is_of_listener = clause.iter().any(|at| {
                self.is_symbol(*at, &["listener", "everything"])
                    || self.is_word(*at, &["inbound", "incoming", "ingress", "itself", "both"])
            });
            let secured = self.name_of_secured(node).filter(|_| is_of_calls && !is_of_listener);
            asked.extend(secured.filter(|name| !asked.contains(name)));
        }
        for name in asked {
            let text = format!(
                "Is the listener of `{name}` to speak TLS too, or only its calls? Say \"its listener uses TLS\" or \"its calls to backends use TLS\"."
            );
            self.questions.push(Question { text, about: Vec::new() });
        }
    }

    /// The name of the node at a path of the intent, where its calls speak TLS.
    fn name_of_secured(&self, path: &str) -> Option<String> {
        let (list, at) = path.strip_suffix(']')?.split_once('[')?;
        let nodes = if list == "applications" { &self.intent.applications } else { &self.intent.virtual_nodes };
        let node = nodes.get(at.parse::<usize>().ok()?)?;
        let is_secured = node.backend_tls.is_some() || node.calls.iter().any(|call| call.tls.is_some());
        node.name.clone().filter(|_| is_secured)
    }

    /// Lets what was said of nobody hold for all applications that were named after it.
    pub(super) fn settle_common(&mut self) {
        let speaks_of_node = self.spoken.iter().any(|token| token.low == "virtual-node");
        if self.known.is_some() || speaks_of_node || self.intent.applications.is_empty() {
            return;
        }
        let [node] = self.intent.virtual_nodes.as_slice() else { return };
        if !is_common(node) || self.intent.everywhere.is_some() {
            return;
        }
        self.intent.everywhere = self.intent.virtual_nodes.pop();
        self.rename_evidence("virtualNodes[0]", "everywhere");
    }
}

/// Whether what a node without a name has can be that of several: no port, and nothing that no two share.
fn is_common(node: &VirtualNode) -> bool {
    let has_port = node.listeners.iter().any(|listener| listener.port.is_some());
    let is_own = match &node.discovery {
        Some(Discovery::CloudMap(map)) => map.service.is_some() || !map.attributes.is_empty(),
        Some(Discovery::Dns(dns)) => dns.hostname.is_some(),
        None => false,
    };
    node.name.is_none() && node.action == Action::Create && !has_port && !is_own && node.calls.is_empty()
}
