//! What must change so that what stands is what files say, which is shown before anything is done.

use super::differences::Difference;
use super::names::Identifier;
use super::wanted::{Known, Standing, State};

/// When a step comes: those of one wave do not wait for each other.
pub(crate) type Wave = usize;

/// Waves between two stages of creation, for what must come between.
const BETWEEN: Wave = 10;

/// Where deletions of what no file has begin: after everything else.
const DELETIONS: Wave = 1 << 32;

/// The wave of a stage of creation.
pub(crate) fn of_stage(stage: usize) -> Wave {
    stage * BETWEEN
}

/// The wave of a deletion, from 0 for what needs all others.
pub(crate) fn of_deletion(stage: usize) -> Wave {
    DELETIONS + stage
}

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

impl Plan {
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

    /// How its resources are called: with their meshes where there are several.
    pub(crate) fn titles(&self) -> impl Fn(&Identifier) -> String + use<> {
        let is_of_several = self.steps.iter().any(|step| step.name.mesh != self.steps[0].name.mesh);
        move |name| if is_of_several { name.full() } else { name.to_string() }
    }

    pub(crate) fn sort(&mut self) {
        self.steps.sort_by(|one, other| (one.wave, &one.name).cmp(&(other.wave, &other.name)));
    }
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
            wave: of_stage(wanted.stage),
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
}
