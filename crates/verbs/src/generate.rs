//! The verb `generate`: what is wanted, in plain English or as an intent, becomes resources.
//!
//! Nothing is given as an answer that was not checked: the text is read back and goes through every rule. Questions and words
//! that are not understood stop the answer, unless a part of one is asked for.

mod into;
mod llm;
mod open;
mod show;

use clap::{Args, ValueEnum};
use meshwright_dialect::{Input, Options, Reading, read_document};
use meshwright_language::{Composition, Intent, Question, Understanding, compose, understand, understand_change};
use meshwright_model::Inventory;
use meshwright_model::edit::Edit;
use meshwright_model::finding::{Finding, Severity};

pub use into::{Inserted, Target, insert, insert_understood};

use crate::convert::{DialectName, NotationName, notation};
use crate::editing::ChangedFile;
use crate::files::FileOptions;
use crate::refused::Refused;
use crate::{Answer, Verb, validate};

pub use llm::{LlmOptions, ProviderName};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "generate",
    about: "Plain language to resources or to edits of your files, and what was assumed",
    example: "meshwright generate \"a virtual node orders on port 8080 with health checks\" > orders.yaml
  meshwright generate \"raise the timeout of checkout to 60 s\" --into shop.yaml --diff",
};

/// The longest request that is read, in bytes.
pub const MAX_REQUEST: usize = meshwright_language::MAX_REQUEST;

/// The longest intent that is read, in bytes: a mesh of some hundred resources.
pub const MAX_INTENT: usize = 128_000;

/// Options of `generate`.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct GenerateOptions {
    /// What to make or change, in plain English; `-` reads it from standard input
    #[arg(value_name = "REQUEST", required_unless_present_any = ["intent", "intent_schema"], allow_hyphen_values = true, value_parser = request_argument)]
    pub request: Option<String>,
    /// A file that says what to make as an intent, in YAML or JSON; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "request")]
    pub intent: Option<String>,
    /// Change this file in place instead of writing resources anew; may be given several times. `-` is standard input, whose
    /// new text goes to standard output; a directory means every mesh file below it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dialect", "notation"])]
    pub into: Vec<String>,
    /// With --into: show what would change as a unified diff, and write nothing
    #[arg(long, requires = "into")]
    pub diff: bool,
    /// With --into: a parameter's value; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "into")]
    pub parameter: Vec<String>,
    /// With --into: a file of parameters: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE", requires = "into")]
    pub parameters: Vec<String>,
    /// With --into: the mesh to change, where the files hold several: its name or ARN
    #[arg(long, value_name = "NAME", requires = "into")]
    pub mesh: Option<String>,
    /// The dialect to write
    #[arg(long = "as", value_enum, value_name = "DIALECT", default_value_t = DialectName::Cloudformation)]
    pub dialect: DialectName,
    /// The notation to write it in, where the dialect has several
    #[arg(long, value_enum, value_name = "NOTATION")]
    pub notation: Option<NotationName>,
    /// Show what was understood, word by word, instead of resources; with --into, the edits too, and write nothing
    #[arg(long)]
    pub explain: bool,
    /// Give the part of an answer that is there, although there are questions or words that were not understood
    #[arg(long)]
    pub partial: bool,
    /// Show the JSON Schema of an intent, and nothing else
    #[arg(long, conflicts_with_all = ["request", "intent", "into"])]
    pub intent_schema: bool,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = GenerateFormat::Text)]
    pub format: GenerateFormat,
    /// Who reads the request
    #[command(flatten)]
    pub reader: LlmOptions,
}

/// A request as an argument: it may begin as an item of a list does, and a mistyped flag is none.
fn request_argument(text: &str) -> Result<String, String> {
    let is_flag = text.len() > 1 && text.starts_with('-') && !text.contains(char::is_whitespace);
    if is_flag { Err("`generate` has no such flag".to_owned()) } else { Ok(text.to_owned()) }
}

impl GenerateOptions {
    /// The files to change, with the options that say how they are read; `None` where resources are written anew.
    pub fn files(&self) -> Option<FileOptions> {
        let Self { into, parameter, parameters, mesh, .. } = self.clone();
        (!into.is_empty()).then_some(FileOptions { files: into, parameter, parameters, mesh })
    }
}

/// How an answer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GenerateFormat {
    /// The resources themselves; assumptions and questions on standard error
    Text,
    /// Intent, assumptions, questions and files, for programs
    Json,
}

/// A file of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// A name for it.
    pub path: String,
    /// What it holds.
    pub content: String,
}

/// Everything there is to say about a request.
#[derive(Default)]
pub struct Outcome {
    /// The words of the request.
    pub request: String,
    /// What was understood.
    pub understanding: Understanding,
    /// What it became.
    pub composition: Composition,
    /// The files, the resources first; none where there is no answer.
    pub files: Vec<Made>,
    /// What the dialect could not say.
    pub ledger: String,
    /// The text that was checked, for findings about it.
    pub reading: Reading,
    /// What the rules find in it, without what is only worth knowing.
    pub findings: Vec<Finding>,
}

/// What edits came to.
#[derive(Default)]
struct Outset {
    /// The edits that change something, or all of them where they cannot be made.
    edits: Vec<Edit>,
    /// The files that change; standard input always.
    files: Vec<ChangedFile>,
    /// Why the edits are not made.
    why_not: Option<String>,
    /// Whether a part of an answer is given, as it was asked for.
    is_part: bool,
}

impl Outset {
    /// The files whose text differs.
    fn changed(&self) -> impl Iterator<Item = &ChangedFile> {
        self.files.iter().filter(|file| file.before != file.after)
    }
}

/// Answers a request, or an intent that is given with its file's name and content.
///
/// # Errors
/// Says why the intent cannot be read, the request is too long, or the dialect has no such notation.
pub fn run(options: &GenerateOptions, intent: Option<(&str, &str)>, is_coloured: bool) -> Result<Answer, Refused> {
    if options.intent_schema {
        return Ok(Answer { output: schema_page(), ..Answer::default() });
    }
    run_understood(options, understood(options, intent, None)?, is_coloured)
}

/// Answers what was understood of a request, whoever read it.
///
/// # Errors
/// Says that the dialect has no such notation.
pub fn run_understood(
    options: &GenerateOptions,
    understanding: Understanding,
    is_coloured: bool,
) -> Result<Answer, Refused> {
    let outcome = outcome(understanding, options)?;
    Ok(match options.format {
        GenerateFormat::Json => {
            Answer { output: show::json(&outcome), has_findings: !outcome.is_done(), ..Answer::default() }
        }
        GenerateFormat::Text if options.explain => {
            Answer { output: show::explanation(&outcome), has_findings: !outcome.is_done(), ..Answer::default() }
        }
        GenerateFormat::Text => {
            let output = outcome.files.first().map(|file| file.content.clone()).unwrap_or_default();
            Answer { output, notes: show::notes(&outcome, is_coloured), has_findings: !outcome.is_done() }
        }
    })
}

/// What a request or an intent asks for; of a request that changes what is there, with its names known.
fn understood(
    options: &GenerateOptions,
    intent: Option<(&str, &str)>,
    there: Option<&Inventory>,
) -> Result<Understanding, Refused> {
    match (intent, &options.request) {
        (Some((name, text)), _) => Ok(Understanding { intent: read_intent(name, text)?, ..Understanding::default() }),
        (None, Some(request)) if request.len() > MAX_REQUEST => {
            Err(Refused::LongRequest { bytes: request.len(), most: MAX_REQUEST })
        }
        (None, Some(request)) => {
            Ok(there.map_or_else(|| understand(request), |there| understand_change(request, there)))
        }
        (None, None) => Err(Refused::NoRequest),
    }
}

/// The JSON Schema of an intent, as a page.
pub fn schema_page() -> String {
    format!("{:#}\n", meshwright_language::intent::schema())
}

/// Reads an intent.
fn read_intent(name: &str, text: &str) -> Result<Intent, Refused> {
    if text.len() > MAX_INTENT {
        return Err(Refused::LongIntent { file: name.to_owned(), bytes: text.len(), most: MAX_INTENT });
    }
    let read = read_document(name, text).and_then(|document| document.read_as());
    read.map_err(|why| Refused::Intent { file: name.to_owned(), why: why.to_string() })
}

/// Composes, writes and checks.
fn outcome(understanding: Understanding, options: &GenerateOptions) -> Result<Outcome, Refused> {
    let notation = notation(options.dialect, options.notation)?;
    let composition = compose(&understanding.intent);
    let request = options.request.clone().unwrap_or_default();
    let mut outcome = Outcome { request, understanding, composition, ..Outcome::default() };
    let inventory = &outcome.composition.inventory;
    let is_empty = inventory.resources.is_empty() && inventory.declarations.is_empty();
    if is_empty || (outcome.is_open() && !options.partial) {
        return Ok(outcome);
    }
    if inventory.resources.is_empty() && options.dialect == DialectName::Json {
        let why = "a proxy's task and its role are no resources of App Mesh; write them with --as cloudformation";
        return Err(Refused::NotInDialect { dialect: "json", why });
    }
    let written = notation.write(inventory);
    let ending = if notation.name == "yaml" { "yaml" } else { "json" };
    let path = match options.dialect {
        DialectName::Cloudformation => format!("template.{ending}"),
        DialectName::Json => "mesh.json".to_owned(),
    };
    let inputs = vec![Input { name: path.clone(), bytes: written.text.clone().into_bytes() }];
    outcome.reading = meshwright_dialect::read(inputs, &Options::default());
    outcome.findings = validate::all(&outcome.reading, true);
    outcome.findings.retain(|finding| finding.severity != Severity::Info && !is_known(finding));
    if outcome.has_errors() {
        return Ok(outcome);
    }
    outcome.ledger = crate::convert::ledger(&written.ledger);
    outcome.files.push(Made { path, content: written.text });
    if options.dialect.keeps_parameters() {
        outcome.files.extend(parameter_files(&outcome.composition));
    }
    Ok(outcome)
}

/// Whether a finding says what an assumption says already: that something stands in other files.
fn is_known(finding: &Finding) -> bool {
    finding.severity != Severity::Error && finding.rule.starts_with("dangling-")
}

/// The values of parameters by environment, as CloudFormation takes them.
fn parameter_files(composition: &Composition) -> Vec<Made> {
    let file = |(name, values): (&String, &std::collections::BTreeMap<String, String>)| {
        let values: Vec<serde_json::Value> = values
            .iter()
            .map(|(key, value)| serde_json::json!({"ParameterKey": key, "ParameterValue": value}))
            .collect();
        let plain = |char: char| if char.is_ascii_alphanumeric() || char == '-' { char } else { '-' };
        let name: String = name.chars().map(plain).collect();
        Made { path: format!("{name}.parameters.json"), content: format!("{:#}\n", serde_json::json!(values)) }
    };
    composition.environments.iter().map(file).collect()
}

impl Outcome {
    /// What must be settled by who asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.understanding.questions.iter().chain(&self.composition.questions)
    }

    /// Whether something must be settled first.
    pub fn is_open(&self) -> bool {
        self.questions().next().is_some() || !self.understanding.not_understood.is_empty()
    }

    /// Whether the rules find an error in what was composed.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Whether there is a whole answer.
    pub fn is_done(&self) -> bool {
        !self.is_open() && !self.has_errors() && !self.files.is_empty()
    }
}
