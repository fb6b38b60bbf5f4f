//! The simulator against a real Envoy: generated meshes, requests near the boundaries of their matches, and for each the same answer.
//!
//! A node's or gateway's proxy runs as an Envoy with just what [`meshwright_envoy::translate`] says. One filter stands in front of its
//! egress listener, by which a client says where the connection was to go. Behind it another Envoy answers on the port of every
//! target and says what it got.

mod compare;
mod generate;
mod lab;
mod random;

use generate::Case;
use lab::Lab;
use random::Random;

/// How many requests are sent into each mesh.
const PAIRS_A_MESH: usize = 100;

/// Sends requests into meshes; panics with the smallest mesh and request that differ.
fn run(seed: u64, pairs: usize) {
    if crate::process::envoy().is_none() {
        return;
    }
    let start = std::time::Instant::now();
    let mut random = Random::new(seed);
    let lab = Lab::new();
    let mut done = 0;
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    while done < pairs {
        let case = Case::new(&mut random, &lab, PAIRS_A_MESH.min(pairs - done));
        done += case.requests.len();
        let outcomes = compare::check(&lab, &case).unwrap_or_else(|difference| {
            let smallest = compare::smallest(&lab, &case, &difference);
            panic!("seed {seed}, after {done} pairs:\n{smallest}");
        });
        for outcome in outcomes {
            *counts.entry(outcome).or_default() += 1;
        }
    }
    println!("seed {seed}: {done} pairs agree in {:.1} s", start.elapsed().as_secs_f64());
    for (outcome, count) in counts {
        println!("{count:>8}  {outcome}");
    }
}

#[test]
fn the_simulator_says_what_envoy_does() {
    run(20_260_930, 2000);
}

#[test]
fn the_simulator_says_what_envoy_does_in_meshes_that_are_new_each_time() {
    let time = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seed = number("MESHWRIGHT_DIFFERENTIAL_SEED").unwrap_or(time.as_secs());
    run(seed, usize::try_from(number("MESHWRIGHT_DIFFERENTIAL_PAIRS").unwrap_or(200)).unwrap());
}

/// A number that `cargo xtask differential` gives.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}
