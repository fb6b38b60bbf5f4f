//! Files that nobody here wrote: what can be applied stands as it says, comes back from a snapshot, and goes.

use std::collections::BTreeMap;

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_verbs::live::LiveError;

use super::{nothing, run, run_on, snapshot_of};

/// How many times values are made up: some are only asked for when others are known.
const ROUNDS: usize = 6;

/// A value that a parameter may well have.
fn value_of(name: &str) -> &'static str {
    let name = name.to_lowercase();
    let values = [("port", "8080"), ("mesh", "demo"), ("account", "123456789012"), ("region", "us-east-1")];
    values.iter().find(|(part, _)| name.contains(part)).map_or("some-value", |(_, value)| value)
}

/// A file as it reads once every parameter that an error asks for has a value.
fn settled(input: &Input) -> Reading {
    let mut parameters = BTreeMap::new();
    for _ in 0..ROUNDS {
        let options = Options { parameters: parameters.clone(), ..Options::default() };
        let reading = read(vec![input.clone()], &options);
        let Err(LiveError::Open { open }) = run_on(&nothing(), "apply - --dry-run", Some(&reading)).answer else {
            return reading;
        };
        let before = parameters.len();
        let asked = open.split("--parameter ").skip(1);
        let names = asked.filter_map(|text| text.split_once("=…")).map(|(name, _)| name.to_owned());
        parameters.extend(names.map(|name| (name.clone(), value_of(&name).to_owned())));
        if parameters.len() == before {
            return reading;
        }
    }
    read(vec![input.clone()], &Options { parameters, ..Options::default() })
}

#[test]
fn public_files_are_applied_once_come_back_from_a_snapshot_and_go() {
    let Some(files) = crate::public_files() else { return };
    let (mut applied, mut others) = (0, BTreeMap::<&str, usize>::new());
    for path in files {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let name = path.display().to_string();
        let reading = settled(&Input { name: name.clone(), bytes });
        if reading.inventory.resources.is_empty() {
            continue;
        }
        let api = nothing();
        let first = run_on(&api, "apply -", Some(&reading));
        let why_not = match &first.answer {
            Ok(answer) if answer.output.starts_with("done: ") => "",
            Ok(answer) if answer.output.contains("which is neither in the files nor there") => "a part of a mesh",
            Ok(_) => panic!("{name}: {first:?}"),
            Err(LiveError::Faults) => "faults",
            Err(LiveError::Open { .. }) => "values that no parameter gives",
            Err(LiveError::Twice { .. }) => "a resource twice",
            Err(why) => panic!("{name}: {why}"),
        };
        if !why_not.is_empty() {
            *others.entry(why_not).or_default() += 1;
            continue;
        }
        applied += 1;
        let again = run_on(&api, "apply - --prune", Some(&reading)).output();
        assert!(again.starts_with("nothing to do, "), "{name}: {again}");
        for mesh in meshes(&api) {
            let snapshot = snapshot_of(&api, &mesh);
            let again = run(&api, "apply - --prune", &snapshot).output();
            assert!(again.starts_with("nothing to do, "), "{name}: {again}");
            run(&api, &format!("delete --yes --mesh {mesh}"), "");
        }
        assert_eq!(run(&api, "meshes", "").output(), "no mesh at this process\n", "{name}");
    }
    println!("{applied} public files applied; of the others there are: {others:?}");
    assert!(applied >= 20, "{applied} applied, {others:?}");
}

/// The names of all meshes.
fn meshes(api: &dyn meshwright_model::api::MeshApi) -> Vec<String> {
    let answer: serde_json::Value = serde_json::from_str(&run(api, "meshes --format json", "").output()).unwrap();
    answer["meshes"].as_array().unwrap().iter().map(|own| own["meshName"].as_str().unwrap().to_owned()).collect()
}
