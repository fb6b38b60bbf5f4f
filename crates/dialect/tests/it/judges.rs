//! What we write, before judges that we did not write: botocore for AWS JSON, cfn-lint for CloudFormation.
//!
//! `cargo xtask test` installs them. A test here starts one Python process and asks it everything at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use meshwright_dialect::{Dialect, Input, Notation, Options, Reading, read};
use meshwright_model::finding::Severity;
use meshwright_model::{Inventory, Kind, Resource, Scalar};
use serde_json::{Value, json};

use crate::{files_below, input, load, own_corpus, public_corpus};

/// Asks a judge; `None`, with a word about it, where judges are not installed.
pub(crate) fn ask(script: &str, questions: &[Value]) -> Option<Vec<Value>> {
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

/// The files of both dialects, in groups that are read together; public ones only where they are at hand.
struct Corpus {
    own: Vec<Vec<PathBuf>>,
    public: Vec<Vec<PathBuf>>,
}

impl Corpus {
    fn find() -> Self {
        let alone = |files: Vec<PathBuf>| files.into_iter().map(|path| vec![path]);
        let below = |names: &[&str]| -> Vec<PathBuf> { names.iter().map(|name| own_corpus().join(name)).collect() };
        let together = [
            below(&["split/network.yaml", "split/nodes.yaml", "split/routes.yaml"]),
            files_below(&own_corpus().join("tcp/describe")),
        ];
        let public = public_corpus().into_iter();
        let public =
            public.flat_map(|folder| ["cloudformation", "cli-json"].map(|dialect| files_below(&folder.join(dialect))));
        Self {
            own: alone(files_below(&own_corpus())).chain(together).collect(),
            public: public.flat_map(alone).collect(),
        }
    }
}

fn is_sound(reading: &Reading) -> bool {
    reading.unreadable.is_empty() && reading.findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// Requests for botocore, and where each comes from.
#[derive(Default)]
struct Requests {
    questions: Vec<Value>,
    places: Vec<String>,
    left_open: usize,
}

impl Requests {
    /// Adds every resource of files that are read together; what they leave open gets a value where one will do.
    fn add(&mut self, files: &[PathBuf]) {
        let read_with = |parameters: BTreeMap<String, String>| {
            let inputs = files.iter().map(|path| input(path)).collect();
            read(inputs, &Options { load: &load, parameters, ..Options::default() })
        };
        let reading = read_with(BTreeMap::new());
        if !is_sound(&reading) {
            return;
        }
        let place = files[0].display().to_string();
        let mut open = BTreeSet::new();
        let mut waiting: Vec<(usize, &Resource)> = reading.inventory.resources.iter().enumerate().collect();
        waiting.retain(|(_, resource)| !self.ask_about(&place, resource, &mut open));
        let filled = read_with(open.iter().map(|name| (name.clone(), value(name, &reading))).collect());
        for (at, resource) in waiting {
            let mut others = filled.inventory.resources.iter().enumerate();
            let same = others.find(|(position, other)| is_same((at, resource), (*position, other)));
            let is_asked = is_sound(&filled)
                && same.is_some_and(|(_, resource)| self.ask_about(&place, resource, &mut BTreeSet::new()));
            self.left_open += usize::from(!is_asked);
        }
    }

    /// Adds the request that creates a resource; `false`, with the names of what is open, where values are missing.
    fn ask_about(&mut self, place: &str, resource: &Resource, open: &mut BTreeSet<String>) -> bool {
        let inventory = Inventory { resources: vec![resource.clone()], ..Inventory::default() };
        let written = Dialect::named("json").unwrap().notations[0].write(&inventory);
        let losses = written.ledger.iter().map(|loss| loss.message.as_str());
        let losses: Vec<&str> =
            losses.filter(|message| message.contains("open") || message.contains("left out")).collect();
        if !losses.is_empty() {
            let names =
                losses.iter().flat_map(|message| message.split("${").skip(1)).filter_map(|rest| rest.split('}').next());
            open.extend(names.map(str::to_owned));
            return false;
        }
        // What a file of AWS JSON leaves to jq is no loss, and no JSON.
        let Ok(mut parameters) = serde_json::from_str::<Value>(&written.text) else {
            let is_of_name = |char: &char| char.is_ascii_alphanumeric() || *char == '_';
            let variables = written.text.split('$').skip(1).map(|rest| rest.chars().take_while(is_of_name).collect());
            open.extend(variables.filter(|name: &String| !name.is_empty()));
            return false;
        };
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
        true
    }
}

/// A value that will do for something that is open.
fn value(name: &str, reading: &Reading) -> String {
    let parameter = reading.inventory.parameters.iter().find(|parameter| parameter.name == name);
    let allowed = parameter.and_then(|parameter| parameter.allowed_values.first());
    let made_up = if name.to_lowercase().contains("port") { "8080" } else { "given" };
    allowed.map_or(made_up, String::as_str).to_owned()
}

/// Whether two readings of the same files have it as one: by its label, or by its position where it has none.
fn is_same((at, resource): (usize, &Resource), (position, other): (usize, &Resource)) -> bool {
    match &resource.label {
        Some(label) => resource.kind() == other.kind() && other.label.as_ref() == Some(label),
        None => at == position,
    }
}

#[test]
fn botocore_takes_the_aws_json_that_we_write() {
    let Corpus { own, public } = Corpus::find();
    let mut requests = Requests::default();
    for files in &own {
        requests.add(files);
    }
    let count_of_own = requests.questions.len();
    for files in &public {
        requests.add(files);
    }
    let count = requests.questions.len();
    requests.questions.push(json!({ "operation": "CreateMesh", "parameters": { "spec": { "egressFilter": {} } } }));
    let Some(mut verdicts) = ask("botocore_judge.py", &requests.questions) else { return };
    println!("{count} resources were judged, {count_of_own} of them our own; {} have open values", requests.left_open);
    assert!(verdicts.pop().is_some_and(|verdict| verdict.is_string()), "the judge takes anything");
    let wrong =
        requests.places.iter().zip(&requests.questions).zip(&verdicts).filter(|(_, verdict)| !verdict.is_null());
    let wrong: Vec<String> =
        wrong.map(|((place, question), verdict)| format!("{place}: {verdict}\n{question}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count_of_own > 200, "{count_of_own} resources of our own were judged");
    assert!(public.is_empty() || count > 520, "{count} resources were judged");
}

/// A template that we wrote, and those it was made of.
struct Template {
    place: String,
    text: String,
    originals: Vec<String>,
}

/// What `convert` makes of files that are read together, in each notation; nothing of files with errors.
fn convert(files: &[PathBuf]) -> Vec<Template> {
    let inputs: Vec<Input> = files.iter().map(|path| input(path)).collect();
    let reading = read(inputs.clone(), &Options { load: &load, keep_parameters: true, ..Options::default() });
    if !is_sound(&reading) || reading.inventory.resources.is_empty() {
        return Vec::new();
    }
    let is_template = reading.dialects().any(|(_, dialect)| dialect.name == "cloudformation");
    let originals = inputs.into_iter().filter(|_| is_template).map(|input| String::from_utf8(input.bytes).unwrap());
    let originals: Vec<String> = originals.collect();
    let template = |notation: &Notation| Template {
        place: format!("{} as {}", files[0].display(), notation.name),
        text: notation.write(&reading.inventory).text,
        originals: originals.clone(),
    };
    Dialect::named("cloudformation").unwrap().notations.iter().map(template).collect()
}

/// What cfn-lint says about each text, each thing once.
fn lint<'t>(texts: impl Iterator<Item = &'t str>) -> Option<BTreeMap<&'t str, BTreeSet<String>>> {
    let texts: BTreeSet<&str> = texts.collect();
    let questions: Vec<Value> = texts.iter().map(|text| json!({ "name": "template", "template": text })).collect();
    let verdicts = ask("cfn_lint_judge.py", &questions)?;
    let said = |said: &Value| format!("{} {}", said["rule"].as_str().unwrap(), said["message"].as_str().unwrap());
    let said = |verdict: &Value| verdict.as_array().unwrap().iter().map(said).collect();
    Some(texts.into_iter().zip(verdicts.iter().map(said)).collect())
}

const BAD: &str = r#"{"Resources": {"Mesh": {"Type": "AWS::AppMesh::Mesh", "Properties": {"Nmae": "shop"}}}}"#;

#[test]
fn cfn_lint_finds_nothing_in_our_templates_that_was_not_there_before() {
    let Corpus { own, public } = Corpus::find();
    let own: Vec<Template> = own.iter().flat_map(|files| convert(files)).collect();
    let public: Vec<Template> = public.iter().flat_map(|files| convert(files)).collect();
    let texts = own.iter().chain(&public).flat_map(|template| template.originals.iter().chain([&template.text]));
    let Some(verdicts) = lint(texts.map(String::as_str).chain([BAD])) else { return };
    println!("{} templates were judged, {} of them from our own files", own.len() + public.len(), own.len());
    assert!(!verdicts[BAD].is_empty(), "the judge takes anything");
    let mut wrong = Vec::new();
    for template in own.iter().chain(&public) {
        let before: BTreeSet<&String> =
            template.originals.iter().flat_map(|original| &verdicts[original.as_str()]).collect();
        let new = verdicts[template.text.as_str()].iter().filter(|said| !before.contains(said));
        wrong.extend(new.map(|said| format!("{}: {said}", template.place)));
    }
    for template in &own {
        let said = verdicts[template.text.as_str()].iter();
        wrong.extend(said.map(|said| format!("{}: {said}", template.place)));
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert!(own.len() > 60, "{} templates from our own files were judged", own.len());
    assert!(public.is_empty() || public.len() > 380, "{} templates from public files were judged", public.len());
}
