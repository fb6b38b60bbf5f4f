//! What a resource names and what names it, by position.

use meshwright_model::reference::Key;
use meshwright_model::virtual_node::Backend;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Index, Kind, Resource, Spec};

/// How many looked-up names are remembered: those of neighbours, which mostly name the same router, nodes and mesh.
const REMEMBERED: usize = 8;

/// What a resource belongs to, by position, and how well that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) mesh: Option<usize>,
    pub(super) parent: Option<usize>,
    /// Whether it may name something that its file leaves open.
    pub(super) is_murky: bool,
    /// Whether its mesh, its parent or what it names is given by an ARN.
    pub(super) has_arn: bool,
}

/// What each resource names and what names it, by position.
#[derive(Debug)]
pub(super) struct Links {
    pub(super) each: Vec<Link>,
    /// The routes of a router, the gateway routes of a gateway.
    pub(super) children: Lists<usize>,
    /// What its specification names, in its order: targets, backends, the provider, the gateway route's target.
    pub(super) names: Lists<Option<usize>>,
    /// What names it, and the place in that one's `names`.
    pub(super) named_by: Lists<(usize, usize)>,
}

/// A list for each position, all in one piece.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// Where the list of each position starts; one more than there are positions.
    starts: Vec<usize>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    /// The list of a position.
    pub(super) fn of(&self, position: usize) -> &[T] {
        &self.items[self.starts[position]..self.starts[position + 1]]
    }
}

impl<T: Copy + Default> Lists<T> {
    /// Items under their positions, of so many; those of one position keep their order.
    fn grouped(count: usize, items: impl Iterator<Item = (usize, T)> + Clone) -> Self {
        let mut starts = vec![0; count + 1];
        for (position, _) in items.clone() {
            starts[position + 1] += 1;
        }
        for position in 0..count {
            starts[position + 1] += starts[position];
        }
        let mut next = starts.clone();
        let mut grouped = vec![T::default(); starts[count]];
        for (position, item) in items {
            grouped[next[position]] = item;
            next[position] += 1;
        }
        Self { starts, items: grouped }
    }
}

/// The links of every resource.
pub(super) fn links(index: &Index<'_>) -> Links {
    let resources = &index.inventory().resources;
    let mut found = Found { index, recent: Vec::with_capacity(REMEMBERED), oldest: 0 };
    let mut each = Vec::with_capacity(resources.len());
    let mut names = Lists { starts: Vec::with_capacity(resources.len() + 1), items: Vec::new() };
    for resource in resources {
        names.starts.push(names.items.len());
        let mesh = Key::of(&resource.mesh);
        let parent_name = resource.parent.as_ref().map(Key::of);
        let parent = resource.kind().parent().zip(parent_name);
        let parent = parent.and_then(|(kind, parent)| found.named(mesh, kind, parent));
        let is_arn = |name: Key<'_>| matches!(name, Key::Known(text) if text.starts_with("arn:"));
        let mut has_arn = is_arn(mesh) || parent_name.is_some_and(is_arn);
        let mut is_murky = !resource.gaps.is_empty() && resource.may_hide_references()
            || parent.is_none() && parent_name.is_some_and(|parent| !parent.is_known());
        for_each_name(resource, |kind, name| {
            let found = found.named(mesh, kind, name);
            is_murky |= found.is_none() && !name.is_known();
            has_arn |= is_arn(name);
            names.items.push(found);
        });
        each.push(Link { mesh: found.named(mesh, Kind::Mesh, mesh), parent, is_murky, has_arn });
    }
    names.starts.push(names.items.len());
    let parents = each.iter().enumerate().filter_map(|(position, link)| Some((link.parent?, position)));
    let children = Lists::grouped(resources.len(), parents);
    let backwards = (0..resources.len()).flat_map(|position| {
        let own = names.of(position).iter().enumerate();
        own.filter_map(move |(place, name)| Some(((*name)?, (position, place))))
    });
    let named_by = Lists::grouped(resources.len(), backwards);
    Links { each, children, names, named_by }
}

/// Looks names up, the last few from memory.
struct Found<'i, 'a> {
    index: &'i Index<'a>,
    recent: Vec<(Key<'a>, Kind, Key<'a>, Option<usize>)>,
    oldest: usize,
}

impl<'a> Found<'_, 'a> {
    fn named(&mut self, mesh: Key<'a>, kind: Kind, name: Key<'a>) -> Option<usize> {
        let same = self.recent.iter().find(|last| (last.1, last.2, last.0) == (kind, name, mesh));
        if let Some((.., position)) = same {
            return *position;
        }
        let position = self.index.named(mesh, kind, name);
        let entry = (mesh, kind, name, position);
        if self.recent.len() < REMEMBERED {
            self.recent.push(entry);
        } else {
            self.recent[self.oldest] = entry;
            self.oldest = (self.oldest + 1) % REMEMBERED;
        }
        position
    }
}

/// Goes through what a specification names, under the first protocol that it has.
fn for_each_name<'a>(resource: &'a Resource, mut visit: impl FnMut(Kind, Key<'a>)) {
    match &resource.spec {
        Spec::Route(spec) => {
            let targets = spec.protocols().next().into_iter().flat_map(|route| route.action().weighted_targets.iter());
            targets.for_each(|target| visit(Kind::VirtualNode, Key::of(&target.virtual_node)));
        }
        Spec::VirtualNode(spec) => {
            for Backend::VirtualService(backend) in spec.backends.iter().flatten() {
                visit(Kind::VirtualService, Key::of(&backend.virtual_service_name));
            }
        }
        Spec::VirtualService(spec) => match &spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                visit(Kind::VirtualNode, Key::of(&node.virtual_node_name));
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                visit(Kind::VirtualRouter, Key::of(&router.virtual_router_name));
            }
            None => {}
        },
        Spec::GatewayRoute(spec) => {
            if let Some(route) = spec.protocols().next() {
                visit(Kind::VirtualService, Key::of(&route.target().virtual_service.virtual_service_name));
            }
        }
        Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualGateway(_) => {}
    }
}
