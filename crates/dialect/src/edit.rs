//! Carries out changes of the model on the text that its user wrote: as replaced ranges of bytes, never by printing a
//! file anew, so that comments, order, quoting and every other byte stay as they are.
//!
//! All edits of a call are made one after the other on the values of the reading (`want.rs`); what differs then from the
//! text is patched (`emit.rs`) along its layout (`layout.rs`). So a change that is made already changes nothing. Where
//! things stand in a file of a dialect, and how new ones come in, that dialect says: see [`Editing`].

mod desk;
mod emit;
mod error;
mod expect;
mod layout;
mod patch;
mod root;
mod style;
mod text;
mod values;
mod want;

use std::collections::BTreeMap;

use meshwright_model::edit::{Change, Edit};
use meshwright_model::parameter::Declaration;
use meshwright_model::resource::Origin;
use meshwright_model::{Expression, Kind, Resource};

use crate::out::Out;
use crate::reading::Reading;
use crate::tree::NodeId;
use desk::Desk;

pub(crate) use emit::{Child, Emitter, Slot};
pub use error::{EditError, Obstacle};
pub use expect::reads_as;
pub(crate) use layout::{Form, Member, Place};
pub use patch::Patch;
pub(crate) use style::{line_end, next_line};
pub(crate) use want::{Stop, Want};

/// What a dialect says about edits of its files.
pub(crate) struct Editing {
    /// Where what was read at a node stands.
    pub(crate) find: fn(site: &Site<'_>, emitter: &Emitter<'_>, node: NodeId) -> Result<Target, Stop>,
    /// Puts new resources into the file.
    pub(crate) create: fn(site: &Site<'_>, emitter: &mut Emitter<'_>, resources: &[&Resource]) -> Result<(), Stop>,
    /// Lets the file declare what it does not declare yet.
    pub(crate) declare: fn(emitter: &mut Emitter<'_>, declarations: &[&Declaration]) -> Result<(), Stop>,
    /// Lets what was read at a node wait for others, by their labels, where it says for which it waits.
    pub(crate) wait:
        fn(site: &Site<'_>, emitter: &mut Emitter<'_>, node: NodeId, labels: &[String]) -> Result<(), Stop>,
    /// Takes what was read at these nodes out of the file.
    pub(crate) delete: fn(site: &Site<'_>, emitter: &mut Emitter<'_>, nodes: &[NodeId]) -> Result<(), Stop>,
    /// Refuses files that are not edited for a reason of the dialect's.
    pub(crate) refuse: fn(site: &Site<'_>) -> Result<(), Obstacle>,
    /// An expression in the dialect's words.
    pub(crate) say: fn(&Expression) -> Out,
    /// How the names of resources are written in the file, with the new ones that come into it, and those that are renamed
    /// there.
    pub(crate) name: for<'s> fn(site: &'s Site<'s>, new: &[&'s Resource], renamed: Renamed) -> NameWriter<'s>,
}

/// What was read at these nodes has these names now.
pub(crate) type Renamed = Vec<(NodeId, Expression)>;

/// How a name of a resource is written.
pub(crate) type NameWriter<'s> = Box<dyn Fn(Kind, &Expression) -> Named + 's>;

/// How a name is written.
#[derive(Default)]
pub(crate) struct Named {
    /// What stands in its place; `None` for the name itself.
    pub(crate) value: Option<Out>,
    /// What must then be created first, by its label.
    pub(crate) depends_on: Option<String>,
}

/// A document of a reading.
pub(crate) struct Site<'s> {
    pub(crate) reading: &'s Reading,
    pub(crate) document: usize,
}

/// Where the names and the specification of something stand.
pub(crate) enum Target {
    /// In this slot.
    In(Slot),
    /// Nowhere yet: a member of this key in that map would hold them.
    Absent { map: Slot, key: &'static str },
}

/// A file with changes made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// The file, as its user named it.
    pub file: String,
    /// Its whole new text.
    pub text: String,
    /// What was replaced in the old text, in its order, without overlaps.
    pub patches: Vec<Patch>,
}

/// Makes changes in the files of a reading, all or none: one entry a file that changes, in the reading's order.
///
/// Nothing is written, and what comes of it has not been read; [`crate::reads_as`] tells whether it reads as it should.
///
/// # Errors
/// Says which edit cannot be made, where, and why.
pub fn edit(reading: &Reading, edits: &[Edit]) -> Result<Vec<Edited>, Box<EditError>> {
    let mut desks: BTreeMap<usize, Desk<'_>> = BTreeMap::new();
    for (number, edit) in edits.iter().enumerate() {
        let fail = |obstacle| EditError::new(number, edit, None, obstacle);
        let document = document_of(reading, edit).map_err(fail)?;
        let Some(document) = document else { continue };
        let desk = match desks.entry(document) {
            std::collections::btree_map::Entry::Occupied(desk) => desk.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Desk::new(reading, document).map_err(fail)?)
            }
        };
        desk.take(number, edit).map_err(|stop| desk.error(number, edit, stop))?;
    }
    let mut edited = Vec::new();
    for desk in desks.into_values() {
        edited.extend(desk.finish(edits)?);
    }
    Ok(edited)
}

/// The document that an edit changes; `None` where it changes nothing.
fn document_of(reading: &Reading, edit: &Edit) -> Result<Option<usize>, Obstacle> {
    let known = |origin: Origin| Some(origin.document as usize).filter(|document| *document < reading.documents.len());
    match &edit.change {
        Change::Create(resource) => root::document_for(reading, resource, edit.origin.and_then(known)),
        _ => edit.origin.and_then(known).map(Some).ok_or(Obstacle::NotInAFile),
    }
}
