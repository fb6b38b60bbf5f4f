//! An intent becomes resources: what the request leaves out is chosen and said, or left to a parameter; what contradicts itself
//! or an API limit is asked.
//!
//! The way: `expand` takes applications apart into nodes, routers and services; `routes`, `retries`, `timeouts`, `trust` and
//! `priority` settle what depends on each other; the rest writes resources, each value through its limit.

mod conflicts;
mod draft;
mod environments;
mod expand;
mod gateway;
mod health;
mod into;
mod kept;
mod listeners;
mod logging;
mod loose;
mod matcher;
mod mesh;
pub(crate) mod names;
mod node;
mod plan;
mod priority;
mod providers;
mod retries;
mod route;
mod routes;
mod say;
mod service_names;
mod sidecar;
mod timeouts;
mod tls;
mod trust;
mod values;
mod variations;
mod version_nodes;
mod version_routes;

use std::collections::BTreeMap;

use meshwright_model::Inventory;

use crate::intent::{Action, Intent};
use crate::understanding::{Assumption, Question};
use draft::Draft;
use plan::{Named, Plan};

pub use into::{Insertion, compose_into};

/// What an intent became.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Composition {
    /// Resources, and what a template declares beside them.
    pub inventory: Inventory,
    /// What was assumed.
    pub assumptions: Vec<Assumption>,
    /// What must be settled before there can be an answer.
    pub questions: Vec<Question>,
    /// Values of parameters, by environment.
    pub environments: BTreeMap<String, BTreeMap<String, String>>,
}

/// Turns an intent into resources.
pub fn compose(intent: &Intent) -> Composition {
    if !intent.variations.is_empty() {
        return variations::compose(intent);
    }
    compose_alone(intent)
}

/// The same where no file is there to be changed, and all values are those of one environment.
fn compose_alone(intent: &Intent) -> Composition {
    let mut draft = Draft::new();
    say_changes(intent, &mut draft);
    compose_on(intent, draft)
}

/// The same on what is known already, such as the mesh.
fn compose_on(intent: &Intent, mut draft: Draft) -> Composition {
    ask_about_removals(intent, &mut draft);
    ask_about_copies(intent, &mut draft);
    draft.tags = intent.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    mesh::settle_tags(&mut draft);
    let led = loose::lead(intent, &mut draft);
    let intent = led.as_ref().unwrap_or(intent);
    let environments = environments::settle(intent, &mut draft);
    mesh::write(intent, &mut draft);
    let mut plan = expand::expand(intent, &mut draft);
    routes::settle(&mut plan, &mut draft);
    retries::settle(&mut plan, &mut draft);
    timeouts::settle(&mut plan, &mut draft);
    gateway::settle(&mut plan, &mut draft);
    priority::settle(&mut plan, &mut draft);
    trust::settle(&mut plan, &mut draft);
    conflicts::ask(intent, &plan, &mut draft);
    loose::ask(intent, &mut draft);
    write(intent, &plan, &mut draft);
    kept::ask(intent, &mut draft);
    let has_others = draft.inventory.declarations.iter().any(|declaration| declaration.section == "Resources");
    if draft.inventory.resources.is_empty() && !has_others && draft.questions.is_empty() {
        draft.ask("What should be made or changed?");
    }
    draft.say_parameters();
    let assumptions = draft.assumptions();
    let Draft { inventory, questions, .. } = draft;
    Composition { inventory, assumptions, questions, environments }
}

fn write(intent: &Intent, plan: &Plan, draft: &mut Draft) {
    let mut labels: Vec<(bool, Named, String)> = Vec::new();
    for node in &plan.nodes {
        let label = node::write(node, plan, draft);
        labels.push((false, node.name.clone(), label));
    }
    for router in &plan.routers {
        route::write_router(router, draft);
    }
    for service in &plan.services {
        route::write_service(service, plan, draft);
    }
    for gateway in &plan.gateways {
        if let Some(label) = gateway::write(gateway, plan, draft) {
            labels.push((true, gateway.name.clone(), label));
        }
    }
    let find = |is_gateway: bool, name: &Named| {
        let is_it = |(of_gateway, other, _): &&(bool, Named, String)| *of_gateway == is_gateway && other == name;
        labels.iter().find(is_it).map(|(_, _, label)| label.clone())
    };
    sidecar::write(intent, plan, find, draft);
}

/// Without a file there is nothing to take away, rename or tag.
fn ask_about_removals(intent: &Intent, draft: &mut Draft) {
    for removal in &intent.removals {
        draft.ask(format!("From which file should `{}` be taken? Name it with --into FILE.", removal.name));
    }
    for rename in &intent.renames {
        draft.ask(format!("In which file should `{}` be renamed? Name it with --into FILE.", rename.name));
    }
    for likeness in &intent.likenesses {
        draft.ask(format!("In which file does `{}` stand? Name it with --into FILE.", likeness.like));
    }
    if !intent.taggings.is_empty() {
        draft.ask("In which file stands what should get the tags? Name it with --into FILE.");
    }
}

/// Without a file there is nothing to be like.
fn ask_about_copies(intent: &Intent, draft: &mut Draft) {
    for like in intent.applications.iter().chain(&intent.virtual_nodes).filter_map(|node| node.like.as_ref()) {
        draft.ask(format!("In which file does `{like}` stand? Name it with --into FILE."));
    }
}

/// Says that nothing was edited, where the request is for a change.
fn say_changes(intent: &Intent, draft: &mut Draft) {
    let nodes = intent.applications.iter().chain(&intent.virtual_nodes).map(|node| node.action);
    let routers = intent.virtual_routers.iter().map(|router| router.action);
    let nested = intent.virtual_routers.iter().flat_map(|router| &router.routes).map(|route| route.action);
    let alone = intent.routes.iter().map(|route| route.action);
    let services = intent.virtual_services.iter().map(|service| service.action);
    let gateways = intent.virtual_gateways.iter().map(|gateway| gateway.action);
    let gateway_routes = intent.gateway_routes.iter().map(|route| route.action);
    let mesh = intent.mesh.iter().filter_map(|mesh| mesh.action);
    let all = nodes.chain(routers).chain(nested).chain(alone).chain(services).chain(gateways).chain(gateway_routes);
    if all.chain(mesh).any(|action| action == Action::Change) {
        draft.assume(
            "this is the smallest complete resource with the change; what else it has is to be added or given as parameters",
            "no file was given (--into FILE), so nothing was edited",
        );
    }
}
