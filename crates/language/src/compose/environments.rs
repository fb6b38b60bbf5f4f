//! Environments such as staging and production: one template whose parameters differ.

use std::collections::BTreeMap;

use meshwright_model::Expression;

use super::draft::{Draft, Wanted};
use super::names::listed;
use crate::intent::Intent;

/// The most environments of one template.
const MAX: usize = 20;

/// Lets the mesh be called after its environment; answers with the values of parameters by environment.
pub(super) fn settle(intent: &Intent, draft: &mut Draft) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut names = intent.environments.clone();
    names.sort();
    names.dedup();
    if names.len() > MAX {
        draft.ask(format!(
            "These are {} environments, and one template is good for {MAX}. Which should it be for?",
            names.len()
        ));
        names.truncate(MAX);
    }
    if names.is_empty() {
        return BTreeMap::new();
    }
    let text = |text: &str| Expression::Text(text.to_owned());
    let wanted = intent.mesh.clone().unwrap_or_default();
    let Some(mesh) = wanted.name else {
        let value = |name: &String| (name.clone(), BTreeMap::from([("MeshName".to_owned(), name.clone())]));
        draft.assume(
            format!(
                "the template is the same for {}; each has a mesh of its name, the parameter `MeshName`",
                listed(&names)
            ),
            "variants of one mesh differ in their parameters only",
        );
        return names.iter().map(value).collect();
    };
    let environment = draft.parameter(&Wanted {
        name: "Environment",
        description: "Environment that the mesh is for",
        allowed: &names,
        ..Wanted::default()
    });
    draft.mesh = Expression::join([text(&format!("{mesh}-")), environment]);
    draft.assume(
        format!("the mesh is called `{}`; the parameter `Environment` is one of {}", draft.mesh, listed(&names)),
        "one template serves all of them, and they can live side by side in one account",
    );
    let value = |name: &String| (name.clone(), BTreeMap::from([("Environment".to_owned(), name.clone())]));
    names.iter().map(value).collect()
}
