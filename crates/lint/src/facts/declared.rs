//! The order of creation that a template itself demands.

use std::collections::{HashMap, HashSet};

use meshwright_model::{Kind, Resource};

use super::Facts;

/// What a template creates before each resource, by position: for `Ref`, `GetAtt` and `DependsOn`.
#[derive(Debug, Default)]
pub struct Declared {
    /// The resources of the mesh that come first, resource after resource.
    after: Vec<usize>,
    /// Where those of each resource end; empty where no file is a template.
    ends: Vec<usize>,
    /// Whether something comes first that is no resource of a mesh, and may wait for others in turn.
    is_open: Vec<bool>,
}

impl Declared {
    fn of(resources: &[Resource]) -> Self {
        if resources.iter().all(|resource| resource.depends_on.is_empty()) {
            return Self::default();
        }
        let document = |resource: &Resource| resource.origin.map_or(0, |origin| origin.document);
        let mut by_label = HashMap::with_capacity(resources.len());
        for (position, resource) in resources.iter().enumerate() {
            if let Some(label) = &resource.label {
                by_label.insert((document(resource), label.as_str()), position);
            }
        }
        let mut declared = Self::default();
        for resource in resources {
            let start = declared.after.len();
            let find = |label: &String| by_label.get(&(document(resource), label.as_str())).copied();
            declared.after.extend(resource.depends_on.iter().filter_map(find));
            declared.is_open.push(declared.after.len() - start < resource.depends_on.len());
            declared.ends.push(declared.after.len());
        }
        declared
    }

    /// What the template creates right before a resource.
    pub fn after(&self, position: usize) -> &[usize] {
        let Some(end) = self.ends.get(position) else { return &[] };
        let start = position.checked_sub(1).map_or(0, |previous| self.ends[previous]);
        &self.after[start..*end]
    }
}

/// How many resources are asked what comes before them.
const MAX_STEPS: usize = 64;

impl Facts<'_> {
    /// The order that templates demand.
    pub fn declared(&self) -> &Declared {
        self.lazy.declared.get_or_init(|| Declared::of(&self.inventory.resources))
    }

    /// What exists before a resource is created, by what templates demand of it, and by what these and the API demand in turn
    /// of all that comes before it; and whether that is all, as far as can be told, and told soon.
    pub fn before(&self, later: usize) -> (HashSet<usize>, bool) {
        let declared = self.declared();
        let mut before = HashSet::new();
        let mut known = vec![later];
        let mut done = 0;
        while let Some(next) = known.get(done).copied() {
            if done == MAX_STEPS || declared.is_open.get(next).is_some_and(|is_open| *is_open) {
                return (before, false);
            }
            let needs = self.needs(next).filter(|_| next != later);
            for after in declared.after(next).iter().copied().chain(needs) {
                if before.insert(after) && after != later {
                    known.push(after);
                }
            }
            done += 1;
        }
        (before, true)
    }

    /// What the API demands to exist before a resource: its mesh, its parent, and what it names unless that is a backend.
    pub fn needs(&self, position: usize) -> impl Iterator<Item = usize> {
        let link = self.links.each[position];
        let mesh = link.mesh.filter(|mesh| *mesh != position);
        let is_node = self.inventory.resources[position].kind() == Kind::VirtualNode;
        let names = self.links.names.of(position).iter().flatten().filter(move |_| !is_node);
        mesh.into_iter().chain(link.parent).chain(names.copied())
    }
}
