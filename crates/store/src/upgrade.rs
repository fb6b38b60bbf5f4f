//! Formats of a file, and the way from an older one to that of today.

use redb::{Database, WriteTransaction};

use crate::tables::{ENTRIES, FORMAT, Failure, META, begin};

/// Brings what is in a file from one format to the next.
pub(crate) type Step = fn(&WriteTransaction) -> Result<(), Failure>;

/// The steps from format 1 on: the first leads to 2. A step that has been shipped stays for ever.
pub(crate) const STEPS: &[Step] = &[];

/// The format that some steps lead to.
pub(crate) const fn format(steps: &[Step]) -> u64 {
    steps.len() as u64 + 1
}

/// Brings a file of some format to that of today, all or nothing; one without a format is new.
pub(crate) fn upgrade(database: &Database, from: Option<u64>, steps: &[Step]) -> Result<(), Failure> {
    let write = begin(database)?;
    let done = from.map_or(steps.len(), |from| usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX));
    for step in steps.iter().skip(done) {
        step(&write)?;
    }
    write.open_table(META)?.insert(FORMAT, format(steps))?;
    write.open_table(ENTRIES)?;
    Ok(write.commit()?)
}

#[cfg(test)]
mod tests {
    use redb::{ReadableDatabase, ReadableTable};

    use super::*;

    /// To 2: keys begin with `v/`.
    fn prefix(write: &WriteTransaction) -> Result<(), Failure> {
        let mut entries = write.open_table(ENTRIES)?;
        let mut before = Vec::new();
        for entry in entries.iter()? {
            let (key, value) = entry?;
            before.push((key.value().to_vec(), value.value().to_vec()));
        }
        for (key, value) in before {
            entries.remove(key.as_slice())?;
            entries.insert([b"v/", key.as_slice()].concat().as_slice(), value.as_slice())?;
        }
        Ok(())
    }

    /// To 3: there is an entry more.
    fn one_more(write: &WriteTransaction) -> Result<(), Failure> {
        write.open_table(ENTRIES)?.insert(b"more".as_slice(), b"".as_slice())?;
        Ok(())
    }

    fn fails(_: &WriteTransaction) -> Result<(), Failure> {
        Err(redb::StorageError::Corrupted("no".to_owned()).into())
    }

    fn keys(database: &Database) -> (u64, Vec<String>) {
        let read = database.begin_read().unwrap();
        let format = read.open_table(META).unwrap().get(FORMAT).unwrap().unwrap().value();
        let entries = read.open_table(ENTRIES).unwrap();
        let keys = entries.iter().unwrap().map(|own| String::from_utf8(own.unwrap().0.value().to_vec()).unwrap());
        (format, keys.collect())
    }

    fn fresh() -> Database {
        let backend = redb::backends::InMemoryBackend::new();
        let database = Database::builder().create_with_backend(backend).unwrap();
        upgrade(&database, None, &[]).unwrap();
        let write = database.begin_write().unwrap();
        write.open_table(ENTRIES).unwrap().insert(b"a".as_slice(), b"1".as_slice()).unwrap();
        write.commit().unwrap();
        database
    }

    #[test]
    fn an_older_file_goes_through_each_step_it_lacks() {
        let database = fresh();
        upgrade(&database, Some(1), &[prefix]).unwrap();
        assert_eq!(keys(&database), (2, vec!["v/a".to_owned()]));
        upgrade(&database, Some(2), &[prefix, one_more]).unwrap();
        assert_eq!(keys(&database), (3, vec!["more".to_owned(), "v/a".to_owned()]));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let database = fresh();
        upgrade(&database, Some(1), &[prefix, fails]).unwrap_err();
        assert_eq!(keys(&database), (1, vec!["a".to_owned()]));
    }
}
