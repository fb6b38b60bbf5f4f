//! The verb `apply`: makes a mesh what files say, by the App Mesh API; the plan first, and only what differs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_model::Kind;
use meshwright_model::api::Call;
use meshwright_model::operation::Operation;

use crate::files::FileOptions;
use crate::live::carry::{Done, Outcome, carry_out};
use crate::live::collect::{everything, own_meshes, reading as read_answers};
use crate::live::names::{Identifier, MeshName};
use crate::live::plan::Plan;
use crate::live::planning::{Allowed, to_apply};
use crate::live::wanted::{Known, Standing, once, standing, wanted};
use crate::live::{Live, LiveError, LiveOptions, show};
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "apply",
    about: "Makes a mesh what files say, through the App Mesh API: the plan first, and only what differs",
    example: "meshwright apply --dry-run shop.yaml   # shows the plan; exit code 1 if it would change something",
};

/// How often `--wait` looks whether everything is active, and the first and the longest pause between.
const LOOKS: u32 = 60;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Options of `apply`.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
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
    /// Waits until everything that was made or changed is active
    #[arg(long)]
    pub wait: bool,
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
    let plan = plan(reading, options, live)?;
    carried_out(&plan, options.dry_run, options.wait, options.format, live, show_now)
}

fn plan(reading: &Reading, options: &ApplyOptions, live: &mut Live<'_>) -> Result<Plan, LiveError> {
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
    let mut standing = Vec::new();
    for mesh in meshes {
        standing.extend(standing_in(live, &mesh)?.unwrap_or_default());
    }
    let allowed = Allowed { prune: options.prune, replace: options.replace };
    Ok(to_apply(&wanted, &standing, allowed))
}

/// What stands in a mesh; `None` where there is no such mesh.
pub(crate) fn standing_in(live: &mut Live<'_>, mesh: &MeshName) -> Result<Option<Vec<Standing>>, LiveError> {
    let Some(found) = everything(live, mesh)? else { return Ok(None) };
    let reading = read_answers(format!("mesh {} at {}", mesh.name, live.api.place()), &found.resources);
    Ok(Some(standing(&reading, mesh)))
}

/// Shows a plan and carries it out, unless it is only to be shown.
pub(crate) fn carried_out(
    plan: &Plan,
    is_shown_only: bool,
    is_waiting: bool,
    format: ApplyFormat,
    live: &mut Live<'_>,
    show_now: &mut dyn FnMut(&str),
) -> Result<Answer, LiveError> {
    let is_text = format == ApplyFormat::Text;
    if is_shown_only || !plan.is_possible() || !plan.has_changes() {
        let output = if is_text { show::plan(plan) } else { format!("{:#}\n", show::json(plan, None)) };
        let has_findings = plan.has_changes() || !plan.is_possible();
        return Ok(Answer { output, notes: String::new(), has_findings });
    }
    if is_text {
        show_now(&format!("{}\n", show::plan(plan)));
    }
    let mut outcome = carry_out(live, plan);
    if is_waiting && outcome.failures.is_empty() {
        wait(live, &mut outcome);
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

/// Waits until everything that was made or changed is active.
fn wait(live: &mut Live<'_>, outcome: &mut Outcome) {
    let is_there = |done: &Done| matches!(done, Done::Created | Done::Updated | Done::There);
    let mut due: Vec<Identifier> =
        outcome.done.iter().filter(|(_, done)| is_there(done)).map(|(name, _)| name.clone()).collect();
    let mut pause = FIRST_PAUSE;
    for look in 0..LOOKS {
        if look > 0 {
            (live.pause)(pause);
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
        let calls: Vec<Call> = due.iter().map(|name| name.call(Operation::Describe(name.kind))).collect();
        let answers = live.ask_all("waiting", &calls);
        let mut left = Vec::new();
        for (name, answer) in due.into_iter().zip(answers) {
            match answer {
                Ok(answer) if answer["status"]["status"] == "ACTIVE" => {}
                // What was just made may not be seen everywhere yet.
                Ok(_) => left.push(name),
                Err(failure) if failure.is_not_found() => left.push(name),
                Err(failure) => {
                    outcome.failures.push(format!("{name}: {failure}"));
                    return;
                }
            }
        }
        due = left;
        if due.is_empty() {
            return;
        }
    }
    outcome.failures.extend(due.iter().map(|name| format!("{name} is not active after {LOOKS} looks")));
}
