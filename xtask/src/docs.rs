//! `cargo xtask docs`: pages that are written from the program itself. A test fails when one is stale.

use std::path::Path;

use anyhow::{Context, Result};

/// The name of a page, and what writes it.
type Page = (&'static str, fn() -> String);

const PAGES: &[Page] = &[
    ("docs/rules.md", meshwright_verbs::explain::page),
    ("docs/intent.schema.json", meshwright_verbs::generate::schema_page),
];

/// Writes every page.
pub(crate) fn run(root: &Path) -> Result<()> {
    for (name, page) in PAGES {
        let path = root.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).context(*name)?;
        }
        std::fs::write(path, page()).context(*name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_stale() {
        for (name, page) in PAGES {
            let written = std::fs::read_to_string(crate::root().join(name)).unwrap_or_default();
            assert!(written.replace('\r', "") == page(), "{name} is stale: run cargo xtask docs");
        }
    }
}
