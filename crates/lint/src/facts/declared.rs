//! The order of creation that a template itself demands.

use std::collections::HashMap;

use meshwright_model::Resource;

use super::Facts;

/// What a template creates before each resource, by position: for `Ref`, `GetAtt` and `DependsOn`.
#[derive(Debug, Default)]
pub struct Declared {
    /// The resources of the mesh that come first; empty for all where no file is a template.
    after: Vec<Vec<usize>>,
    /// Whether something comes first that is no resource of a mesh, and may wait for others in turn.
    is_open: Vec<bool>,
}

impl Declared {
    fn of(resources: &[Resource]) -> Self {
        if resources.iter().all(|resource| resource.depends_on.is_empty()) {
            return Self::default();
        }
        let document = |resource: &Resource| resource.origin.map(|origin| origin.document);
        let mut by_label = HashMap::with_capacity(resources.len());
        for (position, resource) in resources.iter().enumerate() {
            if let Some(label) = &resource.label {
                by_label.insert((document(resource), label.as_str()), position);
            }
        }
        let (mut after, mut is_open) = (Vec::with_capacity(resources.len()), Vec::with_capacity(resources.len()));
        for resource in resources {
            let find = |label: &String| by_label.get(&(document(resource), label.as_str())).copied();
            let found: Vec<usize> = resource.depends_on.iter().filter_map(find).collect();
            is_open.push(found.len() < resource.depends_on.len());
            after.push(found);
        }
        Self { after, is_open }
    }

    /// What the template creates right before a resource.
    pub fn after(&self, position: usize) -> &[usize] {
        self.after.get(position).map_or(&[], Vec::as_slice)
    }

    /// Whether the template creates one resource before another; `None` where that cannot be told, or not soon.
    pub fn is_before(&self, earlier: usize, later: usize) -> Option<bool> {
        if self.after(later).contains(&earlier) {
            return Some(true);
        }
        let mut known = vec![later];
        let mut done = 0;
        while let Some(next) = known.get(done).copied() {
            if self.is_open.get(next).is_some_and(|is_open| *is_open) || done == MAX_STEPS {
                return None;
            }
            for after in self.after(next) {
                if *after == earlier {
                    return Some(true);
                }
                if !known.contains(after) {
                    known.push(*after);
                }
            }
            done += 1;
        }
        Some(false)
    }
}

/// How many resources are asked what comes before them.
const MAX_STEPS: usize = 64;

impl Facts<'_> {
    /// The order that templates demand.
    pub fn declared(&self) -> &Declared {
        self.declared.get_or_init(|| Declared::of(&self.inventory.resources))
    }

    /// What the API demands to exist before a resource: its mesh, its parent, and what it names unless that is a backend.
    pub fn needs(&self, position: usize) -> impl Iterator<Item = usize> {
        let resource = &self.inventory.resources[position];
        let mesh = self.mesh_of(resource).map(|mesh| mesh.position).filter(|mesh| *mesh != position);
        let links = &self.links[position];
        let names = links.names.iter().flatten().filter(|_| resource.kind() != meshwright_model::Kind::VirtualNode);
        mesh.into_iter().chain(links.parent).chain(names.copied())
    }
}
