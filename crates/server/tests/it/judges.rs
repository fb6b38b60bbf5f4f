//! Clients that we did not write, and what their makers' models and tests say of the API.

use std::path::Path;
use std::process::Command;

use crate::http::Server;

/// How many operations take a specification.
const OPERATIONS: usize = 14;

/// Asks a judge of `judges/` about a server, and answers with what it printed; `None` where no judge is installed.
///
/// # Panics
/// It has something to complain of.
#[expect(clippy::print_stdout, reason = "what the judge says is shown")]
fn ask(judge: &str) -> Option<String> {
    let python = crate::python()?;
    let server = Server::start();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges").join(judge);
    let output = Command::new(python).arg(judge).arg(format!("http://{}", server.address)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    Some(said)
}

/// The numbers in `… N of N …`.
fn counts(line: &str) -> (usize, usize) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let of = words.iter().position(|word| *word == "of").unwrap();
    (words[of - 1].parse().unwrap(), words[of + 1].parse().unwrap())
}

#[test]
fn every_member_of_every_input_is_held_to_its_limits() {
    let Some(said) = ask("conformance_judge.py") else { return };
    let each = said.lines().filter(|line| !line.starts_with("in all")).map(counts);
    let full = each.filter(|(passed, all)| passed == all && *all >= 50).count();
    assert_eq!(full, OPERATIONS, "{said}");
}

#[test]
fn the_aws_cli_lives_the_life_of_a_mesh() {
    let Some(said) = ask("cli_judge.py") else { return };
    assert_eq!(said.trim(), "38 of 38 commands");
}

#[test]
fn what_the_tests_of_moto_rely_on_holds_here() {
    let Some(said) = ask("moto_judge.py") else { return };
    let (passed, all) = counts(&said);
    assert!(passed == all && all > 300, "{said}");
}
