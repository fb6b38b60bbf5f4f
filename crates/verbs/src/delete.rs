//! The verb `delete`: takes away what files define, or all of a mesh, in the reverse of the order of creation.

use std::collections::BTreeSet;

use clap::Args;
use meshwright_dialect::Reading;
use meshwright_model::opened::open_names;

use crate::apply::{ApplyFormat, carried_out, standing_in};
use crate::files::FileOptions;
use crate::live::collect::{no_such_mesh, own_meshes};
use crate::live::names::{Identifier, MeshName};
use crate::live::plan::Plan;
use crate::live::planning::to_delete;
use crate::live::{Live, LiveError, LiveOptions};
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "delete",
    about: "Deletes what files define, or all of a mesh: in the reverse of the order of creation; the plan alone without --yes",
    example: "meshwright delete --mesh shop         # shows what would go
  meshwright delete shop.yaml --yes     # what the file defines, and nothing else",
};

/// Options of `delete`.
#[derive(Args, Clone, Debug)]
#[command(override_usage = "meshwright delete [OPTIONS] <FILE>...\n       meshwright delete [OPTIONS] --mesh <NAME>")]
pub struct DeleteOptions {
    /// Files whose resources go; `-` is standard input, a directory means every mesh file below it
    #[arg(value_name = "FILE", required_unless_present = "mesh")]
    pub files: Vec<String>,
    /// The mesh: without files all of it, else what the files define in it; its name or ARN
    #[arg(long, value_name = "NAME")]
    pub mesh: Option<String>,
    /// A parameter's value; may be given several times
    #[arg(long, value_name = "KEY=VALUE", requires = "files")]
    pub parameter: Vec<String>,
    /// A file of parameters: a list as CloudFormation takes it, an object, or lines of KEY=VALUE
    #[arg(long, value_name = "FILE", requires = "files")]
    pub parameters: Vec<String>,
    /// Deletes; without it the plan is shown, and the exit code is 1 if something would go
    #[arg(long)]
    pub yes: bool,
    /// Whom to ask.
    #[command(flatten)]
    pub live: LiveOptions,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = ApplyFormat::Text)]
    pub format: ApplyFormat,
}

impl DeleteOptions {
    /// Which files are read; `None` where a whole mesh goes.
    pub fn files(&self) -> Option<FileOptions> {
        (!self.files.is_empty()).then(|| FileOptions {
            files: self.files.clone(),
            parameter: self.parameter.clone(),
            parameters: self.parameters.clone(),
            mesh: self.mesh.clone(),
        })
    }
}

/// Plans what goes, shows it, and with `--yes` deletes it. Of files there is a reading; without, all of the mesh goes.
///
/// # Errors
/// A name in the files is not known, or the API does not answer.
pub fn run(
    reading: Option<&Reading>,
    options: &DeleteOptions,
    live: &mut Live<'_>,
    show_now: &mut dyn FnMut(&str),
) -> Result<Answer, LiveError> {
    let plan = match (reading, &options.mesh) {
        (Some(reading), _) => plan_of_files(reading, live)?,
        (None, Some(mesh)) => {
            let mesh = MeshName::of(mesh);
            let Some(standing) = standing_in(live, &mesh)? else { return Err(no_such_mesh(live, &mesh)) };
            to_delete(None, &standing)
        }
        (None, None) => return Err(LiveError::Nothing),
    };
    let is_held_back = !options.yes && plan.has_changes() && plan.is_possible();
    let mut answer = carried_out(&plan, !options.yes, None, options.format, live, show_now)?;
    if is_held_back {
        answer.notes.push_str("nothing is deleted: give --yes to do so\n");
    }
    Ok(answer)
}

/// What goes of what stands, by the names of files; what they say of it is nothing to a deletion.
fn plan_of_files(reading: &Reading, live: &mut Live<'_>) -> Result<Plan, LiveError> {
    if reading.has_faults() || !reading.unreadable.is_empty() {
        return Err(LiveError::Faults);
    }
    if let Some(open) = open_names(&reading.inventory) {
        return Err(LiveError::Open { open });
    }
    let mut names: Vec<Identifier> = reading.inventory.resources.iter().filter_map(Identifier::of).collect();
    let own = own_meshes(live, names.iter().map(|name| name.mesh.clone()).collect(), &|_| false);
    for name in names.iter_mut().filter(|name| own.contains(&name.mesh)) {
        name.mesh = name.mesh.of_caller();
    }
    let names: BTreeSet<Identifier> = names.into_iter().collect();
    let meshes: BTreeSet<&MeshName> = names.iter().map(|name| &name.mesh).collect();
    let mut standing = Vec::new();
    for mesh in meshes {
        standing.extend(standing_in(live, mesh)?.unwrap_or_default());
    }
    Ok(to_delete(Some(&names), &standing))
}
