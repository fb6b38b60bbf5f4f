//! The project's own meshes and public ones, as they are read by someone who gives every parameter a value.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_model::parameter::Parameter;

/// The project's own meshes.
pub(super) fn own_corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

/// The public files, from `MESHWRIGHT_CORPUS`; `None`, with a word about it, where they are not at hand.
pub(super) fn public_corpus() -> Option<PathBuf> {
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
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
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

/// Reads files together, with a value for every parameter that has no default of its own.
pub(super) fn read_settled(paths: &[PathBuf]) -> Reading {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in [("AWS::Region", "eu-west-1"), ("AWS::AccountId", "111122223333"), ("AWS::Partition", "aws")] {
        values.insert(name.to_owned(), value.to_owned());
    }
    for parameter in read_with(paths, BTreeMap::new()).inventory.parameters {
        if parameter.default.is_none() {
            let value = value_of(&parameter);
            values.insert(parameter.name, value);
        }
    }
    read_with(paths, values)
}

/// A value that a parameter may well have; what things are is often told by its name alone.
fn value_of(parameter: &Parameter) -> String {
    let is = |word: &str| parameter.name.contains(word) || parameter.kind.contains(word);
    match parameter.allowed_values.first() {
        Some(value) => value.clone(),
        None if is("Protocol") => "http".to_owned(),
        None if is("Number") || is("Port") || is("Weight") => "80".to_owned(),
        None if is("RootCert") || is("RootCa") || is("CAArn") || is("CaArn") || is("AuthorityArn") => {
            "arn:aws:acm-pca:eu-west-1:111122223333:certificate-authority/12345678-1234-1234-1234-123456789012"
                .to_owned()
        }
        None if is("Cert") && is("Arn") => {
            "arn:aws:acm:eu-west-1:111122223333:certificate/12345678-1234-1234-1234-123456789012".to_owned()
        }
        None if is("List") => "first,second".to_owned(),
        None if is("NamespaceId") => "ns-abcdefghijklmnop".to_owned(),
        None => parameter.name.to_lowercase(),
    }
}

fn read_with(paths: &[PathBuf], parameters: BTreeMap<String, String>) -> Reading {
    let input = |path: &PathBuf| Input { name: path.display().to_string(), bytes: std::fs::read(path).unwrap() };
    let load = |path: &str| std::fs::read(path).ok();
    read(paths.iter().map(input).collect(), &Options { parameters, load: &load, ..Options::default() })
}
