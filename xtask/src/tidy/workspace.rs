//! The workspace as `tidy` sees it: packages, what they depend on, and their sources.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::source::Source;

/// All packages of a workspace.
pub(super) struct Workspace {
    pub(super) packages: Vec<Package>,
}

/// A package: a crate of ours.
pub(super) struct Package {
    /// The name of its folder, by which the layout speaks of it: `model`.
    pub(super) name: String,
    /// What it depends on outside tests, by package name, with the folder where that is one of ours.
    pub(super) dependencies: Vec<Dependency>,
    /// Its Rust files below `src`, without those that only tests use.
    pub(super) sources: Vec<Source>,
    /// Its other Rust files: tests, benchmarks, and modules that only tests use.
    pub(super) tests: Vec<Source>,
}

pub(super) struct Dependency {
    pub(super) name: String,
    /// The folder's name, where it is a crate of ours.
    pub(super) own: Option<String>,
}

impl Workspace {
    /// Asks cargo for the packages and reads their sources.
    pub(super) fn load(root: &Path) -> Result<Self> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(root).args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
        let output = cargo.output().context("cargo does not start")?;
        ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).context("what cargo metadata says")?;
        let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
        let mut packages: Vec<Package> =
            packages.iter().map(|package| Package::load(root, package)).collect::<Result<_>>()?;
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Self { packages })
    }

    /// Every Rust file, tests included.
    pub(super) fn all_sources(&self) -> impl Iterator<Item = &Source> {
        self.packages.iter().flat_map(|package| package.sources.iter().chain(&package.tests))
    }
}

impl Package {
    fn load(root: &Path, metadata: &Value) -> Result<Self> {
        let manifest = metadata["manifest_path"].as_str().context("a package has no manifest")?;
        let folder = Path::new(manifest).parent().context("a manifest stands in no folder")?;
        let dependencies = metadata["dependencies"].as_array().into_iter().flatten();
        let dependencies = dependencies.filter(|dependency| dependency["kind"].as_str() != Some("dev"));
        let dependency = |dependency: &Value| Dependency {
            name: dependency["name"].as_str().unwrap_or_default().to_owned(),
            own: dependency["path"].as_str().map(|path| folder_name(Path::new(path))),
        };
        let src = folder.join("src");
        let (mut sources, mut tests) = (Vec::new(), Vec::new());
        for path in rust_files(folder)? {
            let source = Source::load(root, folder, &path)?;
            if path.starts_with(&src) { sources.push(source) } else { tests.push(source) }
        }
        let of_tests: Vec<Vec<String>> = sources.iter().flat_map(Source::modules_of_tests).collect();
        let is_of_tests = |source: &Source| of_tests.iter().any(|module| source.module.starts_with(module));
        tests.extend(sources.extract_if(.., |source| is_of_tests(source)));
        Ok(Self { name: folder_name(folder), dependencies: dependencies.map(dependency).collect(), sources, tests })
    }
}

fn folder_name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// All Rust files below a folder, sorted; not those of packages or builds further below.
fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = ["src", "tests", "benches", "examples"].map(|name| folder.join(name)).into();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A workspace in a temporary folder: files by path; a crate's manifest is made where it is not given.
    pub(in super::super) fn fake(files: &[(&str, &str)]) -> (tempfile::TempDir, Workspace) {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &Path, text: &str| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(&folder.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
        for (path, text) in files {
            write(&folder.path().join(path), text);
        }
        for entry in std::fs::read_dir(folder.path().join("crates")).unwrap() {
            let folder = entry.unwrap().path();
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            if !folder.join("Cargo.toml").exists() {
                write(&folder.join("Cargo.toml"), &manifest(&name, ""));
            }
            if !folder.join("src/lib.rs").exists() {
                write(&folder.join("src/lib.rs"), "//! A crate.\n");
            }
        }
        let workspace = Workspace::load(folder.path()).unwrap();
        (folder, workspace)
    }

    /// A manifest with the text of its tables of dependencies.
    pub(in super::super) fn manifest(name: &str, dependencies: &str) -> String {
        format!("[package]\nname = \"meshwright-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{dependencies}\n")
    }

    #[test]
    fn sources_and_tests_are_told_apart() {
        let (_folder, workspace) = fake(&[
            ("crates/model/src/lib.rs", "//! A crate.\nmod x;\n#[cfg(test)]\nmod sample;\n"),
            ("crates/model/src/x.rs", "//! X.\n"),
            ("crates/model/src/sample.rs", "//! For tests.\n"),
            ("crates/model/tests/it/main.rs", "//! Tests.\n"),
        ]);
        let names = |sources: &[Source]| -> Vec<String> { sources.iter().map(|source| source.path.clone()).collect() };
        let package = &workspace.packages[0];
        assert_eq!(names(&package.sources), ["crates/model/src/lib.rs", "crates/model/src/x.rs"]);
        assert_eq!(names(&package.tests), ["crates/model/tests/it/main.rs", "crates/model/src/sample.rs"]);
    }
}
