//! All resources at hand, and what else their files hold; an index to find them by.

use std::collections::HashMap;
use std::fmt;

use crate::kind::Kind;
use crate::parameter::{Declaration, Parameter};
use crate::reference::{Key, Reference};
use crate::resource::{Id, Resource};
use crate::workload::{PolicyHolder, RoleStatement, Workload};

/// All resources at hand, in the order they were read, and what else their files hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inventory {
    /// The resources of all meshes.
    pub resources: Vec<Resource>,
    /// Tasks that the files define.
    pub workloads: Vec<Workload>,
    /// Statements of the policies of roles that the files define.
    pub statements: Vec<RoleStatement>,
    /// Roles and policies that the files define.
    pub policy_holders: Vec<PolicyHolder>,
    /// The inputs that the files declare.
    pub parameters: Vec<Parameter>,
    /// What else the files declare, kept to be written back.
    pub declarations: Vec<Declaration>,
    /// Whether loops or macros make resources that no file spells out, of any name.
    pub has_loops: bool,
    /// Whether files nest stacks that cannot be read here: a name that none of them defines may be defined there.
    pub has_unread_stacks: bool,
}

impl Inventory {
    /// An index over the resources.
    pub fn index(&self) -> Index<'_> {
        Index::new(self)
    }

    /// The names of the meshes that resources belong to, sorted, each once.
    pub fn meshes(&self) -> Vec<Key<'_>> {
        let mut meshes: Vec<Key<'_>> = self.resources.iter().map(|resource| Key::of(&resource.mesh)).collect();
        meshes.sort_unstable();
        meshes.dedup();
        meshes
    }
}

/// Finds resources by what tells them apart.
pub struct Index<'a> {
    inventory: &'a Inventory,
    by_id: HashMap<Id<'a>, usize>,
    duplicates: Vec<(usize, usize)>,
}

impl<'a> Index<'a> {
    fn new(inventory: &'a Inventory) -> Self {
        let mut by_id = HashMap::with_capacity(inventory.resources.len());
        let mut duplicates = Vec::new();
        for (position, resource) in inventory.resources.iter().enumerate() {
            match by_id.entry(resource.id()) {
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert(position);
                }
                std::collections::hash_map::Entry::Occupied(entry) => duplicates.push((*entry.get(), position)),
            }
        }
        Self { inventory, by_id, duplicates }
    }

    /// The inventory that is indexed.
    pub fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// The position of the resource with that id; the first where several have it.
    pub fn position(&self, id: &Id<'a>) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The position of what a reference of a resource names.
    pub fn target(&self, from: &'a Resource, reference: &Reference<'a>) -> Option<usize> {
        self.named(Key::of(&from.mesh), reference.kind, reference.name)
    }

    /// The position of the resource of that kind and name in a mesh; not for routes and gateway routes.
    pub fn named(&self, mesh: Key<'a>, kind: Kind, name: Key<'a>) -> Option<usize> {
        self.position(&Id { mesh, kind, parent: None, name })
    }

    /// Pairs of resources with one id: the first, and a later one.
    pub fn duplicates(&self) -> &[(usize, usize)] {
        &self.duplicates
    }
}

impl fmt::Debug for Index<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Index").field("resources", &self.by_id.len()).finish_non_exhaustive()
    }
}
