//! The verb `validate`: every fault in mesh files, with its place and what to do about it.

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_lint::{Found, Place, RULES};
use meshwright_model::finding::{Finding, Location, Related, Severity};
use serde_json::json;

use crate::files::FileOptions;
use crate::{Answer, Verb, findings};

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
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ValidateFormat {
    /// Each with its source line
    Text,
    /// For programs
    Json,
}

/// Answers with everything that is wrong.
pub fn run(reading: &Reading, options: &ValidateOptions, is_coloured: bool) -> Answer {
    let all = all(reading);
    let has_findings = all.iter().any(|finding| finding.severity != Severity::Info);
    let output = match options.format {
        ValidateFormat::Text => findings::text(reading, &all, is_coloured),
        ValidateFormat::Json => {
            let findings: Vec<_> = all.iter().map(findings::json).collect();
            format!("{:#}\n", json!({"findings": findings}))
        }
    };
    Answer { output, notes: String::new(), has_findings }
}

/// The faults of the files themselves and what rules find, by file, line and column.
fn all(reading: &Reading) -> Vec<Finding> {
    let checked = meshwright_lint::check(&reading.inventory, RULES);
    let located = checked.found.into_iter().map(|found| located(reading, found));
    let mut all: Vec<Finding> = reading.findings.iter().cloned().chain(located).chain(checked.about_rules).collect();
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
