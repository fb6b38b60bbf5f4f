//! What the project does with itself: its tests, its checks, its benchmarks. `cargo xtask help` lists them.
//!
//! Nothing here is shipped.

mod bench;
mod console;
mod differential;
mod docs;
mod judges;
mod protobuf;
mod suite;
mod tidy;
mod wordings;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <task>

  test [arguments]        install what the tests need into .tools, and run them all; arguments go to the runner
  ci                      formatting, lints, tidy and tests, as a change must pass them
  tidy                    what the layout demands: edges between crates, purity, files, no cycles of modules
  docs                    write docs/ from the program itself
  wordings [--show NAME]  measure how much of ordinary wording is understood
  protobuf                write the descriptors of Envoy's messages for crates/envoy
  differential [--pairs N] [--seed N]
                          hold the simulator against a real Envoy: 20,000 requests into generated meshes
  bench [--write-readme]  measure the speed of reading; put the table into README.md
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<suite::AlreadySaid>() => ExitCode::FAILURE,
        Err(error) => {
            console::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((task, rest)) = arguments.split_first() else { bail!("{USAGE}") };
    match task.as_str() {
        "test" => suite::test(&root(), rest),
        "ci" => suite::ci(&root()),
        "tidy" => tidy::run(&root()),
        "docs" => docs::run(&root()),
        "wordings" => wordings::run(&root(), rest),
        "protobuf" => protobuf::run(&root()),
        "differential" => differential::run(&root(), rest),
        "bench" => bench::run(&root(), rest),
        "help" | "--help" => {
            console::print(USAGE);
            Ok(())
        }
        _ => bail!("there is no task `{task}`\n{USAGE}"),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here =
        std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), PathBuf::from)
}
