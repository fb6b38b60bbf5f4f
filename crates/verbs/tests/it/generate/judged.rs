//! Every answer there is in the tests, before botocore and cfn-lint: those that have been read line by line, those to the
//! paraphrase suite, and those to intents of the property tests.

#[path = "../../../../language/tests/it/round_trip/intents.rs"]
mod intents;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use meshwright_language::Intent;
use meshwright_verbs::generate::{GenerateOptions, run};
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::answers::{goldens, requests};
use super::{options, property, whole};
use crate::judges::ask;

/// How many intents of each sort that English can say are answered.
const SAID: u32 = 60;

/// The requests of the paraphrase suite, with the name of their file.
fn suite() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../language/tests/suite");
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let requests = lines.split(|line| !line.starts_with('>')).filter(|lines| !lines.is_empty());
        let words = |line: &&str| line.trim_start_matches('>').trim_start().to_owned();
        found.extend(requests.map(|lines| (name.clone(), lines.iter().map(words).collect::<Vec<_>>().join("\n"))));
    }
    found.sort();
    found
}

/// The answers to the suite: of those requests that have one.
fn answers_to_the_suite() -> Vec<(String, String)> {
    let answer = |(name, request): (String, String)| {
        let options = GenerateOptions { request: Some(request.clone()), intent: None, ..options() };
        let answer = run(&options, None, false).unwrap();
        (!answer.has_findings).then(|| (format!("{name}: {request}"), answer.output))
    };
    suite().into_iter().filter_map(answer).collect()
}

/// The answers to intents that English can say, of those that have one.
fn answers_to_what_can_be_said() -> Vec<(String, String)> {
    let sorts: [BoxedStrategy<Intent>; 5] = [
        intents::nodes().boxed(),
        intents::routers().boxed(),
        intents::gateways().boxed(),
        intents::around().boxed(),
        intents::changes().boxed(),
    ];
    let mut answers = Vec::new();
    for intents in sorts {
        let config = Config { cases: SAID, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        for _ in 0..SAID {
            let intent = intents.new_tree(&mut runner).unwrap().current();
            let intent = serde_json::to_string_pretty(&intent).unwrap();
            let answer = super::generate(&intent, &options());
            if !answer.has_findings {
                answers.push((intent, answer.output));
            }
        }
    }
    answers
}

#[test]
fn judges_have_nothing_against_any_answer() {
    let sources = [
        goldens(),
        whole::edited(),
        answers_to_the_suite(),
        answers_to_what_can_be_said(),
        property::sound_templates(property::CASES)
            .into_iter()
            .map(|(intent, text)| (format!("{intent:#}"), text))
            .collect(),
    ];
    let counts = sources.each_ref().map(Vec::len);
    // Many requests have the same answer.
    let answers: BTreeMap<String, String> = sources.into_iter().flatten().map(|(from, text)| (text, from)).collect();
    let is_template = |text: &&String| text.contains("AWS::");
    let templates = answers.keys().filter(is_template).map(|text| json!({"name": "answer.yaml", "template": text}));
    let created = answers.keys().flat_map(|text| requests(text));
    let bad = [
        json!({"name": "bad.yaml", "template": "Resources: {Mesh: {Type: AWS::AppMesh::Mesh, Properties: {Nmae: m}}}"}),
        json!({"operation": "CreateMesh", "parameters": {}}),
    ];
    let questions: Vec<Value> = bad.into_iter().chain(templates).chain(created).collect();
    let Some(verdicts) = ask("answer_judge.py", &questions) else { return };
    println!("{counts:?} answers, {} texts, {} questions", answers.len(), questions.len());
    let is_wrong = |verdict: &Value| !verdict.is_null() && *verdict != json!([]);
    assert!(verdicts[..2].iter().all(is_wrong), "the judges take anything");
    let mut wrong = String::new();
    for (question, verdict) in questions.iter().zip(&verdicts).skip(2).filter(|(_, verdict)| is_wrong(verdict)) {
        match question["template"].as_str() {
            Some(text) => writeln!(wrong, "{verdict:#}\n{}\n{text}", answers[text]).unwrap(),
            None => writeln!(wrong, "{verdict:#}\n{question:#}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
