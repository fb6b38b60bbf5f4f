//! The reader and the writers against real files: the project's own, and public ones where they are at hand.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and say what they skip")]

mod broken;
mod corpus;
mod deleting;
mod edit_files;
mod edited;
mod editing;
mod faults;
mod generated;
mod hostile;
mod intrinsics;
mod judges;
mod naming;
mod positions;
mod round_trip;
mod same_mesh;
mod stacks;
mod writing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_model::finding::Finding;

/// The project's own meshes.
fn own_corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// The public files, from `MESHWRIGHT_CORPUS`; `None`, with a word about it, where they are not at hand.
fn public_corpus() -> Option<PathBuf> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let folder = std::env::var_os("MESHWRIGHT_CORPUS").map_or_else(default, PathBuf::from);
    if folder.join("INDEX.tsv").is_file() {
        return Some(folder);
    }
    assert!(std::env::var_os("CI").is_none(), "CI needs the public corpus; set MESHWRIGHT_CORPUS");
    println!("skipped: the public corpus is not at {}; set MESHWRIGHT_CORPUS to read it", folder.display());
    None
}

/// All files below a folder, sorted.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

fn input(path: &Path) -> Input {
    Input { name: path.display().to_string(), bytes: std::fs::read(path).unwrap() }
}

fn load(path: &str) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}

/// Reads files of the project's own corpus together.
fn read_own(names: &[&str]) -> Reading {
    let inputs = names.iter().map(|name| input(&own_corpus().join(name))).collect();
    read(inputs, &Options { load: &load, ..Options::default() })
}

/// Reads one text with parameters.
fn read_text(name: &str, text: &str, parameters: &[(&str, &str)]) -> Reading {
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    read(
        vec![Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() }],
        &Options { parameters, ..Options::default() },
    )
}

/// A finding as a line: `3:7 error rule: message`.
fn line(finding: &Finding) -> String {
    let location = finding.location.as_ref().expect("every finding of a reading has a place");
    let (line, column) = (location.line, location.column);
    format!("{line}:{column} {} {}: {}", finding.severity.word(), finding.rule, finding.message)
}

fn lines(reading: &Reading) -> Vec<String> {
    reading.findings.iter().map(line).collect()
}
