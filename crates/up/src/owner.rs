//! Who may read the files of proxies.
//!
//! Everything stays whose it is and is given to a group, so that whoever is in that can have nobody write where links lead that it makes.

use std::io;
use std::path::Path;

/// The user as whom proxies run, where that is another than the one who runs them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner(Option<u32>);

impl Owner {
    /// A user, by number, which is its group's too.
    pub const fn new(user: u32) -> Self {
        Self(Some(user))
    }

    /// The user's number.
    pub const fn user(self) -> Option<u32> {
        self.0
    }

    /// Lets the user read a file or folder, and nobody else.
    ///
    /// # Errors
    /// It may not be given away.
    pub fn give(self, path: &Path) -> io::Result<()> {
        self.0.map_or(Ok(()), |user| give(path, user, 0o750, 0o640))
    }

    /// Lets the user write too; in a folder, what is there already stays as it is.
    ///
    /// # Errors
    /// It may not be given away.
    pub fn give_to_write(self, path: &Path) -> io::Result<()> {
        self.0.map_or(Ok(()), |user| give(path, user, 0o1770, 0o660))
    }
}

#[cfg(unix)]
fn give(path: &Path, user: u32, folder: u32, file: u32) -> io::Result<()> {
    use std::os::unix::fs::{PermissionsExt as _, lchown};
    let found = std::fs::symlink_metadata(path)?;
    if found.is_symlink() {
        return Err(io::Error::other("a link stands there"));
    }
    lchown(path, None, Some(user))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(if found.is_dir() { folder } else { file }))
}

#[cfg(not(unix))]
fn give(_: &Path, _: u32, _: u32, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
