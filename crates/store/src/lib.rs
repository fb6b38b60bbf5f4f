//! State that outlives its process: keys with values, behind one small trait.
//!
//! What [`Store::commit`] has answered is there after a crash, and a commit is there as a whole or not at all.

mod file;
mod memory;
mod tables;
mod upgrade;
mod watch;

pub use file::File;
pub use memory::Memory;
pub use watch::{Since, Watch};

/// What becomes of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The key.
    pub key: Vec<u8>,
    /// Its value; `None` takes it away.
    pub value: Option<Vec<u8>>,
}

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// How often something was committed.
    pub revision: u64,
    /// Every key with its value, by key.
    pub entries: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Keeps keys with values. It has one writer, who holds it.
pub trait Store: Send {
    /// All that is kept.
    ///
    /// # Errors
    /// It cannot be read.
    fn load(&mut self) -> Result<Contents, Error>;

    /// How often something was committed.
    ///
    /// # Errors
    /// It cannot be read.
    fn revision(&mut self) -> Result<u64, Error>;

    /// Makes changes, all or none, and answers with the revision once they outlive the process.
    ///
    /// # Errors
    /// They cannot be written. Only [`Store::revision`] tells then whether they are there: a disk may fail after it has written.
    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error>;

    /// Follows what is committed from now on.
    fn watch(&self) -> Watch;
}

/// Why a store fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Another process has the file.
    #[error("{file}: another process has it open")]
    InUse {
        /// The file.
        file: String,
    },
    /// The file is of a version that this program does not know.
    #[error("{file}: its format is {found}, and this program knows {known}: use a newer one")]
    Newer {
        /// The file.
        file: String,
        /// The version found.
        found: u64,
        /// The newest that is known.
        known: u64,
    },
    /// The file is none of ours, or is damaged.
    #[error("{file}: it is no store, or is damaged: {why}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The disk does not take or give what it should.
    #[error("{file}: {why}")]
    Disk {
        /// The file.
        file: String,
        /// What the system says.
        why: String,
    },
}
