//! Decides on the mesh, and writes it where it is made.

use meshwright_model::limits::EgressFilterType;
use meshwright_model::mesh::{EgressFilter, MeshServiceDiscovery, MeshSpec};
use meshwright_model::{Expression, Scalar, Spec};

use super::draft::{Draft, Wanted};
use super::values::ip_preference;
use crate::intent::{Action, Egress, Intent, Mesh};

/// The most tags of a resource. Source: App Mesh User Guide, tagging: 50 a resource.
const MAX_TAGS: usize = 50;

/// Asks about tags that AWS does not take.
pub(super) fn settle_tags(draft: &mut Draft) {
    let reserved: Vec<String> = draft.tags.iter().map(|(key, _)| key.clone()).filter(|key| is_reserved(key)).collect();
    for key in reserved {
        draft.ask(format!(
            "AWS keeps tags that begin with `aws:` for itself, as `{key}` does. What should it be called?"
        ));
    }
    draft.tags.retain(|(key, _)| !is_reserved(key));
    if draft.tags.len() > MAX_TAGS {
        let count = draft.tags.len();
        draft.ask(format!("A resource has {MAX_TAGS} tags at most, and these are {count}. Which should stay?"));
        draft.tags.truncate(MAX_TAGS);
    }
}

fn is_reserved(key: &str) -> bool {
    key.to_ascii_lowercase().starts_with("aws:")
}

/// Decides on the mesh's name, and writes the mesh where it is made.
pub(super) fn write(intent: &Intent, draft: &mut Draft) {
    let wanted = intent.mesh.clone().unwrap_or_default();
    let is_alone = is_only_task(intent);
    if draft.mesh == Expression::Absent {
        draft.mesh = match &wanted.name {
            Some(name) => Expression::Text(name.clone()),
            None if is_empty(intent) => return,
            None => draft.parameter(&Wanted { name: "MeshName", description: "Name of the mesh", ..Wanted::default() }),
        };
    }
    draft.owner.clone_from(&wanted.owner);
    if !is_made(intent) {
        let mesh = draft.mesh.to_string();
        let what = if is_alone { "the proxy's mesh" } else { "the mesh" };
        match wanted.name {
            Some(_) => draft.assume(format!("{what} `{mesh}` exists already"), "the request only names it"),
            None => draft.assume(
                format!("{what} exists already; its name is the parameter `MeshName`"),
                "the request does not name it",
            ),
        }
        return;
    }
    if wanted.owner.is_some() {
        draft.ask(
            "A mesh is made in one's own account, and this one is to belong to another. Does it exist there already?",
        );
    }
    let spec = spec(&wanted, draft);
    let mesh = draft.mesh.clone();
    let name = draft.said("the name of the mesh", &mesh);
    draft.add(None, name, Spec::Mesh(spec));
}

/// Whether the mesh is part of the answer.
pub(super) fn is_made(intent: &Intent) -> bool {
    let makes = |mesh: &Mesh| mesh.action.is_some() || mesh.egress.is_some() || mesh.ip_preference.is_some();
    intent.mesh.as_ref().is_some_and(makes)
}

/// Whether nothing is to be made.
fn is_empty(intent: &Intent) -> bool {
    Intent { removals: Vec::new(), renames: Vec::new(), taggings: Vec::new(), ..intent.clone() } == Intent::default()
}

/// Whether a request is for nothing but tasks.
fn is_only_task(intent: &Intent) -> bool {
    let rest = Intent { sidecars: Vec::new(), mesh: None, ..intent.clone() };
    rest == Intent::default() && !intent.sidecars.is_empty()
}

/// Writes the mesh's specification.
pub(super) fn spec(wanted: &Mesh, draft: &mut Draft) -> MeshSpec {
    let egress = match (wanted.egress, wanted.action) {
        (Some(egress), _) => Some(egress),
        (None, Some(Action::Create)) => {
            draft.assume(
                "what applications call outside the mesh is dropped: egress filter DROP_ALL",
                "that is App Mesh's default; ask for ALLOW_ALL if they call anything that is no virtual service",
            );
            Some(Egress::DropAll)
        }
        (None, _) => None,
    };
    let filter = |egress| EgressFilter {
        kind: Scalar::Known(match egress {
            Egress::AllowAll => EgressFilterType::AllowAll,
            Egress::DropAll => EgressFilterType::DropAll,
        }),
    };
    let preference = wanted.ip_preference.map(|preference| Scalar::Known(ip_preference(preference)));
    MeshSpec {
        egress_filter: egress.map(filter),
        service_discovery: preference.map(|preference| MeshServiceDiscovery { ip_preference: Some(preference) }),
    }
}
