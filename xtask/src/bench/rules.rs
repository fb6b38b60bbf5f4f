//! What checking costs on top of reading, and how it grows.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meshwright_dialect::{Input, Options, read};
use meshwright_lint::{RULES, check};
use meshwright_model::Inventory;

use super::generate::{self, Size};
use super::measure::{Timed, best, nothing, peak_memory_of_child, timed, whole_process};
use super::table::Row;
use super::{TIMES, input};
use crate::console::say;
use crate::judges;

/// The routes of one router whose matches are held against each other: the points of the curve.
const CROWDS: [(usize, &str); 3] = [(100, "100 routes"), (1_000, "1,000 routes"), (10_000, "10,000 routes")];

/// What ten times as many routes of one router may cost. They are sorted, and each is held against its neighbours, so that
/// the cost is that of sorting and of caches that no longer hold them; a search of every pair would come to 100.
const NOT_QUADRATIC: f64 = 20.0;

/// What rules over ten times as many routes may cost: 10,000 (14 MB of resources) stay in a processor's cache from one rule to the
/// next, and 100,000 do not. In time, it is ten times the goal of 10,000.
const OUT_OF_CACHE: f64 = 15.0;

/// How often the slow baseline is run.
const BASELINE_ROUNDS: usize = 3;

/// Every row about rules.
pub(super) fn rows(root: &Path, folder: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    say("rules …");
    let files = [input("mesh.json", generate::describe(Size::quota(1)))];
    let time = checked(&files);
    rows.push(Row::new("every rule over 10,000 routes, without reading", &files, time).within_millis(60.0));
    let peak = peak_memory_of_child(folder, "--check", &files)?;
    rows.push(Row::memory("peak memory, AWS JSON read and checked", &files, peak, 200.0));
    let large = [input("mesh.json", generate::describe(Size::quota(TIMES)))];
    let large_time = checked(&large);
    let row = Row::new("every rule over 100,000 routes", &large, large_time);
    rows.push(row.against("10,000 routes", time, OUT_OF_CACHE).within_millis(600.0));
    drop((files, large));
    say("routes of one router …");
    for (shape, name) in [(Shape::Prefixes, "a prefix each"), (Shape::Headers, "one prefix, a header value each")] {
        let mut before = None;
        for (count, routes) in CROWDS {
            let files = [input("mesh.json", shape.routes(count))];
            let time = checked(&files);
            if let Some((fewer, few_time)) = before {
                let what = format!("every rule over one router of {routes}, {name}");
                rows.push(Row::new(&what, &files, time).against(fewer, few_time, NOT_QUADRATIC));
            }
            before = Some((routes, time));
        }
    }
    rows.push(one_template(root)?);
    Ok(rows)
}

/// The best time that all rules take on files that are read already.
fn checked(files: &[Input]) -> Duration {
    let inventory = read(files.to_vec(), &Options::default()).inventory;
    best(|| check_once(&inventory), nothing).0
}

fn check_once(inventory: &Inventory) -> Timed<usize> {
    timed(|| check(inventory, RULES).found.len())
}

/// A whole run over a single template, against the linter that people have.
fn one_template(root: &Path) -> Result<Row> {
    say("cfn-lint …");
    let template = root.join("corpus/shop/shop.yaml");
    let files =
        [Input { name: "shop.yaml".to_owned(), bytes: std::fs::read(&template).context("corpus/shop/shop.yaml")? }];
    let ours = whole_process(&["validate", "--format", "json"], &template)?;
    let cfn_lint = judges::install(root)?.with_file_name(format!("cfn-lint{}", std::env::consts::EXE_SUFFIX));
    let mut theirs = Duration::MAX;
    for _ in 0..BASELINE_ROUNDS {
        let start = Instant::now();
        let output = Command::new(&cfn_lint).arg(&template).output()?;
        theirs = theirs.min(start.elapsed());
        // It ends with 4 where it has warnings; the sunset of App Mesh is one.
        ensure!(
            matches!(output.status.code(), Some(0 | 4)),
            "cfn-lint failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let row = Row::new("`meshwright validate shop.yaml`, the whole process", &files, ours);
    Ok(row.against("`cfn-lint shop.yaml`", theirs, 0.02).within_millis(20.0))
}

/// How the routes of a crowded router differ.
#[derive(Clone, Copy)]
enum Shape {
    /// Each has a prefix of its own; some lie in each other.
    Prefixes,
    /// Each wants another value of one header, on one prefix.
    Headers,
}

impl Shape {
    /// One router with so many routes, as a stream of `create-route` inputs.
    fn routes(self, count: usize) -> String {
        let route = |number: usize| {
            let matcher = match self {
                Self::Prefixes => format!(r#""prefix": "/team-{}/area-{number}""#, number % 100),
                Self::Headers => format!(
                    r#""prefix": "/", "headers": [{{"name": "x-tenant", "match": {{"exact": "tenant-{number}"}}}}]"#
                ),
            };
            let action = r#""action": {"weightedTargets": [{"virtualNode": "orders", "weight": 1}]}"#;
            format!(
                r#"{{"meshName": "shop", "virtualRouterName": "orders", "routeName": "route-{number}", "spec": {{"httpRoute": {{"match": {{{matcher}}}, {action}}}}}}}"#
            )
        };
        (0..count).map(route).collect::<Vec<_>>().join("\n")
    }
}
