//! A store in one file, which a crash does not harm.
//!
//! The file is redb's, whose transactions are durable when they return; two-phase commits keep a file that an attacker may have shaped
//! from passing for a whole one (redb's documentation, `WriteTransaction::set_two_phase_commit`), and let a commit go on after a sync that
//! failed: all that it was to write is written anew.
//!
//! After an error of the disk redb takes nothing more, so the file is opened again, which brings it back to the last commit that is whole,
//! and may find that the failed one is: [`Store::revision`] tells. Every page has a checksum, and all are looked at when it is opened.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::{Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, StorageError, TableError};

use crate::tables::{ENTRIES, FORMAT, Failure, META, REVISION, begin};
use crate::upgrade::{self, STEPS};
use crate::watch::History;
use crate::{Change, Contents, Error, Store, Watch};

/// How much of the file is held in memory: whoever uses a store loads it once, and writes then.
const CACHE: usize = 4 << 20;

/// Opens redb's database.
type Open = dyn Fn(&Builder) -> Result<Database, DatabaseError> + Send;

/// A store in one file.
pub struct File {
    open: Box<Open>,
    name: String,
    /// None after an error of the disk, until it is opened again.
    database: Option<Database>,
    revision: u64,
    history: History,
}

impl File {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// It is in use, is none of ours, is newer than this program, or the disk fails.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let own = path.to_owned();
        let name = path.display().to_string();
        match std::fs::metadata(path) {
            // What is empty, or gone when it is opened again, may have lost what it held: it is not to pass for a new one.
            Ok(there) if there.len() == 0 => {
                let why = "it is empty: remove it where a new store is meant".to_owned();
                return Err(Error::Damaged { file: name, why });
            }
            Ok(_) => {}
            Err(_) => make(path, &name)?,
        }
        Self::over(&name, move |builder| builder.open(&own))
    }

    /// Opens a store over whatever holds its database: this is where tests give it a disk that fails.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn over(
        name: &str,
        open: impl Fn(&Builder) -> Result<Database, DatabaseError> + Send + 'static,
    ) -> Result<Self, Error> {
        let mut file = Self {
            open: Box::new(open),
            name: name.to_owned(),
            database: None,
            revision: 0,
            history: History::default(),
        };
        file.database()?;
        Ok(file)
    }

    /// The database, opened where it is not.
    fn database(&mut self) -> Result<&Database, Error> {
        if self.database.is_none() {
            // A page that no check covers may still make it panic.
            let opened = catch_unwind(AssertUnwindSafe(|| self.opened()));
            let why = "its pages contradict each other".to_owned();
            let (database, revision) = opened.map_err(|_| Error::Damaged { file: self.name.clone(), why })??;
            if revision != self.revision {
                self.history.forget(revision);
            }
            self.revision = revision;
            self.database = Some(database);
        }
        match &self.database {
            Some(database) => Ok(database),
            None => Err(self.error(&"it is closed")),
        }
    }

    fn opened(&self) -> Result<(Database, u64), Error> {
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
        let database = (self.open)(&builder).map_err(|why| self.unopened(why))?;
        let (format, revision) = self.meta(&database)?;
        let known = upgrade::format(STEPS);
        match format {
            Some(format) if format == known => {}
            Some(found) if found > known => return Err(Error::Newer { file: self.name.clone(), found, known }),
            Some(0) => {
                return Err(Error::Damaged { file: self.name.clone(), why: "it has no format version".to_owned() });
            }
            format => upgrade::upgrade(&database, format, STEPS).map_err(|why| self.failed(why))?,
        }
        Ok((database, revision))
    }

    /// The version of what is in it, and its revision.
    fn meta(&self, database: &Database) -> Result<(Option<u64>, u64), Error> {
        let read = database.begin_read().map_err(|why| self.failed(why.into()))?;
        match read.open_table(META) {
            Ok(meta) => {
                let value = |name| Ok(meta.get(name)?.map(|value| value.value()));
                let values = value(FORMAT).and_then(|format| Ok((format, value(REVISION)?.unwrap_or_default())));
                values.map_err(|why: StorageError| self.failed(why.into()))
            }
            Err(TableError::TableDoesNotExist(_)) => Ok((None, 0)),
            Err(why) => Err(self.failed(why.into())),
        }
    }

    fn unopened(&self, why: DatabaseError) -> Error {
        match why {
            DatabaseError::DatabaseAlreadyOpen => Error::InUse { file: self.name.clone() },
            DatabaseError::Storage(StorageError::Io(why)) if why.kind() != std::io::ErrorKind::InvalidData => {
                self.error(&why)
            }
            why => Error::Damaged { file: self.name.clone(), why: why.to_string() },
        }
    }

    fn failed(&self, why: Failure) -> Error {
        match why.into_inner() {
            StorageError::Corrupted(why) => Error::Damaged { file: self.name.clone(), why },
            why => self.error(&why),
        }
    }

    fn error(&self, why: &dyn fmt::Display) -> Error {
        Error::Disk { file: self.name.clone(), why: why.to_string() }
    }
}

/// Makes a file under another name first: one that is half made when the machine stops would be taken for a damaged one.
fn make(path: &Path, name: &str) -> Result<(), Error> {
    let mut half = path.as_os_str().to_owned();
    half.push(format!(".{}.new", std::process::id()));
    let half = Path::new(&half).to_owned();
    let own = half.clone();
    let made = File::over(name, move |builder| builder.create(&own));
    // A link takes no other's place. Where there are none, the file is made under its own name after all.
    let is_placed = made.is_ok() && std::fs::hard_link(&half, path).is_ok();
    let _ = std::fs::remove_file(&half);
    made?;
    if !is_placed && !path.exists() {
        let own = path.to_owned();
        File::over(name, move |builder| builder.create(&own))?;
    }
    // Elsewhere than on Unix a folder cannot be opened.
    if is_placed && cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let synced = std::fs::File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(|why| Error::Disk { file: name.to_owned(), why: why.to_string() })?;
    }
    Ok(())
}

/// Makes changes in one durable transaction.
fn write(database: &Database, revision: u64, changes: &[Change]) -> Result<(), Failure> {
    let write = begin(database)?;
    {
        write.open_table(META)?.insert(REVISION, revision)?;
        let mut entries = write.open_table(ENTRIES)?;
        for Change { key, value } in changes {
            match value {
                Some(value) => _ = entries.insert(key.as_slice(), value.as_slice())?,
                None => _ = entries.remove(key.as_slice())?,
            }
        }
    }
    Ok(write.commit()?)
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("name", &self.name)
            .field("revision", &self.revision)
            .finish_non_exhaustive()
    }
}

impl Store for File {
    fn load(&mut self) -> Result<Contents, Error> {
        self.database()?;
        let all = |database: &Database| -> Result<_, Failure> {
            let table = database.begin_read()?.open_table(ENTRIES)?;
            let mut entries = Vec::new();
            for entry in table.iter()? {
                let (key, value) = entry?;
                entries.push((key.value().to_vec(), value.value().to_vec()));
            }
            Ok(entries)
        };
        match self.database.as_ref().map(all) {
            Some(Ok(entries)) => Ok(Contents { revision: self.revision, entries }),
            Some(Err(why)) => {
                self.database = None;
                Err(self.failed(why))
            }
            None => Err(self.error(&"it is closed")),
        }
    }

    fn revision(&mut self) -> Result<u64, Error> {
        self.database()?;
        Ok(self.revision)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        let revision = self.revision()? + 1;
        if let Err(why) = write(self.database()?, revision, changes) {
            self.database = None;
            return Err(self.failed(why));
        }
        self.revision = revision;
        self.history.note(revision, changes);
        Ok(revision)
    }

    fn watch(&self) -> Watch {
        self.history.watch()
    }
}
