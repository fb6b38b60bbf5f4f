//! The tables of a file, and the transactions that change them.

use redb::{CommitError, Database, StorageError, TableDefinition, TableError, TransactionError, WriteTransaction};

pub(crate) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
pub(crate) const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");

/// The names of what `META` holds.
pub(crate) const FORMAT: &str = "format";
pub(crate) const REVISION: &str = "revision";

/// A transaction of the kind that all are.
pub(crate) fn begin(database: &Database) -> Result<WriteTransaction, Failure> {
    let mut write = database.begin_write()?;
    write.set_two_phase_commit(true);
    Ok(write)
}

/// Why redb did not do something.
#[derive(Debug)]
pub(crate) struct Failure(StorageError);

impl Failure {
    pub(crate) fn into_inner(self) -> StorageError {
        self.0
    }
}

impl From<StorageError> for Failure {
    fn from(why: StorageError) -> Self {
        Self(why)
    }
}

macro_rules! from {
    ($($error:ident),*) => {$(
        impl From<$error> for Failure {
            fn from(why: $error) -> Self {
                Self(match why {
                    $error::Storage(why) => why,
                    why => StorageError::Corrupted(why.to_string()),
                })
            }
        }
    )*};
}

from!(CommitError, TableError, TransactionError);
