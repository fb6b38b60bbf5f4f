//! The resources of a mesh by what depends on them: a route counts as a part of its router, a gateway route as one of its gateway.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use meshwright_model::reference::Key as Named;
use meshwright_model::{Kind, Resource};

/// What others depend on: a kind that is no part of another, and a name.
pub(crate) type Concern = (Kind, Arc<str>);

/// What tells a resource from all others of its mesh: its kind, the name of its router or gateway, its own.
pub type ResourceId = (Kind, String, String);

/// The resources of a mesh.
#[derive(Debug, Default)]
pub(crate) struct Parts(BTreeMap<Concern, Part>);

#[derive(Debug, Default)]
struct Part {
    itself: Option<Resource>,
    /// What hangs under it, by name.
    children: BTreeMap<String, Resource>,
    /// What all of that refers to.
    references: BTreeSet<Concern>,
}

pub(crate) fn id_of(resource: &Resource) -> Option<ResourceId> {
    let known = |key: Named<'_>| if let Named::Known(name) = key { Some(name.to_owned()) } else { None };
    let parent = resource.parent.as_ref().map_or(Some(String::new()), |parent| known(Named::of(parent)))?;
    Some((resource.kind(), parent, known(Named::of(&resource.name))?))
}

/// What a resource is a part of.
fn concern((kind, parent, name): &ResourceId) -> Concern {
    match kind.parent() {
        Some(kind) => (kind, parent.as_str().into()),
        None => (*kind, name.as_str().into()),
    }
}

impl Parts {
    /// Takes a resource as it is now; what it is a part of. What is kept by the API has known names; anything else is left out.
    pub(crate) fn put(&mut self, resource: Resource) -> Option<Concern> {
        let id = id_of(&resource)?;
        let concern = concern(&id);
        let part = self.0.entry(concern.clone()).or_default();
        match id.0.parent() {
            Some(_) => _ = part.children.insert(id.2, resource),
            None => part.itself = Some(resource),
        }
        part.refer();
        Some(concern)
    }

    /// Takes a resource away; what it was a part of, where it was there.
    pub(crate) fn remove(&mut self, id: &ResourceId) -> Option<Concern> {
        let concern = concern(id);
        let part = self.0.get_mut(&concern)?;
        match id.0.parent() {
            Some(_) => part.children.remove(&id.2)?,
            None => part.itself.take()?,
        };
        part.refer();
        if part.itself.is_none() && part.children.is_empty() {
            self.0.remove(&concern);
        }
        Some(concern)
    }

    /// What there is.
    pub(crate) fn concerns(&self) -> impl Iterator<Item = &Concern> {
        self.0.keys()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The resources of some.
    pub(crate) fn resources<'r, 'c>(
        &'r self,
        concerns: impl IntoIterator<Item = &'c Concern>,
    ) -> impl Iterator<Item = &'r Resource> {
        let parts = concerns.into_iter().filter_map(|concern| self.0.get(concern));
        parts.flat_map(|part| part.itself.iter().chain(part.children.values()))
    }

    /// Everything that something depends on, whether it is there or not: itself, and what that leads to.
    pub(crate) fn reached_from(&self, own: Concern) -> BTreeSet<Concern> {
        let mut all = BTreeSet::from([own.clone()]);
        let mut open = vec![own];
        while let Some(one) = open.pop() {
            let Some(part) = self.0.get(&one) else { continue };
            for next in &part.references {
                // Where a node itself sends what it gets concerns that node alone.
                if all.insert(next.clone()) && next.0 != Kind::VirtualNode {
                    open.push(next.clone());
                }
            }
        }
        all
    }
}

impl Part {
    /// Sees what it refers to.
    fn refer(&mut self) {
        self.references.clear();
        for resource in self.itself.iter().chain(self.children.values()) {
            for reference in resource.spec.references() {
                let Named::Known(name) = reference.name else { continue };
                self.references.insert((reference.kind, name.into()));
            }
        }
    }
}
