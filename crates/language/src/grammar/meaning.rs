//! A meaning: what words say, and where their value goes.

use super::block::{Block, Home};
use super::reader::Reader;
use super::slot::Slots;
use super::spot::{Said, Spot};
use crate::intent::Intent;

/// What words say, and where their value goes: a row of a table in `meanings/`.
pub(super) struct Meaning {
    /// What it is, for the table in the docs.
    pub(super) name: &'static str,
    /// The block it belongs to.
    pub(super) block: Block,
    /// Whether its words say by themselves what they are about, so that the block need not be open.
    pub(super) is_plain: bool,
    /// The resource it belongs to where none was named.
    pub(super) home: Home,
    /// Patterns over tokens; `pattern.rs` says how they are written.
    pub(super) ways: &'static [&'static str],
    /// Puts the value in its place.
    pub(super) set: Set,
}

/// How a value is put in its place.
#[derive(Clone, Copy)]
pub(super) enum Set {
    /// Into the resource that is spoken of.
    Value(fn(&mut Intent, Spot, &Slots) -> Said),
    /// By the reader itself: what is spoken of changes.
    Act(fn(&mut Reader<'_>, &Slots) -> Said),
}

/// For words that only open their block, or that say what goes without saying.
#[expect(clippy::unnecessary_wraps, reason = "it stands where a value is put")]
pub(super) fn opens_block() -> Said {
    Ok(String::new())
}
