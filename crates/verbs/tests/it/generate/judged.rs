//! Every answer there is in the tests, before botocore and cfn-lint: those that have been read line by line, those to the
//! paraphrase suite, and those to intents of the property tests. The intents stand before their published schema.

#[path = "../../../../language/tests/it/round_trip/intents.rs"]
mod intents;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use meshwright_language::Intent;
use meshwright_verbs::generate::{GenerateFormat, GenerateOptions, run};
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

/// The published schema of intents.
fn schema() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/intent.schema.json").display().to_string()
}

/// Answers, and the intents that `--explain --format json` shows.
#[derive(Default)]
struct Answers {
    /// Where each comes from, and its text.
    texts: Vec<(String, String)>,
    intents: Vec<Value>,
}

impl Answers {
    /// Those to the suite, whose requests all have an intent, though some have no answer.
    fn to_the_suite() -> Self {
        let mut answers = Self::default();
        for (name, request) in suite() {
            let from = format!("{name}: {request}");
            answers.add(from, &GenerateOptions { request: Some(request), intent: None, ..options() }, None);
        }
        answers
    }

    /// Those to intents that English can say.
    fn to_what_can_be_said() -> Self {
        let sorts: [BoxedStrategy<Intent>; 5] = [
            intents::nodes().boxed(),
            intents::routers().boxed(),
            intents::gateways().boxed(),
            intents::around().boxed(),
            intents::changes().boxed(),
        ];
        let mut answers = Self::default();
        for intents in sorts {
            let config = Config { cases: SAID, failure_persistence: None, ..Config::default() };
            let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
            for _ in 0..SAID {
                let intent = intents.new_tree(&mut runner).unwrap().current();
                let intent = serde_json::to_string_pretty(&intent).unwrap();
                answers.add(intent.clone(), &options(), Some(&intent));
            }
        }
        answers
    }

    fn add(&mut self, from: String, options: &GenerateOptions, intent: Option<&str>) {
        let options = GenerateOptions { format: GenerateFormat::Json, explain: true, ..options.clone() };
        let answer = run(&options, intent.map(|intent| ("intent.json", intent)), false).unwrap();
        let mut shown: Value = serde_json::from_str(&answer.output).unwrap();
        self.intents.push(shown["intent"].take());
        if !answer.has_findings {
            self.texts.push((from, shown["files"][0]["content"].as_str().unwrap().to_owned()));
        }
    }
}

#[test]
fn judges_have_nothing_against_any_answer() {
    let (asked, said) = (Answers::to_the_suite(), Answers::to_what_can_be_said());
    let allowed = property::sound_templates(property::CASES).into_iter();
    let allowed = allowed.map(|(intent, text)| (format!("{intent:#}"), text)).collect();
    let sources = [goldens(), whole::edited(), asked.texts, said.texts, allowed];
    let counts = sources.each_ref().map(Vec::len);
    let intents = asked.intents.iter().chain(&said.intents);
    let intents = intents.map(|intent| json!({"schema": schema(), "log": intent}));
    // Many requests have the same answer.
    let answers: BTreeMap<String, String> = sources.into_iter().flatten().map(|(from, text)| (text, from)).collect();
    let is_template = |text: &&String| text.contains("AWS::");
    let templates = answers.keys().filter(is_template).map(|text| json!({"name": "answer.yaml", "template": text}));
    let created = answers.keys().flat_map(|text| requests(text));
    let bad = [
        json!({"name": "bad.yaml", "template": "Resources: {Mesh: {Type: AWS::AppMesh::Mesh, Properties: {Nmae: m}}}"}),
        json!({"operation": "CreateMesh", "parameters": {}}),
        json!({"schema": schema(), "log": {"virtualNodes": [{"nome": "orders"}]}}),
    ];
    let awake = bad.len();
    let questions: Vec<Value> = bad.into_iter().chain(templates).chain(created).chain(intents).collect();
    let Some(verdicts) = ask("answer_judge.py", &questions) else { return };
    println!("{counts:?} answers, {} texts, {} questions", answers.len(), questions.len());
    let is_wrong = |verdict: &Value| !verdict.is_null() && *verdict != json!([]);
    assert!(verdicts[..awake].iter().all(is_wrong), "the judges take anything");
    let mut wrong = String::new();
    for (question, verdict) in questions.iter().zip(&verdicts).skip(awake).filter(|(_, verdict)| is_wrong(verdict)) {
        match question["template"].as_str() {
            Some(text) => writeln!(wrong, "{verdict:#}\n{}\n{text}", answers[text]).unwrap(),
            None => writeln!(wrong, "{verdict:#}\n{question:#}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
