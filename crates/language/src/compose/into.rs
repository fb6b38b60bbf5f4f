//! An intent becomes edits of resources that are there: what is named is found, what is said is set, the rest stays.

mod agree;
mod copies;
mod find;
mod formers;
mod gateways;
mod leaving;
mod likenesses;
mod listeners;
mod matches;
mod names;
mod nodes;
mod parameters;
mod part;
mod policies;
mod priority;
mod removals;
mod renames;
mod retries;
mod routers;
mod routes;
mod services;
mod shares;
mod sidecars;
mod subjects;
mod tags;
mod timeouts;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::parameter::Declaration;
use meshwright_model::path::Step;
use meshwright_model::reference::Key;
use meshwright_model::virtual_node::ServiceDiscovery;
use meshwright_model::{Expression, Inventory, Kind, Path, Resource};

use super::compose_on;
use super::draft::Draft;
use super::names::{host_label, listed};
use super::service_names::service_name;
use crate::intent::{Action, Discovery, Dns, Intent, Mesh, VirtualNode};
use crate::understanding::{Assumption, Question};
use find::{Finder, node_spec};
use leaving::Leaving;
use routers::be_listener;

const WHICH_MESH: &str = "There are several meshes in the file. Which is meant?";

/// What an intent changes of resources that are there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Insertion {
    /// The edits, in the order in which they are made.
    pub edits: Vec<Edit>,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What must be settled before anything is changed.
    pub questions: Vec<Question>,
}

/// Turns an intent into edits of what is there. What the intent makes and is not there is made beside it.
pub fn compose_into(intent: &Intent, inventory: &Inventory) -> Insertion {
    let mut desk = Desk {
        finder: Finder::new(inventory, planned(intent)),
        draft: Draft::new(),
        edits: Vec::new(),
        leaving: Vec::new(),
        new_targets: Vec::new(),
        planned_services: BTreeMap::new(),
        made: Vec::new(),
        is_settled: false,
    };
    desk.draft.domain = names::shared_domain(inventory);
    desk.draft.parameters = inventory.parameters.iter().map(|parameter| parameter.name.clone()).collect();
    if !intent.variations.is_empty() {
        desk.draft.ask(
            "What is there gets one value for all environments, unless it is a parameter already. Which value is it?",
        );
    }
    desk.choose_mesh(intent);
    desk.planned_services = planned_services(intent, &desk.draft);
    // What is called is there already, by the name of its node.
    desk.planned_services.retain(|name, _| desk.finder.path_to(name).0.is_empty());
    let mut rest = intent.clone();
    rest.removals.clear();
    rest.renames.clear();
    rest.formers.clear();
    rest.taggings.clear();
    rest.likenesses.clear();
    subjects::join(&mut rest);
    desk.find_gateways(&mut rest);
    desk.change_mesh(&mut rest);
    desk.copy_nodes(&mut rest, intent);
    desk.change_nodes(&mut rest);
    desk.change_everywhere(&rest);
    desk.change_routes(&mut rest);
    desk.change_services(&mut rest);
    desk.change_gateways(&mut rest);
    desk.create(rest, intent);
    let is_copy =
        |name: &String| intent.virtual_nodes.iter().any(|node| node.like.is_some() && node.name.as_ref() == Some(name));
    for likeness in &intent.likenesses {
        desk.make_alike(likeness);
    }
    for tagging in &intent.taggings {
        desk.tag(tagging, &intent.formers);
    }
    for removal in intent.removals.iter().filter(|removal| !is_copy(&removal.name)) {
        desk.remove(removal);
    }
    for rename in &intent.renames {
        desk.rename(rename);
    }
    desk.take_targets();
    desk.ask_for_targets();
    desk.check_formers(&intent.formers);
    desk.agree();
    put_removals_last(&mut desk.edits);
    desk.declare_parameters();
    if desk.edits.is_empty() && desk.draft.questions.is_empty() && !desk.is_settled {
        desk.draft.ask("What should be changed in the file?");
    }
    let assumptions = desk.draft.assumptions();
    Insertion { edits: desk.edits, assumptions, questions: desk.draft.questions }
}

/// Where edits are made: what is there, and what was assumed and asked.
struct Desk<'i> {
    finder: Finder<'i>,
    draft: Draft,
    edits: Vec<Edit>,
    /// What leaves the routes.
    leaving: Vec<Leaving<'i>>,
    /// The nodes that routes get as targets.
    new_targets: Vec<String>,
    /// The virtual services that the request makes, by the names of what they are for.
    planned_services: BTreeMap<String, Expression>,
    /// What is declared beside the resources that the request makes.
    made: Vec<Declaration>,
    /// Whether something that is asked for needs no edit, as it is so already.
    is_settled: bool,
}

impl<'i> Desk<'i> {
    /// New resources belong to the mesh that the request names, or to the only one that is there.
    fn choose_mesh(&mut self, intent: &Intent) {
        let named = intent.mesh.as_ref().and_then(|mesh| mesh.name.as_deref());
        let mut meshes: Vec<Expression> = Vec::new();
        for resource in &self.finder.inventory.resources {
            let mesh = expression(Key::of(&resource.mesh));
            if !meshes.contains(&mesh) {
                meshes.push(mesh);
            }
        }
        match (named, meshes.as_slice()) {
            (Some(name), meshes) => {
                let is_there = meshes.iter().any(|mesh| mesh.text() == Some(name));
                if !is_there && !meshes.is_empty() && meshes.iter().all(|mesh| mesh.text().is_some()) {
                    let shown: Vec<String> = meshes.iter().map(ToString::to_string).collect();
                    self.draft.ask(format!(
                        "There is no mesh `{name}` in the file, only {}. Which is meant?",
                        listed(&shown)
                    ));
                }
                let same = meshes.iter().find(|mesh| mesh.text() == Some(name) || mesh.text().is_none());
                self.draft.mesh = same.cloned().unwrap_or_else(|| Expression::Text(name.to_owned()));
            }
            (None, [only]) => self.draft.mesh = only.clone(),
            (None, []) => self.draft.ask("There is no mesh in the file. To which mesh should this belong?"),
            (None, [first, ..]) => {
                // One mesh may be told by its name and by a reference; what is there knows its own.
                if meshes.iter().filter(|mesh| mesh.text().is_some()).count() > 1 {
                    self.draft.ask(WHICH_MESH);
                }
                self.draft.mesh = first.clone();
            }
        }
    }

    fn change_mesh(&mut self, rest: &mut Intent) {
        let Some(wanted) = rest.mesh.take() else { return };
        let is_said = wanted.egress.is_some() || wanted.ip_preference.is_some();
        let is_there = self.finder.of_kind(Kind::Mesh).next().is_some();
        if !is_said && wanted.action == Some(Action::Change) && is_there {
            // It is only named, for its tags.
            return;
        }
        let Some(mesh) = self.finder.of_kind(Kind::Mesh).next().filter(|_| is_said) else {
            if is_said || wanted.action.is_some() {
                rest.mesh = Some(wanted);
            }
            return;
        };
        let spec = super::mesh::spec(&Mesh { action: None, ..wanted }, &mut self.draft);
        if let Some(filter) = &spec.egress_filter {
            self.set(mesh, Path::of(&["spec", "egressFilter"]), filter);
        }
        if let Some(discovery) = &spec.service_discovery {
            self.set(mesh, Path::of(&["spec", "serviceDiscovery"]), discovery);
        }
    }

    /// Makes what is left of the intent beside what is there.
    fn create(&mut self, mut rest: Intent, intent: &Intent) {
        let empty = Intent { tags: rest.tags.clone(), everywhere: rest.everywhere.clone(), ..Intent::default() };
        if !rest.environments.is_empty() {
            self.draft.ask("Environments differ in the names of their meshes, and the file has a mesh of one name. Should the template be generated anew, without --into?");
            rest.environments.clear();
        }
        let has_sidecars = self.change_sidecars(&std::mem::take(&mut rest.sidecars));
        if has_sidecars {
            self.ask_about_sidecars();
        }
        if rest == empty {
            if !has_sidecars {
                self.tag_what_is_there(intent);
            }
            return;
        }
        let meshes: Vec<Key<'_>> =
            self.finder.inventory.resources.iter().map(|resource| Key::of(&resource.mesh)).collect();
        if rest.mesh.is_none() && meshes.iter().any(|mesh| *mesh != meshes[0]) {
            self.draft.ask(WHICH_MESH);
        }
        if rest.mesh.is_none() {
            rest.mesh = self.draft.mesh.text().map(|name| Mesh { name: Some(name.to_owned()), ..Mesh::default() });
        }
        self.find_hosts(&mut rest);
        let listeners = self.listen_like_targets(&mut rest);
        let mut draft = Draft::new();
        draft.mesh.clone_from(&self.draft.mesh);
        draft.there = self.called(&rest);
        draft.parameters.clone_from(&self.draft.parameters);
        draft.domain.clone_from(&self.draft.domain);
        let composition = compose_on(&rest, draft);
        self.ask_for_names(&composition.inventory);
        self.made.extend(composition.inventory.declarations);
        let beside = self.finder.inventory.resources.first().and_then(|resource| resource.origin);
        let mut resources = composition.inventory.resources;
        let made: Vec<(Kind, Expression)> =
            resources.iter().map(|resource| (resource.kind(), expression(Key::of(&resource.name)))).collect();
        for resource in &mut resources {
            self.name_in_full(resource, &made);
            for (router, listener) in &listeners {
                be_listener(resource, router, listener);
            }
        }
        let given = priority::given(&rest);
        let is_settled = self.settle_priorities(&mut resources, &|number| given.contains(&number));
        for assumption in composition.assumptions {
            let is_outdated = is_settled && assumption.what.starts_with("the priorities are");
            if !assumption.what.contains("exists already") && !is_outdated {
                self.draft.assume(assumption.what, assumption.why);
            }
        }
        for question in composition.questions {
            self.draft.ask(question.text);
        }
        let mesh = self.finder.inventory.resources.first().map(|resource| resource.mesh.clone());
        for mut resource in resources {
            if let (Some(mesh), true) = (&mesh, resource.kind() != Kind::Mesh) {
                resource.mesh.clone_from(mesh);
            }
            resource.label = None;
            self.edits.push(Edit::create(resource, beside));
        }
    }

    /// What new resources call that is there.
    fn called(&self, rest: &Intent) -> BTreeSet<String> {
        let callers = rest.applications.iter().chain(&rest.virtual_nodes).chain(&rest.everywhere);
        let calls = callers.flat_map(|caller| &caller.calls).map(|call| &call.to);
        let inside = rest.virtual_gateways.iter().flat_map(|gateway| &gateway.routes);
        let routes = inside.chain(&rest.gateway_routes).filter_map(|route| route.service.as_ref());
        let is_there = |name: &&String| !self.finder.named(Kind::VirtualService, name).is_empty();
        calls.chain(routes).filter(is_there).cloned().collect()
    }

    /// A proxy's container is not put into a task that is there: says how it gets there.
    fn ask_about_sidecars(&mut self) {
        let tasks: Vec<&str> = self.finder.inventory.workloads.iter().map(|workload| workload.label.as_str()).collect();
        let goal = match tasks.as_slice() {
            [] => "a task definition".to_owned(),
            [only] => format!("`{only}`"),
            several => format!("the one of {} that is meant", listed(several)),
        };
        self.draft.ask(format!(
            "A proxy is not put into a task that is there. Can it be asked for without --into, and its container and ProxyConfiguration be copied into {goal}?"
        ));
    }

    /// New nodes are found in the domain of those that are there, where all of them share one.
    fn find_hosts(&mut self, rest: &mut Intent) {
        let domain = |resource: &Resource| match node_spec(resource)?.service_discovery.as_ref()? {
            ServiceDiscovery::Dns(dns) => {
                Some(dns.hostname.known()?.as_str().split_once('.').map(|(_, domain)| domain.to_owned()))
            }
            ServiceDiscovery::AwsCloudMap(_) => Some(None),
        };
        let mut domains: Vec<Option<String>> = self.finder.of_kind(Kind::VirtualNode).filter_map(domain).collect();
        domains.sort();
        domains.dedup();
        let [Some(domain)] = domains.as_slice() else { return };
        for node in rest.virtual_nodes.iter_mut().filter(|node| node.discovery.is_none()) {
            let Some(name) = &node.name else { continue };
            let hostname = format!("{}.{domain}", host_label(name));
            self.draft.assume_of(
                format!("`{hostname}` for `{name}`"),
                "hosts are found by DNS: {}",
                "those of the other nodes are found in that domain",
            );
            node.discovery = Some(Discovery::Dns(Dns { hostname: Some(hostname), endpoints: None }));
        }
    }

    /// A name that no other route of the same parent has; `None` where the wanted one is free.
    fn free_name(&mut self, kind: Kind, parent: Option<&str>, wanted: &str) -> Option<String> {
        let own = |resource: &&Resource| {
            let shown = resource.parent.as_ref().map(|parent| Key::of(parent).shown());
            shown.as_deref() == parent
        };
        let taken: Vec<String> =
            self.finder.of_kind(kind).filter(own).map(|resource| Key::of(&resource.name).shown()).collect();
        if !taken.iter().any(|name| name == wanted) {
            return None;
        }
        let free = (2..taken.len() + 3).map(|count| format!("{wanted}-{count}")).find(|name| !taken.contains(name))?;
        self.draft.assume(format!("the new {kind} is called `{free}`"), format!("`{wanted}` is there already"));
        Some(free)
    }

    /// The only resource of a kind, which is what a request means that names none.
    fn only(&self, kind: Kind) -> Option<&'i Resource> {
        let mut all = self.finder.of_kind(kind);
        all.next().filter(|_| all.next().is_none())
    }

    /// Whether the request makes a virtual node of that name.
    fn makes(&self, node: &str) -> bool {
        self.finder.planned.iter().any(|planned| planned == node)
    }

    /// Says that something is so already.
    fn settle(&mut self, what: String, why: &str) {
        self.is_settled = true;
        self.draft.assume(what, why);
    }

    /// Asks for targets that neither the file has nor the request makes.
    fn ask_for_targets(&mut self) {
        let has_nodes = self.finder.of_kind(Kind::VirtualNode).next().is_some();
        for name in std::mem::take(&mut self.new_targets) {
            if !has_nodes && !self.makes(&name) {
                self.draft.assume_of(
                    format!("`{name}`"),
                    "virtual node {} stands in another file",
                    "this file has no virtual node at all, and the request gives the whole name",
                );
                continue;
            }
            let is_there = self.finder.of_kind(Kind::VirtualNode).any(|node| Key::of(&node.name).shown() == name);
            if !is_there && !self.makes(&name) {
                let found = self.finder.named(Kind::VirtualNode, &name);
                self.ask_which(Kind::VirtualNode, Some(&name), &found);
            }
        }
    }

    /// Sets a part of a resource.
    fn set<T: serde::Serialize>(&mut self, resource: &Resource, path: Path, part: &T) {
        self.edits.push(Edit::of(resource, path, Change::Set(NewValue::of(part))));
    }

    /// Adds an element to a list of a resource.
    fn append<T: serde::Serialize>(&mut self, resource: &Resource, path: Path, part: &T) {
        self.edits.push(Edit::of(resource, path, Change::Append(NewValue::of(part))));
    }

    /// Takes a part of a resource away.
    fn take(&mut self, resource: &Resource, path: Path) {
        let removal = Edit::of(resource, path, Change::Remove);
        // What goes twice goes once.
        if !self.edits.contains(&removal) {
            self.edits.push(removal);
        }
    }
}

/// The nodes that an intent makes, by name.
fn planned(intent: &Intent) -> Vec<String> {
    let is_new = |node: &&VirtualNode| node.action == Action::Create;
    let mut names = Vec::new();
    for node in intent.virtual_nodes.iter().chain(&intent.applications).filter(is_new) {
        let name = node.name.clone().unwrap_or_default();
        names.extend(node.versions.iter().map(|version| format!("{name}-{}", version.name)));
        names.push(name);
    }
    names
}

/// The virtual services that an intent makes, by the names of what they are for.
fn planned_services(intent: &Intent, draft: &Draft) -> BTreeMap<String, Expression> {
    let everywhere = intent.everywhere.clone().unwrap_or_default();
    let is_one = intent.environments.is_empty();
    let applications = intent.applications.iter().filter(|node| node.action == Action::Create).filter_map(|node| {
        let name = node.name.clone()?;
        let service = service_name(node, &everywhere, &name, is_one, draft);
        Some((name, service))
    });
    let services = intent.virtual_services.iter().filter(|service| service.action == Action::Create);
    let services =
        services.filter_map(|service| Some((service.name.clone()?, Expression::Text(service.name.clone()?))));
    applications.chain(services).collect()
}

/// Elements of lists are told by their places, so they go after all else was done to their lists, the last of a list first;
/// whole resources go last.
fn put_removals_last(edits: &mut [Edit]) {
    let rank = |edit: &Edit| match (&edit.change, edit.path.steps().last()) {
        (Change::Remove, Some(Step::Index(index))) => (1, Reverse(*index)),
        (Change::Remove, None) => (2, Reverse(0)),
        _ => (0, Reverse(0)),
    };
    edits.sort_by_key(rank);
}

/// A key as an expression.
fn expression(key: Key<'_>) -> Expression {
    match key {
        Key::Known(text) | Key::Refused(text) => Expression::Text(text.to_owned()),
        Key::Open(expression) => expression.clone(),
    }
}
