//! Faults of many kinds, each put into every sound mesh at every place where it can be, must be found.
//!
//! A mutant counts as found where a rule that names its fault says something new. Some changes harm nobody that the files
//! speak of; a written predicate recognises them before any rule is asked, and the report lists them with the reason.

mod grounds;
mod listeners;
mod matches;
mod names;
mod ports;
mod resilience;
mod routing;
mod sites;
mod tasks;
mod tls;

use std::collections::{BTreeMap, HashMap};

use meshwright_dialect::Dialect;
use meshwright_lint::{Found, Rule, check, rules};
use meshwright_model::reference::Key;
use meshwright_model::subject::Subject;
use meshwright_model::{Inventory, Resource};

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
    mutants: usize,
    found: usize,
    missed: Vec<String>,
    neutral: BTreeMap<&'static str, usize>,
    /// Found although a predicate excuses it: rules see more there than the predicate, which judges by what stands plainly.
    excused: usize,
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
    before: HashMap<String, usize>,
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
        let new = self.new_in(&inventory);
        let is_found = !new.is_empty();
        match (neutral, is_found) {
            (Some(reason), false) => *self.tally.neutral.entry(reason).or_default() += 1,
            (_, true) => {
                self.tally.found += 1;
                self.tally.excused += usize::from(neutral.is_some());
                // Tasks have no writer, so that both are wanted: meshes with tasks and without.
                let is_alike = |sample: &&Sample| sample.mutant.workloads.is_empty() == inventory.workloads.is_empty();
                if self.tally.samples.iter().filter(is_alike).count() < SAMPLES {
                    self.tally.samples.push(Sample { mutant: inventory, new });
                }
            }
            (None, false) if self.is_said_already(&inventory) => {
                *self.tally.neutral.entry("the mesh has that fault there already, and it is said").or_default() += 1;
                return;
            }
            (None, false) => self.tally.missed.push(format!("{} {place}", self.ground.name)),
        }
        self.tally.mutants += usize::from(neutral.is_none() || is_found);
    }

    /// Whether the rules say of what was changed, or of its parent, what they said before.
    fn is_said_already(&self, mutant: &Inventory) -> bool {
        let changed: Vec<&Resource> =
            mutant.resources.iter().filter(|one| !self.ground.inventory.resources.contains(one)).collect();
        check(mutant, &self.rules).found.iter().any(|found| {
            let is_of = |resource: &&Resource| {
                let parent =
                    resource.kind().parent().zip(resource.parent.as_ref().map(|parent| Key::of(parent).shown()));
                let subject = found.place.subject.as_ref();
                found.place.subject == Some(Subject::of(resource))
                    || subject.is_some_and(|subject| parent.as_ref() == Some(&(subject.kind, subject.name.clone())))
            };
            self.before.contains_key(&key(found)) && changed.iter().any(is_of)
        })
    }

    /// What the rules say of a mutant that they did not say before.
    fn new_in(&self, mutant: &Inventory) -> Vec<String> {
        let is_new = |(line, count): &(String, usize)| *count > self.before.get(line).copied().unwrap_or_default();
        said(mutant, &self.rules).into_iter().filter(is_new).map(|(line, _)| line).collect()
    }
}

/// How many mutants of a kind, with tasks and without, are written out and read again.
const SAMPLES: usize = 1;

fn key(found: &Found) -> String {
    format!("{} {:?} {}: {}", found.rule, found.place.subject, found.place.path, found.message)
}

fn said(inventory: &Inventory, rules: &[&Rule]) -> HashMap<String, usize> {
    let checked = check(inventory, rules);
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
        matches::FAULTS,
        routing::FAULTS,
        resilience::FAULTS,
        tls::FAULTS,
        tasks::FAULTS,
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
    let (mut kinds, mut mutants, mut found) = (0, 0, 0);
    let (mut wrong, mut misses, mut fixes) = (Vec::new(), Vec::new(), BTreeMap::new());
    for fault in faults() {
        let mut tally = Tally::default();
        let rules = named(fault.rules);
        for ground in &grounds {
            let before = said(&ground.inventory, &rules);
            (fault.seed)(ground, &mut Seeds { ground, rules: rules.clone(), before, tally: &mut tally });
        }
        println!("{}: {} mutants, {} found, {} of them excused", fault.name, tally.mutants, tally.found, tally.excused);
        tally.neutral.iter().for_each(|(reason, count)| println!("    {count} neutral: {reason}"));
        tally.missed.iter().for_each(|place| println!("    missed: {place}"));
        // Some need what only a public file has.
        if tally.mutants == 0 && has_public {
            wrong.push(format!("{} can nowhere be put in", fault.name));
        }
        wrong.extend(lost_in_files(fault, &rules, &tally.samples));
        for sample in &tally.samples {
            let is_asked = |rule: &str| fault.rules.contains(&rule);
            crate::fixes::check(fault.name, &sample.mutant, is_asked, &mut fixes, &mut wrong);
        }
        misses.extend(tally.missed.iter().map(|place| format!("{}: {place}", fault.name)));
        (kinds, mutants, found) = (kinds + 1, mutants + tally.mutants, found + tally.found);
    }
    println!("{kinds} kinds, {mutants} mutants, {found} found; fixes tried: {fixes:?}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(kinds >= 40, "{kinds} kinds of fault");
    assert!(found * 100 >= mutants * 95, "{found} of {mutants} were found; missed: {misses:#?}");
}

/// Faults that a dialect cannot have, and why.
const NOT_IN_FILES: &[(&str, &str, &str)] = &[
    ("circular-dependency", "json", "there is no DependsOn"),
    ("reference-to-conditional", "json", "there are no conditions"),
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
                let said = said(&reading.inventory, rules);
                if !sample.new.iter().any(|line| said.contains_key(line)) {
                    let new = &sample.new;
                    lost.push(format!("{}: lost in {dialect} {}: {new:?}\n{said:?}", fault.name, notation.name));
                }
            }
        }
    }
    lost
}
