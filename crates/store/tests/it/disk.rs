//! A disk that fails: it loses, tears and reorders what was not synced, is full, and dies at any moment.
//!
//! It does what Linux's page cache does: writes make pages dirty, a sync writes dirty pages, and a sync that fails leaves them clean, so that
//! a later one does not write them although they still read as if it had. In a crash each sector of a dirty page is as it was at any moment
//! since the last sync.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

use crate::random::Random;

const PAGE: usize = 4096;
const SECTOR: usize = 512;

/// How a disk behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// Of a thousand operations, how many fail.
    pub(crate) errors: u64,
    /// How many pages may be taken.
    pub(crate) room: Option<usize>,
    /// How many operations there are until the power fails.
    pub(crate) crash_after: Option<u64>,
}

/// A disk, for whoever holds it.
#[derive(Clone, Debug)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    random: Random,
    weather: Weather,
    /// What survives.
    durable: Vec<u8>,
    /// What reads see.
    cache: Vec<u8>,
    /// The states of dirty pages since the last sync, the oldest first.
    dirty: BTreeMap<usize, Vec<Vec<u8>>>,
    /// The lengths since the last sync.
    lengths: Vec<usize>,
    /// The pages that take room.
    taken: std::collections::BTreeSet<usize>,
    is_off: bool,
}

impl Disk {
    pub(crate) fn new(random: Random, content: Vec<u8>) -> Self {
        let taken = (0..content.len().div_ceil(PAGE)).collect();
        Self(Arc::new(Mutex::new(Inner {
            random,
            weather: Weather::default(),
            durable: content.clone(),
            cache: content,
            dirty: BTreeMap::new(),
            lengths: Vec::new(),
            taken,
            is_off: false,
        })))
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.inner().weather = weather;
    }

    /// Whether the power has failed.
    pub(crate) fn is_off(&self) -> bool {
        self.inner().is_off
    }

    /// What is there after a crash; nothing reaches this disk any more.
    pub(crate) fn crash(&self) -> Vec<u8> {
        let mut inner = self.inner();
        inner.is_off = true;
        inner.spill();
        inner.durable.clone()
    }

    /// How many pages are taken.
    pub(crate) fn taken(&self) -> usize {
        self.inner().taken.len()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

impl Inner {
    /// What happens before an operation.
    fn begin(&mut self) -> Result<(), Error> {
        if let Some(left) = &mut self.weather.crash_after {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => self.is_off = true,
            }
        }
        if self.is_off {
            return Err(Error::other("the power is off"));
        }
        if self.random.below(1000) < self.weather.errors {
            return Err(Error::other("input/output error"));
        }
        Ok(())
    }

    fn write(&mut self, offset: usize, data: &[u8]) -> Result<(), Error> {
        for (page, bytes) in pieces(offset, data) {
            let end = page + bytes.len();
            let number = page / PAGE;
            if !self.taken.contains(&number) && self.weather.room.is_some_and(|room| self.taken.len() >= room) {
                return Err(Error::new(ErrorKind::StorageFull, "no space left on device"));
            }
            self.taken.insert(number);
            if self.cache.len() < end {
                self.cache.resize(end, 0);
                self.lengths.push(end);
            }
            self.cache[page..end].copy_from_slice(bytes);
            let state = self.page(number);
            self.dirty.entry(number).or_default().push(state);
        }
        Ok(())
    }

    /// A page as reads see it, filled up to its whole length.
    fn page(&self, number: usize) -> Vec<u8> {
        let start = number * PAGE;
        let mut page = self.cache[start.min(self.cache.len())..(start + PAGE).min(self.cache.len())].to_vec();
        page.resize(PAGE, 0);
        page
    }

    /// Lets any part of what was not synced reach what survives.
    fn spill(&mut self) {
        if !self.lengths.is_empty() {
            let chosen = self.random.index(self.lengths.len() + 1);
            if let Some(length) = chosen.checked_sub(1) {
                self.durable.resize(self.lengths[length], 0);
            }
        }
        self.lengths.clear();
        // Of one crash in four everything is lost, or nothing; else each sector goes its own way.
        let manner = self.random.below(8);
        for (number, states) in std::mem::take(&mut self.dirty) {
            for sector in 0..PAGE / SECTOR {
                let chosen = match manner {
                    0 => 0,
                    1 => states.len(),
                    _ => self.random.index(states.len() + 1),
                };
                let Some(state) = chosen.checked_sub(1) else { continue };
                let from = sector * SECTOR;
                // Now and then a sector is torn itself.
                let length = if self.random.below(16) == 0 { self.random.index(SECTOR) } else { SECTOR };
                let start = number * PAGE + from;
                let end = (start + length).min(self.durable.len());
                if start < end {
                    self.durable[start..end].copy_from_slice(&states[state][from..from + (end - start)]);
                }
            }
        }
    }
}

/// Parts of a write, none across a page's end.
fn pieces(mut offset: usize, mut data: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    while !data.is_empty() {
        let (own, rest) = data.split_at((PAGE - offset % PAGE).min(data.len()));
        pieces.push((offset, own));
        (offset, data) = (offset + own.len(), rest);
    }
    pieces
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64, Error> {
        let mut inner = self.inner();
        inner.begin()?;
        Ok(inner.cache.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
        let mut inner = self.inner();
        inner.begin()?;
        let from = place(offset);
        let bytes = inner.cache.get(from..from + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), Error> {
        let mut inner = self.inner();
        inner.begin()?;
        let length = place(len);
        inner.cache.resize(length, 0);
        inner.lengths.push(length);
        let first = length.div_ceil(PAGE);
        inner.taken.split_off(&first);
        // What is cut off comes back as zeros.
        inner.dirty.split_off(&first);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), Error> {
        let mut inner = self.inner();
        let begun = inner.begin();
        if inner.is_off {
            return begun;
        }
        if let Err(why) = begun {
            inner.spill();
            return Err(why);
        }
        inner.lengths.clear();
        let length = inner.cache.len();
        inner.durable.resize(length, 0);
        for number in std::mem::take(&mut inner.dirty).into_keys() {
            let start = number * PAGE;
            let end = (start + PAGE).min(length);
            let page = inner.page(number);
            inner.durable[start..end].copy_from_slice(&page[..end - start]);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
        let mut inner = self.inner();
        let begun = inner.begin();
        // What fails half-way may have written a part.
        let most = if begun.is_ok() { data.len() } else { inner.random.index(data.len() + 1) };
        if inner.is_off {
            return begun;
        }
        inner.write(place(offset), &data[..most])?;
        begun
    }
}
