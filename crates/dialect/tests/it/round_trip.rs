//! File → model → file → model is the identity, for every file, in its own dialect and every notation.

use std::path::Path;

use meshwright_dialect::{DIALECTS, Input, Options, Reading, read};
use meshwright_model::resource::Gap;
use meshwright_model::{Inventory, Resource};

use crate::{files_below, input, load, own_corpus, public_corpus};

/// The resources as their files say them, without what no writer can carry: parts that could not be read.
fn said(inventory: &Inventory) -> Vec<Resource> {
    let mut resources: Vec<Resource> = inventory.resources.clone();
    for resource in &mut resources {
        resource.gaps.retain(|_, gap| !matches!(gap, Gap::Faulty | Gap::Open(meshwright_model::Expression::Absent)));
    }
    resources.sort_by(|a, b| a.id().cmp(&b.id()));
    // A name that stands twice is one resource once written, as every loader has it.
    resources
}

fn options(keep_parameters: bool) -> Options<'static> {
    Options { keep_parameters, load: &load, ..Options::default() }
}

/// Reads the file as `convert` does for its own dialect: parameters stay references where the dialect has them.
fn check(path: &Path) -> usize {
    let plain = read(vec![input(path)], &options(false));
    let Some((_, dialect)) = plain.dialects().next() else { return 0 };
    let keep_parameters = dialect.keeps_parameters;
    let first = read(vec![input(path)], &options(keep_parameters));
    if first.inventory.resources.is_empty() {
        return 0;
    }
    for notation in dialect.notations {
        let written = notation.write(&first.inventory);
        // A bare specification's kind may follow from its file's name.
        let name = path.display().to_string();
        let second: Reading =
            read(vec![Input { name, bytes: written.text.clone().into_bytes() }], &options(keep_parameters));
        let (left, right) = (said(&first.inventory), said(&second.inventory));
        let place = format!("{} as {} {}", path.display(), dialect.title, notation.name);
        assert_eq!(left.len(), right.len(), "{place}\n{}", written.text);
        for (left, right) in left.iter().zip(&right) {
            assert!(left.says_the_same(right), "{place}\n{left:?}\n{right:?}");
        }
        let declared = |inventory: &Inventory| {
            let parameters: Vec<String> = inventory.parameters.iter().map(|parameter| parameter.name.clone()).collect();
            // The writer states the format's version where a file left it out, and orders resources.
            let mut others = inventory.declarations.clone();
            others.retain(|declaration| declaration.section != "AWSTemplateFormatVersion");
            others.sort_by(|a, b| (&a.section, &a.name).cmp(&(&b.section, &b.name)));
            (parameters, others)
        };
        if keep_parameters && dialect.keeps_parameters {
            let ((left, others), (right, other_others)) = (declared(&first.inventory), declared(&second.inventory));
            assert_eq!(left, right, "{place}");
            assert_eq!(others.len(), other_others.len(), "{place}");
            others.iter().zip(&other_others).for_each(|(left, right)| assert_eq!(left, right, "{place}"));
            assert_eq!(first.inventory.workloads.len(), second.inventory.workloads.len(), "{place}");
            assert_eq!(first.inventory.statements.len(), second.inventory.statements.len(), "{place}");
        }
        // Writing is deterministic, and a second writing changes nothing more.
        assert_eq!(notation.write(&first.inventory).text, written.text, "{place}");
        assert_eq!(notation.write(&second.inventory).text, written.text, "{place}");
    }
    1
}

fn check_all(files: &[std::path::PathBuf]) -> usize {
    files.iter().map(|path| check(path)).sum()
}

#[test]
fn own_files_come_back_as_they_were() {
    let checked = check_all(&files_below(&own_corpus()));
    assert!(checked > 35, "{checked} files were compared");
}

#[test]
fn public_files_come_back_as_they_were() {
    let Some(folder) = public_corpus() else { return };
    let files: Vec<_> =
        ["cloudformation", "cli-json"].iter().flat_map(|dialect| files_below(&folder.join(dialect))).collect();
    let checked = check_all(&files);
    assert!(checked > 170, "{checked} files were compared");
}

#[test]
fn every_dialect_and_notation_is_in_the_table_once() {
    let names: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).collect();
    assert_eq!(names, ["cloudformation", "json"]);
    assert!(DIALECTS.iter().all(|dialect| !dialect.notations.is_empty()));
}
