//! A store that ends with its process.

use std::collections::BTreeMap;

use crate::watch::History;
use crate::{Change, Contents, Error, Store, Watch};

/// A store that ends with its process.
#[derive(Debug, Default)]
pub struct Memory {
    revision: u64,
    history: History,
    entries: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Store for Memory {
    fn load(&mut self) -> Result<Contents, Error> {
        let entries = self.entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        Ok(Contents { revision: self.revision, entries })
    }

    fn revision(&mut self) -> Result<u64, Error> {
        Ok(self.revision)
    }

    fn commit(&mut self, changes: &[Change]) -> Result<u64, Error> {
        for Change { key, value } in changes {
            match value {
                Some(value) => _ = self.entries.insert(key.clone(), value.clone()),
                None => _ = self.entries.remove(key),
            }
        }
        self.revision += 1;
        self.history.note(self.revision, changes);
        Ok(self.revision)
    }

    fn watch(&self) -> Watch {
        self.history.watch()
    }
}
