//! A store in one file, which a crash does not harm.
//!
//! The file is redb's, whose transactions are durable when they return; two-phase commits keep a file that an attacker may have shaped
//! from passing for a whole one (redb's documentation, `WriteTransaction::set_two_phase_commit`).

use std::path::Path;

use redb::{Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableDefinition, TableError};

use crate::{Change, Contents, Error, Store};

/// The version of what is in a file.
const FORMAT: u64 = 1;

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const ENTRIES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("entries");

/// A store in one file.
#[derive(Debug)]
pub struct File {
    database: Database,
    name: String,
}

impl File {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// It is in use, is none of ours, is newer than this program, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let database = Database::create(path).map_err(|why| match why {
            DatabaseError::DatabaseAlreadyOpen => Error::InUse { file: name.clone() },
            DatabaseError::Storage(StorageError::Io(why)) if why.kind() != std::io::ErrorKind::InvalidData => {
                Error::Disk { file: name.clone(), why: why.to_string() }
            }
            why => Error::Damaged { file: name.clone(), why: why.to_string() },
        })?;
        let store = Self { database, name };
        match store.meta("format")? {
            None => store.write(|_| Ok(()))?,
            Some(FORMAT) => {}
            Some(found) => return Err(Error::Newer { file: store.name, found, known: FORMAT }),
        }
        Ok(store)
    }

    fn meta(&self, name: &str) -> Result<Option<u64>, Error> {
        let read = self.database.begin_read().map_err(|why| self.failed(&why))?;
        match read.open_table(META) {
            Ok(table) => Ok(table.get(name).map_err(|why| self.failed(&why))?.map(|value| value.value())),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(why) => Err(self.failed(&why)),
        }
    }

    /// Makes changes in one durable transaction.
    fn write(
        &self,
        change: impl FnOnce(&mut redb::Table<'_, &[u8], &[u8]>) -> Result<(), StorageError>,
    ) -> Result<(), Error> {
        let revision = self.meta("revision")?.map_or(0, |revision| revision + 1);
        let mut write = self.database.begin_write().map_err(|why| self.failed(&why))?;
        write.set_two_phase_commit(true);
        {
            let mut meta = write.open_table(META).map_err(|why| self.failed(&why))?;
            meta.insert("format", FORMAT).map_err(|why| self.failed(&why))?;
            meta.insert("revision", revision).map_err(|why| self.failed(&why))?;
            let mut entries = write.open_table(ENTRIES).map_err(|why| self.failed(&why))?;
            change(&mut entries).map_err(|why| self.failed(&why))?;
        }
        write.commit().map_err(|why| self.failed(&why))
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> Error {
        Error::Disk { file: self.name.clone(), why: why.to_string() }
    }
}

impl Store for File {
    fn load(&mut self) -> Result<Contents, Error> {
        let revision = self.meta("revision")?.unwrap_or_default();
        let read = self.database.begin_read().map_err(|why| self.failed(&why))?;
        let table = read.open_table(ENTRIES).map_err(|why| self.failed(&why))?;
        let mut entries = Vec::new();
        for entry in table.iter().map_err(|why| self.failed(&why))? {
            let (key, value) = entry.map_err(|why| self.failed(&why))?;
            entries.push((key.value().to_vec(), value.value().to_vec()));
        }
        Ok(Contents { revision, entries })
    }

    fn revision(&mut self) -> Result<u64, Error> {
        Ok(self.meta("revision")?.unwrap_or_default())
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        self.write(|entries| {
            for Change { key, value } in changes {
                match value {
                    Some(value) => _ = entries.insert(key.as_slice(), value.as_slice())?,
                    None => _ = entries.remove(key.as_slice())?,
                }
            }
            Ok(())
        })?;
        Ok(self.meta("revision")?.unwrap_or_default())
    }
}
