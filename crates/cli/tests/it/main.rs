//! The command as its users run it: arguments, standard input, standard output, standard error, exit codes.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod bootstrap;
mod certificates;
mod csds;
mod endpoints;
mod fixing;
#[cfg(target_os = "linux")]
mod full_disk;
mod generate;
mod graph;
mod grpc;
mod hostile;
#[cfg(unix)]
mod image;
mod live;
mod llm;
mod metrics;
mod proxies;
mod serve;
#[path = "../../../llm/tests/it/server.rs"]
#[expect(dead_code, reason = "the hostile plays are for the crate itself")]
mod server;
#[cfg(unix)]
mod signed;
mod store;
mod traces;
#[cfg(target_os = "linux")]
mod up;
mod usage;
mod validate;
mod waiting;
mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

/// The project's own meshes.
fn corpus(name: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus").join(name);
    path.display().to_string()
}

/// The Python of the judges, which `cargo xtask test` installs; `None`, with a word about it, where they are not.
fn judges_python() -> Option<std::ffi::OsString> {
    python("MESHWRIGHT_JUDGES_PYTHON")
}

/// A Python of judges, by the variable that names it.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn python(variable: &str) -> Option<std::ffi::OsString> {
    let python = std::env::var_os(variable);
    if python.is_none() {
        assert!(std::env::var_os("CI").is_none(), "CI needs the judges; run cargo xtask test");
        eprintln!("skipped: the judges are not installed; cargo xtask test installs them");
    }
    python
}

/// Runs the command with something on its standard input.
fn run_with(input: &[u8], arguments: &[&str]) -> Run {
    run_command(Command::new(env!("CARGO_BIN_EXE_meshwright")).args(arguments), input)
}

/// Runs a command, which may have an environment of its own.
fn run_command(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Run {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

fn run(arguments: &[&str]) -> Run {
    run_with(b"", arguments)
}
