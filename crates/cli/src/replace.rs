//! Replaces files by new texts: each at once or not at all, as the same file for whoever links to it, with its permissions.

use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that is to be replaced.
pub(crate) struct Replacement<'r> {
    pub(crate) name: &'r str,
    /// What it held when it was read.
    pub(crate) before: &'r str,
    pub(crate) after: &'r str,
}

/// A new file beside the one whose place it takes; it goes away where it never does.
struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Replaces files: all are written before the first takes its place.
pub(crate) fn replace(files: &[Replacement<'_>]) -> Result<(), String> {
    let drafts: Result<Vec<Draft>, String> =
        files.iter().map(|file| draft(file).map_err(|why| format!("{}: {why}", file.name))).collect();
    for draft in drafts? {
        std::fs::rename(&draft.path, &draft.target).map_err(|error| format!("{}: {error}", draft.target.display()))?;
    }
    Ok(())
}

fn draft(file: &Replacement<'_>) -> Result<Draft, String> {
    let said = |error: std::io::Error| error.to_string();
    // What is linked to is replaced, not the link.
    let target = std::fs::canonicalize(file.name).map_err(said)?;
    let metadata = std::fs::metadata(&target).map_err(said)?;
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    if metadata.permissions().readonly() {
        return Err("it may not be written".to_owned());
    }
    if std::fs::read(&target).map_err(said)? != file.before.as_bytes() {
        return Err("it has changed since it was read; nothing is written".to_owned());
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let path = folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let mut new = std::fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(said)?;
    let draft = Draft { path, target };
    new.set_permissions(metadata.permissions()).map_err(said)?;
    new.write_all(file.after.as_bytes()).and_then(|()| new.sync_all()).map_err(said)?;
    Ok(draft)
}
