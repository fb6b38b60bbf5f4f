//! When each step of a plan comes: in the order of creation, with the exceptions that routers need.

use std::collections::BTreeMap;

use meshwright_model::route::RouteSpec;
use meshwright_model::{Kind, Spec};

use super::names::Identifier;
use super::plan::{Change, Plan, Step, Wave};
use super::wanted::{Known, Standing};

/// Puts the steps of routers whose listeners change, and of their routes, in an order that App Mesh takes.
///
/// Source: aws/aws-app-mesh-controller-for-k8s#715 (all routes match a port before a router gets several listeners), #767 and #768 (a
/// listener's protocol is not changed while routes of the old one exist).
pub(crate) fn settle_routers(plan: &mut Plan, wanted: &[Known], standing: &[Standing], may_replace: bool) {
    let updated: Vec<Identifier> = plan
        .steps
        .iter()
        .filter(|step| step.name.kind == Kind::VirtualRouter && step.change == Change::Update)
        .map(|step| step.name.clone())
        .collect();
    let wanted: BTreeMap<&Identifier, &Known> = wanted.iter().map(|own| (&own.name, own)).collect();
    for router in updated {
        let is_own = |name: &Identifier| {
            name.kind == Kind::Route && name.mesh == router.mesh && name.parent.as_ref() == Some(&router.name)
        };
        let routes: Vec<&Standing> = standing.iter().filter(|own| is_own(&own.known.name)).collect();
        let before = standing.iter().find(|own| own.known.name == router).map(|own| &own.known.spec);
        let after = wanted.get(&router).map(|own| &own.spec);
        let (Some(Spec::VirtualRouter(before)), Some(Spec::VirtualRouter(after))) = (before, after) else { continue };
        let given_up = after.given_up(before);
        let is_orphan = |own: &&&Standing| {
            let is_of_one = |route: &RouteSpec| route.protocols().any(|own| given_up.contains(&own.protocol()));
            matches!(&own.known.spec, Spec::Route(route) if is_of_one(route))
        };
        let orphans: Vec<&Standing> = routes.iter().filter(is_orphan).copied().collect();
        // What routes name must stand before them, so the router waits for the last of its routes.
        let mine = plan.steps.iter().filter(|step| is_own(&step.name) && step.change != Change::Delete);
        let late = mine.map(|step| step.wave).max().unwrap_or_default().max(wave_of(plan, &router));
        if !orphans.is_empty() {
            replace(plan, &router, &orphans, &wanted, late, may_replace);
        } else if after.needs_ports() {
            set_wave(plan, |step| is_own(&step.name) && step.change == Change::Delete, late);
            set_wave(plan, |step| step.name == router, late + 1);
            set_wave(plan, |step| is_own(&step.name) && step.change == Change::Create, late + 2);
        }
    }
}

/// Deletes the routes of old protocols before the router changes, and makes them again right after.
fn replace(
    plan: &mut Plan,
    router: &Identifier,
    orphans: &[&Standing],
    wanted: &BTreeMap<&Identifier, &Known>,
    late: Wave,
    may_replace: bool,
) {
    let names: Vec<String> = orphans.iter().map(|own| own.known.name.to_string()).collect();
    let what =
        format!("{router}: App Mesh does not change the protocol of a listener while {} exists", names.join(", "));
    for orphan in orphans {
        let name = &orphan.known.name;
        let is_pruned = plan.steps.iter().any(|step| step.name == *name && step.change == Change::Delete);
        let Some(again) = wanted.get(name) else {
            if is_pruned {
                set_wave(plan, |step| step.name == *name, late + 1);
            } else {
                plan.obstacles.push(format!("{what}, and no file has {name}: --prune deletes it first"));
            }
            continue;
        };
        let is_changed = plan.steps.iter().any(|step| step.name == *name);
        plan.steps.retain(|step| step.name != *name);
        plan.unchanged -= usize::from(!is_changed);
        plan.steps.push(Step { is_replacement: true, ..Step::deletion(orphan, late + 1) });
        plan.steps.push(Step { is_replacement: true, wave: late + 3, ..Step::creation(again) });
    }
    let is_replaced =
        plan.steps.iter().any(|step| step.is_replacement && orphans.iter().any(|own| own.known.name == step.name));
    if is_replaced && !may_replace {
        plan.obstacles.push(format!(
            "{what}: --replace deletes such routes first and makes them again, and requests to the router fail in between"
        ));
    }
    set_wave(plan, |step| step.name == *router, late + 2);
    let is_new = |step: &Step| step.name.parent.as_ref() == Some(&router.name) && step.change == Change::Create;
    set_wave(plan, |step| is_new(step) && step.name.kind == Kind::Route && step.name.mesh == router.mesh, late + 3);
}

fn wave_of(plan: &Plan, name: &Identifier) -> Wave {
    plan.steps.iter().find(|step| step.name == *name).map_or(0, |step| step.wave)
}

fn set_wave(plan: &mut Plan, is_meant: impl Fn(&Step) -> bool, wave: Wave) {
    plan.steps.iter_mut().filter(|step| is_meant(step)).for_each(|step| step.wave = wave);
}
