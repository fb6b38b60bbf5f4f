//! Faults of many kinds, each put into every sound mesh at every place where it can be, must be found.
//!
//! A mutant counts as found where a rule that names its fault says something new about what was changed. Some changes harm
//! nobody that the files speak of; a written predicate recognises them before any rule is asked, and the report lists them with
//! the reason. An excuse does not hold where any rule, also one for another fault, has a new warning about such a mutant.

mod containers;
mod discovery;
mod grounds;
mod listeners;
mod logs;
mod matches;
mod names;
mod ports;
mod proxies;
mod resilience;
mod rewrites;
mod routing;
mod sites;
mod tasks;
mod tls;

use std::collections::{BTreeMap, HashMap};

use meshwright_dialect::Dialect;
use meshwright_lint::{Found, Place, RULES, Rule, check, rules};
use meshwright_model::Inventory;
use meshwright_model::finding::Severity;
use meshwright_model::resource::Origin;
use meshwright_model::subject::Subject;

use crate::files::public_corpus;
use crate::read_text;
use grounds::Ground;

/// A kind of fault.
pub(crate) struct Fault {
    /// What is done.
    name: &'static str,
    /// The rules that name it; one of them must say something new.
    rules: &'static [&'static str],
    /// Does it at every place.
    seed: fn(&Ground, &mut Seeds<'_>),
}

/// What became of the mutants of one kind.
#[derive(Default)]
struct Tally {
    seeded: usize,
    found: usize,
    missed: Vec<String>,
    /// Where what is changed harms nobody, by the reason.
    neutral: BTreeMap<&'static str, Vec<String>>,
    /// Excuses that do not hold: a rule sees the fault, or another that came with it.
    unfounded: Vec<String>,
    /// The first mutants that were found, to be found again in files.
    samples: Vec<Sample>,
}

/// A mutant that was found, and what was said of it that is new.
struct Sample {
    mutant: Inventory,
    new: Vec<String>,
}

/// Takes the mutants of one kind in one mesh, and asks the rules about each.
pub(crate) struct Seeds<'g> {
    ground: &'g Ground,
    rules: Vec<&'static Rule>,
    tally: &'g mut Tally,
}

impl Seeds<'_> {
    /// Makes the change at a place, in a mesh of its own. `neutral` says why it harms nobody, where it does not.
    fn sow(
        &mut self,
        place: impl std::fmt::Display,
        neutral: Option<&'static str>,
        change: impl FnOnce(&mut Inventory),
    ) {
        let mut inventory = self.ground.inventory.clone();
        change(&mut inventory);
        if inventory == self.ground.inventory {
            return;
        }
        self.tally.seeded += 1;
        let changed = Changed::between(&self.ground.inventory, &inventory);
        let new: Vec<String> = self
            .new_in(&inventory, &self.rules)
            .into_iter()
            .filter(|found| changed.has(found))
            .map(|found| key(&found))
            .collect();
        match neutral {
            None if new.is_empty() => self.tally.missed.push(format!("{} {place}", self.ground.name)),
            None => {
                self.tally.found += 1;
                // Tasks have no writer, so that both are wanted: meshes with tasks and without.
                let is_alike = |sample: &&Sample| sample.mutant.workloads.is_empty() == inventory.workloads.is_empty();
                if self.tally.samples.iter().filter(is_alike).count() < SAMPLES {
                    self.tally.samples.push(Sample { mutant: inventory, new });
                }
            }
            Some(reason) => {
                self.tally.neutral.entry(reason).or_default().push(format!("{} {place}", self.ground.name));
                let objections = if new.is_empty() { self.objections(&inventory) } else { new };
                if !objections.is_empty() {
                    let name = &self.ground.name;
                    self.tally.unfounded.push(format!("{name} {place}: \"{reason}\", but {objections:?}"));
                }
            }
        }
    }

    /// What rules say of a mutant that they did not say before, of these rules.
    fn new_in(&self, mutant: &Inventory, rules: &[&Rule]) -> Vec<Found> {
        let checked = check(mutant, rules);
        assert!(checked.about_rules.iter().all(|finding| finding.rule != "internal"), "{:?}", checked.about_rules);
        let mut known = self.ground.said.clone();
        let is_new = |found: &Found| match known.get_mut(&key(found)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        checked.found.into_iter().filter(is_new).collect()
    }

    /// Warnings and errors of any rule that a mutant has and the mesh has not, but for those that say in other words what was
    /// said before.
    fn objections(&self, mutant: &Inventory) -> Vec<String> {
        let worse = |found: &Found| found.severity <= Severity::Warning;
        let mut new: Vec<Found> = self.new_in(mutant, RULES).into_iter().filter(worse).collect();
        let now = said(mutant);
        for gone in self.ground.said.iter().filter(|(line, count)| now.get(*line).is_none_or(|now| now < *count)) {
            let rule = gone.0.split(' ').next().unwrap_or_default();
            if let Some(index) = new.iter().position(|found| found.rule == rule) {
                new.remove(index);
            }
        }
        new.iter().map(key).collect()
    }
}

/// What a mutant has otherwise than its mesh.
#[derive(Default)]
struct Changed {
    /// The resources, under their old names and their new ones, and what they belong to.
    subjects: Vec<Subject>,
    /// Where tasks and roles were read.
    origins: Vec<Origin>,
    /// What they are called, as messages write it.
    names: Vec<String>,
}

impl Changed {
    fn between(mesh: &Inventory, mutant: &Inventory) -> Self {
        let mut changed = Self::default();
        let index = mesh.index();
        let is_less = mutant.resources.len() < mesh.resources.len();
        for resource in differing(&mesh.resources, &mutant.resources) {
            // What is not there any more is missed by what it led to.
            let led_to = resource.references().into_iter().filter_map(|reference| index.target(resource, &reference));
            let led_to = led_to.filter(|_| is_less).map(|position| Subject::of(&mesh.resources[position]));
            changed.subjects.extend(led_to);
            let subject = Subject::of(resource);
            changed.names.push(format!("`{}`", subject.name));
            if let (Some(kind), Some(name)) = (resource.kind().parent(), subject.parent.clone()) {
                changed.subjects.push(Subject { kind, mesh: subject.mesh.clone(), name, parent: None });
            }
            changed.subjects.push(subject);
        }
        changed.origins.extend(differing(&mesh.workloads, &mutant.workloads).iter().filter_map(|task| task.origin));
        let statements = differing(&mesh.statements, &mutant.statements);
        changed.names.extend(statements.iter().map(|statement| format!("`{}`", statement.role)));
        changed.origins.extend(statements.iter().filter_map(|statement| statement.origin));
        // A role is of tasks, which name it by themselves or through a policy.
        let of_roles = mesh.workloads.iter().filter(|task| task.task.task_role_arn.is_some() && !statements.is_empty());
        changed.origins.extend(of_roles.filter_map(|task| task.origin));
        changed
    }

    /// Whether a finding stands there, or speaks of it.
    fn has(&self, found: &Found) -> bool {
        let is_there = |place: &Place| match &place.subject {
            Some(subject) => self.subjects.contains(subject),
            None => place.origin.is_some_and(|origin| self.origins.contains(&origin)),
        };
        let is_named = |text: &String| self.names.iter().any(|name| text.contains(name));
        is_there(&found.place)
            || is_named(&found.message)
            || found.related.iter().any(|(place, text)| is_there(place) || is_named(text))
    }
}

/// What stands in one list and not at its place in the other; of a list that lost something, what it lost.
fn differing<'i, T: PartialEq>(before: &'i [T], after: &'i [T]) -> Vec<&'i T> {
    if after.len() < before.len() {
        return before.iter().filter(|one| !after.contains(one)).collect();
    }
    let pairs = before.iter().zip(after).filter(|(one, other)| one != other).flat_map(|(one, other)| [one, other]);
    pairs.chain(&after[before.len()..]).collect()
}

/// How many mutants of a kind, with tasks and without, are written out and read again.
const SAMPLES: usize = 1;

fn key(found: &Found) -> String {
    format!("{} {:?} {}: {}", found.rule, found.place.subject, found.place.path, found.message)
}

/// What all rules say of a mesh, and how often.
fn said(inventory: &Inventory) -> HashMap<String, usize> {
    let checked = check(inventory, RULES);
    assert!(checked.about_rules.iter().all(|finding| finding.rule != "internal"), "{:?}", checked.about_rules);
    let mut said = HashMap::new();
    for found in &checked.found {
        *said.entry(key(found)).or_default() += 1;
    }
    said
}

fn faults() -> impl Iterator<Item = &'static Fault> {
    let lists = [
        names::FAULTS,
        ports::FAULTS,
        listeners::FAULTS,
        discovery::FAULTS,
        matches::FAULTS,
        rewrites::FAULTS,
        routing::FAULTS,
        resilience::FAULTS,
        tls::FAULTS,
        tasks::FAULTS,
        containers::FAULTS,
        proxies::FAULTS,
        logs::FAULTS,
    ];
    lists.into_iter().flatten()
}

fn named(names: &[&str]) -> Vec<&'static Rule> {
    names.iter().map(|name| rules::named(name).unwrap_or_else(|| panic!("there is no rule {name}"))).collect()
}

#[test]
fn seeded_faults_are_found() {
    let grounds = grounds::all();
    let has_public = public_corpus().is_some();
    assert!(grounds.len() > if has_public { 150 } else { 10 }, "{} meshes", grounds.len());
    let mut sum = Sum::default();
    let (mut wrong, mut fixes) = (Vec::new(), BTreeMap::new());
    for fault in faults() {
        let mut tally = Tally::default();
        let rules = named(fault.rules);
        for ground in &grounds {
            (fault.seed)(ground, &mut Seeds { ground, rules: rules.clone(), tally: &mut tally });
        }
        sum.add(fault.name, &tally);
        let harmful = tally.found + tally.missed.len();
        if tally.found * 100 < harmful * 95 {
            wrong.push(format!("{}: {} of {harmful} were found", fault.name, tally.found));
        }
        // Some need what only a public file has.
        if harmful == 0 && has_public {
            wrong.push(format!("{} can nowhere be put in", fault.name));
        }
        wrong.extend(tally.unfounded.iter().map(|excuse| format!("{}: {excuse}", fault.name)));
        wrong.extend(lost_in_files(fault, &rules, &tally.samples));
        for sample in &tally.samples {
            let is_asked = |rule: &str| fault.rules.contains(&rule);
            crate::fixes::check(fault.name, &sample.mutant, is_asked, &mut fixes, &mut wrong);
        }
    }
    // Finding the grounds asserts that none of them has an error.
    println!("{} sound meshes, 0 of them accused; fixes tried: {fixes:?}", grounds.len());
    let Sum { kinds, seeded, found, neutral, misses } = sum;
    println!("{kinds} kinds, {seeded} seeded: {found} found, {neutral} neutral, {} missed", misses.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(kinds >= 40, "{kinds} kinds of fault");
    assert!(found * 100 >= (seeded - neutral) * 95, "{found} of {} were found; missed: {misses:#?}", seeded - neutral);
}

/// What became of the mutants of all kinds.
#[derive(Default)]
struct Sum {
    kinds: usize,
    seeded: usize,
    found: usize,
    neutral: usize,
    misses: Vec<String>,
}

impl Sum {
    /// Adds the mutants of one kind, and prints them.
    fn add(&mut self, name: &str, tally: &Tally) {
        let neutral: usize = tally.neutral.values().map(Vec::len).sum();
        let (seeded, found, missed) = (tally.seeded, tally.found, tally.missed.len());
        assert_eq!(seeded, found + neutral + missed, "{name}");
        println!("{name}: {seeded} seeded, {found} found, {neutral} neutral, {missed} missed");
        for (reason, places) in &tally.neutral {
            println!("    {} neutral: {reason}; such as {}", places.len(), places[places.len() / 2]);
        }
        tally.missed.iter().for_each(|place| println!("    missed: {place}"));
        self.kinds += 1;
        self.seeded += seeded;
        self.found += found;
        self.neutral += neutral;
        self.misses.extend(tally.missed.iter().map(|place| format!("{name}: {place}")));
    }
}

/// Faults that a dialect cannot have, and why.
const NOT_IN_FILES: &[(&str, &str, &str)] = &[
    ("circular-dependency", "json", "there is no DependsOn"),
    ("reference-to-conditional", "json", "there are no conditions"),
    ("deleted-resource", "json", "it is written as a call that creates it"),
    ("deleted-resource", "cloudformation", "a template says what shall be, not what is"),
    ("undeclared-order", "json", "its caller makes the order"),
    ("undeclared-order", "cloudformation", "its writer declares the order that the API demands"),
];

/// The samples whose fault is not found any more once they were written as a file of some dialect and read again.
fn lost_in_files(fault: &Fault, rules: &[&Rule], samples: &[Sample]) -> Vec<String> {
    let mut lost = Vec::new();
    for sample in samples.iter().filter(|sample| sample.mutant.workloads.is_empty()) {
        for dialect in ["cloudformation", "json"] {
            if NOT_IN_FILES.iter().any(|(rule, other, _)| *other == dialect && fault.rules.contains(rule)) {
                continue;
            }
            for notation in Dialect::named(dialect).unwrap().notations {
                let text = notation.write(&sample.mutant).text;
                let reading = read_text(&format!("mutant.{}", notation.name), &text);
                let said: Vec<String> = check(&reading.inventory, rules).found.iter().map(key).collect();
                if !sample.new.iter().any(|line| said.contains(line)) {
                    let new = &sample.new;
                    lost.push(format!("{}: lost in {dialect} {}: {new:?}\n{said:?}", fault.name, notation.name));
                }
            }
        }
    }
    lost
}
