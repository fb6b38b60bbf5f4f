//! The life of a mesh with the AWS CLI, which is told nothing but the endpoint.

use std::path::Path;
use std::process::Command;

use crate::http::Server;

#[test]
fn the_aws_cli_lives_the_life_of_a_mesh() {
    let Some(python) = std::env::var_os("MESHWRIGHT_JUDGES_PYTHON") else {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        println!("skipped: the AWS CLI is not installed; cargo xtask test installs it");
        return;
    };
    let server = Server::start();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/cli_judge.py");
    let output = Command::new(python).arg(judge).arg(format!("http://{}", server.address)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.trim(), "38 of 38 commands");
}
