//! Edits of templates: where a resource stands in one, and how a new one comes in beside its like, naming others as the
//! template does.

mod declaring;
mod labels;
mod leftover;
mod naming;

use meshwright_model::path::Path;
use meshwright_model::{Kind, Resource};

use super::template::{self, app_mesh_kind};
use super::write::words::say;
use crate::edit::{Editing, Emitter, Form, Member, Obstacle, Site, Slot, Stop, Target, Want, next_line};
use crate::out::Out;
use crate::tree::NodeId;
use naming::Names;

pub(crate) static EDITING: Editing =
    Editing { find, create, declare: declaring::declare, wait, delete, refuse: |_| Ok(()), say, name: naming::name };

/// Where the properties of what was read at a node stand.
fn find(site: &Site<'_>, emitter: &Emitter<'_>, node: NodeId) -> Result<Target, Stop> {
    let (resources, member) = declared(site, emitter, node)?;
    let body = emitter.slot_of(&resources, member);
    emitter.own(body.place)?;
    let properties = emitter.layout.member(body.place, "Properties");
    match properties {
        Some(member) if !matches!(emitter.layout.spot(member.value).form, Form::Null) => {
            Ok(Target::In(emitter.slot_of(&body, member)))
        }
        Some(_) => Ok(Target::Absent { map: body, key: "Properties" }),
        None if emitter.layout.member(body.place, "<<").is_some() => {
            let at = emitter.layout.spot(body.place).start;
            Err(Stop::at(at, Obstacle::MergeKey("Properties".to_owned())))
        }
        None => Ok(Target::Absent { map: body, key: "Properties" }),
    }
}

/// The slot of the section of resources, and the member of it that a node was read from.
fn declared<'e>(site: &Site<'_>, emitter: &Emitter<'e>, node: NodeId) -> Result<(Slot, &'e Member), Stop> {
    let document = &site.reading.documents[site.document];
    let heading = document.headings.get(&node).ok_or(Obstacle::NotInAFile)?.start as usize;
    for root in &emitter.layout.roots {
        let Some(section) = emitter.layout.member(*root, "Resources") else { continue };
        let is_it = |member: &&Member| member.key.start == heading;
        if let Some(member) = emitter.layout.entries(section.value).iter().find(is_it) {
            let slot = emitter.slot_of(&emitter.root_slot(*root), section);
            emitter.own(*root)?;
            emitter.own(section.value)?;
            return Ok((slot, member));
        }
    }
    // An alias or a merge key brings the section.
    Err(Stop::at(heading, Obstacle::Notation("a section of resources that an alias brings")))
}

/// Adds labels to the `DependsOn` of a resource that has one: whoever wrote it says so of all that must come first.
fn wait(site: &Site<'_>, emitter: &mut Emitter<'_>, node: NodeId, labels: &[String]) -> Result<(), Stop> {
    let (resources, member) = declared(site, emitter, node)?;
    let layout = emitter.layout;
    let Some(waits) = layout.member(member.value, "DependsOn") else { return Ok(()) };
    let items = layout.items(waits.value);
    let there: Vec<String> = match layout.spot(waits.value).form {
        Form::Scalar(_) => vec![emitter.scalar_text(waits.value).to_owned()],
        _ => items.iter().map(|item| emitter.scalar_text(item.value).to_owned()).collect(),
    };
    let mut new: Vec<&String> =
        labels.iter().filter(|label| !there.contains(label) && **label != member.name).collect();
    new.sort();
    new.dedup();
    if new.is_empty() {
        return Ok(());
    }
    emitter.own(waits.value)?;
    match items.last() {
        Some(last) => {
            let child = emitter.child_of_list(waits.value, *last);
            for label in new {
                emitter.insert(&child, None, &Out::text(label), false);
            }
            Ok(())
        }
        None => {
            let body = emitter.slot_of(&resources, member);
            let all = there.iter().filter(|label| !label.is_empty()).chain(new).map(Out::text).collect();
            emitter.replace(&emitter.slot_of(&body, waits), &Want::New(Out::List(all)))
        }
    }
}

fn delete(site: &Site<'_>, emitter: &mut Emitter<'_>, nodes: &[NodeId]) -> Result<(), Stop> {
    let mut sections: Vec<(Slot, Vec<usize>)> = Vec::new();
    for node in nodes {
        let (slot, member) = declared(site, emitter, *node)?;
        match sections.iter_mut().find(|(section, _)| section.place == slot.place) {
            Some((_, starts)) => starts.push(member.key.start),
            None => sections.push((slot, vec![member.key.start])),
        }
    }
    for (slot, starts) in sections {
        let entries = emitter.layout.entries(slot.place);
        let gone: Vec<bool> = entries.iter().map(|member| starts.contains(&member.key.start)).collect();
        if gone.iter().all(|gone| *gone) {
            return Err(Obstacle::LastOfFile.into());
        }
        emitter.remove_members(slot.place, &gone)?;
        let gone = || entries.iter().zip(&gone).filter(|(_, gone)| **gone).map(|(member, _)| member);
        let labels: Vec<String> = gone().map(|member| member.name.clone()).collect();
        leftover::forget(emitter, &slot, &labels)?;
        let end = |member: &Member| emitter.layout.spot(member.value).end;
        let ranges: Vec<_> = gone().map(|member| member.key.start..end(member)).collect();
        leftover::refuse(emitter, &labels, &ranges)?;
    }
    Ok(())
}

/// A template's section of resources.
struct Section<'e> {
    slot: Slot,
    entries: &'e [Member],
}

fn create(site: &Site<'_>, emitter: &mut Emitter<'_>, resources: &[&Resource]) -> Result<(), Stop> {
    let layout = emitter.layout;
    let with_section = layout.roots.iter().find(|root| layout.member(**root, "Resources").is_some());
    let root = *with_section.or(layout.roots.first()).ok_or(Obstacle::NoFile)?;
    let root_slot = emitter.root_slot(root);
    emitter.own(root)?;
    let names = Names::new(site, resources);
    let section = match layout.member(root, "Resources") {
        Some(member) => emitter.slot_of(&root_slot, member),
        None => {
            let new = names.labels().zip(resources).map(|(label, new)| (label.to_owned(), body(&names, new)));
            emitter.add_new_member(&root_slot, "Resources", &Out::Map(new.collect()));
            return Ok(());
        }
    };
    emitter.own(section.place)?;
    let section = Section { slot: section, entries: layout.entries(section.place) };
    if section.entries.is_empty() {
        let new = names.labels().zip(resources).map(|(label, new)| (label.to_owned(), body(&names, new)));
        return emitter.fill(&section.slot, &Out::Map(new.collect()));
    }
    for (label, resource) in names.labels().zip(resources) {
        let behind = behind(site, emitter, &section, resource);
        let has_gap = has_gaps(emitter, section.entries, behind);
        let child = emitter.child_of_map(section.slot.place, &section.entries[behind]);
        emitter.insert(&child, Some(label), &body(&names, resource), has_gap);
    }
    Ok(())
}

/// The member that a new resource comes behind: the last of its kind below its parent, of its kind, of App Mesh, or of all.
fn behind(site: &Site<'_>, emitter: &Emitter<'_>, section: &Section<'_>, resource: &Resource) -> usize {
    let reading = site.reading;
    let headings = &reading.documents[site.document].headings;
    let place = |other: &Resource| {
        let origin = other.origin.filter(|origin| origin.document as usize == site.document)?;
        let heading = headings.get(&origin.node)?.start as usize;
        section.entries.iter().position(|member| member.key.start == heading)
    };
    let resources = || reading.inventory.resources.iter();
    let is_kind = |other: &&Resource| other.kind() == resource.kind();
    let sibling = resources().filter(is_kind).filter(|other| other.parent == resource.parent).filter_map(place).max();
    let like = || resources().filter(is_kind).filter_map(place).max();
    let of_app_mesh = || {
        let is_ours = |member: &Member| {
            let kind = emitter.layout.member(member.value, "Type").map(|kind| emitter.layout.spot(kind.value));
            let text = kind.map(|spot| emitter.text[spot.body..spot.end].trim_matches(['\'', '"']));
            text.is_some_and(|text| app_mesh_kind(text).is_some())
        };
        section.entries.iter().rposition(is_ours)
    };
    sibling.or_else(like).or_else(of_app_mesh).unwrap_or(section.entries.len() - 1)
}

/// Whether blank lines stand between a member and those around it.
fn has_gaps(emitter: &Emitter<'_>, entries: &[Member], place: usize) -> bool {
    let gap = |first: usize| {
        let (first, second) = (entries.get(first)?, entries.get(first + 1)?);
        let end = next_line(emitter.text, emitter.layout.spot(first.value).end.max(first.colon));
        let between = emitter.text.get(end..second.key.start)?;
        Some(between.lines().any(|line| line.trim().is_empty()) && between.contains('\n'))
    };
    gap(place).or_else(|| gap(place.checked_sub(1)?)).unwrap_or(false)
}

/// The body of a new resource.
fn body(names: &Names<'_>, resource: &Resource) -> Out {
    let mut properties = super::write::new_properties(resource);
    let mut depends_on = Vec::new();
    let references = resource.references();
    // A parent waits for the mesh already.
    let is_below =
        references.iter().any(|reference| Some(reference.kind) == resource.kind().parent() && names.has(reference));
    for reference in references {
        let said = names.of(&reference);
        if let Some(value) = said.value {
            super::write::replace(&mut properties, "", reference.path.steps(), &value);
        }
        depends_on.extend(said.depends_on.filter(|_| !is_below || reference.kind != Kind::Mesh));
    }
    say_open(&mut properties);
    depends_on.sort();
    depends_on.dedup();
    let mut members = vec![("Type".to_owned(), Out::Text(format!("AWS::AppMesh::{}", resource.kind().type_name())))];
    if let Some(condition) = &resource.condition {
        members.push(("Condition".to_owned(), Out::text(condition)));
    }
    match depends_on.as_slice() {
        [] => {}
        [one] => members.push(("DependsOn".to_owned(), Out::text(one))),
        several => members.push(("DependsOn".to_owned(), Out::List(several.iter().map(Out::text).collect()))),
    }
    members.push(("Properties".to_owned(), properties));
    Out::Map(members)
}

fn say_open(out: &mut Out) {
    match out {
        Out::Open(expression) => *out = say(expression),
        Out::List(items) => items.iter_mut().for_each(say_open),
        Out::Map(members) => members.iter_mut().for_each(|(_, value)| say_open(value)),
        Out::Text(_) | Out::Bare(_) | Out::Named(..) => {}
    }
}

/// A path's node in what was read, before any function was resolved.
fn raw(tree: &crate::tree::Tree, properties: NodeId, path: &Path) -> Option<NodeId> {
    use meshwright_model::path::Step;
    let (mut at, mut parent) = (properties, "");
    for step in path.steps() {
        match step {
            Step::Field(name) => {
                at = tree.get(at, &super::key(parent, name))?;
                parent = name;
            }
            Step::Index(index) => at = *tree.items(at).get(*index)?,
            Step::Open(_) => return None,
        }
    }
    Some(at)
}

/// What stands at a node before any function was resolved, if it is a function.
fn written(tree: &crate::tree::Tree, node: NodeId) -> Option<Out> {
    template::call(tree, node).map(|_| say(&template::as_written(tree, node, meshwright_model::Symbol::EVERYWHERE)))
}
