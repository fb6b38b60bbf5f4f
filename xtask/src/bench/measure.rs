//! What is measured, and against what: best times of one process, peak memory of a child process.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use granit_parser::{Options as ParserOptions, Parser};
use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_lint::{RULES, check};
use meshwright_model::order::Order;
use serde_json::Value;

use crate::console::print;

const ROUNDS: usize = 5;
const PROCESS_ROUNDS: usize = 20;

/// The best time of each of two jobs, which take turns so that a slow moment of the machine meets both.
///
/// A job returns what it made; letting go of it is not measured.
pub(super) fn best<A, B>(
    mut job: impl FnMut() -> Timed<A>,
    mut baseline: impl FnMut() -> Timed<B>,
) -> (Duration, Duration) {
    let mut times = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        times.0 = times.0.min(job().time);
        times.1 = times.1.min(baseline().time);
    }
    times
}

/// What a job made, and how long it took.
pub(super) struct Timed<T> {
    time: Duration,
    _made: T,
}

pub(super) fn timed<T>(job: impl FnOnce() -> T) -> Timed<T> {
    let start = Instant::now();
    let made = black_box(job());
    Timed { time: start.elapsed(), _made: made }
}

/// Reads files with positions, resolves them, and puts the resources in order.
pub(super) fn read_and_order(files: &[Input]) -> Timed<(Reading, Order)> {
    let files = files.to_vec();
    timed(|| {
        let reading = read(files, &Options::default());
        let order = Order::of(&reading.inventory.index());
        assert!(reading.findings.is_empty(), "the generated mesh is sound: {:?}", reading.findings.first());
        (reading, order)
    })
}

/// The baseline for JSON: the same bytes as values without positions.
pub(super) fn json_values(files: &[Input]) -> Timed<Vec<Value>> {
    timed(|| {
        let documents =
            files.iter().flat_map(|file| serde_json::Deserializer::from_slice(&file.bytes).into_iter::<Value>());
        let values: Vec<Value> = documents.filter_map(Result::ok).collect();
        assert!(values.len() > 100, "the generated documents are sound");
        values
    })
}

/// The baseline for YAML: the events of the parser in use, each looked at once and let go.
pub(super) fn yaml_events(files: &[Input]) -> Timed<usize> {
    timed(|| files.iter().map(events).sum())
}

fn events(file: &Input) -> usize {
    let text = String::from_utf8_lossy(&file.bytes);
    let mut options = ParserOptions::default();
    options.set_emit_comments(false);
    let events = Parser::new_from_str_with_options(&text, options).map(black_box);
    events.flatten().count()
}

/// No baseline.
pub(super) fn nothing() -> Timed<()> {
    Timed { time: Duration::ZERO, _made: () }
}

/// Reads files once in this process, checks them or puts their resources in order, and prints the peak of its memory in
/// kilobytes.
pub(super) fn once(is_checked: bool, files: &[&str]) -> Result<()> {
    let input = |name: &&str| Ok(Input { name: (*name).to_owned(), bytes: std::fs::read(name)? });
    let inputs: Vec<Input> = files.iter().map(input).collect::<Result<_>>()?;
    let reading = read(inputs, &Options::default());
    if is_checked {
        let checked = check(&reading.inventory, RULES);
        let failed = checked.about_rules.iter().find(|finding| finding.rule == "internal");
        ensure!(failed.is_none(), "a rule failed: {failed:?}");
    } else {
        let order = Order::of(&reading.inventory.index());
        ensure!(order.placed.len() > 100, "the generated mesh is sound");
    }
    let status = std::fs::read_to_string("/proc/self/status").context("peak memory is measured on Linux alone")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel does not say VmHWM")?;
    print(&format!("{}\n", peak.trim().trim_end_matches("kB").trim()));
    Ok(())
}

/// The peak memory in bytes of a process that does a task of [`once`] with files.
pub(super) fn peak_memory_of_child(folder: &Path, task: &str, files: &[Input]) -> Result<u64> {
    let mut child = Command::new(std::env::current_exe()?);
    child.args(["bench", task]);
    for file in files {
        let path = folder.join(&file.name);
        std::fs::write(&path, &file.bytes)?;
        child.arg(path);
    }
    let output = child.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "a child process failed");
    let kilobytes: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().context("what a child process said")?;
    Ok(kilobytes * 1024)
}

/// The best time from start to end of the `meshwright` beside this executable, with a file as the last argument.
pub(super) fn whole_process(arguments: &[&str], file: &Path) -> Result<Duration> {
    let file = file.to_str().context("the path of the file is no text")?;
    whole_run(&[arguments, &[file]].concat())
}

/// The best time from start to end of the `meshwright` beside this executable.
pub(super) fn whole_run(arguments: &[&str]) -> Result<Duration> {
    let meshwright = meshwright()?;
    let mut best = Duration::MAX;
    for _ in 0..PROCESS_ROUNDS {
        let start = Instant::now();
        let output = Command::new(&meshwright).args(arguments).output()?;
        best = best.min(start.elapsed());
        // It ends with 1 where it has findings.
        let is_done = matches!(output.status.code(), Some(0 | 1));
        ensure!(is_done, "meshwright failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(best)
}

/// The `meshwright` beside this executable.
pub(super) fn meshwright() -> Result<PathBuf> {
    let meshwright = std::env::current_exe()?.with_file_name(format!("meshwright{}", std::env::consts::EXE_SUFFIX));
    if !meshwright.is_file() {
        bail!("there is no release build of meshwright; run cargo xtask bench without --release");
    }
    Ok(meshwright)
}
