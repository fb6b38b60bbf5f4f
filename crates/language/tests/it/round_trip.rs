//! Any intent over the table of supported meanings, said in English in one of many ways, is read back as it was.
//!
//! `intents` makes intents, `english` says them, with a [`Voice`] that chooses among ways to say each thing, its units and
//! the order of parts. Nothing may be left over and nothing asked.

mod english;
mod intents;
mod voice;

use meshwright_language::{Intent, understand};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use voice::Voice;

/// How many intents of each sort are tried.
const CASES: u32 = 1000;

/// Says intents and reads them back; the seed is fixed, so that a failure stays.
fn check(intents: impl Strategy<Value = Intent>) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let choices = proptest::collection::vec(any::<u8>(), 0..64);
    let run = runner.run(&(intents, choices), |(intent, choices)| {
        let request = english::say(&intent, &mut Voice::new(&choices));
        let found = understand(&request);
        let missed: Vec<&str> = found.not_understood.iter().map(|words| words.text.as_str()).collect();
        prop_assert!(missed.is_empty(), "not understood: {missed:?} in {request:?}");
        prop_assert!(found.questions.is_empty(), "{:?} about {request:?}", found.questions);
        let shown = |intent: &Intent| serde_json::to_string_pretty(intent).unwrap();
        prop_assert!(
            found.intent == intent,
            "{request:?}\nis read as {}\nand not {}",
            shown(&found.intent),
            shown(&intent)
        );
        Ok(())
    });
    if let Err(fault) = run {
        panic!("{fault}");
    }
}

#[test]
fn nodes_are_read_as_they_were_said() {
    check(intents::nodes());
}

#[test]
fn routers_are_read_as_they_were_said() {
    check(intents::routers());
}

#[test]
fn gateways_are_read_as_they_were_said() {
    check(intents::gateways());
}

#[test]
fn what_stands_around_is_read_as_it_was_said() {
    check(intents::around());
}

#[test]
fn changes_are_read_as_they_were_said() {
    check(intents::changes());
}
