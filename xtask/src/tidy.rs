//! `cargo xtask tidy`: what the compiler does not hold but the project's layout does.
//!
//! Each check is a file of its own and takes the workspace as it was found; it answers with complaints, one a line. The
//! test below runs them all over this workspace, so that a plain `cargo test` holds them too.

mod cycles;
mod edges;
mod files;
mod purity;
mod source;
mod workspace;

use std::path::Path;

use anyhow::{Result, bail};

use crate::console::say;
use workspace::Workspace;

/// A check: a workspace in, complaints out.
type Check = fn(&Workspace) -> Vec<String>;

const CHECKS: &[Check] = &[edges::check, purity::check, files::check, cycles::check];

/// Says what is untidy.
pub(crate) fn run(root: &Path) -> Result<()> {
    let complaints = check(root)?;
    for complaint in &complaints {
        say(complaint);
    }
    match complaints.len() {
        0 => Ok(()),
        1 => bail!("one thing is untidy"),
        count => bail!("{count} things are untidy"),
    }
}

/// Everything that is untidy in the workspace.
fn check(root: &Path) -> Result<Vec<String>> {
    let workspace = Workspace::load(root)?;
    Ok(CHECKS.iter().flat_map(|check| check(&workspace)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_workspace_is_tidy() {
        let complaints = check(&crate::root()).unwrap();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}
