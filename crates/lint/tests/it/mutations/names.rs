//! Faults of names, references and whole resources.

use meshwright_model::limits::{AccountId, TagKey};
use meshwright_model::reference::{Key, Need};
use meshwright_model::resource::Tag;
use meshwright_model::virtual_service::{VirtualServiceProvider, VirtualServiceSpec};
use meshwright_model::{Kind, Resource, Scalar};

use super::grounds::{Ground, at};
use super::sites::{
    backend, backends, gateway_route, gateway_routes, gateway_target, node, nodes, routes, service, services, slip,
    targets, text, words,
};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault { name: "a target is renamed", rules: &["dangling-virtual-node"], seed: rename_target },
    Fault { name: "a backend is renamed", rules: &["dangling-backend"], seed: rename_backend },
    Fault { name: "a provider is renamed", rules: &["dangling-provider"], seed: rename_provider },
    Fault {
        name: "a gateway route's target is renamed",
        rules: &["dangling-gateway-target"],
        seed: rename_gateway_target,
    },
    Fault { name: "a route's router is renamed", rules: &["dangling-virtual-router"], seed: rename_router_of_route },
    Fault {
        name: "a gateway route's gateway is renamed",
        rules: &["dangling-virtual-gateway"],
        seed: rename_gateway_of_route,
    },
    Fault { name: "a resource is renamed and what names it is not", rules: DANGLING, seed: rename_resource },
    Fault { name: "a resource is left out that others name or need", rules: LEFT_OUT, seed: leave_out },
    Fault { name: "a resource is defined twice", rules: &["duplicate-resource"], seed: define_twice },
    Fault { name: "a gateway is in a mesh of another account", rules: &["gateway-in-shared-mesh"], seed: leave_mesh },
    Fault {
        name: "what the API showed is deleted",
        rules: &["deleted-resource"],
        seed: |ground, seeds| {
            for (position, resource) in ground.inventory.resources.iter().enumerate() {
                if resource.metadata.is_some() {
                    seeds.sow(at(resource, "status"), None, |inventory| {
                        inventory.resources[position].metadata.as_mut().unwrap().status = Some("DELETED".to_owned());
                    });
                }
            }
        },
    },
    Fault { name: "a node is left that nothing leads to", rules: &["orphan-virtual-node"], seed: leave_node },
    Fault { name: "a service is left that nobody calls", rules: &["orphan-virtual-service"], seed: leave_service },
    Fault { name: "the name of a mesh has a slip", rules: MISSPELT, seed: misspell_mesh },
    Fault { name: "the owner of a mesh differs", rules: &["mesh-owner-mismatch"], seed: change_owner },
    Fault { name: "an ARN stands for a name", rules: &["arn-in-name"], seed: write_arn },
    Fault { name: "a name has a blank", rules: &["name-with-odd-characters"], seed: put_blank },
    Fault { name: "a virtual service's name has a port", rules: &["service-name-not-a-host-name"], seed: put_port },
    Fault { name: "a resource has 51 tags", rules: &["too-many-tags"], seed: tag_too_often },
    Fault { name: "a tag key begins with aws:", rules: &["reserved-tag-key"], seed: tag_for_aws },
    Fault { name: "a tag key stands twice", rules: &["duplicate-tag"], seed: tag_twice },
    Fault { name: "a backend stands twice", rules: &["duplicate-backend"], seed: repeat_backend },
    Fault { name: "a provider is dropped", rules: &["service-without-provider"], seed: drop_provider },
    Fault { name: "all routes of a router are left out", rules: &["router-without-routes"], seed: drop_routes },
    Fault {
        name: "all gateway routes of a gateway are left out",
        rules: &["gateway-without-routes"],
        seed: drop_gateway_routes,
    },
    Fault { name: "what others need gets a condition", rules: &["reference-to-conditional"], seed: add_condition },
    Fault { name: "a template says nothing of the order", rules: &["undeclared-order"], seed: drop_order },
    Fault { name: "two resources wait for each other", rules: &["circular-dependency"], seed: wait_in_a_circle },
];

const DANGLING: &[&str] = &[
    "dangling-virtual-node",
    "dangling-provider",
    "dangling-backend",
    "dangling-gateway-target",
    "dangling-virtual-router",
    "dangling-virtual-gateway",
    "proxy-of-unknown-resource",
];

const LEFT_OUT: &[&str] = &[
    "dangling-virtual-node",
    "dangling-provider",
    "dangling-backend",
    "dangling-gateway-target",
    "dangling-virtual-router",
    "dangling-virtual-gateway",
    "proxy-of-unknown-resource",
    "orphan-virtual-router",
];

/// What is in a mesh that is not there is missed where it should be.
const MISSPELT: &[&str] = &[
    "misspelt-mesh",
    "dangling-virtual-node",
    "dangling-provider",
    "dangling-backend",
    "dangling-gateway-target",
    "dangling-virtual-router",
    "dangling-virtual-gateway",
    "proxy-of-unknown-resource",
];

fn rename_target(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let neutral = ground.may_exist(resource, Kind::VirtualNode);
        for reference in spec.references() {
            let index = last_index(&reference.path);
            seeds.sow(at(resource, &reference.path), neutral, |inventory| {
                targets(inventory, position, |targets| {
                    targets[index].virtual_node = slip(&targets[index].virtual_node);
                });
            });
        }
    }
}

fn last_index(path: &meshwright_model::Path) -> usize {
    let index = |step: &meshwright_model::path::Step| match step {
        meshwright_model::path::Step::Index(index) => Some(*index),
        _ => None,
    };
    path.steps().iter().rev().find_map(index).unwrap()
}

fn rename_backend(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let neutral = ground.may_exist(resource, Kind::VirtualService);
        for (index, _) in backends(spec) {
            seeds.sow(at(resource, index), neutral, |inventory| {
                let backend = backend(inventory, position, index);
                backend.virtual_service_name = slip(&backend.virtual_service_name);
            });
        }
    }
}

fn rename_provider(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in services(&ground.inventory) {
        let Some(provider) = &spec.provider else { continue };
        let kind = match provider {
            VirtualServiceProvider::VirtualNode(_) => Kind::VirtualNode,
            VirtualServiceProvider::VirtualRouter(_) => Kind::VirtualRouter,
        };
        seeds.sow(at(resource, "provider"), ground.may_exist(resource, kind), |inventory| {
            let name = match service(inventory, position).provider.as_mut().unwrap() {
                VirtualServiceProvider::VirtualNode(node) => &mut node.virtual_node_name,
                VirtualServiceProvider::VirtualRouter(router) => &mut router.virtual_router_name,
            };
            *name = slip(name);
        });
    }
}

fn rename_gateway_target(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_some() {
            let neutral = ground.may_exist(resource, Kind::VirtualService);
            seeds.sow(at(resource, "target"), neutral, |inventory| {
                let target = gateway_target(gateway_route(inventory, position));
                target.virtual_service.virtual_service_name = slip(&target.virtual_service.virtual_service_name);
            });
        }
    }
}

fn rename_parent(ground: &Ground, seeds: &mut Seeds<'_>, kind: Kind) {
    for (position, resource) in ground.inventory.resources.iter().enumerate() {
        if resource.kind() == kind {
            let neutral = ground.may_exist(resource, kind.parent().unwrap());
            seeds.sow(at(resource, "parent"), neutral, |inventory| {
                let parent = inventory.resources[position].parent.as_mut().unwrap();
                *parent = slip(parent);
            });
        }
    }
}

fn rename_router_of_route(ground: &Ground, seeds: &mut Seeds<'_>) {
    rename_parent(ground, seeds, Kind::Route);
}

fn rename_gateway_of_route(ground: &Ground, seeds: &mut Seeds<'_>) {
    rename_parent(ground, seeds, Kind::GatewayRoute);
}

/// Whether another resource names this one, or a task runs its proxy; what is open names nothing for certain.
fn is_named(ground: &Ground, position: usize) -> bool {
    let index = ground.inventory.index();
    let names = |other: &Resource| {
        let is_it = |reference: &_| index.target(other, reference) == Some(position);
        other.references().iter().any(is_it)
    };
    let has_proxy = || ground.run_by(position).next().is_some();
    ground.inventory.resources.iter().any(names) || has_proxy()
}

/// Why nobody notices that a resource is not there under its name, where nobody does.
fn unnoticed(ground: &Ground, position: usize) -> Option<&'static str> {
    let resource = &ground.inventory.resources[position];
    let kind = resource.kind();
    if !is_named(ground, position) {
        return Some("nothing in the files names it");
    }
    if !Key::of(&resource.name).is_known() {
        return Some("its name is open, and so is what names it");
    }
    let mesh = Key::of(&resource.mesh);
    let mut same = ground.inventory.resources.iter().filter(|other| other.id() == resource.id());
    if same.nth(1).is_some() {
        return Some("another resource has the same name");
    }
    let is_left = ground.inventory.resources.iter().any(|other| {
        other.kind() == kind && Key::of(&other.mesh) == mesh && Key::of(&other.name) != Key::of(&resource.name)
    });
    if !ground.holds_mesh(resource) && !is_left {
        return Some("the files hold neither the mesh nor another of that kind: it may stand elsewhere");
    }
    ground.may_exist(resource, kind)
}

fn resources(ground: &Ground) -> impl Iterator<Item = (usize, &Resource)> {
    ground.inventory.resources.iter().enumerate().filter(|(_, resource)| resource.kind() != Kind::Mesh)
}

fn rename_resource(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource) in resources(ground) {
        // A route is named by nobody; and what has no name yet cannot be renamed.
        if resource.kind().parent().is_none() && Key::of(&resource.name).is_known() {
            // Under its new name it is still one of its kind, so that the old one is missed.
            let neutral = unnoticed(ground, position).filter(|reason| !reason.starts_with("the files hold neither"));
            seeds.sow(at(resource, "own name"), neutral, |inventory| {
                let name = &mut inventory.resources[position].name;
                *name = slip(name);
            });
        }
    }
}

fn leave_out(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource) in resources(ground) {
        if resource.kind().parent().is_none() {
            // A router without a virtual service is led to by nobody.
            let is_needed = only_provider(ground, position).is_some_and(|provider| {
                let provider = &ground.inventory.resources[provider];
                ground.holds_mesh(resource) && provider.kind() == Kind::VirtualRouter
            });
            let neutral = unnoticed(ground, position).filter(|_| !is_needed);
            seeds.sow(at(resource, "is left out"), neutral, |inventory| {
                inventory.resources.remove(position);
            });
        }
    }
}

/// What provides a virtual service and no other, where the files hold it.
fn only_provider(ground: &Ground, position: usize) -> Option<usize> {
    let provider = |from: &Resource, spec: &VirtualServiceSpec| match spec.provider.as_ref()? {
        VirtualServiceProvider::VirtualNode(node) => ground.find(from, Kind::VirtualNode, &node.virtual_node_name),
        VirtualServiceProvider::VirtualRouter(router) => {
            ground.find(from, Kind::VirtualRouter, &router.virtual_router_name)
        }
    };
    let (_, resource, spec) = services(&ground.inventory).find(|(other, ..)| *other == position)?;
    let own = provider(resource, spec)?;
    let mut others = services(&ground.inventory).filter(|(other, ..)| *other != position);
    (!others.any(|(_, from, spec)| provider(from, spec) == Some(own))).then_some(own)
}

fn define_twice(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource) in resources(ground) {
        seeds.sow(at(resource, "twice"), None, |inventory| {
            let copy = inventory.resources[position].clone();
            inventory.resources.push(copy);
        });
    }
}

fn misspell_mesh(ground: &Ground, seeds: &mut Seeds<'_>) {
    let meshes: Vec<Key<'_>> = ground.inventory.meshes();
    for (position, resource) in resources(ground) {
        let Some(name) = words(&resource.mesh) else { continue };
        let neutral = match () {
            () if !ground.holds_mesh(resource) && unnoticed(ground, position).is_some() => {
                Some("the files do not define the mesh, so any other may be meant, and nobody needs it in this one")
            }
            () if meshes.len() > 1 => Some("the files speak of several meshes"),
            () => None,
        };
        let slipped = format!("{}{}", &name[..name.len() - 1], "q");
        seeds.sow(at(resource, "mesh"), neutral, |inventory| inventory.resources[position].mesh = text(&slipped));
    }
}

/// Gives two resources of one mesh and file different owners of that mesh.
fn change_owner(ground: &Ground, seeds: &mut Seeds<'_>) {
    let document = |resource: &Resource| resource.origin.map(|origin| origin.document);
    for (position, resource) in resources(ground) {
        let is_mate = |(other_position, other): &(usize, &Resource)| {
            *other_position != position
                && Key::of(&other.mesh) == Key::of(&resource.mesh)
                && document(other) == document(resource)
        };
        let Some((mate, _)) = resources(ground).find(is_mate) else { continue };
        let owner = |account: &str| -> Option<Scalar<AccountId>> { Some(text(account)) };
        seeds.sow(at(resource, "meshOwner"), None, |inventory| {
            inventory.resources[position].mesh_owner = owner("999988887777");
            inventory.resources[mate].mesh_owner = owner("999988886666");
        });
    }
}

fn write_arn(ground: &Ground, seeds: &mut Seeds<'_>) {
    let arn = |kind: Kind, name: Option<&str>| {
        let (kind, name) = (kind.api_name(), name.unwrap_or("orders"));
        format!("arn:aws:appmesh:eu-west-1:111122223333:mesh/shop/{kind}/{name}")
    };
    for (position, resource, spec) in routes(&ground.inventory) {
        for route in spec.protocols() {
            for (index, target) in route.action().weighted_targets.iter().enumerate() {
                let arn = arn(Kind::VirtualNode, words(&target.virtual_node));
                seeds.sow(at(resource, index), None, |inventory| {
                    targets(inventory, position, |targets| targets[index].virtual_node = text(&arn));
                });
            }
        }
    }
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, called) in backends(spec) {
            let arn = arn(Kind::VirtualService, words(&called.virtual_service_name));
            seeds.sow(at(resource, index), None, |inventory| {
                backend(inventory, position, index).virtual_service_name = text(&arn);
            });
        }
    }
    for (position, resource) in resources(ground) {
        seeds.sow(at(resource, "mesh"), None, |inventory| {
            inventory.resources[position].mesh = text("arn:aws:appmesh:eu-west-1:111122223333:mesh/shop");
        });
    }
}

fn put_blank(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource) in resources(ground).filter(|(_, resource)| resource.kind() != Kind::VirtualService) {
        let Some(name) = words(&resource.name) else { continue };
        let neutral = name.contains("@@").then_some("it has a placeholder, which is no name yet");
        let odd = format!("{name} 2");
        seeds.sow(at(resource, "own name"), neutral, |inventory| inventory.resources[position].name = text(&odd));
    }
}

fn put_port(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in services(&ground.inventory) {
        let Some(name) = words(&resource.name) else { continue };
        let neutral = name.contains("@@").then_some("it has a placeholder, which is no name yet");
        let odd = format!("{name}:8080");
        seeds.sow(at(resource, "own name"), neutral, |inventory| inventory.resources[position].name = text(&odd));
    }
}

fn tag(key: &str) -> Tag {
    let key: Scalar<TagKey> = text(key);
    Tag { key, value: Some(text("x")) }
}

fn retag(ground: &Ground, seeds: &mut Seeds<'_>, tags: &[Tag], neutral: fn(&Resource) -> Option<&'static str>) {
    for (position, resource) in ground.inventory.resources.iter().enumerate() {
        if !Ground::is_open(resource, &["tags"]) {
            seeds.sow(at(resource, "tags"), neutral(resource), |inventory| {
                inventory.resources[position].tags.extend_from_slice(tags);
            });
        }
    }
}

fn tag_too_often(ground: &Ground, seeds: &mut Seeds<'_>) {
    let tags: Vec<Tag> = (0..51).map(|number| tag(&format!("key{number}"))).collect();
    retag(ground, seeds, &tags, |_| None);
}

fn tag_for_aws(ground: &Ground, seeds: &mut Seeds<'_>) {
    retag(ground, seeds, &[tag("aws:team")], |resource| {
        resource.metadata.as_ref().and(Some("it is an answer of AWS's, which puts such tags there itself"))
    });
}

fn tag_twice(ground: &Ground, seeds: &mut Seeds<'_>) {
    retag(ground, seeds, &[tag("team"), tag("team")], |_| None);
}

fn repeat_backend(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, _) in backends(spec) {
            seeds.sow(at(resource, index), None, |inventory| {
                let backends = node(inventory, position).backends.as_mut().unwrap();
                backends.push(backends[index].clone());
            });
        }
    }
}

fn drop_provider(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in services(&ground.inventory) {
        if spec.provider.is_some() {
            seeds.sow(at(resource, "provider"), None, |inventory| service(inventory, position).provider = None);
        }
    }
}

/// Leaves out all children of each resource of a kind.
fn drop_children(ground: &Ground, seeds: &mut Seeds<'_>, kind: Kind) {
    let parent_kind = kind.parent().unwrap();
    for (position, resource) in resources(ground).filter(|(_, resource)| resource.kind() == parent_kind) {
        let is_child = |other: &Resource| {
            other.kind() == kind
                && Key::of(&other.mesh) == Key::of(&resource.mesh)
                && other.parent.as_ref().is_some_and(|parent| Key::of(parent) == Key::of(&resource.name))
        };
        let children = ground.inventory.resources.iter().filter(|other| is_child(other)).count();
        let is_adrift = ground.inventory.resources.iter().any(|other| {
            other.kind() == kind
                && !is_child(other)
                && other.parent.as_ref().is_some_and(|parent| !Key::of(parent).is_known())
        });
        let neutral = match () {
            () if children == 0 => continue,
            () if is_adrift => Some("the parent of another is open: it may be this one"),
            () if !ground.holds_mesh(resource) => Some("the files do not define the mesh: they may stand elsewhere"),
            () if parent_kind == Kind::VirtualRouter && !is_named(ground, position) => {
                Some("nothing leads to the router")
            }
            () => None,
        };
        seeds.sow(at(resource, "children"), neutral, |inventory| inventory.resources.retain(|other| !is_child(other)));
    }
}

fn drop_routes(ground: &Ground, seeds: &mut Seeds<'_>) {
    drop_children(ground, seeds, Kind::Route);
}

fn drop_gateway_routes(ground: &Ground, seeds: &mut Seeds<'_>) {
    drop_children(ground, seeds, Kind::GatewayRoute);
}

/// Whether a resource without a condition needs this one.
fn is_needed(ground: &Ground, position: usize) -> bool {
    let index = ground.inventory.index();
    ground.inventory.resources.iter().filter(|other| other.condition.is_none()).any(|other| {
        let mut needed = other.references().into_iter().filter(|reference| reference.need == Need::BeforeCreation);
        needed.any(|reference| index.target(other, &reference) == Some(position))
    })
}

fn add_condition(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource) in ground.inventory.resources.iter().enumerate() {
        let is_twice = ground.inventory.resources.iter().filter(|other| other.id() == resource.id()).count() > 1;
        if resource.label.is_some() && resource.condition.is_none() && is_needed(ground, position) && !is_twice {
            // A mesh needs itself no more than its members say it does.
            seeds.sow(at(resource, "condition"), None, |inventory| {
                inventory.resources[position].condition = Some("IsProduction".to_owned());
            });
        }
    }
}

fn drop_order(ground: &Ground, seeds: &mut Seeds<'_>) {
    let index = ground.inventory.index();
    for (position, resource) in resources(ground).filter(|(_, resource)| !resource.depends_on.is_empty()) {
        let needs_other = resource.references().iter().any(|reference| {
            reference.need == Need::BeforeCreation
                && index.target(resource, reference).is_some_and(|target| {
                    let target = &ground.inventory.resources[target];
                    target.label.is_some()
                        && target.origin.map(|origin| origin.document) == resource.origin.map(|origin| origin.document)
                })
        });
        let neutral = (!needs_other).then_some("it needs nothing of its own template");
        seeds.sow(at(resource, "order"), neutral, |inventory| inventory.resources[position].depends_on.clear());
    }
}

fn wait_in_a_circle(ground: &Ground, seeds: &mut Seeds<'_>) {
    let all = &ground.inventory.resources;
    for (position, resource) in all.iter().enumerate() {
        let Some(label) = &resource.label else { continue };
        let scope = |other: &Resource| other.label.as_ref().map(|label| label.scope);
        for (other_position, other) in all.iter().enumerate() {
            if position != other_position && scope(other) == Some(label.scope) && other.depends_on.contains(&label.name)
            {
                let other_label = other.label.as_ref().unwrap().name.clone();
                seeds.sow(at(resource, &other_label), None, |inventory| {
                    inventory.resources[position].depends_on.push(other_label.clone());
                });
            }
        }
    }
}

/// Whether what a mesh holds of some kinds is all to be seen, with every name that it names.
fn is_clear(ground: &Ground, from: &Resource, kinds: &[Kind]) -> bool {
    let resources = &ground.inventory.resources;
    let mut namers = resources.iter().filter(|resource| kinds.contains(&resource.kind()));
    ground.holds_mesh(from)
        && resources.iter().all(|resource| resource.condition.is_none())
        && namers.all(|resource| {
            resource.gaps.is_empty()
                && Key::of(&resource.mesh) == Key::of(&from.mesh)
                && resource
                    .references()
                    .iter()
                    .all(|reference| reference.name.is_known() == Key::of(&from.name).is_known())
        })
}

fn leave_node(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in nodes(&ground.inventory) {
        if is_clear(ground, resource, &[Kind::Route, Kind::VirtualService]) {
            seeds.sow(at(resource, "another"), None, |inventory| {
                let mut other = inventory.resources[position].clone();
                other.name = text("left-alone");
                other.label = None;
                inventory.resources.push(other);
                node(inventory, inventory.resources.len() - 1).backends = None;
            });
        }
    }
}

fn leave_service(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in services(&ground.inventory) {
        let has_node = nodes(&ground.inventory).next().is_some();
        if spec.provider.is_some() && has_node && is_clear(ground, resource, &[Kind::VirtualNode, Kind::GatewayRoute]) {
            seeds.sow(at(resource, "another"), None, |inventory| {
                let mut other = inventory.resources[position].clone();
                other.name = text("left-alone.shop.local");
                other.label = None;
                inventory.resources.push(other);
            });
        }
    }
}

/// Takes the mesh of a gateway out of its files, as if another account had it.
fn leave_mesh(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in super::sites::gateways(&ground.inventory) {
        let is_new = resource.metadata.is_none() && resource.mesh_owner.is_none();
        if is_new && ground.holds_mesh(resource) {
            seeds.sow(at(resource, "owner"), None, |inventory| {
                inventory.resources[position].mesh_owner = Some(text("111122223333"));
                inventory.resources.retain(|other| other.kind() != Kind::Mesh);
            });
        }
    }
}
