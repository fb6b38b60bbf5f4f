//! Whether what nothing in the files names is named by nothing at all.

use std::collections::HashSet;

use meshwright_model::Kind;
use meshwright_model::reference::Key;

use super::Facts;

/// Which meshes the files hold so fully that resources of some kinds name nothing there that cannot be seen.
pub struct Namers<'f, 'a> {
    facts: &'f Facts<'a>,
    /// Meshes of which one such resource names something that its file leaves open.
    murky: HashSet<Key<'a>>,
    /// Whether the mesh of one such resource is not known.
    is_adrift: bool,
}

impl<'a> Facts<'a> {
    /// Looks at everything that resources of these kinds name: targets, backends, providers, parents.
    pub fn namers(&self, kinds: &[Kind]) -> Namers<'_, 'a> {
        let mut namers = Namers { facts: self, murky: HashSet::new(), is_adrift: false };
        for position in kinds.iter().flat_map(|kind| &self.by_kind[*kind as usize]) {
            let resource = &self.inventory.resources[*position];
            let mesh = Key::of(&resource.mesh);
            namers.is_adrift |= !mesh.is_known();
            if self.links.each[*position].is_murky {
                namers.murky.insert(mesh);
            }
        }
        namers
    }

    /// Whether the files hold a kind of resource in the mesh of this one.
    pub fn holds(&self, position: usize, kind: Kind) -> bool {
        self.scope.holds(Key::of(&self.inventory.resources[position].mesh), kind)
    }
}

impl Namers<'_, '_> {
    /// Whether what the files do not say to name a resource does not name it: they define its mesh, and leave no name open.
    pub fn are_known_for(&self, position: usize) -> bool {
        let resource = &self.facts.inventory.resources[position];
        let mesh = Key::of(&resource.mesh);
        // References lead to the first of several definitions.
        self.facts.index.position(&resource.id()) == Some(position)
            && self.facts.scope.defines(mesh, resource.condition.as_deref())
            && !(self.is_adrift && mesh.is_known())
            && !self.murky.contains(&mesh)
    }
}
