//! What we write, before judges that we did not write: botocore for AWS JSON, cfn-lint for CloudFormation.
//!
//! `cargo xtask test` installs them. A test here starts one Python process and asks it everything at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use meshwright_dialect::{Dialect, Options, Reading, read};
use meshwright_model::finding::Severity;
use meshwright_model::{Inventory, Kind, Resource, Scalar};
use serde_json::{Value, json};

use crate::{files_below, input, load, own_corpus, public_corpus, read_own};

/// Asks a judge; `None`, with a word about it, where judges are not installed.
fn ask(script: &str, questions: &[Value]) -> Option<Vec<Value>> {
    let python = python()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges").join(script);
    let mut child = Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(questions).unwrap()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the judge failed");
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(verdicts.len(), questions.len());
    Some(verdicts)
}

fn python() -> Option<PathBuf> {
    let python = std::env::var_os("MESHWRIGHT_JUDGES_PYTHON").map(PathBuf::from);
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!("skipped: no judge is installed; cargo xtask test installs them and sets MESHWRIGHT_JUDGES_PYTHON");
    }
    python
}

/// The files of both dialects: our own, and public ones where they are at hand.
fn corpus() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let public = public_corpus().into_iter();
    let public = public.flat_map(|folder| ["cloudformation", "cli-json"].map(|dialect| files_below(&folder.join(dialect))));
    (files_below(&own_corpus()), public.flatten().collect())
}

fn is_sound(reading: &Reading) -> bool {
    reading.unreadable.is_empty() && reading.findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// What stands between a resource and a judgement of it: values that only a deployment or a shell fills in.
#[derive(Default)]
struct Requests {
    questions: Vec<Value>,
    places: Vec<String>,
    left_open: usize,
}

impl Requests {
    fn add(&mut self, place: &str, resource: &Resource) {
        let inventory = Inventory { resources: vec![resource.clone()], ..Inventory::default() };
        let written = Dialect::named("json").unwrap().notations[0].write(&inventory);
        let is_open = |message: &str| message.contains("open") || message.contains("left out");
        if written.ledger.iter().any(|loss| is_open(&loss.message)) {
            self.left_open += 1;
            return;
        }
        let mut parameters: Value = serde_json::from_str(&written.text).unwrap();
        let members = parameters.as_object_mut().unwrap();
        members.remove("metadata");
        members.remove("status");
        // What the file leaves to the command line, the command line gives.
        let own = (resource.kind().name_field(), Some(&resource.name));
        let parent = (resource.kind().parent().map_or("", Kind::name_field), resource.parent.as_ref());
        for (field, name) in [("meshName", Some(&resource.mesh)), own, parent] {
            if let Some(Scalar::Open(_)) = name {
                members.entry(field).or_insert(json!("given-on-the-command-line"));
            }
        }
        let operation = format!("Create{}", resource.kind().type_name());
        self.questions.push(json!({ "operation": operation, "parameters": parameters }));
        self.places.push(format!("{place}: {}", resource.id()));
    }

    fn add_file(&mut self, path: &Path) {
        let reading = read(vec![input(path)], &Options { load: &load, ..Options::default() });
        if is_sound(&reading) {
            reading.inventory.resources.iter().for_each(|resource| self.add(&path.display().to_string(), resource));
        }
    }
}

#[test]
fn botocore_takes_the_aws_json_that_we_write() {
    let (own, public) = corpus();
    let mut requests = Requests::default();
    own.iter().for_each(|path| requests.add_file(path));
    let split = read_own(&["split/network.yaml", "split/nodes.yaml", "split/routes.yaml"]);
    split.inventory.resources.iter().for_each(|resource| requests.add("split", resource));
    let own_count = requests.questions.len();
    public.iter().for_each(|path| requests.add_file(path));
    let Some(verdicts) = ask("botocore_judge.py", &requests.questions) else { return };
    let judged = requests.questions.len();
    println!("{judged} resources were judged, {own_count} of them our own; {} have open values", requests.left_open);
    let wrong = requests.places.iter().zip(&requests.questions).zip(&verdicts).filter(|(_, verdict)| !verdict.is_null());
    let wrong: Vec<String> = wrong.map(|((place, question), verdict)| format!("{place}: {verdict}\n{question}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A template that we wrote, and what it was made of.
struct Template {
    place: String,
    text: String,
    /// The text as it was, where that was a template too.
    original: Option<String>,
    is_own: bool,
}

fn templates(path: &Path, is_own: bool) -> Vec<Template> {
    let original = input(path);
    let reading = read(vec![original.clone()], &Options { load: &load, keep_parameters: true, ..Options::default() });
    let dialect = reading.dialects().next().map(|(_, dialect)| dialect.name);
    if !is_sound(&reading) || reading.inventory.resources.is_empty() {
        return Vec::new();
    }
    let notations = Dialect::named("cloudformation").unwrap().notations.iter();
    let template = |notation: &meshwright_dialect::Notation| Template {
        place: format!("{} as {}", path.display(), notation.name),
        text: notation.write(&reading.inventory).text,
        original: (dialect == Some("cloudformation")).then(|| String::from_utf8(original.bytes.clone()).unwrap()),
        is_own,
    };
    notations.map(template).collect()
}

/// What cfn-lint says, each thing once; the text of a template may stand several times.
fn lint(texts: &BTreeSet<&str>) -> Option<BTreeMap<String, BTreeSet<(String, String)>>> {
    let questions: Vec<Value> = texts.iter().map(|text| json!({ "name": "template", "template": text })).collect();
    let verdicts = ask("cfn_lint_judge.py", &questions)?;
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let said = |verdict: &Value| verdict.as_array().unwrap().iter().map(|said| (word(&said["rule"]), word(&said["message"]))).collect();
    Some(texts.iter().map(|text| (*text).to_owned()).zip(verdicts.iter().map(said)).collect())
}

#[test]
fn cfn_lint_takes_the_templates_that_we_write() {
    let (own, public) = corpus();
    let templates: Vec<Template> = (own.iter().map(|path| (path, true)))
        .chain(public.iter().map(|path| (path, false)))
        .flat_map(|(path, is_own)| templates(path, is_own))
        .collect();
    let texts = templates.iter().flat_map(|template| template.original.iter().chain([&template.text]));
    let Some(verdicts) = lint(&texts.map(String::as_str).collect()) else { return };
    println!("{} templates were judged, {} texts", templates.len(), verdicts.len());
    let nothing = BTreeSet::new();
    let mut wrong = Vec::new();
    for template in &templates {
        let before = template.original.as_ref().map_or(&nothing, |original| &verdicts[original]);
        for (rule, message) in verdicts[&template.text].difference(before) {
            if template.is_own || rule.starts_with('E') {
                wrong.push(format!("{}: {rule} {message}", template.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}
