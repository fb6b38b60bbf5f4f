//! What a resource names and what names it, by position.

use meshwright_model::reference::Key;
use meshwright_model::virtual_node::Backend;
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Index, Kind, Resource, Spec};

/// What a resource names and what names it, by position.
#[derive(Debug, Default)]
pub(super) struct Links {
    pub(super) mesh: Option<usize>,
    pub(super) parent: Option<usize>,
    /// The routes of a router, the gateway routes of a gateway.
    pub(super) children: Vec<usize>,
    /// What its specification names, in its order: targets, backends, the provider, the gateway route's target.
    pub(super) names: Vec<Option<usize>>,
    /// What names it, and the place in that one's `names`.
    pub(super) named_by: Vec<(usize, usize)>,
    /// Whether it may name something that its file leaves open.
    pub(super) is_murky: bool,
    /// Whether its mesh, its parent or what it names is given by an ARN.
    pub(super) has_arn: bool,
}

/// The links of every resource.
pub(super) fn links(index: &Index<'_>) -> Vec<Links> {
    let resources = &index.inventory().resources;
    let mut links: Vec<Links> = resources.iter().map(|_| Links::default()).collect();
    // Neighbours mostly share a mesh.
    let mut last_mesh = None;
    for (position, resource) in resources.iter().enumerate() {
        let find = |kind, name| index.named(Key::of(&resource.mesh), kind, name);
        let parent = resource.kind().parent().zip(resource.parent.as_ref());
        let parent = parent.and_then(|(kind, parent)| find(kind, Key::of(parent)));
        if let Some(parent) = parent {
            links[parent].children.push(position);
        }
        let is_arn = |name: Key<'_>| matches!(name, Key::Known(text) if text.starts_with("arn:"));
        let mut has_arn = is_arn(Key::of(&resource.mesh)) || resource.parent.as_ref().map(Key::of).is_some_and(is_arn);
        let mut is_murky = !resource.gaps.is_empty() && resource.may_hide_references()
            || parent.is_none() && resource.parent.as_ref().is_some_and(|parent| !Key::of(parent).is_known());
        let names = names(resource).into_iter().map(|(kind, name)| {
            let found = find(kind, name);
            is_murky |= found.is_none() && !name.is_known();
            has_arn |= is_arn(name);
            found
        });
        let names: Vec<Option<usize>> = names.collect();
        for (place, name) in names.iter().enumerate() {
            if let Some(name) = name {
                links[*name].named_by.push((position, place));
            }
        }
        let mesh = Key::of(&resource.mesh);
        let (_, of_mesh) = match last_mesh.filter(|(last, _)| *last == mesh) {
            Some(same) => same,
            None => *last_mesh.insert((mesh, find(Kind::Mesh, mesh))),
        };
        links[position].mesh = of_mesh;
        links[position].parent = parent;
        links[position].names = names;
        links[position].is_murky = is_murky;
        links[position].has_arn = has_arn;
    }
    links
}

/// What a specification names, under the first protocol that it has.
fn names(resource: &Resource) -> Vec<(Kind, Key<'_>)> {
    match &resource.spec {
        Spec::Route(spec) => {
            let targets = spec.protocols().next().into_iter().flat_map(|route| route.action().weighted_targets.iter());
            targets.map(|target| (Kind::VirtualNode, Key::of(&target.virtual_node))).collect()
        }
        Spec::VirtualNode(spec) => {
            let backends = spec.backends.iter().flatten();
            let services = backends.map(|Backend::VirtualService(backend)| &backend.virtual_service_name);
            services.map(|name| (Kind::VirtualService, Key::of(name))).collect()
        }
        Spec::VirtualService(spec) => match &spec.provider {
            Some(VirtualServiceProvider::VirtualNode(node)) => {
                vec![(Kind::VirtualNode, Key::of(&node.virtual_node_name))]
            }
            Some(VirtualServiceProvider::VirtualRouter(router)) => {
                vec![(Kind::VirtualRouter, Key::of(&router.virtual_router_name))]
            }
            None => Vec::new(),
        },
        Spec::GatewayRoute(spec) => {
            let targets = spec.protocols().take(1).map(|route| &route.target().virtual_service.virtual_service_name);
            targets.map(|name| (Kind::VirtualService, Key::of(name))).collect()
        }
        Spec::Mesh(_) | Spec::VirtualRouter(_) | Spec::VirtualGateway(_) => Vec::new(),
    }
}
