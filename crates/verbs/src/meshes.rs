//! The verb `meshes`: what exists where the App Mesh API is spoken, in words and numbers.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use meshwright_model::Kind;
use meshwright_model::operation::Operation;
use meshwright_model::visible::visible;
use serde_json::{Value, json};

use crate::live::collect::{counts, meshes};
use crate::live::names::MeshName;
use crate::live::{Live, LiveError, LiveOptions};
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "meshes",
    about: "What exists where the App Mesh API is spoken: each mesh, and how much is in it",
    example: "meshwright meshes --endpoint-url http://127.0.0.1:8480   # as `meshwright serve` has it",
};

/// Options of `meshes`.
#[derive(Args, Clone, Debug)]
pub struct MeshesOptions {
    /// Whom to ask.
    #[command(flatten)]
    pub live: LiveOptions,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = MeshesFormat::Text)]
    pub format: MeshesFormat,
}

/// How meshes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MeshesFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A mesh and how much is in it.
struct Shown {
    name: MeshName,
    own: Value,
    counts: BTreeMap<Kind, usize>,
}

/// Answers what exists.
///
/// # Errors
/// The API does not answer as it should.
pub fn run(options: &MeshesOptions, live: &mut Live<'_>) -> Result<Answer, LiveError> {
    let mut all = Vec::new();
    for name in meshes(live)? {
        let own = match live.ask("describing", &name.call(Operation::Describe(Kind::Mesh), None, Some(&name.name))) {
            Ok(own) => own,
            // It has gone meanwhile.
            Err(failure) if failure.is_not_found() => continue,
            Err(failure) => return Err(failure.into()),
        };
        all.push(Shown { counts: counts(live, &name)?, name, own });
    }
    let output = match options.format {
        MeshesFormat::Text => text(&all, &live.api.place()),
        MeshesFormat::Json => format!(
            "{:#}\n",
            json!({"endpoint": live.api.place(), "meshes": all.iter().map(in_json).collect::<Vec<_>>()})
        ),
    };
    Ok(Answer { output, ..Answer::default() })
}

fn text(all: &[Shown], place: &str) -> String {
    let head = match all.len() {
        0 => format!("no mesh at {place}\n"),
        1 => format!("1 mesh at {place}\n\n"),
        count => format!("{count} meshes at {place}\n\n"),
    };
    let width = all.iter().map(|own| own.name.name.chars().count()).max().unwrap_or_default();
    let lines = all.iter().map(|own| {
        let parts: Vec<String> = own
            .counts
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(kind, count)| format!("{count} {kind}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        let parts = if parts.is_empty() { "nothing in it".to_owned() } else { parts.join(", ") };
        let owner = own.name.owner.as_ref().map(|owner| format!("; shared by {}", visible(owner))).unwrap_or_default();
        let version = &own.own["metadata"]["version"];
        format!("{:width$}  {parts}; version {version}{owner}\n", visible(&own.name.name))
    });
    head + &lines.collect::<String>()
}

fn in_json(own: &Shown) -> Value {
    let counts: BTreeMap<&str, usize> = own.counts.iter().map(|(kind, count)| (kind.collection(), *count)).collect();
    let mut json = own.own.clone();
    json["counts"] = json!(counts);
    json
}
