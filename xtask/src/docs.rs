//! `cargo xtask docs`: pages that are written from the program itself. A test fails when one is stale.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The name of a page, and what writes it.
type Page = (&'static str, fn() -> String);

const PAGES: &[Page] = &[
    ("docs/rules.md", meshwright_verbs::explain::page),
    ("docs/intent.schema.json", meshwright_verbs::generate::schema_page),
    ("docs/language.md", language),
];

/// Marks of an entry of the paraphrase suite that has no answer.
const NO_ANSWER: &[&str] = &["not understood:", "question:", "refused:"];

/// What can be said in English, with a request for each capability of the paraphrase suite.
fn language() -> String {
    let folder = crate::root().join("crates/language/tests/suite");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    let request = |file: &PathBuf| {
        let group = file.file_stem()?.to_string_lossy().into_owned();
        Some((group, first_request(&std::fs::read_to_string(file).ok()?)?))
    };
    meshwright_language::page(&files.iter().filter_map(request).collect::<Vec<_>>())
}

/// The first request of a file of the suite that has an answer.
fn first_request(suite: &str) -> Option<String> {
    let entries = suite.split("\n\n").filter(|entry| !NO_ANSWER.iter().any(|mark| entry.contains(mark)));
    entries.into_iter().find_map(|entry| {
        let lines: Vec<&str> = entry.lines().filter_map(|line| line.strip_prefix('>')).map(str::trim).collect();
        (!lines.is_empty()).then(|| lines.join(" "))
    })
}

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
