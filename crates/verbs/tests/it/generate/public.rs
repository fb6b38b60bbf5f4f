//! `generate --into` on files that nobody here wrote: what is changed reads as it should, and brings no error.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_model::{Kind, Resource, Spec};
use meshwright_verbs::config::Config;
use meshwright_verbs::generate::{GenerateOptions, Inserted, Target, insert};

/// The most files that are changed.
const MOST: usize = 400;

fn reading(name: &str, text: &[u8]) -> Reading {
    read(vec![Input { name: name.to_owned(), bytes: text.to_vec() }], &Options::default())
}

/// The requests that a file can be changed by: for the first route, and for the first node that listens.
fn requests(reading: &Reading) -> Vec<String> {
    let resources = &reading.inventory.resources;
    let name = |resource: &Resource| resource.name.known().map(|name| name.as_str().to_owned());
    let listens = |resource: &Resource| match &resource.spec {
        Spec::VirtualNode(spec) => spec.listeners.as_deref().is_some_and(|listeners| listeners.len() == 1),
        _ => false,
    };
    let route = resources.iter().filter(|resource| resource.kind() == Kind::Route).find_map(name);
    let node = resources.iter().filter(|resource| listens(resource)).find_map(name);
    let timeout = route.map(|route| format!("raise the timeout of route `{route}` to 60 s"));
    timeout.into_iter().chain(node.map(|node| format!("add outlier detection to virtual node `{node}`"))).collect()
}

/// What a request makes of a file.
fn inserted(name: &str, text: &[u8], request: &str) -> Inserted {
    let before = reading(name, text);
    let read_again = |texts: &BTreeMap<String, String>| reading(name, texts.get(name).map_or(text, String::as_bytes));
    let names = [name.to_owned()];
    let target = Target { reading: &before, names: &names, config: &Config::default(), read_again: &read_again };
    let request = Some(request.to_owned());
    let options = GenerateOptions { request, intent: None, into: names.to_vec(), ..super::options() };
    insert(&options, None, &target, false).unwrap()
}

#[test]
fn public_files_are_changed_and_stay_sound() {
    let Some(files) = crate::public_files() else { return };
    let mut tried = 0;
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for path in files {
        let Ok(text) = std::fs::read(&path) else { continue };
        let name = path.display().to_string();
        let before = reading(&name, &text);
        for request in requests(&before) {
            if tried == MOST {
                break;
            }
            tried += 1;
            let done = inserted(&name, &text, &request);
            let notes = &done.answer.notes;
            if done.answer.has_findings {
                let last = notes.lines().last().unwrap_or_default();
                assert!(!last.contains("does not read as it should"), "{name}: {request}: {notes}");
                let told = notes.lines().find(|line| line.starts_with("question")).unwrap_or(last);
                *refused.entry(format!("{request}: {told}")).or_default() += 1;
            }
            for file in done.files {
                let again = inserted(&name, file.after.as_bytes(), &request);
                assert!(
                    again.files.is_empty() && !again.answer.has_findings,
                    "{name}: {request}: {}",
                    again.answer.notes
                );
            }
        }
    }
    println!("{tried} requests, {} refused", refused.len());
    for (why, count) in &refused {
        println!("{count}: {why}");
    }
    assert!(tried > 20 && refused.values().sum::<usize>() * 4 < tried, "{refused:#?}");
}
