//! The answers to the intents of requests that users type, each read line by line.

use std::collections::BTreeMap;
use std::path::Path;

use meshwright_dialect::{Dialect, Input, Options, Reading, read};
use meshwright_model::finding::Severity;
use serde_json::{Value, json};

use meshwright_verbs::generate::{GenerateOptions, run};

use super::{generate, options};

/// The intents in the folder, by name.
fn intents() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/generate/intents");
    let mut intents: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    intents.sort();
    intents
}

/// The answers to them, by name.
pub(super) fn goldens() -> Vec<(String, String)> {
    intents().into_iter().map(|(name, intent)| (name, generate(&intent, &options()).output)).collect()
}

#[test]
fn answers_are_as_they_were_read() {
    for (name, intent) in intents() {
        let answer = generate(&intent, &options());
        assert!(!answer.has_findings, "{name}: {}", answer.notes);
        let shown = format!("{}\n{}", answer.output, answer.notes);
        insta::with_settings!({snapshot_path => "answers", prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

/// The requests of `requests.txt`, with the names of their answers.
fn requests_in_english() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("requests.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "))
}

#[test]
fn requests_in_english_have_the_answers_of_their_intents() {
    let of_intents = intents();
    for (name, request) in requests_in_english() {
        let options = GenerateOptions { request: Some(request.to_owned()), intent: None, ..options() };
        let answer = run(&options, None, false).unwrap();
        assert!(!answer.has_findings, "{name}: {}", answer.notes);
        let (_, intent) = of_intents.iter().find(|(known, _)| known == name).unwrap();
        assert_eq!(answer.output, generate(intent, &super::options()).output, "{name}");
    }
}

#[test]
fn two_routes_that_share_requests_are_said_to_be_one() {
    let (_, request) = requests_in_english().find(|(name, _)| *name == "3-split").unwrap();
    let options = GenerateOptions { request: Some(request.to_owned()), intent: None, ..options() };
    let notes = run(&options, None, false).unwrap().notes;
    assert!(notes.contains("one route shares the requests among"), "{notes}");
}

/// The specifications that a request in English is answered with, by name.
fn specs(request: &str) -> BTreeMap<String, Value> {
    let options = GenerateOptions { request: Some(request.to_owned()), intent: None, ..options() };
    let answer = run(&options, None, false).unwrap();
    assert!(!answer.has_findings, "{request}: {}", answer.notes);
    let named = |parameters: &Value| {
        let names = ["routeName", "virtualNodeName", "virtualRouterName", "virtualServiceName"];
        let name = names.iter().find_map(|name| parameters[*name].as_str()).unwrap_or_default();
        (name.to_owned(), parameters["spec"].clone())
    };
    requests(&answer.output).iter().map(|own| named(&own["parameters"])).collect()
}

#[test]
fn the_one_router_of_a_request_answers_for_its_one_service() {
    for request in [
        "Route requests with header x-beta: true to web-beta and all other traffic to web-stable, mesh frontend, virtual service web.local, http port 80.",
        "Virtual router web-r on 80, http: /v2 goes to web-v2, everything else to web-v1. Create a virtual service web.local too.",
    ] {
        let specs = specs(request);
        let router = specs["web.local"]["provider"]["virtualRouter"]["virtualRouterName"].as_str().unwrap();
        assert!(specs.contains_key(router), "{request}: {specs:?}");
    }
}

#[test]
fn a_listener_is_as_patient_with_silence_as_its_route_says() {
    let specs = specs(
        "router live-r on 8080 http2 with the route stream: /live to live-eu, no request timeout, idle timeout 5 minutes; node live-eu http2 8080, dns live-eu.local",
    );
    for timeout in [&specs["live-eu"]["listeners"][0]["timeout"]["http2"], &specs["stream"]["http2Route"]["timeout"]] {
        assert_eq!(timeout["idle"], json!({"unit": "s", "value": 300}), "{specs:?}");
        assert_eq!(timeout["perRequest"], json!({"unit": "s", "value": 0}), "{specs:?}");
    }
}

/// A template, read with a value for every parameter.
pub(super) fn read_filled(template: &str) -> Reading {
    let inputs = || vec![Input { name: "template.yaml".to_owned(), bytes: template.as_bytes().to_vec() }];
    let open = read(inputs(), &Options::default());
    let value = |name: &str, kind: &str| match kind {
        _ if name.contains("Port") => "8080",
        "Number" if name.contains("Millis") => "5000",
        "Number" => "5",
        _ => "given.local",
    };
    let parameters = open.inventory.parameters.iter().map(|parameter| {
        let allowed = parameter.allowed_values.first().cloned();
        let chosen =
            parameter.default.clone().or(allowed).unwrap_or_else(|| value(&parameter.name, &parameter.kind).to_owned());
        (parameter.name.clone(), chosen)
    });
    let parameters = parameters.collect();
    read(inputs(), &Options { parameters, ..Options::default() })
}

/// The requests that create what a template says.
pub(super) fn requests(template: &str) -> Vec<Value> {
    let reading = read_filled(template);
    let sound = reading.findings.iter().all(|finding| finding.severity != Severity::Error);
    assert!(sound, "{:?}\n{template}", reading.findings);
    let request = |resource: &meshwright_model::Resource| {
        let inventory =
            meshwright_model::Inventory { resources: vec![resource.clone()], ..meshwright_model::Inventory::default() };
        let written = Dialect::named("json").unwrap().notations[0].write(&inventory);
        let parameters: Value = serde_json::from_str(&written.text).unwrap();
        json!({"operation": format!("Create{}", resource.kind().type_name()), "parameters": parameters})
    };
    reading.inventory.resources.iter().map(request).collect()
}
