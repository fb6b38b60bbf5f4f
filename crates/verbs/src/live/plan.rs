//! What must change so that what stands is what files say: a plan, which is shown before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::{Difference, in_spec, in_tags};
use super::names::{Identifier, MeshName};
use super::remaining;
use super::wanted::{Known, Standing, State};
use super::waves::{self, Wave};

/// What becomes of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// It is made.
    Create,
    /// It gets another specification or other tags.
    Update,
    /// It is taken away.
    Delete,
}

/// A change of one resource.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) name: Identifier,
    pub(crate) change: Change,
    /// Whether it is half of another change: deleted to be made again, or made again.
    pub(crate) is_replacement: bool,
    /// What it shall be, where it is not deleted.
    pub(crate) wanted: Option<Known>,
    /// What stands, where it is not created.
    pub(crate) state: Option<State>,
    pub(crate) arn: String,
    /// The fields of its specification that differ.
    pub(crate) spec: Vec<Difference>,
    /// The tags that do.
    pub(crate) tags: Vec<Difference>,
    /// When: steps of one wave do not wait for each other.
    pub(crate) wave: Wave,
}

/// What must change.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// By wave, then by name.
    pub(crate) steps: Vec<Step>,
    pub(crate) unchanged: usize,
    /// What stands and no file has, in meshes that the files define; it stays.
    pub(crate) kept: Vec<Identifier>,
    /// Why the plan cannot be carried out; nothing is changed then.
    pub(crate) obstacles: Vec<String>,
    /// What else there is to know.
    pub(crate) notes: Vec<String>,
}

/// What a plan may do beside creating and updating.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// Delete what no file has.
    pub(crate) prune: bool,
    /// Delete what cannot be changed in place, and make it again.
    pub(crate) replace: bool,
}

impl Plan {
    /// What must change so that the wanted resources stand.
    pub(crate) fn to_apply(wanted: &[Known], standing: &[Standing], allowed: Allowed) -> Self {
        let mut plan = Self::default();
        let there: BTreeMap<&Identifier, &Standing> = standing.iter().map(|own| (&own.known.name, own)).collect();
        for own in wanted {
            match there.get(&own.name) {
                None => plan.steps.push(Step::creation(own)),
                Some(standing) => match Step::update(own, standing) {
                    Some(step) => plan.steps.push(step),
                    None => plan.unchanged += 1,
                },
            }
        }
        let named: BTreeSet<&Identifier> = wanted.iter().map(|own| &own.name).collect();
        let defined: BTreeSet<&MeshName> =
            named.iter().filter(|name| name.kind == meshwright_model::Kind::Mesh).map(|name| &name.mesh).collect();
        let surplus =
            standing.iter().filter(|own| defined.contains(&own.known.name.mesh) && !named.contains(&own.known.name));
        let (doomed, kept): (Vec<&Standing>, Vec<&Standing>) =
            surplus.partition(|own| allowed.prune && !own.is_foreign);
        if allowed.prune && !kept.is_empty() {
            let foreign: Vec<String> = kept.iter().map(|own| own.known.name.to_string()).collect();
            plan.notes.push(format!("made by another account in a shared mesh, and kept: {}", foreign.join(", ")));
        }
        plan.kept = kept.into_iter().map(|own| own.known.name.clone()).collect();
        plan.steps.extend(deletions(&doomed));
        waves::settle_routers(&mut plan, wanted, standing, allowed.replace);
        plan.obstacles.extend(remaining::obstacles(&plan, wanted, standing));
        plan.sort();
        plan
    }

    /// What must change so that resources are gone: those with these names, or all.
    pub(crate) fn to_delete(names: Option<&BTreeSet<Identifier>>, standing: &[Standing]) -> Self {
        let is_doomed = |own: &&Standing| names.is_none_or(|names| names.contains(&own.known.name));
        let doomed: Vec<&Standing> = standing.iter().filter(is_doomed).collect();
        let mut plan = Self { steps: deletions(&doomed), ..Self::default() };
        plan.obstacles.extend(remaining::obstacles(&plan, &[], standing));
        plan.sort();
        plan
    }

    /// Whether there is something to do.
    pub fn has_changes(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Whether it can be carried out, as far as can be known before.
    pub fn is_possible(&self) -> bool {
        self.obstacles.is_empty()
    }

    pub(crate) fn count(&self, change: Change) -> usize {
        self.steps.iter().filter(|step| step.change == change && !step.is_replacement).count()
    }

    fn sort(&mut self) {
        self.steps.sort_by(|one, other| (one.wave, &one.name).cmp(&(other.wave, &other.name)));
    }
}

/// Deletions, those first that need the others.
fn deletions(doomed: &[&Standing]) -> Vec<Step> {
    let last = doomed.iter().map(|own| own.known.stage).max().unwrap_or_default();
    doomed.iter().map(|own| Step::deletion(own, waves::of_deletion(last - own.known.stage))).collect()
}

impl Step {
    pub(crate) fn creation(wanted: &Known) -> Self {
        Self {
            name: wanted.name.clone(),
            change: Change::Create,
            is_replacement: false,
            wanted: Some(wanted.clone()),
            state: None,
            arn: String::new(),
            spec: Vec::new(),
            tags: Vec::new(),
            wave: waves::of_stage(wanted.stage),
        }
    }

    pub(crate) fn deletion(standing: &Standing, wave: Wave) -> Self {
        Self {
            change: Change::Delete,
            wanted: None,
            state: Some(standing.state.clone()),
            arn: standing.arn.clone(),
            wave,
            ..Self::creation(&standing.known)
        }
    }

    fn update(wanted: &Known, standing: &Standing) -> Option<Self> {
        let (spec, tags) = (in_spec(&standing.known, wanted), in_tags(&standing.known, wanted));
        let (state, arn) = (Some(standing.state.clone()), standing.arn.clone());
        let is_none = spec.is_empty() && tags.is_empty();
        (!is_none).then(|| Self { change: Change::Update, state, arn, spec, tags, ..Self::creation(wanted) })
    }
}
