//! The command line: arguments in, an answer out, an exit code. Everything it says is made by `meshwright-verbs`.

mod env;
mod follow;
mod live;
mod llm;
mod load;
mod project;
mod replace;
mod serve;
mod store;
mod up;

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use meshwright_dialect::{Dialect, GivenParameters, Input, Options, Reading};
use meshwright_language::{Understanding, names_there};
use meshwright_verbs::apply::ApplyOptions;
use meshwright_verbs::bootstrap::BootstrapOptions;
use meshwright_verbs::convert::ConvertOptions;
use meshwright_verbs::delete::DeleteOptions;
use meshwright_verbs::editing::{ChangedFile, Texts};
use meshwright_verbs::explain::ExplainOptions;
use meshwright_verbs::files::{FileOptions, choose_mesh, unused_parameters};
use meshwright_verbs::generate::GenerateOptions;
use meshwright_verbs::graph::GraphOptions;
use meshwright_verbs::meshes::MeshesOptions;
use meshwright_verbs::order::OrderOptions;
use meshwright_verbs::proxies::ProxiesOptions;
use meshwright_verbs::snapshot::SnapshotOptions;
use meshwright_verbs::trace::TraceOptions;
use meshwright_verbs::validate::ValidateOptions;
use meshwright_verbs::{Answer, VERBS};
use meshwright_verbs::{
    apply, bootstrap, convert, delete, explain, findings, generate, graph, meshes, order, proxies, snapshot, trace,
    validate,
};

/// AWS App Mesh, kept alive: read, see, check and run meshes
#[derive(Parser)]
#[command(name = "meshwright", version, arg_required_else_help = true)]
struct Arguments {
    /// Write the result to a file instead of standard output
    #[arg(long, global = true, value_name = "FILE")]
    output: Option<String>,
    #[command(subcommand)]
    verb: VerbArguments,
}

#[derive(Subcommand)]
enum VerbArguments {
    Generate(GenerateOptions),
    Graph(GraphOptions),
    Trace(TraceOptions),
    Order(OrderOptions),
    Convert(ConvertOptions),
    Validate(ValidateOptions),
    Explain(ExplainOptions),
    Bootstrap(BootstrapOptions),
    Meshes(MeshesOptions),
    Proxies(ProxiesOptions),
    Snapshot(SnapshotOptions),
    Apply(ApplyOptions),
    Delete(DeleteOptions),
    Serve(serve::ServeOptions),
    Store(store::StoreOptions),
    Up(up::UpOptions),
    /// What `up` starts Envoys with.
    #[cfg(target_os = "linux")]
    #[command(hide = true, disable_help_flag = true)]
    ReplaceByEnvoy(up::ReplaceOptions),
}

impl VerbArguments {
    /// Which files are read; `None` where none are.
    fn files(&self) -> Option<FileOptions> {
        match self {
            Self::Graph(options) => Some(options.files.clone()),
            Self::Trace(options) => Some(options.files.clone()),
            Self::Order(options) => Some(options.files.clone()),
            Self::Convert(options) => Some(options.files.clone()),
            Self::Validate(options) => Some(options.files.clone()),
            Self::Generate(options) => options.files(),
            Self::Bootstrap(options) => options.files(),
            Self::Apply(options) => Some(options.files.clone()),
            Self::Delete(options) => options.files(),
            Self::Explain(_)
            | Self::Serve(_)
            | Self::Store(_)
            | Self::Up(_)
            | Self::Meshes(_)
            | Self::Proxies(_)
            | Self::Snapshot(_) => None,
            #[cfg(target_os = "linux")]
            Self::ReplaceByEnvoy(_) => None,
        }
    }

    /// Whether the answer itself says what is wrong with the files.
    fn says_findings(&self) -> bool {
        matches!(self, Self::Validate(_))
    }

    /// Whether the run changes the files that it reads, or shows how it would.
    fn changes_files(&self) -> bool {
        match self {
            Self::Validate(options) => options.fix || options.diff,
            Self::Generate(_) => true,
            _ => false,
        }
    }

    fn keeps_parameters(&self) -> bool {
        matches!(self, Self::Convert(options) if options.dialect.keeps_parameters())
    }
}

/// How a run ends. Source: the contract of the command line in `ARCHITECTURE.md`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Clean = 0,
    Findings = 1,
    CouldNot = 2,
}

fn main() -> ExitCode {
    let mut arguments = match parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers; a usage error is not.
            let printed = said(error.print().and_then(|()| std::io::stdout().flush()));
            if let Err(why) = printed {
                complain(&format!("error: standard output: {why}\n"));
                return ExitCode::from(End::CouldNot as u8);
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let end = match take_request(&mut arguments.verb).and_then(|()| run(&arguments)) {
        Ok(end) => end,
        Err(why) => {
            complain(&format!("error: {why:#}\n"));
            End::CouldNot
        }
    };
    ExitCode::from(end as u8)
}

/// Parses the arguments; each verb's help is that of its table.
fn parse() -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    for verb in VERBS.iter().chain([&serve::VERB, &store::VERB, &up::VERB]) {
        command = command
            .mut_subcommand(verb.name, |sub| sub.about(verb.about).after_help(format!("Example:\n  {}", verb.example)));
    }
    Arguments::from_arg_matches(&command.try_get_matches()?)
}

/// Puts a request that stands on standard input in the place of the `-` that says so.
fn take_request(verb: &mut VerbArguments) -> Result<()> {
    let VerbArguments::Generate(options) = verb else { return Ok(()) };
    if options.request.as_deref() == Some("-") {
        if options.into.iter().any(|file| file == "-") {
            return Err(anyhow!("standard input cannot be both the request and --into"));
        }
        options.request = Some(load::read_request().map_err(|why| anyhow!("the request on standard input: {why}"))?);
    }
    Ok(())
}

fn run(arguments: &Arguments) -> Result<End> {
    match &arguments.verb {
        VerbArguments::Up(options) => return up::run(options),
        #[cfg(target_os = "linux")]
        VerbArguments::ReplaceByEnvoy(options) => return Err(up::replace(options)),
        _ => {}
    }
    let Some(files) = arguments.verb.files() else {
        let answer = answer(arguments, &Reading::default())?;
        // What is no answer leaves the file alone that was to hold it.
        if !answer.output.is_empty() {
            deliver(arguments.output.as_deref(), &answer)?;
        }
        complain(&answer.notes);
        return Ok(if answer.has_findings { End::Findings } else { End::Clean });
    };
    let loaded = load::load(&files.files);
    for error in &loaded.errors {
        complain(&format!("error: {error}\n"));
    }
    let mut end = if loaded.errors.is_empty() { End::Clean } else { End::CouldNot };
    let is_insertion = matches!(arguments.verb, VerbArguments::Generate(_));
    // A request is about all of its files: where one is missing, what it names may be missing too.
    if loaded.inputs.is_empty() || (is_insertion && end != End::Clean) {
        return Ok(End::CouldNot);
    }
    let inputs = if arguments.verb.changes_files() { loaded.inputs.clone() } else { Vec::new() };
    let parameters = parameters(&files)?;
    let mut reading = read(arguments, &files, &parameters, loaded.inputs);
    warn_of_unused(&parameters, &reading);
    let says_findings = arguments.verb.says_findings();
    if !says_findings {
        complain(&findings::text(&reading, &reading.findings, env::is_coloured(&std::io::stderr())));
    }
    if !reading.unreadable.is_empty() {
        end = End::CouldNot;
    } else if reading.has_faults() && !says_findings && !is_insertion {
        end = end.max(End::Findings);
    }
    if is_empty(&reading, says_findings) {
        complain("error: there is no App Mesh resource in the files\n");
        end = End::CouldNot;
        if !says_findings {
            return Ok(end);
        }
    } else {
        choose_mesh(&mut reading.inventory, files.mesh.as_deref())?;
    }
    let is_something = !reading.inventory.resources.is_empty() || !reading.inventory.workloads.is_empty();
    let answer = match &arguments.verb {
        VerbArguments::Validate(options) if is_something && arguments.verb.changes_files() => {
            fix(arguments, options, &parameters, &inputs, reading)?
        }
        VerbArguments::Generate(options) => insert(arguments, options, &parameters, &inputs, &reading)?,
        _ => answer(arguments, &reading)?,
    };
    if answer.has_findings {
        end = end.max(End::Findings);
    }
    if !(is_insertion && answer.output.is_empty()) {
        deliver(arguments.output.as_deref(), &answer)?;
    }
    complain(&answer.notes);
    Ok(end)
}

/// Whether the files hold nothing that a verb could speak of; tasks and roles of proxies have findings too.
fn is_empty(reading: &Reading, has_rules: bool) -> bool {
    let inventory = &reading.inventory;
    let has_others = has_rules && !(inventory.workloads.is_empty() && inventory.statements.is_empty());
    inventory.resources.is_empty() && !has_others
}

/// The parameters that were given, and what is wrong with the files that give them.
pub(crate) fn parameters(files: &FileOptions) -> Result<GivenParameters> {
    let mut parameter_files = Vec::new();
    for name in &files.parameters {
        let bytes = load::read_file(Path::new(name)).map_err(|why| anyhow!("--parameters {name}: {why}"))?;
        parameter_files.push((name.clone(), String::from_utf8_lossy(&bytes).into_owned()));
    }
    Ok(files.parameter_values(&parameter_files)?)
}

fn read(arguments: &Arguments, files: &FileOptions, given: &GivenParameters, inputs: Vec<Input>) -> Reading {
    let nested = load::Nested::of(&files.files);
    let options = Options {
        parameters: given.values.clone(),
        keep_parameters: arguments.verb.keeps_parameters(),
        load: &|path| nested.read(path),
    };
    let mut reading = meshwright_dialect::read(inputs, &options);
    reading.findings.extend(given.findings.iter().cloned());
    reading
}

fn warn_of_unused(given: &GivenParameters, reading: &Reading) {
    for unused in unused_parameters(&given.values, &reading.used_parameters, &reading.inventory.parameters) {
        complain(&format!("warning: {unused}\n"));
    }
}

/// Makes the fixes of what `validate` finds, writes the files that change, and says what remains.
fn fix(
    arguments: &Arguments,
    options: &ValidateOptions,
    given: &GivenParameters,
    inputs: &[Input],
    reading: Reading,
) -> Result<Answer> {
    let is_coloured = arguments.output.is_none() && env::is_coloured(&std::io::stdout());
    let surroundings = project::surroundings(options, is_coloured)?;
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let read_again = |texts: &Texts| read_again(arguments, &options.files, given, inputs, texts);
    let fixed = validate::fix(reading, &names, options, &surroundings, &read_again)?;
    let answer = validate::run_fixed(&fixed, options, &surroundings)?;
    if !options.diff {
        write("--fix", &fixed.files)?;
    }
    Ok(answer)
}

/// Makes the changes that a request asks for, and writes the files that change.
fn insert(
    arguments: &Arguments,
    options: &GenerateOptions,
    given: &GivenParameters,
    inputs: &[Input],
    reading: &Reading,
) -> Result<Answer> {
    let files = options.files().unwrap_or_default();
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let config = project::settings()?;
    let read_again = |texts: &Texts| read_again(arguments, &files, given, inputs, texts);
    let target = generate::Target { reading, names: &names, config: &config, read_again: &read_again };
    let is_coloured = env::is_coloured(&std::io::stderr());
    let inserted = match understood_by_model(options, Some(reading))? {
        Some(understanding) => generate::insert_understood(options, understanding, &target, is_coloured),
        None => {
            let text = intent_text(options)?;
            let intent = options.intent.as_deref().zip(text.as_deref());
            generate::insert(options, intent, &target, is_coloured)?
        }
    };
    write("--into", &inserted.files)?;
    Ok(inserted.answer)
}

/// What a language model makes of a request, where one is to read it; it sees the mesh that the files hold.
fn understood_by_model(options: &GenerateOptions, reading: Option<&Reading>) -> Result<Option<Understanding>> {
    let request = options.request.as_deref().filter(|request| !request.trim().is_empty());
    let Some((request, provider)) = request.zip(options.reader.llm) else { return Ok(None) };
    let json = Dialect::named("json").and_then(|dialect| dialect.notations.first());
    let mesh = reading.zip(json).map(|(reading, notation)| notation.write(&reading.inventory).text);
    let names = reading.map(|reading| names_there(&reading.inventory)).unwrap_or_default();
    llm::read(request, mesh, names, provider, &options.reader).map(Some)
}

/// Reads inputs as before, with new texts for some.
fn read_again(
    arguments: &Arguments,
    files: &FileOptions,
    given: &GivenParameters,
    inputs: &[Input],
    texts: &Texts,
) -> Reading {
    let mut inputs = inputs.to_vec();
    for input in &mut inputs {
        if let Some(text) = texts.get(&input.name) {
            input.bytes = text.clone().into_bytes();
        }
    }
    let mut reading = read(arguments, files, given, inputs);
    // The mesh was there before; what is gone now shows as a difference.
    let _ = choose_mesh(&mut reading.inventory, files.mesh.as_deref());
    reading
}

/// Writes the files that an option has changed.
fn write(option: &str, files: &[ChangedFile]) -> Result<()> {
    let changed = files.iter().filter(|file| file.name != "-" && file.before != file.after);
    let replacements: Vec<replace::Replacement<'_>> = changed
        .map(|file| replace::Replacement { name: &file.name, before: &file.before, after: &file.after })
        .collect();
    replace::replace(&replacements).map_err(|why| anyhow!("{option}: {why}"))
}

fn answer(arguments: &Arguments, reading: &Reading) -> Result<Answer> {
    let output = arguments.output.as_deref();
    let is_coloured = output.is_none() && env::is_coloured(&std::io::stdout());
    match &arguments.verb {
        VerbArguments::Graph(options) => Ok(graph::run(reading, options, is_coloured)),
        VerbArguments::Trace(options) => Ok(trace::run(reading, options)?),
        VerbArguments::Order(options) => Ok(order::run(reading, options)),
        VerbArguments::Convert(options) => Ok(convert::run(reading, options)?),
        VerbArguments::Validate(options) => {
            Ok(validate::run(reading, options, &project::surroundings(options, is_coloured)?)?)
        }
        VerbArguments::Explain(options) => Ok(explain::run(options)?),
        VerbArguments::Generate(options) => generated(options),
        VerbArguments::Bootstrap(options) => {
            let reading = (!options.files.is_empty()).then_some(reading);
            Ok(bootstrap::run(reading, options, &env::proxy(), &|name| load::read_text(name))?)
        }
        VerbArguments::Proxies(options) => live::answer(&options.live, output, |live, _| proxies::run(options, live)),
        VerbArguments::Meshes(options) => live::answer(&options.live, output, |live, _| meshes::run(options, live)),
        VerbArguments::Snapshot(options) => {
            let is_coloured = env::is_coloured(&std::io::stderr());
            live::answer(&options.live, output, |live, _| snapshot::run(options, live, is_coloured))
        }
        VerbArguments::Apply(options) => {
            live::answer(&options.live, output, |live, show| apply::run(reading, options, live, show))
        }
        VerbArguments::Delete(options) => {
            let reading = (!options.files.is_empty()).then_some(reading);
            live::answer(&options.live, output, |live, show| delete::run(reading, options, live, show))
        }
        VerbArguments::Serve(options) => serve::run(options).map(|()| Answer::default()),
        VerbArguments::Store(options) => store::run(options),
        // It ends in other ways than with an answer.
        VerbArguments::Up(_) => Ok(Answer::default()),
        #[cfg(target_os = "linux")]
        VerbArguments::ReplaceByEnvoy(_) => Ok(Answer::default()),
    }
}

/// The answer to a request, which a model may read, or to an intent that is read here.
fn generated(options: &GenerateOptions) -> Result<Answer> {
    if let Some(understanding) = understood_by_model(options, None)? {
        return Ok(generate::run_understood(options, understanding, env::is_coloured(&std::io::stderr()))?);
    }
    let text = intent_text(options)?;
    let intent = options.intent.as_deref().zip(text.as_deref());
    Ok(generate::run(options, intent, env::is_coloured(&std::io::stderr()))?)
}

/// The text of `--intent`.
fn intent_text(options: &GenerateOptions) -> Result<Option<String>> {
    let Some(name) = &options.intent else { return Ok(None) };
    if name == "-" && options.into.iter().any(|file| file == "-") {
        return Err(anyhow!("standard input cannot be both --intent and --into"));
    }
    Ok(Some(load::read_text(name).map_err(|why| anyhow!("--intent {name}: {why}"))?))
}

/// Writes the result to where it was asked for.
fn deliver(output: Option<&str>, answer: &Answer) -> Result<()> {
    match output {
        Some(path) => std::fs::write(path, &answer.output).with_context(|| format!("--output {path}")),
        None => {
            let mut stdout = std::io::stdout().lock();
            let written = stdout.write_all(answer.output.as_bytes()).and_then(|()| stdout.flush());
            said(written).context("standard output")
        }
    }
}

/// Whoever reads may stop reading: a closed pipe is no error of ours.
fn said(written: std::io::Result<()>) -> std::io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Says something on standard error.
fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
