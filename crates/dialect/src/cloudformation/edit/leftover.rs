//! What else of a template names a resource that goes: `DependsOn` forgets it, all else stands in the way.

use std::ops::Range;

use crate::edit::{Emitter, Form, Obstacle, Place, Slot, Stop};

/// The most lines that an answer lists.
const MAX_LINES: usize = 10;

/// Takes labels out of what other resources of a section wait for.
pub(super) fn forget(emitter: &mut Emitter<'_>, section: &Slot, labels: &[String]) -> Result<(), Stop> {
    let layout = emitter.layout;
    let is_gone = |text: &str| labels.iter().any(|label| label == text);
    for member in layout.entries(section.place).iter().filter(|member| !is_gone(&member.name)) {
        let Some(waits) = layout.member(member.value, "DependsOn") else { continue };
        let items = layout.items(waits.value);
        let gone: Vec<bool> = items.iter().map(|item| is_gone(emitter.scalar_text(item.value))).collect();
        let is_whole = match layout.spot(waits.value).form {
            Form::Scalar(_) => is_gone(emitter.scalar_text(waits.value)),
            _ => !gone.is_empty() && gone.iter().all(|gone| *gone),
        };
        if is_whole {
            let members = layout.entries(member.value).iter().map(|member| member.name == "DependsOn");
            emitter.own(member.value)?;
            emitter.remove_members(member.value, &members.collect::<Vec<_>>())?;
        } else if gone.contains(&true) {
            emitter.own(waits.value)?;
            emitter.remove_elements(waits.value, &gone)?;
        }
    }
    Ok(())
}

/// Refuses to leave functions behind that name what goes.
pub(super) fn refuse(emitter: &Emitter<'_>, labels: &[String], gone: &[Range<usize>]) -> Result<(), Stop> {
    let is_left = |at: usize| {
        let goes = |range: &Range<usize>| range.contains(&at);
        !gone.iter().any(goes) && !emitter.patches.iter().any(|patch| goes(&patch.range))
    };
    let mut found: Vec<(usize, &String)> = Vec::new();
    for place in emitter.layout.places() {
        let start = emitter.layout.spot(place).start;
        if let Some(label) = named(emitter, place, labels).filter(|_| is_left(start)) {
            found.push((start, label));
        }
    }
    found.sort_unstable();
    let Some((first, label)) = found.first().copied() else { return Ok(()) };
    let line = |at: usize| emitter.text[..at].matches('\n').count() + 1;
    let mut lines: Vec<usize> = found.iter().filter(|(_, other)| *other == label).map(|(at, _)| line(*at)).collect();
    lines.dedup();
    lines.remove(0);
    lines.truncate(MAX_LINES);
    Err(Stop::at(first, Obstacle::InUse(label.clone(), lines)))
}

/// The label that the function at a place names, if it is one of these.
fn named<'l>(emitter: &Emitter<'_>, place: Place, labels: &'l [String]) -> Option<&'l String> {
    let (function, argument) = emitter.call(place)?;
    let items = emitter.layout.items(argument);
    let first = items.first().map_or(argument, |item| item.value);
    let text = emitter.scalar_text(first);
    labels.iter().find(|label| match function {
        "Ref" => text == label.as_str(),
        "Fn::GetAtt" => text.split('.').next() == Some(label.as_str()),
        "Fn::Sub" => text.contains(&format!("${{{label}}}")) || text.contains(&format!("${{{label}.")),
        _ => false,
    })
}
