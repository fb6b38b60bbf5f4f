//! Whose the files of proxies are.

use std::io;
use std::path::Path;

/// The user as whom proxies run, where that is another than the one who runs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner(Option<u32>);

impl Owner {
    /// A user, by number.
    pub const fn new(user: u32) -> Self {
        Self(Some(user))
    }

    /// The user's number.
    pub const fn user(self) -> Option<u32> {
        self.0
    }

    /// Gives a file or folder to the user.
    ///
    /// # Errors
    /// It may not be given away.
    pub fn give(self, path: &Path) -> io::Result<()> {
        match self.0 {
            None => Ok(()),
            Some(user) => give(path, user),
        }
    }
}

#[cfg(unix)]
fn give(path: &Path, user: u32) -> io::Result<()> {
    std::os::unix::fs::chown(path, Some(user), Some(user))
}

#[cfg(not(unix))]
fn give(_: &Path, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
