//! Where a run has its files, and which part of the loopback is its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, bail, ensure};
use meshwright_up::Owner;

/// The parts of the loopback that are tried, `127.BLOCK.0.0/16`.
const BLOCKS: std::ops::RangeInclusive<u8> = 77..=126;

/// The port, on an address that no proxy gets, which says that a part is taken.
const TAKEN: u16 = 8479;

/// A part of the loopback, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Block {
    number: u8,
    _taken: TcpListener,
}

impl Block {
    pub(super) fn new() -> Result<Self> {
        for number in BLOCKS {
            match TcpListener::bind((Ipv4Addr::new(127, number, 255, 254), TAKEN)) {
                Ok(taken) => return Ok(Self { number, _taken: taken }),
                Err(why) if why.kind() == std::io::ErrorKind::AddrNotAvailable => bail!(
                    "127.{number}.255.254 is not in this system's loopback, and every proxy needs an address there: run it on Linux"
                ),
                Err(_) => {}
            }
        }
        bail!("every part of the loopback from 127.{}.0.0 to 127.{}.0.0 is taken", BLOCKS.start(), BLOCKS.end())
    }

    /// The second number of its addresses.
    pub(super) fn number(&self) -> u8 {
        self.number
    }
}

/// A folder, gone when it is dropped. Where proxies run as another user, that one may read it.
#[derive(Debug)]
pub(super) struct Place {
    folder: tempfile::TempDir,
    owner: Owner,
    desk: Desk,
}

/// Where files of the run are written by whoever may outlast it: once the folder goes, nothing is written into it any more.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    root: PathBuf,
    is_open: Arc<Mutex<bool>>,
}

impl Desk {
    /// Writes a file of the run, and says where it is.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<String> {
        let is_open = self.is_open.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(*is_open, "the run is over");
        let path = self.root.join(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// The folder with all files of the run.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The folder itself goes after this.
        *self.desk.is_open.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }
}

impl Place {
    pub(super) fn new(owner: Owner) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("meshwright-up-").tempdir().context("a folder for its files")?;
        owner.give(folder.path()).with_context(|| folder.path().display().to_string())?;
        let desk = Desk { root: folder.path().to_owned(), is_open: Arc::new(Mutex::new(true)) };
        let place = Self { folder, owner, desk };
        if let Some((user, closed)) = owner.user().and_then(|user| Some((user, closed(place.folder.path(), user)?))) {
            bail!(
                "user {user}, as whom Envoys run, may not pass through {}: name another folder for files in TMPDIR",
                closed.display()
            );
        }
        Ok(place)
    }

    /// Whose files proxies read.
    pub(super) fn owner(&self) -> Owner {
        self.owner
    }

    /// Lets proxies say something to a socket.
    pub(super) fn give_socket(&self, path: &Path) -> Result<()> {
        self.owner.give_to_write(path).with_context(|| path.display().to_string())
    }

    /// Where a file of the run is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A folder of the run for keys and what proxies say, into which nobody else looks.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.path(name);
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| path.display().to_string())?;
        self.owner.give(&path).with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// Where its files are written.
    pub(super) fn desk(&self) -> &Desk {
        &self.desk
    }
}

/// A folder on the way to another that a user may not pass.
#[cfg(unix)]
fn closed(folder: &Path, user: u32) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let is_closed = |own: &&Path| {
        let Ok(found) = std::fs::metadata(own) else { return false };
        let needed = match found.uid() == user {
            true => 0o100,
            false if found.gid() == user => 0o010,
            false => 0o001,
        };
        found.mode() & needed == 0
    };
    let folder = folder.canonicalize().ok()?;
    folder.ancestors().skip(1).find(is_closed).map(Path::to_owned)
}

#[cfg(not(unix))]
fn closed(_: &Path, _: u32) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_once_the_run_is_over() {
        let place = Place::new(Owner::default()).unwrap();
        let desk = place.desk().clone();
        let written = desk.write("shift.json", "{}").unwrap();
        assert!(Path::new(&written).exists());
        drop(place);
        assert!(desk.write("repair.json", "{}").is_err());
        assert!(!desk.root().exists());
    }
}
