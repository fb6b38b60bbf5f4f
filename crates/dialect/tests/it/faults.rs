//! The table of faults holds every name that is used, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use meshwright_dialect::FAULTS;

use crate::files_below;

/// What stands before the name of a fault in the source.
const OPENINGS: &[&str] = &["Fault::error(", "Fault::warning(", "Fault::info(", "Finding::new(", ".wrong(", "fault("];

/// The names of faults that the source mentions where it makes one.
fn names_in(text: &str) -> impl Iterator<Item = String> {
    OPENINGS.iter().flat_map(move |opening| {
        text.split(opening).skip(1).filter_map(|rest| {
            let name = rest.trim_start().strip_prefix('"')?.split('"').next()?;
            Some(name.to_owned())
        })
    })
}

#[test]
fn every_fault_is_in_the_table_and_the_table_names_no_other() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let texts: Vec<String> = files_below(&source).iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let used: BTreeSet<String> = texts.iter().flat_map(|text| names_in(text)).collect();
    let listed: BTreeSet<String> = FAULTS.iter().map(|fault| fault.name.to_owned()).collect();
    assert_eq!(used, listed);
    let names: Vec<&str> = FAULTS.iter().map(|fault| fault.name).collect();
    assert!(names.is_sorted() && names.len() == listed.len(), "{names:?}");
}

#[test]
fn every_fault_is_described() {
    for fault in FAULTS {
        for text in [fault.summary, fault.why] {
            assert!(text.len() > 15 && !text.ends_with('.'), "{}: {text}", fault.name);
        }
        assert!(!fault.source.is_empty(), "{}", fault.name);
    }
}
