//! The verb `apply`: makes a mesh what files say, by the App Mesh API; the plan first, and only what differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_model::Kind;

use crate::files::FileOptions;
use crate::live::carry::carry_out;
use crate::live::collect::{everything, own_meshes, reading as read_answers};
use crate::live::names::MeshName;
use crate::live::plan::Plan;
use crate::live::planning::{Allowed, to_apply};
use crate::live::waiting::Wait;
use crate::live::wanted::{Known, Standing, once, standing, wanted};
use crate::live::{Live, LiveError, LiveOptions, show};
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "apply",
    about: "Makes a mesh what files say, through the App Mesh API: the plan first, and only what differs",
    example: "meshwright apply --dry-run shop.yaml   # shows the plan; exit code 1 if it would change something",
};

/// How long `--wait` waits where it is not told, and the longest that it may be told, in seconds.
const WAIT: &str = "60";
const LONGEST_WAIT: u64 = 86_400;

/// Options of `apply`.
#[derive(Args, Clone, Debug)]
pub struct ApplyOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// Whom to ask.
    #[command(flatten)]
    pub live: LiveOptions,
    /// Shows the plan and changes nothing; exit code 1 if it would change something
    #[arg(long)]
    pub dry_run: bool,
    /// Deletes what no file has, in the meshes that the files define
    #[arg(long)]
    pub prune: bool,
    /// Deletes and makes again what cannot be changed in place, such as the routes of a listener that changes its protocol; requests fail
    /// in between
    #[arg(long)]
    pub replace: bool,
    /// Waits until every connected proxy of the meshes has accepted what it is to have, and says which have not and why; so many seconds at
    /// most, 60 without a number. Only `meshwright serve` knows what proxies have
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = WAIT,
        value_parser = clap::value_parser!(u64).range(1..=LONGEST_WAIT))]
    pub wait: Option<u64>,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = ApplyFormat::Text)]
    pub format: ApplyFormat,
}

/// How a plan is shown, and what it came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ApplyFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Plans, shows the plan, carries it out, and answers what it came to. `show_now` gets what is to be seen before something is done.
///
/// # Errors
/// The files are not known as a whole, or the API does not answer.
pub fn run(
    reading: &Reading,
    options: &ApplyOptions,
    live: &mut Live<'_>,
    show_now: &mut dyn FnMut(&str),
) -> Result<Answer, LiveError> {
    let (wanted, meshes) = wanted_of_caller(reading, live)?;
    let mut standing = Vec::new();
    for mesh in &meshes {
        standing.extend(standing_in(live, mesh)?.unwrap_or_default());
    }
    let allowed = Allowed { prune: options.prune, replace: options.replace };
    let plan = to_apply(&wanted, &standing, allowed);
    let wait = match options.wait {
        Some(seconds) if !options.dry_run && plan.is_possible() => {
            Some(Wait::new(live, meshes, Duration::from_secs(seconds))?)
        }
        _ => None,
    };
    carried_out(&plan, options.dry_run, wait.as_ref(), options.format, live, show_now)
}

/// What files want and in which meshes; an account that is the caller's own says nothing.
fn wanted_of_caller(reading: &Reading, live: &mut Live<'_>) -> Result<(Vec<Known>, BTreeSet<MeshName>), LiveError> {
    let mut wanted = wanted(reading)?;
    let made: BTreeSet<String> =
        wanted.iter().filter(|own| own.name.kind == Kind::Mesh).map(|own| own.name.name.clone()).collect();
    let named = |wanted: &[Known]| wanted.iter().map(|own| own.name.mesh.clone()).collect::<BTreeSet<MeshName>>();
    let own = own_meshes(live, named(&wanted), &|mesh| made.contains(mesh));
    for known in wanted.iter_mut().filter(|known| own.contains(&known.name.mesh)) {
        known.name.mesh = known.name.mesh.of_caller();
    }
    once(&wanted)?;
    let meshes = named(&wanted);
    Ok((wanted, meshes))
}

/// What stands in a mesh; `None` where there is no such mesh.
pub(crate) fn standing_in(live: &mut Live<'_>, mesh: &MeshName) -> Result<Option<Vec<Standing>>, LiveError> {
    let Some(found) = everything(live, mesh)? else { return Ok(None) };
    let reading = read_answers(format!("mesh {} at {}", mesh.name, live.api.place()), &found.resources);
    Ok(Some(standing(&reading, mesh)))
}

/// Shows a plan and carries it out, unless it is only to be shown; then waits for proxies, where that is asked for.
pub(crate) fn carried_out(
    plan: &Plan,
    is_shown_only: bool,
    wait: Option<&Wait>,
    format: ApplyFormat,
    live: &mut Live<'_>,
    show_now: &mut dyn FnMut(&str),
) -> Result<Answer, LiveError> {
    let is_text = format == ApplyFormat::Text;
    if is_shown_only || !plan.is_possible() || !(plan.has_changes() || wait.is_some()) {
        let output = if is_text { show::plan(plan) } else { format!("{:#}\n", show::json(plan, None)) };
        let has_findings = plan.has_changes() || !plan.is_possible();
        return Ok(Answer { output, notes: String::new(), has_findings });
    }
    if is_text {
        show_now(&format!("{}\n", show::plan(plan)));
    }
    let mut outcome = carry_out(live, plan);
    if let Some(wait) = wait.filter(|_| outcome.failures.is_empty()) {
        let waited = wait.run(live);
        outcome.failures = waited.failures();
        outcome.waited = Some(waited);
    }
    let output = if is_text { show::outcome(&outcome) } else { format!("{:#}\n", show::json(plan, Some(&outcome))) };
    let mut notes = String::new();
    for (mark, lines) in [("note", &outcome.notes), ("error", &outcome.failures)] {
        for line in lines {
            // Writing to a string cannot fail.
            let _ = writeln!(notes, "{mark}: {line}");
        }
    }
    if outcome.is_lost {
        show_now(&output);
        return Err(LiveError::Lost { why: outcome.failures.join("; ") });
    }
    Ok(Answer { output, notes, has_findings: !outcome.failures.is_empty() })
}
