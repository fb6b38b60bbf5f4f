//! Resources with names, specifications and tags that are known as a whole: those of files, and those that stand.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_dialect::Reading;
use meshwright_model::opened::left_open;
use meshwright_model::order::Order;
use meshwright_model::resource::{Gap, Resource, Tag};
use meshwright_model::{Path, Spec};

use super::LiveError;
use super::names::{Identifier, MeshName};

/// Tags of AWS's own, which nobody else can set.
const OWN_TAGS: &str = "aws:";

/// A resource that is known as a whole.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) name: Identifier,
    /// As the API keeps it.
    pub(crate) spec: Spec,
    /// Without those of AWS's own.
    pub(crate) tags: BTreeMap<String, String>,
    /// How many rounds of creation come before it.
    pub(crate) stage: usize,
}

/// A resource that stands.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) known: Known,
    pub(crate) state: State,
    pub(crate) arn: String,
    /// Whether another account made it in a mesh of ours.
    pub(crate) is_foreign: bool,
}

/// What changes whenever a resource does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) uid: String,
    pub(crate) version: u64,
}

/// The resources of files, in the order of creation.
///
/// # Errors
/// One is not known as a whole: applied in part it would not be what its file says.
pub(crate) fn wanted(reading: &Reading) -> Result<Vec<Known>, LiveError> {
    if reading.has_faults() || !reading.unreadable.is_empty() {
        return Err(LiveError::Faults);
    }
    if let Some(open) = left_open(&reading.inventory) {
        return Err(LiveError::Open { open });
    }
    let mut all = Vec::new();
    for placed in &Order::of(&reading.inventory.index()).placed {
        let resource = &reading.inventory.resources[placed.position];
        let known =
            known(resource, placed.stage).ok_or_else(|| LiveError::NotKnown { name: resource.id().to_string() })?;
        all.push(known);
    }
    Ok(all)
}

/// That no resource is defined twice.
///
/// # Errors
/// One is: which of its definitions holds is not known.
pub(crate) fn once(wanted: &[Known]) -> Result<(), LiveError> {
    let mut names = BTreeSet::new();
    match wanted.iter().find(|own| !names.insert(&own.name)) {
        Some(own) => Err(LiveError::Twice { name: own.name.full() }),
        None => Ok(()),
    }
}

/// What stands in a mesh, as the dialect reads the API's answers.
pub(crate) fn standing(reading: &Reading, mesh: &MeshName) -> Vec<Standing> {
    let order = Order::of(&reading.inventory.index());
    let resources = order.placed.iter().map(|placed| (&reading.inventory.resources[placed.position], placed.stage));
    let standing = |(resource, stage): (&Resource, usize)| {
        let mut known = known(resource, stage)?;
        known.name.mesh = mesh.clone();
        let member = |name: &str| {
            let members = &resource.metadata.as_ref()?.members;
            members.iter().find(|(own, ..)| own == name).map(|(_, value, _)| value.clone())
        };
        let version = member("version").and_then(|version| version.parse().ok()).unwrap_or_default();
        let is_foreign = mesh.owner.is_none() && member("resourceOwner") != member("meshOwner");
        let state = State { uid: member("uid").unwrap_or_default(), version };
        Some(Standing { known, state, arn: member("arn").unwrap_or_default(), is_foreign })
    };
    resources.filter_map(standing).collect()
}

/// A resource of which nothing is open; `None` where a part of it cannot be read.
fn known(resource: &Resource, stage: usize) -> Option<Known> {
    let name = Identifier::of(resource)?;
    // What the API once said beside it, such as a time, is nothing that anybody sets.
    let is_said = |path: &Path| Path::of(&["metadata"]).contains(path);
    if resource.gaps.iter().any(|(path, gap)| *gap == Gap::Faulty && !is_said(path)) {
        return None;
    }
    let mut tags: BTreeMap<String, String> = resource.tags.iter().map(tag).collect::<Option<_>>()?;
    tags.retain(|key, _| !key.starts_with(OWN_TAGS));
    Some(Known { name, spec: resource.spec.clone().settled().answered(), tags, stage })
}

fn tag(tag: &Tag) -> Option<(String, String)> {
    let value = match &tag.value {
        Some(value) => value.known()?.as_str().to_owned(),
        None => String::new(),
    };
    Some((tag.key.known()?.as_str().to_owned(), value))
}
