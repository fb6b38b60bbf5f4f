//! Where a run has its files, and which part of the loopback is its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The parts of the loopback that are tried, `127.BLOCK.0.0/16`.
const BLOCKS: std::ops::RangeInclusive<u8> = 77..=126;

/// The port, on an address that no proxy gets, which says that a part is taken.
const TAKEN: u16 = 8479;

/// A folder and a part of the loopback; both are given back when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    folder: tempfile::TempDir,
    block: u8,
    _taken: TcpListener,
}

impl Place {
    pub(super) fn new() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("meshwright-up-").tempdir().context("a folder for its files")?;
        for block in BLOCKS {
            match TcpListener::bind((Ipv4Addr::new(127, block, 255, 254), TAKEN)) {
                Ok(taken) => return Ok(Self { folder, block, _taken: taken }),
                Err(why) if why.kind() == std::io::ErrorKind::AddrNotAvailable => bail!(
                    "127.{block}.255.254 is not in this system's loopback, and every proxy needs an address there: run it on Linux"
                ),
                Err(_) => {}
            }
        }
        bail!("every part of the loopback from 127.{}.0.0 to 127.{}.0.0 is taken", BLOCKS.start(), BLOCKS.end())
    }

    /// The second number of its addresses.
    pub(super) fn block(&self) -> u8 {
        self.block
    }

    /// Where a file of the run is.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A folder of the run.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf> {
        let path = self.path(name);
        std::fs::create_dir_all(&path).with_context(|| path.display().to_string())?;
        Ok(path)
    }

    /// Writes a file of the run, and says where it is.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<String> {
        let path = self.path(name);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        Ok(path.to_string_lossy().into_owned())
    }

    /// The folder with all files of the run.
    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }
}
