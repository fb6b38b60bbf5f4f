//! `cargo xtask test` and `cargo xtask ci`: the tests with all that they need, and every check before them.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::console::say;
use crate::{judges, tidy};

/// A failure that the runner of the tests has put in its own words, which stay the last ones.
#[derive(Debug)]
pub(crate) struct AlreadySaid;

impl fmt::Display for AlreadySaid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a test failed")
    }
}

impl std::error::Error for AlreadySaid {}

/// Installs what the tests need and runs them all; arguments go to the runner.
pub(crate) fn test(root: &Path, arguments: &[String]) -> Result<()> {
    let all = [&["--workspace".to_owned()], arguments].concat();
    test_with(root, &all, Vec::new())
}

/// Likewise, of the packages that the arguments say, with variables.
pub(crate) fn test_with(root: &Path, arguments: &[String], variables: Vec<(&str, String)>) -> Result<()> {
    let (python, otlp) = (judges::install(root)?, judges::install_otlp(root)?);
    let mut tests = cargo(root);
    if has_nextest(root) {
        tests.args(["nextest", "run"]);
    } else {
        say("cargo-nextest is not installed: running cargo test instead");
        tests.arg("test");
    }
    match judges::envoy(&python) {
        Some(envoy) => _ = tests.env("MESHWRIGHT_JUDGES_ENVOY", envoy),
        None => say("there is no Envoy for this machine: tests that ask it only say so"),
    }
    if let Some(why) = judges::no_namespaces() {
        say(&format!("{why}: tests of network namespaces only say so"));
    }
    tests.args(arguments).env("MESHWRIGHT_JUDGES_PYTHON", python).env("MESHWRIGHT_JUDGES_OTLP", otlp).envs(variables);
    let corpus = root.join("../shared/corpus");
    if std::env::var_os("MESHWRIGHT_CORPUS").is_none()
        && let Ok(corpus) = corpus.canonicalize()
    {
        tests.env("MESHWRIGHT_CORPUS", corpus);
    }
    let status = tests.status().context("cargo does not start")?;
    if status.success() { Ok(()) } else { Err(AlreadySaid.into()) }
}

/// Every check in turn, the tests last.
pub(crate) fn ci(root: &Path) -> Result<()> {
    step("fmt", || succeed(cargo(root).args(["fmt", "--all", "--check"]), "run cargo fmt --all"))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"];
    step("clippy", || succeed(cargo(root).args(clippy), "clippy has something to say"))?;
    step("tidy", || tidy::run(root))?;
    let before = untracked(root)?;
    // The runner's own summary, with its time, comes last.
    say("test …");
    test(root, &["--no-fail-fast".to_owned()])?;
    let left: Vec<String> = untracked(root)?.into_iter().filter(|name| !before.contains(name)).collect();
    ensure!(left.is_empty(), "tests left files in the tree: {left:?}");
    Ok(())
}

/// The files in the tree that nobody has committed or ignores; none where there is no repository, as in an archive of the sources.
fn untracked(root: &Path) -> Result<Vec<String>> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "-z", "--others", "--exclude-standard"]);
    let output = git.output().context("git does not start")?;
    let names = String::from_utf8_lossy(&output.stdout);
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

fn step(name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    say(&format!("{name} …"));
    let start = Instant::now();
    work().context(name)?;
    say(&format!("{name}: passed in {:.1} s", start.elapsed().as_secs_f64()));
    Ok(())
}

fn has_nextest(root: &Path) -> bool {
    cargo(root).args(["nextest", "--version"]).output().is_ok_and(|output| output.status.success())
}

fn cargo(root: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root);
    cargo
}

fn succeed(command: &mut Command, otherwise: &'static str) -> Result<()> {
    let status = command.status().context("cargo does not start")?;
    if status.success() { Ok(()) } else { bail!(otherwise) }
}
