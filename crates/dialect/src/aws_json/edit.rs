//! Edits of AWS JSON: an object is found where it was read; a new one comes behind its like, in the same envelope.

use meshwright_model::parameter::Declaration;
use meshwright_model::{Expression, Kind, Resource};

use super::NAMING;
use crate::edit::{Child, Editing, Emitter, Form, Named, Obstacle, Place, Site, Stop, Target, line_end};
use crate::out::Out;
use crate::print::jq_parts;
use crate::tree::NodeId;

pub(crate) static EDITING: Editing =
    Editing { find, create, declare, wait, delete, refuse, say, name: |_, _, _| Box::new(|_, _| Named::default()) };

/// Calls of the API say every value.
fn declare(_: &mut Emitter<'_>, _: &[&Declaration]) -> Result<(), Stop> {
    Err(Obstacle::NoDeclarations.into())
}

/// Calls of the API come in the order of the file.
#[expect(clippy::unnecessary_wraps, reason = "other dialects refuse what they cannot edit")]
fn wait(_: &Site<'_>, _: &mut Emitter<'_>, _: NodeId, _: &[String]) -> Result<(), Stop> {
    Ok(())
}

/// A program of jq makes JSON of its own when it runs.
fn refuse(site: &Site<'_>) -> Result<(), Obstacle> {
    let tree = &site.reading.documents[site.document].tree;
    if tree.open_values().next().is_some() { Err(Obstacle::Program) } else { Ok(()) }
}

/// An expression as text, as the AWS CLI takes no other.
fn say(expression: &Expression) -> Out {
    match jq_parts(expression) {
        Some(_) => Out::Open(expression.clone()),
        None => Out::text(expression.to_string()),
    }
}

/// Where an object stands, and where the values around it.
fn chain(site: &Site<'_>, emitter: &Emitter<'_>, node: NodeId) -> Result<Vec<Place>, Stop> {
    let span = site.reading.documents[site.document].tree.span(node);
    let (start, end) = (span.start as usize, span.end as usize);
    let mut chain: Vec<Place> = emitter.layout.around(start).collect();
    let is_it = |place: &Place| {
        let spot = emitter.layout.spot(*place);
        (spot.start, spot.end) == (start, end)
    };
    let place = chain.iter().position(is_it).ok_or(Obstacle::NotInAFile)?;
    chain.truncate(place + 1);
    Ok(chain)
}

fn find(site: &Site<'_>, emitter: &Emitter<'_>, node: NodeId) -> Result<Target, Stop> {
    let chain = chain(site, emitter, node)?;
    let place = chain.last().copied().ok_or(Obstacle::NotInAFile)?;
    Ok(Target::In(emitter.root_slot(place)))
}

/// The part of a file that is a resource's alone: itself, or the wrapper that holds nothing else.
fn own_part(emitter: &Emitter<'_>, chain: &[Place]) -> usize {
    let is_wrapper = |place: Place| emitter.layout.entries(place).len() == 1;
    let mut at = chain.len() - 1;
    while at > 0 && is_wrapper(chain[at - 1]) {
        at -= 1;
    }
    at
}

fn delete(site: &Site<'_>, emitter: &mut Emitter<'_>, nodes: &[NodeId]) -> Result<(), Stop> {
    let mut parts: Vec<(Option<Place>, Vec<Place>)> = Vec::new();
    for node in nodes {
        let chain = chain(site, emitter, *node)?;
        let at = own_part(emitter, &chain);
        let around = at.checked_sub(1).map(|at| chain[at]);
        match parts.iter_mut().find(|(known, _)| *known == around) {
            Some((_, places)) => places.push(chain[at]),
            None => parts.push((around, vec![chain[at]])),
        }
    }
    let layout = emitter.layout;
    for (around, places) in parts {
        let is_gone = |place: &Place| places.contains(place);
        let Some(around) = around else {
            remove_roots(emitter, &layout.roots.iter().map(is_gone).collect::<Vec<_>>())?;
            continue;
        };
        let items: Vec<bool> = layout.items(around).iter().map(|item| is_gone(&item.value)).collect();
        let members: Vec<bool> = layout.entries(around).iter().map(|member| is_gone(&member.value)).collect();
        if items.iter().chain(&members).all(|gone| *gone) {
            if layout.roots.len() > 1 || !layout.roots.contains(&around) {
                emitter.fill(&emitter.root_slot(around), &Out::List(Vec::new()))?;
                continue;
            }
            return Err(Obstacle::LastOfFile.into());
        }
        if items.is_empty() {
            emitter.remove_members(around, &members)?;
        } else {
            emitter.remove_elements(around, &items)?;
        }
    }
    Ok(())
}

/// Takes values out of a stream of which one at least stays.
fn remove_roots(emitter: &mut Emitter<'_>, gone: &[bool]) -> Result<(), Stop> {
    if gone.iter().all(|gone| *gone) {
        return Err(Obstacle::LastOfFile.into());
    }
    let roots = &emitter.layout.roots;
    let start = |at: usize| roots.get(at).map(|place| emitter.layout.spot(*place).start);
    let end = |at: usize| emitter.layout.spot(roots[at]).end;
    let mut ranges = Vec::new();
    let mut at = 0;
    while at < gone.len() {
        if !gone[at] {
            at += 1;
            continue;
        }
        let first = at;
        while gone.get(at) == Some(&true) {
            at += 1;
        }
        ranges.push(match (start(at), first.checked_sub(1)) {
            (Some(next), _) => start(first).unwrap_or(next)..next,
            (None, Some(before)) => end(before)..end(at - 1),
            (None, None) => continue,
        });
    }
    for range in ranges {
        emitter.patch(range, "");
    }
    Ok(())
}

fn create(site: &Site<'_>, emitter: &mut Emitter<'_>, resources: &[&Resource]) -> Result<(), Stop> {
    for resource in resources {
        let object = object(resource);
        let Some(like) = like(site, resource) else {
            add_alone(emitter, &object)?;
            continue;
        };
        let chain = chain(site, emitter, like)?;
        let at = chain.len() - 1;
        let around = at.checked_sub(1).map(|at| chain[at]);
        match around {
            None => add_root(emitter, &object),
            Some(list) if matches!(emitter.layout.spot(list).form, Form::List { .. }) => {
                let list_of = at.checked_sub(2).map(|at| chain[at]);
                add_to_list(emitter, list, list_of, chain[at], resource.kind(), &object)?;
            }
            Some(wrapper) => {
                let new = Out::map([(resource.kind().api_name(), object)]);
                match at.checked_sub(2).map(|at| chain[at]) {
                    Some(list) => add_element(emitter, list, wrapper, &new),
                    None => add_root(emitter, &new),
                }
            }
        }
    }
    Ok(())
}

/// The last of a resource's like in the file, or the last of all.
fn like(site: &Site<'_>, resource: &Resource) -> Option<NodeId> {
    let node = |other: &Resource| {
        other.origin.filter(|origin| origin.document as usize == site.document).map(|origin| origin.node)
    };
    let here = || site.reading.inventory.resources.iter().filter(|other| node(other).is_some());
    let is_kind = |other: &&Resource| other.kind() == resource.kind();
    here().rfind(is_kind).or_else(|| here().next_back()).and_then(node)
}

/// Adds an object to an array, or to the array of its kind where arrays have kinds.
fn add_to_list(
    emitter: &mut Emitter<'_>,
    list: Place,
    around: Option<Place>,
    behind: Place,
    kind: Kind,
    object: &Out,
) -> Result<(), Stop> {
    let Some(around) = around.filter(|around| matches!(emitter.layout.spot(*around).form, Form::Map { .. })) else {
        add_element(emitter, list, behind, object);
        return Ok(());
    };
    let key = if kind == Kind::Mesh { "meshes".to_owned() } else { format!("{}s", kind.api_name()) };
    let own = emitter.layout.member(around, &key).map(|member| member.value);
    match own.map(|own| (own, emitter.layout.items(own).last().copied())) {
        Some((own, Some(item))) => add_element(emitter, own, item.value, object),
        Some((own, None)) => emitter.fill(&emitter.root_slot(own), &Out::List(vec![object.clone()]))?,
        None => emitter.add_new_member(&emitter.root_slot(around), &key, &Out::List(vec![object.clone()])),
    }
    Ok(())
}

fn add_element(emitter: &mut Emitter<'_>, list: Place, behind: Place, value: &Out) {
    let items = emitter.layout.items(list);
    let item = items.iter().find(|item| item.value == behind).or(items.last()).copied();
    if let Some(item) = item {
        let child: Child = emitter.child_of_list(list, item);
        emitter.insert(&child, None, value, false);
    }
}

/// Adds an object to a file without resources: to its array, where it is one.
fn add_alone(emitter: &mut Emitter<'_>, object: &Out) -> Result<(), Stop> {
    let layout = emitter.layout;
    let ([root], Some(Form::List { items, .. })) =
        (layout.roots.as_slice(), layout.roots.first().map(|root| &layout.spot(*root).form))
    else {
        add_root(emitter, object);
        return Ok(());
    };
    match items.last() {
        Some(last) => add_element(emitter, *root, last.value, object),
        None => emitter.fill(&emitter.root_slot(*root), &Out::List(vec![object.clone()]))?,
    }
    Ok(())
}

/// Adds a value at the end of the stream that a file is.
fn add_root(emitter: &mut Emitter<'_>, value: &Out) {
    let end = emitter.layout.roots.last().map_or(0, |root| emitter.layout.spot(*root).end);
    let end = line_end(emitter.text, end);
    let text = if emitter.style.is_spread { emitter.style.spread(value, "") } else { emitter.style.flow(value) };
    emitter.patch(end..end, format!("{}{text}", emitter.style.newline));
}

/// A resource as `create-*` takes it.
fn object(resource: &Resource) -> Out {
    let kind = resource.kind();
    let mut members = vec![("meshName".to_owned(), Out::of(&resource.mesh, &NAMING, "meshName"))];
    if let (Some(parent_kind), Some(parent)) = (kind.parent(), &resource.parent) {
        members.push((parent_kind.name_field().to_owned(), Out::of(parent, &NAMING, "")));
    }
    if kind != Kind::Mesh {
        members.push((kind.name_field().to_owned(), Out::of(&resource.name, &NAMING, "")));
    }
    if let Some(owner) = &resource.mesh_owner {
        members.push(("meshOwner".to_owned(), Out::of(owner, &NAMING, "")));
    }
    members.push(("spec".to_owned(), Out::of(&resource.spec, &NAMING, "spec")));
    if !resource.tags.is_empty() {
        members.push(("tags".to_owned(), Out::of(&resource.tags, &NAMING, "tags")));
    }
    Out::Map(members)
}
