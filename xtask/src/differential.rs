//! `cargo xtask differential`: the simulator against a real Envoy, for as long as somebody likes.
//!
//! It runs a test of `crates/envoy` with numbers of its own.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::suite;

const USAGE: &str = "usage: cargo xtask differential [--pairs N] [--seed N]";

/// How many requests are sent where nobody says.
const PAIRS: u64 = 20_000;

/// The test that takes numbers.
const TEST: &str = "the_simulator_says_what_envoy_does_in_meshes_that_are_new_each_time";

/// Runs it; a difference is shown with the smallest mesh that has it.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let (mut pairs, mut seed) = (PAIRS, None);
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let mut number = || rest.next().context(USAGE)?.parse::<u64>().context(USAGE);
        match option.as_str() {
            "--pairs" => pairs = number()?,
            "--seed" => seed = Some(number()?),
            _ => bail!("{USAGE}"),
        }
    }
    let seed = seed.map(|seed| ("MESHWRIGHT_DIFFERENTIAL_SEED", seed.to_string()));
    let pairs = ("MESHWRIGHT_DIFFERENTIAL_PAIRS", pairs.to_string());
    let given = [pairs, ("NEXTEST_PROFILE", "differential".to_owned())].into_iter().chain(seed).collect();
    suite::test_with(root, &["--package", "meshwright-envoy", "--no-capture", TEST].map(str::to_owned), given)
}
