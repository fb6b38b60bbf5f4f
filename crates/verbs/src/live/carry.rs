//! Carries a plan out: wave after wave, a few steps at a time, each held against what stands right before it is made.
//!
//! App Mesh has no conditional writes. What is changed is described right before, and must be of the version that the plan was made for;
//! the answer must be of the next version, or somebody wrote in between. So two who apply at a time either see each other before they
//! write, or are told right after; nothing is overwritten in silence. Whoever stops half-way leaves a mesh that the next plan starts
//! from; tokens follow from what is done, so that a call that is made twice counts once.

use meshwright_model::api::{Call, Failure};
use meshwright_model::operation::{Operation, Target};
use meshwright_model::visible::visible;
use serde_json::{Value, json};

use super::Live;
use super::collect::reading;
use super::names::Identifier;
use super::plan::{Change, Plan, Step};
use super::waiting::Waited;
use super::wanted::{Known, State};

/// How many steps are held against what stands, and then made, at a time.
const AT_A_TIME: usize = 8;

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    Created,
    Updated,
    Deleted,
    /// Somebody has made the same already.
    There,
    /// Somebody has deleted it already.
    Gone,
}

impl Done {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::There => "already there",
            Self::Gone => "already gone",
        }
    }
}

/// What a plan came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) done: Vec<(Identifier, Done)>,
    /// Why it stopped; empty where all was done.
    pub(crate) failures: Vec<String>,
    /// Whether nobody answers any more.
    pub(crate) is_lost: bool,
    /// How many steps were not made.
    pub(crate) left: usize,
    /// What else there is to know.
    pub(crate) notes: Vec<String>,
    /// What proxies have of it, where they were waited for.
    pub(crate) waited: Option<Waited>,
}

/// Why a step is not made.
enum Stop {
    /// It need not be: what it came to.
    Done(Done),
    /// It cannot be.
    Failed(String),
    /// Nobody answers.
    Lost(String),
}

impl Stop {
    /// The same of a resource of which a part is made already.
    fn after(self, made: &str) -> Self {
        match self {
            Self::Done(done) => Self::Done(done),
            Self::Failed(why) => Self::Failed(format!("{made}: {why}")),
            Self::Lost(why) => Self::Lost(format!("{made}: {why}")),
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NoAnswer(why) => Self::Lost(why),
            refused @ Failure::Refused { .. } => Self::Failed(refused.to_string()),
        }
    }
}

/// Carries a plan out, as far as it goes.
pub(crate) fn carry_out(live: &mut Live<'_>, plan: &Plan) -> Outcome {
    let mut outcome = Outcome::default();
    let title = plan.titles();
    for wave in plan.steps.chunk_by(|one, other| one.wave == other.wave) {
        for steps in wave.chunks(AT_A_TIME) {
            if outcome.failures.is_empty() {
                make(live, steps, &title, &mut outcome);
            }
        }
    }
    outcome.left = plan.steps.len() - outcome.done.len();
    outcome
}

/// Makes steps that do not wait for each other.
fn make(live: &mut Live<'_>, steps: &[Step], title: &dyn Fn(&Identifier) -> String, outcome: &mut Outcome) {
    let describe: Vec<Call> = steps.iter().map(|step| step.name.call(Operation::Describe(step.name.kind))).collect();
    let answers = live.ask_all("comparing", &describe);
    let checked: Vec<Result<&Step, Stop>> =
        steps.iter().zip(answers).map(|(step, answer)| check(step, answer).map(|()| step)).collect();
    let ready: Vec<&Step> = checked.iter().filter_map(|own| own.as_ref().ok().copied()).collect();
    // Where one has moved, the others of the same moment are not made either: the plan is not of this mesh any more.
    let has_moved = checked.iter().any(|own| matches!(own, Err(Stop::Failed(_) | Stop::Lost(_))));
    let writes: Vec<Call> = if has_moved { Vec::new() } else { ready.iter().filter_map(|step| write(step)).collect() };
    let mut written = live.ask_all("changing", &writes).into_iter();
    for (step, own) in steps.iter().zip(checked) {
        let made = match own {
            Err(stop) => Err(stop),
            Ok(_) if has_moved => continue,
            Ok(step) if write(step).is_none() => tag(live, step).map(|()| Done::Updated),
            Ok(step) => match written.next() {
                None => continue,
                Some(answer) => settle(step, answer, &mut outcome.notes).and_then(|done| {
                    let tagged = tag(live, step).map(|()| done);
                    tagged.map_err(|stop| stop.after("its specification is updated, but not its tags"))
                }),
            },
        };
        match made {
            Ok(done) | Err(Stop::Done(done)) => {
                (live.tell)(&format!("{} {}", done.word(), title(&step.name)));
                outcome.done.push((step.name.clone(), done));
            }
            Err(Stop::Failed(why)) => outcome.failures.push(format!("{}: {}", title(&step.name), visible(&why))),
            Err(Stop::Lost(why)) => {
                outcome.is_lost = true;
                outcome.failures.push(format!("{}: {}", title(&step.name), visible(&why)));
            }
        }
    }
}

/// Whether what stands is what the plan was made for.
fn check(step: &Step, answer: Result<Value, Failure>) -> Result<(), Stop> {
    let moved = |what: &str| Err(Stop::Failed(format!("{what} since the plan was made; look at it, and apply again")));
    let is_wanted = |answer: &Value| step.tags.is_empty() && step.wanted.as_ref().is_some_and(|own| is_as(own, answer));
    match (step.change, answer) {
        (Change::Create, Err(failure)) if failure.is_not_found() => Ok(()),
        (Change::Delete, Err(failure)) if failure.is_not_found() => Err(Stop::Done(Done::Gone)),
        (Change::Update, Err(failure)) if failure.is_not_found() => moved("somebody has deleted it"),
        (_, Err(failure)) => Err(failure.into()),
        (Change::Create, Ok(answer)) if is_wanted(&answer) => Err(Stop::Done(Done::There)),
        (Change::Create, Ok(_)) => moved("somebody has created it, otherwise than the files say,"),
        (_, Ok(answer)) if step.state == Some(state(&answer)) => Ok(()),
        (Change::Update, Ok(answer)) if is_wanted(&answer) => Err(Stop::Done(Done::There)),
        (_, Ok(answer)) => {
            let (own, other) = (version(step), state(&answer).version);
            moved(&format!("somebody has changed it (version {own} then, {other} now)"))
        }
    }
}

/// The call that makes a step; `None` where only tags differ.
fn write(step: &Step) -> Option<Call> {
    let spec = || json!(step.wanted.as_ref().map(|own| &own.spec));
    let kind = step.name.kind;
    match step.change {
        Change::Create => {
            let call = step.name.creation().with_member("spec", spec());
            let tags = step.wanted.iter().flat_map(|own| &own.tags);
            let tags: Vec<Value> = tags.map(|(key, value)| json!({"key": key, "value": value})).collect();
            let call = if tags.is_empty() { call } else { call.with_member("tags", tags) };
            let token = token(&call);
            Some(call.with_member("clientToken", token))
        }
        Change::Update if step.spec.is_empty() => None,
        Change::Update => {
            let call = step.name.call(Operation::Update(kind)).with_member("spec", spec());
            // The same specification may be wanted again after another: what it follows on is a part of what is done.
            let follows = step.state.as_ref().map(|own| format!("{} {}", own.uid, own.version));
            let token = token(&call.clone().with_member("follows", follows));
            Some(call.with_member("clientToken", token))
        }
        Change::Delete => Some(step.name.call(Operation::Delete(kind))),
    }
}

/// What an answer to a change says.
fn settle(step: &Step, answer: Result<Value, Failure>, notes: &mut Vec<String>) -> Result<Done, Stop> {
    let in_between = |what: String| {
        let help = "what it said then may be overwritten: look at it, and apply again";
        Err(Stop::Failed(format!("somebody else changed it at the same moment ({what}); {help}")))
    };
    let answer = match (step.change, answer) {
        // A call that was made twice, as its first answer was lost.
        (Change::Delete, Err(failure)) if failure.is_not_found() => return Ok(Done::Deleted),
        (Change::Create, Err(failure)) if failure.is("ConflictException") => {
            return Err(Stop::Failed(format!("somebody has created it at the same moment ({failure}); apply again")));
        }
        (_, answer) => answer?,
    };
    let (before, now) = (version(step), state(&answer));
    match step.change {
        Change::Create | Change::Update => {
            let is_as_wanted = step.wanted.as_ref().is_some_and(|own| is_as(own, &answer));
            let is_next = now.version == before + 1 && step.state.as_ref().is_none_or(|own| own.uid == now.uid);
            if !is_next {
                return in_between(format!("version {before} became {}", now.version));
            }
            if !is_as_wanted {
                notes.push(format!(
                    "{}: the API keeps it otherwise than it was given; another apply will try again",
                    step.name
                ));
            }
            Ok(if step.change == Change::Create { Done::Created } else { Done::Updated })
        }
        // Source: reference 1.6: the answer to a deletion counts as a version, in all examples but one.
        Change::Delete if now.version > before + 1 => in_between(format!("version {before} became {}", now.version)),
        Change::Delete => Ok(Done::Deleted),
    }
}

/// Removes and sets the tags that differ.
fn tag(live: &mut Live<'_>, step: &Step) -> Result<(), Stop> {
    let wanted = step.wanted.iter().flat_map(|own| &own.tags);
    let differs = |key: &str| step.tags.iter().any(|own| is_tag(&own.path, key) || own.path == "tags");
    let set: Vec<Value> =
        wanted.filter(|(key, _)| differs(key)).map(|(key, value)| json!({"key": key, "value": value})).collect();
    let gone = step.tags.iter().flat_map(|own| match (&own.before, &own.after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            before.keys().filter(|key| !after.contains_key(*key)).cloned().collect()
        }
        (Some(_), None) => own.path.strip_prefix("tags.").map(str::to_owned).into_iter().collect::<Vec<_>>(),
        _ => Vec::new(),
    });
    let gone: Vec<Value> = gone.map(Value::from).collect();
    let of = |operation| Call::new(operation, Target::default()).with_query("resourceArn", &step.arn);
    // What goes makes room: a resource has at most 50 tags.
    if !gone.is_empty() {
        live.ask("tagging", &of(Operation::UntagResource).with_member("tagKeys", gone))?;
    }
    if !set.is_empty() {
        live.ask("tagging", &of(Operation::TagResource).with_member("tags", set))?;
    }
    Ok(())
}

fn is_tag(path: &str, key: &str) -> bool {
    path.strip_prefix("tags.") == Some(key)
}

/// Whether an answer says what is wanted.
fn is_as(wanted: &Known, answer: &Value) -> bool {
    let read = reading("answer".to_owned(), std::slice::from_ref(answer));
    read.inventory.resources.into_iter().next().is_some_and(|own| own.spec.settled().answered() == wanted.spec)
}

fn state(answer: &Value) -> State {
    let metadata = &answer["metadata"];
    State {
        uid: metadata["uid"].as_str().unwrap_or_default().to_owned(),
        version: metadata["version"].as_u64().unwrap_or_default(),
    }
}

/// The version that a step follows on; 0 for what is created.
fn version(step: &Step) -> u64 {
    step.state.as_ref().map_or(0, |own| own.version)
}

/// A token that follows from a call: 32 hexadecimal digits of FNV-1a, whose values stay the same between versions.
fn token(call: &Call) -> String {
    let text = format!("{} {} {}", call.operation, call.path_and_query(), json!(call.body));
    let hash = text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    });
    format!("{hash:032x}")
}
