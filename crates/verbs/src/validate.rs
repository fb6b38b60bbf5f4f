//! The verb `validate`: every fault in mesh files, with its place and what to do about it.

mod allowances;
mod attempt;
mod baseline;
mod fixing;
mod github;
mod json;
mod junit;
mod known;
mod sarif;
mod text;
mod verdict;

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_lint::run::Checked;
use meshwright_lint::{Found, Place, RULES};
use meshwright_model::finding::{Finding, Location, Related, Severity};
use meshwright_model::reference::Key;

pub use attempt::Attempt;
pub use fixing::{Fixed, fix};
pub use known::Known;
pub use verdict::{Judged, Standing, Verdict};

use crate::config::Config;
use crate::files::FileOptions;
use crate::refused::Refused;
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "validate",
    about: "Every fault in mesh files, with its place, the reason and what to do",
    example: "meshwright validate --format sarif templates/ > mesh.sarif",
};

/// Options of `validate`.
#[derive(Args, Clone, Debug)]
pub struct ValidateOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = ValidateFormat::Text)]
    pub format: ValidateFormat,
    /// From which severity on a finding makes the exit code 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Deny::Warning)]
    pub deny: Deny,
    /// Show only the findings that make the exit code 1 (text)
    #[arg(long)]
    pub quiet: bool,
    /// Apply the fixes of findings to the files; what remains is shown then
    #[arg(long)]
    pub fix: bool,
    /// Show what --fix would change as a unified diff, and write nothing
    #[arg(long)]
    pub diff: bool,
    /// A former answer in `--format json`: only findings that came since make the exit code 1
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<String>,
    /// The project's settings; otherwise meshwright.toml in this folder or the nearest above it
    #[arg(long, value_name = "FILE")]
    pub config: Option<String>,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// Each with its source line
    Text,
    /// For programs, and as a baseline
    Json,
    /// SARIF 2.1.0, as code scanning takes it
    Sarif,
    /// JUnit XML, as test reports take it
    Junit,
    /// Annotations of GitHub Actions
    Github,
}

/// From which severity on findings fail a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// All findings
    Info,
}

impl Deny {
    fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

/// What stands beside the files: settings, a baseline's name and content, and whether colours are shown.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The project's settings.
    pub config: Config,
    /// The name and content of the baseline.
    pub baseline: Option<(String, String)>,
    /// Whether text is coloured.
    pub is_coloured: bool,
}

/// Answers with everything that is wrong.
///
/// # Errors
/// Says why the baseline cannot be taken.
pub fn run(reading: &Reading, options: &ValidateOptions, surroundings: &Surroundings) -> Result<Answer, Refused> {
    show(reading, options, surroundings, None)
}

/// Answers with what was fixed and everything that is still wrong.
///
/// # Errors
/// Says why the baseline cannot be taken.
pub fn run_fixed(fixed: &Fixed, options: &ValidateOptions, surroundings: &Surroundings) -> Result<Answer, Refused> {
    show(&fixed.reading, options, surroundings, Some(fixed))
}

fn show(
    reading: &Reading,
    options: &ValidateOptions,
    surroundings: &Surroundings,
    fixed: Option<&Fixed>,
) -> Result<Answer, Refused> {
    let (findings, gone) = judged(reading, options, surroundings)?;
    let Surroundings { config, is_coloured, .. } = surroundings;
    let deny = options.deny.severity();
    let verdict =
        Verdict { reading, config, findings, fixed: gone, deny, attempts: fixed.map(|fixed| &*fixed.attempts) };
    let (output, mut notes) = match options.format {
        ValidateFormat::Text => (text::show(&verdict, options.quiet, *is_coloured), String::new()),
        ValidateFormat::Json => (json::show(&verdict), String::new()),
        ValidateFormat::Sarif => (sarif::show(&verdict), verdict.summary() + "\n"),
        ValidateFormat::Junit => (junit::show(&verdict), verdict.summary() + "\n"),
        ValidateFormat::Github => (github::show(&verdict), verdict.summary() + "\n"),
    };
    let Some(fixed) = fixed else { return Ok(Answer { output, notes, has_findings: verdict.has_failed() }) };
    let is_text = options.format == ValidateFormat::Text;
    let report = if is_text || options.format == ValidateFormat::Json { String::new() } else { fixed.report() };
    notes.insert_str(0, &report);
    if options.diff {
        let diff = fixed.diff();
        let has_findings = !diff.is_empty();
        return Ok(Answer { output: diff, notes: fixed.report(), has_findings });
    }
    // The fixed text of standard input is the result.
    let output = match fixed.standard_output() {
        Some(text) => {
            notes.push_str(&output);
            text.to_owned()
        }
        None => output,
    };
    Ok(Answer { output, notes, has_findings: verdict.has_failed() })
}

/// All findings with their standing, and what the baseline has and nothing finds any more.
fn judged(
    reading: &Reading,
    options: &ValidateOptions,
    surroundings: &Surroundings,
) -> Result<(Vec<Judged>, Option<Vec<Known>>), Refused> {
    let Surroundings { config, baseline, .. } = surroundings;
    let baseline = baseline.as_ref().map(|(name, text)| baseline::parse(name, text)).transpose()?;
    let is_all = options.files.mesh.is_none();
    let mut findings = standing(reading, config, is_all);
    let gone = baseline.map(|known| baseline::compare(&mut findings, known, &reading.file_names()));
    reading.sort_by_place(&mut findings, |judged| &judged.finding);
    Ok((findings, gone))
}

/// All findings with their standing, without a baseline.
pub(crate) fn standing(reading: &Reading, config: &Config, is_all: bool) -> Vec<Judged> {
    allowances::judge(reading, config, all(reading, is_all), is_all)
}

/// The findings that nobody allows.
pub(crate) fn counted(judged: &[Judged]) -> impl Iterator<Item = &Finding> + Clone {
    judged.iter().filter(|judged| !judged.is_allowed()).map(|judged| &judged.finding)
}

/// The faults of the files themselves and what rules find, by file, line and column; of the chosen mesh alone where one is.
pub(crate) fn all(reading: &Reading, is_all: bool) -> Vec<Finding> {
    assembled(reading, meshwright_lint::check(&reading.inventory, RULES), is_all)
}

/// Everything that is wrong with the resources of the files' meshes, each by itself: not which route hides which.
pub(crate) fn apart(reading: &Reading) -> Vec<Finding> {
    assembled(reading, meshwright_lint::check_apart(&reading.inventory, RULES), false)
}

fn assembled(reading: &Reading, checked: Checked, is_all: bool) -> Vec<Finding> {
    let located = checked.found.into_iter().map(|found| located(reading, found));
    let mut all: Vec<Finding> = reading.findings.iter().cloned().chain(located).chain(checked.about_rules).collect();
    if !is_all {
        let meshes: BTreeSet<String> = reading.inventory.meshes().into_iter().map(Key::shown).collect();
        all.retain(|finding| finding.subject.as_ref().is_none_or(|subject| meshes.contains(&subject.mesh)));
    }
    reading.sort_findings(&mut all);
    all
}

/// A finding with its places in the files.
fn located(reading: &Reading, found: Found) -> Finding {
    let locate = |place: &Place| -> Option<Location> { reading.locate(place.origin?, &place.path) };
    let related = |(place, message): (Place, String)| {
        let location = locate(&place);
        Related { subject: place.subject, location, message }
    };
    Finding {
        location: locate(&found.place),
        subject: found.place.subject,
        path: Some(found.place.path),
        help: found.help,
        related: found.related.into_iter().map(related).collect(),
        fix: found.fix,
        witness: found.witness,
        ..Finding::new(found.rule, found.severity, None, found.message)
    }
}
