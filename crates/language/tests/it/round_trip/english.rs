//! Intents said in English: a sentence or two for each resource, its parts in any order.

mod around;
mod node;
mod route;

use meshwright_language::Intent;

use super::voice::Voice;

/// Says everything that an intent asks for.
pub(super) fn say(intent: &Intent, voice: &mut Voice<'_>) -> String {
    let mut sentences: Vec<String> = Vec::new();
    sentences.extend(intent.mesh.iter().map(|mesh| around::mesh(mesh, voice)));
    sentences.extend(intent.virtual_nodes.iter().map(|one| node::node(one, voice)));
    sentences.extend(intent.virtual_routers.iter().map(|router| route::router(router, voice)));
    sentences.extend(intent.routes.iter().map(|one| route::route(one, voice)));
    sentences.extend(intent.virtual_services.iter().map(|service| around::service(service, voice)));
    sentences.extend(intent.virtual_gateways.iter().map(|gateway| route::gateway(gateway, voice)));
    sentences.extend(intent.sidecars.iter().map(|sidecar| around::sidecar(sidecar, voice)));
    sentences.extend(intent.removals.iter().map(|removal| around::removal(removal, voice)));
    sentences.extend((!intent.tags.is_empty()).then(|| around::tags(&intent.tags, voice)));
    sentences.extend((!intent.environments.is_empty()).then(|| around::environments(&intent.environments, voice)));
    let ends = [". ", ".\n", "; "];
    let last = sentences.len().saturating_sub(1);
    sentences.iter().enumerate().fold(String::new(), |text, (at, sentence)| {
        let end = if at < last { voice.one_of(&ends) } else { voice.one_of(&["", ".", "!"]) };
        text + sentence + end
    })
}
