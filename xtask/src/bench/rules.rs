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
use super::{LINEAR, TIMES, input};
use crate::console::say;
use crate::judges;

/// The routes of one router whose matches are held against each other.
const FEW_ROUTES: usize = 1_000;

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
    rows.push(Row::new("every rule over 100,000 routes", &large, large_time).against("10,000 routes", time, LINEAR));
    drop((files, large));
    say("routes of one router …");
    for (shape, name) in [(Shape::Prefixes, "a prefix each"), (Shape::Headers, "one prefix, a header value each")] {
        let few = [input("mesh.json", shape.routes(FEW_ROUTES))];
        let many = [input("mesh.json", shape.routes(FEW_ROUTES * TIMES))];
        let (few_time, many_time) = (checked(&few), checked(&many));
        let what = format!("every rule over one router of 10,000 routes, {name}");
        rows.push(Row::new(&what, &many, many_time).against("1,000 routes", few_time, LINEAR));
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
