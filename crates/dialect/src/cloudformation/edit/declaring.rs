//! New parameters of a template: in its section of parameters, which stands before the resources.

use meshwright_model::parameter::Declaration;

use super::has_gaps;
use super::say;
use crate::edit::{Emitter, Obstacle, Stop};
use crate::out::Out;

const PARAMETERS: &str = "Parameters";

pub(super) fn declare(emitter: &mut Emitter<'_>, declarations: &[&Declaration]) -> Result<(), Stop> {
    let layout = emitter.layout;
    let with_section = layout.roots.iter().find(|root| layout.member(**root, "Resources").is_some());
    let root = *with_section.or(layout.roots.first()).ok_or(Obstacle::NoFile)?;
    emitter.own(root)?;
    let slot = emitter.root_slot(root);
    let section = layout.member(root, PARAMETERS);
    let entries = section.map(|member| layout.entries(member.value)).unwrap_or_default();
    let is_new = |declaration: &&&Declaration| entries.iter().all(|member| member.name != declaration.name);
    let new: Vec<(String, Out)> = declarations
        .iter()
        .filter(is_new)
        .map(|declaration| (declaration.name.clone(), say(&declaration.body)))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    match (section, entries.last()) {
        (Some(member), Some(last)) => {
            emitter.own(member.value)?;
            let has_gap = has_gaps(emitter, entries, entries.len() - 1);
            let child = emitter.child_of_map(member.value, last);
            for (name, body) in new {
                emitter.insert(&child, Some(&name), &body, has_gap);
            }
        }
        (Some(member), None) => {
            let section = emitter.slot_of(&slot, member);
            emitter.fill(&section, &Out::Map(new))?;
        }
        (None, _) => {
            let sections = layout.entries(root);
            let place = sections.iter().position(|member| member.name == "Resources").unwrap_or_default();
            let child = emitter.child_of_map(root, sections.get(place).ok_or(Obstacle::NoFile)?);
            let has_gap = has_gaps(emitter, sections, place);
            emitter.insert_before(&child, Some(PARAMETERS), &Out::Map(new), has_gap);
        }
    }
    Ok(())
}
