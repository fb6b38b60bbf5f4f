//! The mesh files of `serve`: read once at the start, and again whenever they change.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use meshwright_dialect::{GivenParameters, Options};
use meshwright_model::Inventory;
use meshwright_model::opened::left_open;
use meshwright_model::opened::made_up::MadeUp;
use meshwright_model::order::Order;
use meshwright_model::visible::visible;
use meshwright_server::{Scope, Service, Sync, Synced, Wanted};
use meshwright_verbs::findings;

use crate::{complain, env, load};

/// How often files are looked at. What has changed is read when it looks the same twice: a file may be half written.
const PERIOD: Duration = Duration::from_millis(500);

/// The most made-up values that are told.
const MAX_SHOWN: usize = 8;

/// The mesh files of a server.
#[derive(Debug)]
pub(crate) struct MeshFiles {
    pub(crate) names: Vec<String>,
    pub(crate) parameters: GivenParameters,
    pub(crate) scope: Scope,
    /// Whether what is there already follows the files.
    pub(crate) follows: bool,
    /// Whether values that the files leave open are made up, and a mesh that they only name.
    pub(crate) makes_up: bool,
}

impl MeshFiles {
    /// Makes what the files hold, all or nothing.
    ///
    /// # Errors
    /// Says what is wrong with the files, or what the API refuses.
    pub(crate) fn apply(&self, service: &Service) -> Result<Synced, String> {
        let (wanted, made_up) = self.wanted()?;
        let sync = Sync { wanted, scope: self.scope.clone(), follows: self.follows };
        let synced = service.sync(sync).map_err(|why| why.to_string())?;
        complain(&made_up);
        Ok(synced)
    }

    /// The resources of the files, each after those that it needs; and what was made up for them, in words.
    fn wanted(&self) -> Result<(Vec<Wanted>, String), String> {
        // Opening a pipe would wait for somebody to write to it, for ever.
        let is_other = |name: &&String| std::fs::metadata(name).is_ok_and(|own| !own.is_file() && !own.is_dir());
        if let Some(name) = self.names.iter().find(is_other).filter(|_| self.follows) {
            return Err(format!("{name}: it is neither a file nor a folder, so it cannot be followed"));
        }
        let files = load::load(&self.names);
        if let Some(error) = files.errors.first() {
            return Err(error.clone());
        }
        let nested = load::Nested::of(&self.names);
        let parameters = self.parameters.values.clone();
        let options = Options { parameters, load: &|path| nested.read(path), ..Options::default() };
        let reading = meshwright_dialect::read(files.inputs, &options);
        if reading.has_faults() || !reading.unreadable.is_empty() {
            let faults = findings::text(&reading, &reading.findings, env::is_coloured(&std::io::stderr()));
            return Err(format!("the files have faults\n{}", faults.trim_end()));
        }
        // A file that was emptied by mistake must not take everything away.
        if reading.inventory.resources.is_empty() {
            return Err("there is no App Mesh resource in the files".to_owned());
        }
        if self.makes_up {
            return Ok(made_up(&reading.inventory));
        }
        if let Some(open) = left_open(&reading.inventory) {
            return Err(format!("the files leave values open:{open}"));
        }
        let order = Order::of(&reading.inventory.index());
        let placed = order.placed.iter().map(|placed| &reading.inventory.resources[placed.position]);
        Ok((placed.filter_map(Wanted::of).collect(), String::new()))
    }

    /// Applies the files whenever they change, for as long as the process runs; they were looked at last when they had these stamps.
    pub(crate) fn follow(&self, service: &Service, mut last: load::Stamps, mut applied: bool) {
        let mut complaint = String::new();
        loop {
            std::thread::sleep(PERIOD);
            let now = load::stamps(&self.names);
            if now != last {
                (last, applied) = (now, false);
                complaint.clear();
                continue;
            }
            if applied {
                continue;
            }
            match self.apply(service) {
                Ok(synced) => {
                    applied = true;
                    complain(&said(&synced));
                }
                // What the files say wrongly stays so until they change; a store that fails may come back.
                Err(why) => {
                    if why != complaint {
                        let what = if self.makes_up { "the files" } else { "--watch" };
                        complain(&format!("error: {what}: nothing is changed: {why}\n"));
                    }
                    complaint = why;
                }
            }
        }
    }
}

/// The resources of files, with values for what they leave open; and these, in words.
fn made_up(inventory: &Inventory) -> (Vec<Wanted>, String) {
    let mut told = String::new();
    let order = Order::of(&inventory.index());
    let mut values = MadeUp::new();
    let resources = order.placed.iter().map(|placed| &inventory.resources[placed.position]);
    let mut all: Vec<Wanted> = resources.filter_map(|own| Wanted::made_up(own, &mut values)).collect();
    let made: BTreeSet<String> = all.iter().filter(|own| own.is_mesh()).map(|own| own.mesh_name().to_owned()).collect();
    let named: BTreeSet<String> = all.iter().map(|own| own.mesh_name().to_owned()).collect();
    for name in named.difference(&made) {
        let _ = writeln!(told, "the files do not hold mesh {}: an empty one is made", visible(name));
        all.insert(0, Wanted::mesh(name));
    }
    if !values.is_empty() {
        let shown = values.iter().take(MAX_SHOWN).map(|(open, value)| format!("  {} = {value}\n", visible(open)));
        let shown: String = shown.collect();
        let more = values.len().saturating_sub(MAX_SHOWN);
        let more = if more > 0 { format!("  and {more} more\n") } else { String::new() };
        let _ =
            write!(told, "the files leave values open; these are made up, --parameter gives others:\n{shown}{more}");
    }
    (all, told)
}

/// What came of the files, for people.
pub(crate) fn said(synced: &Synced) -> String {
    let Synced { created, updated, deleted, kept } = *synced;
    let parts = [(created, "made"), (updated, "changed"), (deleted, "taken away"), (kept, "kept as they are")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let parts: Vec<String> = parts.collect();
    format!("resources of the files: {}\n", if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
}
