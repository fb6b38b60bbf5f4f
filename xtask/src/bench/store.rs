//! What keeping costs: a write that outlives the process, beside the least that a disk asks for it, and a start over a full store.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meshwright_dialect::{Input, Options, read};
use meshwright_model::order::Order;
use meshwright_server::{Scope, Service, Sync, Wanted};
use meshwright_store::{Change, File, Store};

use super::generate::{self, Size};
use super::input;
use super::measure::{best, nothing, timed};
use super::table::Row;
use crate::console::say;

/// How many writes are measured, and how many bytes each has: those of a route.
const WRITES: usize = 300;
const BYTES: usize = 600;

/// Every row about the store.
pub(super) fn rows(root: &Path) -> Result<Vec<Row>> {
    say("the store …");
    // The temporary folder may be memory; what is built is on a disk.
    let folder = tempfile::tempdir_in(root.join("target")).or_else(|_| tempfile::tempdir_in(root));
    let folder = folder.context("a temporary folder")?;
    let (path, routes) = (folder.path().join("state"), generate::describe(Size::quota(1)));
    let count = fill(&path, &routes)?;
    ensure!(count > 10_000, "the generated mesh is sound");
    let stored = [Input { name: "state".to_owned(), bytes: std::fs::read(&path)? }];
    let (load, _) = best(|| timed(|| Running(started(&path).expect("it was filled just now"))), nothing);
    let (write, raw) = write_and_append(&path, &folder.path().join("raw"))?;
    let route = [input("route", "x".repeat(BYTES))];
    Ok(vec![
        Row::new("a start over a store of 10,000 routes, model included", &stored, load).within_millis(200.0),
        Row::new("a write to that store, median of 300", &route, write)
            .against("append and fdatasync", raw, 4.0)
            .within_millis(2.0),
    ])
}

fn started(path: &Path) -> Result<Service> {
    Ok(Service::start(Box::new(File::open(path)?), false)?)
}

/// A service that gives its store back when it goes.
struct Running(Service);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Puts a mesh into a new store; answers with how many resources it has.
fn fill(path: &Path, mesh: &str) -> Result<usize> {
    let reading = read(vec![input("mesh.json", mesh.to_owned())], &Options::default());
    let order = Order::of(&reading.inventory.index());
    let placed = order.placed.iter().map(|placed| Wanted::of(&reading.inventory.resources[placed.position]));
    let wanted = placed.collect::<Option<Vec<_>>>().context("the generated mesh is known as a whole")?;
    let service = started(path)?;
    let synced = service.sync(Sync { wanted, scope: Scope::of("us-east-1", "123456789012"), follows: false })?;
    service.end();
    Ok(synced.created)
}

/// The median times of a durable write and of the least that could be one, which take turns.
fn write_and_append(store: &Path, raw: &Path) -> Result<(Duration, Duration)> {
    let mut store = File::open(store)?;
    let mut raw = std::fs::File::create(raw)?;
    let (mut writes, mut appends) = (Vec::new(), Vec::new());
    for number in 0..WRITES {
        let value = Some(vec![b'x'; BYTES]);
        let change = Change { key: format!("[\"bench\",{}]", number % 100).into_bytes(), value };
        let start = Instant::now();
        store.commit(&[change])?;
        writes.push(start.elapsed());
        let start = Instant::now();
        raw.write_all(&[b'x'; BYTES])?;
        raw.sync_data()?;
        appends.push(start.elapsed());
    }
    Ok((median(writes), median(appends)))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
