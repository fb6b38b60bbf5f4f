//! Whether a name that the files do not hold is wrong, or only not in these files.

use std::collections::HashSet;

use meshwright_model::reference::Key;
use meshwright_model::spelling::{nearest, only_slip};
use meshwright_model::value::ScalarType;
use meshwright_model::{Inventory, Kind, Resource, Scalar};

use super::{Existence, Facts};

/// What looking up a name came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// There is such a resource, or nothing can be said: the name is open, or some resource's own name is.
    Fine,
    /// The files define the mesh, whenever what names it exists, and do not hold the resource.
    Missing {
        /// The name that was most likely meant.
        near: Option<String>,
        /// The only name that it can be a slip of.
        slip: Option<String>,
    },
    /// It may stand elsewhere: the files hold others of the kind in that mesh, but not the mesh itself, or they nest stacks
    /// that cannot be read.
    Elsewhere {
        /// The name that was most likely meant.
        near: Option<String>,
    },
}

/// Which kinds of which meshes the files hold.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    /// Kinds of a mesh of which there is one at least.
    held: HashSet<(Key<'a>, Kind)>,
    /// The meshes that the files define, and when they exist: one under a condition may be created elsewhere otherwise.
    meshes: HashSet<(Key<'a>, Existence<'a>)>,
    /// Kinds of a mesh of which one's name is not known.
    blurred: HashSet<(Key<'a>, Kind)>,
    /// Kinds of which one's mesh is not known, while others' are.
    adrift: HashSet<Kind>,
    /// Whether loops make resources of names that cannot be known.
    has_loops: bool,
    /// Whether there are stacks that cannot be read.
    has_unread_stacks: bool,
}

impl<'a> Scope<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Self {
        let Inventory { has_loops, has_unread_stacks, .. } = *inventory;
        let mut scope = Self { has_loops, has_unread_stacks, ..Self::default() };
        // Neighbours mostly share their mesh and kind.
        let mut last = None;
        for resource in &inventory.resources {
            let (mesh, kind) = (Key::of(&resource.mesh), resource.kind());
            if last.replace((mesh, kind)) != Some((mesh, kind)) {
                scope.held.insert((mesh, kind));
            }
            if kind == Kind::Mesh {
                scope.meshes.insert((mesh, Existence::of(resource)));
            }
            if !Key::of(&resource.name).is_known() {
                scope.blurred.insert((mesh, kind));
            }
            if !mesh.is_known() {
                scope.adrift.insert(kind);
            }
        }
        scope
    }

    /// Whether there is one at least of that kind in that mesh.
    pub(super) fn holds(&self, mesh: Key<'a>, kind: Kind) -> bool {
        self.held.contains(&(mesh, kind))
    }

    /// Whether the files define a mesh, whenever something exists that stands under that condition, or under none.
    pub(super) fn defines(&self, mesh: Key<'a>, condition: Option<&'a str>) -> bool {
        [Existence::Always, Existence::under(condition)].iter().any(|when| self.meshes.contains(&(mesh, *when)))
    }
}

impl<'a> Facts<'a> {
    /// Whether a name in a resource stands for another resource of its mesh, and what that means where it does not.
    pub fn look_up<N: ScalarType>(&self, from: &'a Resource, kind: Kind, name: &'a Scalar<N>) -> Lookup {
        self.look_up_key(Key::of(&from.mesh), from.condition.as_deref(), kind, Key::of(name))
    }

    /// Likewise for a name of a mesh that stands outside its resources, such as in a task definition, under a condition or none.
    pub fn look_up_key(&self, mesh: Key<'_>, condition: Option<&str>, kind: Kind, key: Key<'_>) -> Lookup {
        let Key::Known(text) = key else { return Lookup::Fine };
        let is_blurred = self.scope.has_loops
            || self.scope.blurred.contains(&(mesh, kind))
            || mesh.is_known() && self.scope.adrift.contains(&kind);
        if self.index.named(mesh, kind, key).is_some() || is_blurred {
            return Lookup::Fine;
        }
        let names = || -> Vec<String> {
            let names = self.resources().filter(|other| other.kind() == kind && Key::of(&other.mesh) == mesh);
            names.map(|other| Key::of(&other.name).to_string()).collect()
        };
        let near = || nearest(text, names().iter().map(String::as_str)).map(str::to_owned);
        if self.scope.defines(mesh, condition) && !self.scope.has_unread_stacks {
            let slip = only_slip(text, names().iter().map(String::as_str)).map(str::to_owned);
            Lookup::Missing { near: near(), slip }
        } else if self.scope.defines(mesh, condition) || self.scope.held.contains(&(mesh, kind)) {
            Lookup::Elsewhere { near: near() }
        } else {
            Lookup::Fine
        }
    }

    /// Whether the files define the mesh of a resource and leave no name of that kind in it open, so that what they do not
    /// hold does not exist.
    pub fn holds_all(&self, mesh_of: &'a Resource, kind: Kind) -> bool {
        let mesh = Key::of(&mesh_of.mesh);
        let is_blurred = self.scope.has_loops
            || self.scope.blurred.contains(&(mesh, kind))
            || mesh.is_known() && self.scope.adrift.contains(&kind);
        self.scope.defines(mesh, mesh_of.condition.as_deref()) && !is_blurred && !self.scope.has_unread_stacks
    }
}
