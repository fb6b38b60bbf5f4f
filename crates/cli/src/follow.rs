//! The mesh files of `serve`: read once at the start, and again whenever they change.

use std::time::Duration;

use meshwright_dialect::{GivenParameters, Options};
use meshwright_model::opened::left_open;
use meshwright_model::order::Order;
use meshwright_server::{Scope, Service, Sync, Synced, Wanted};
use meshwright_verbs::findings;

use crate::{complain, env, load};

/// How often files are looked at. What has changed is read when it looks the same twice: a file may be half written.
const PERIOD: Duration = Duration::from_millis(500);

/// The mesh files of a server.
#[derive(Debug)]
pub(crate) struct MeshFiles {
    pub(crate) names: Vec<String>,
    pub(crate) parameters: GivenParameters,
    pub(crate) scope: Scope,
    /// Whether what is there already follows the files.
    pub(crate) follows: bool,
}

impl MeshFiles {
    /// Makes what the files hold, all or nothing.
    ///
    /// # Errors
    /// Says what is wrong with the files, or what the API refuses.
    pub(crate) fn apply(&self, service: &Service) -> Result<Synced, String> {
        let sync = Sync { wanted: self.wanted()?, scope: self.scope.clone(), follows: self.follows };
        service.sync(sync).map_err(|why| why.to_string())
    }

    /// The resources of the files, each after those that it needs.
    fn wanted(&self) -> Result<Vec<Wanted>, String> {
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
        if let Some(open) = left_open(&reading.inventory) {
            return Err(format!("the files leave values open:{open}"));
        }
        let order = Order::of(&reading.inventory.index());
        let placed = order.placed.iter().map(|placed| &reading.inventory.resources[placed.position]);
        Ok(placed.filter_map(Wanted::of).collect())
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
                        complain(&format!("error: --watch: nothing is changed: {why}\n"));
                    }
                    complaint = why;
                }
            }
        }
    }
}

/// What came of the files, for people.
pub(crate) fn said(synced: &Synced) -> String {
    let Synced { created, updated, deleted, kept } = *synced;
    let parts = [(created, "made"), (updated, "changed"), (deleted, "taken away"), (kept, "kept as they are")];
    let parts = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    let parts: Vec<String> = parts.collect();
    format!("resources of the files: {}\n", if parts.is_empty() { "none".to_owned() } else { parts.join(", ") })
}
