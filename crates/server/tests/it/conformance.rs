//! Every member of every input at its limits, generated from botocore's model.

use std::path::Path;
use std::process::Command;

use crate::http::Server;

/// How many operations take a specification.
const OPERATIONS: usize = 14;

#[test]
fn every_member_is_held_to_its_limits() {
    let Some(python) = std::env::var_os("MESHWRIGHT_JUDGES_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!("skipped: botocore is not installed; cargo xtask test installs it");
        return;
    };
    let server = Server::start();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/conformance_judge.py");
    let output = Command::new(python).arg(judge).arg(format!("http://{}", server.address)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let counts = said.lines().filter(|line| !line.starts_with("in all")).map(|line| {
        let (passed, all) = line.rsplit_once(": ").and_then(|(_, own)| own.split_once(" of ")).unwrap();
        (passed.parse::<usize>().unwrap(), all.parse::<usize>().unwrap())
    });
    assert_eq!(counts.filter(|(passed, all)| passed == all && *all >= 50).count(), OPERATIONS, "{said}");
}
