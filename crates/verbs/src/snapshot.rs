//! The verb `snapshot`: everything of a mesh as a file of AWS JSON, which every other verb reads.

use std::fmt::Write as _;

use clap::Args;
use meshwright_dialect::Dialect;
use meshwright_model::Kind;
use meshwright_model::visible::visible;
use serde_json::{Value, json};

use crate::live::collect::{everything, no_such_mesh, reading};
use crate::live::names::MeshName;
use crate::live::{Live, LiveError, LiveOptions};
use crate::{Answer, Verb, findings};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "snapshot",
    about: "Everything of a mesh, tags included, as a file that every other verb reads",
    example: "meshwright snapshot --mesh shop --output shop.json   # then: meshwright graph shop.json",
};

/// Options of `snapshot`.
#[derive(Args, Clone, Debug)]
pub struct SnapshotOptions {
    /// The mesh: its name, its ARN, or `mesh/NAME@OWNER` for one that another account shares
    #[arg(long, value_name = "NAME")]
    pub mesh: String,
    /// Whom to ask.
    #[command(flatten)]
    pub live: LiveOptions,
}

/// Answers with everything of a mesh, in the order of creation.
///
/// # Errors
/// The mesh is not there, or the API does not answer as it should.
pub fn run(options: &SnapshotOptions, live: &mut Live<'_>, is_coloured: bool) -> Result<Answer, LiveError> {
    let mesh = MeshName::of(&options.mesh);
    let Some(mut found) = everything(live, &mesh)? else { return Err(no_such_mesh(live, &mesh)) };
    if let Some(owner) = &mesh.owner {
        found.resources = of_shared(found.resources, owner);
    }
    let read = reading(format!("mesh {} at {}", mesh.name, live.api.place()), &found.resources);
    let mut notes = findings::text(&read, &read.findings, is_coloured);
    if mesh.owner.is_some() {
        // Writing to a string cannot fail.
        let _ = writeln!(notes, "note: mesh {mesh} itself is its owner's, and left out");
    }
    if found.is_moving {
        let name = visible(&mesh.name);
        // Writing to a string cannot fail.
        let _ = writeln!(notes, "warning: mesh {name} was being changed: not all of the snapshot is of one moment");
    }
    let written =
        Dialect::named("json").and_then(|dialect| dialect.notations.first()).map(|own| own.write(&read.inventory));
    let output = written.map(|own| own.text).unwrap_or_default();
    Ok(Answer { output, notes, has_findings: found.is_moving || read.has_faults() })
}

/// What is in a mesh that another account shares, so that it reads as such. The mesh, which only its owner can make, is no part of it: it
/// alone has no name but its own.
fn of_shared(mut resources: Vec<Value>, owner: &str) -> Vec<Value> {
    let names = |own: &Value| Kind::ALL.iter().filter(|kind| own.get(kind.name_field()).is_some()).count();
    resources.retain(|own| names(own) > 1);
    for own in &mut resources {
        own["meshOwner"] = json!(owner);
    }
    resources
}
