//! Makes plans: what differs, in an order that App Mesh takes, and what speaks against it.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_model::Kind;

use super::differences::{in_spec, in_tags};
use super::names::{Identifier, MeshName};
use super::plan::{Change, Plan, Step, of_deletion};
use super::wanted::{Known, Standing};
use super::{remaining, waves};

/// What a plan may do beside creating and updating.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allowed {
    /// Delete what no file has.
    pub(crate) prune: bool,
    /// Delete what cannot be changed in place, and make it again.
    pub(crate) replace: bool,
}

/// What must change so that the wanted resources stand.
pub(crate) fn to_apply(wanted: &[Known], standing: &[Standing], allowed: Allowed) -> Plan {
    let mut plan = Plan::default();
    let there: BTreeMap<&Identifier, &Standing> = standing.iter().map(|own| (&own.known.name, own)).collect();
    for own in wanted {
        match there.get(&own.name) {
            None => plan.steps.push(Step::creation(own)),
            Some(standing) => match update(own, standing) {
                Some(step) => plan.steps.push(step),
                None => plan.unchanged += 1,
            },
        }
    }
    let named: BTreeSet<&Identifier> = wanted.iter().map(|own| &own.name).collect();
    let defined: BTreeSet<&MeshName> =
        named.iter().filter(|name| name.kind == Kind::Mesh).map(|name| &name.mesh).collect();
    let surplus =
        standing.iter().filter(|own| defined.contains(&own.known.name.mesh) && !named.contains(&own.known.name));
    let (doomed, kept): (Vec<&Standing>, Vec<&Standing>) = surplus.partition(|own| allowed.prune && !own.is_foreign);
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
pub(crate) fn to_delete(names: Option<&BTreeSet<Identifier>>, standing: &[Standing]) -> Plan {
    let is_doomed = |own: &&Standing| names.is_none_or(|names| names.contains(&own.known.name));
    let doomed: Vec<&Standing> = standing.iter().filter(is_doomed).collect();
    let mut plan = Plan { steps: deletions(&doomed), ..Plan::default() };
    plan.obstacles.extend(remaining::obstacles(&plan, &[], standing));
    plan.sort();
    plan
}

/// Deletions, those first that need the others.
fn deletions(doomed: &[&Standing]) -> Vec<Step> {
    let last = doomed.iter().map(|own| own.known.stage).max().unwrap_or_default();
    doomed.iter().map(|own| Step::deletion(own, of_deletion(last - own.known.stage))).collect()
}

fn update(wanted: &Known, standing: &Standing) -> Option<Step> {
    let (spec, tags) = (in_spec(&standing.known, wanted), in_tags(&standing.known, wanted));
    let (state, arn) = (Some(standing.state.clone()), standing.arn.clone());
    let is_none = spec.is_empty() && tags.is_empty();
    (!is_none).then(|| Step { change: Change::Update, state, arn, spec, tags, ..Step::creation(wanted) })
}
