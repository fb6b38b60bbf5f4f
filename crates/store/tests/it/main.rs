//! Every store from outside: what is committed is there, whatever comes after.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod disk;
mod random;
mod simulation;

use std::time::Duration;

use meshwright_store::{Change, Contents, Error, File, Memory, Since, Store};

fn put(key: &str, value: &str) -> Change {
    Change { key: key.into(), value: Some(value.into()) }
}

fn entries(contents: &Contents) -> Vec<(String, String)> {
    let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
    contents.entries.iter().map(|(key, value)| (text(key), text(value))).collect()
}

/// What any store does.
fn behaves(store: &mut dyn Store) {
    let watch = store.watch();
    assert_eq!(store.load().unwrap(), Contents::default());
    assert_eq!(store.commit(&[put("b", "1"), put("a", "2")]), Ok(1));
    assert_eq!(store.commit(&[put("a", "3"), Change { key: "b".into(), value: None }, put("c", "")]), Ok(2));
    let contents = store.load().unwrap();
    assert_eq!(contents.revision, 2);
    assert_eq!(entries(&contents), [("a".into(), "3".into()), ("c".into(), String::new())]);
    let changes = vec![put("a", "3"), Change { key: "b".into(), value: None }, put("c", "")];
    assert_eq!(watch.since(1), Since::Changes { revision: 2, changes });
    assert_eq!(watch.since(2), Since::Changes { revision: 2, changes: Vec::new() });
    assert_eq!(watch.since(3), Since::TooMuch, "nobody has seen that yet");
    assert_eq!(watch.wait(1, Duration::from_mins(1)), 2);
    assert_eq!(watch.wait(2, Duration::from_millis(1)), 2);
}

#[test]
fn who_is_too_far_behind_loads_everything() {
    let mut store = Memory::default();
    let watch = store.watch();
    for _ in 0..3 {
        store.commit(&[put("a", &"x".repeat(1 << 20))]).unwrap();
    }
    assert_eq!(watch.since(1), Since::TooMuch);
    assert!(matches!(watch.since(2), Since::Changes { revision: 3, changes } if changes.len() == 1));
    let waiting = std::thread::spawn(move || watch.wait(3, Duration::from_mins(1)));
    store.commit(&[put("b", "")]).unwrap();
    assert_eq!(waiting.join().unwrap(), 4);
}

#[test]
fn every_store_keeps_what_is_committed() {
    behaves(&mut Memory::default());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    behaves(&mut File::open(&path).unwrap());
    let again = File::open(&path).unwrap().load().unwrap();
    assert_eq!((again.revision, entries(&again).len()), (2, 2));
}

#[test]
fn a_file_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let _first = File::open(&path).unwrap();
    assert!(matches!(File::open(&path), Err(Error::InUse { .. })));
}

#[test]
fn a_new_file_stands_alone_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    drop(File::open(&folder.path().join("state")).unwrap());
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|own| own.unwrap().file_name()).collect();
    assert_eq!(files, ["state"]);
}

#[test]
fn a_file_that_has_lost_everything_is_no_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    File::open(&path).unwrap().commit(&[put("a", "1")]).unwrap();
    std::fs::write(&path, b"").unwrap();
    let refused = File::open(&path).unwrap_err();
    assert!(refused.to_string().ends_with("it is empty: remove it where a new store is meant"), "{refused}");
    assert_eq!(std::fs::read(&path).unwrap(), b"", "nothing is made of it");
}

#[test]
fn what_is_no_store_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    for bytes in [&b"not a store at all"[..], &[0; 5000], b"redb"] {
        std::fs::write(&path, bytes).unwrap();
        let error = File::open(&path).unwrap_err();
        assert!(matches!(error, Error::Damaged { .. }), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    let missing = folder.path().join("none/state");
    assert!(matches!(File::open(&missing), Err(Error::Disk { .. })));
}
