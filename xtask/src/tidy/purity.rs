//! The pure crates compute: no clock, randomness, environment, file or socket, neither in code nor in what they depend on.

use super::source::CodePath;
use super::workspace::{Package, Workspace};

const PURE: &[&str] = &["model", "dialect", "traffic", "lint", "language", "rollout", "envoy", "verbs"];

/// Dependencies that bring what is not pure; a name that ends with `-` stands for all that start with it.
const IMPURE_CRATES: &[&str] = &[
    "tokio",
    "tokio-",
    "async-std",
    "smol",
    "mio",
    "socket2",
    "hyper",
    "hyper-",
    "reqwest",
    "ureq",
    "axum",
    "tonic",
    "aws-",
    "rand",
    "rand_",
    "fastrand",
    "getrandom",
    "chrono",
    "tempfile",
];

/// Modules of `std` that touch the world.
const IMPURE_MODULES: &[&str] = &["env", "fs", "net", "process", "thread"];

/// Types whose name alone says it.
const CLOCKS: &[&str] = &["SystemTime", "Instant"];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let pure = workspace.packages.iter().filter(|package| PURE.contains(&package.name.as_str()));
    pure.flat_map(|package| check_dependencies(package).into_iter().chain(check_code(package))).collect()
}

fn check_dependencies(package: &Package) -> Vec<String> {
    let is_impure = |name: &str| {
        IMPURE_CRATES
            .iter()
            .any(|impure| if impure.ends_with(['-', '_']) { name.starts_with(impure) } else { name == *impure })
    };
    let impure = package.dependencies.iter().filter(|dependency| is_impure(&dependency.name));
    impure.map(|dependency| format!("crate `{}` is pure, but depends on `{}`", package.name, dependency.name)).collect()
}

fn check_code(package: &Package) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in &package.sources {
        for path in source.paths() {
            if let Some(what) = impurity(&path) {
                complaints.push(format!(
                    "{}:{}: crate `{}` is pure, but this is {what}",
                    source.path, path.line, package.name
                ));
            }
        }
    }
    complaints
}

/// What a path has to do with the world, if anything.
fn impurity(path: &CodePath) -> Option<String> {
    let segments: Vec<&str> = path.segments.iter().map(String::as_str).collect();
    let shown = segments.join("::");
    match segments.as_slice() {
        ["std", module, ..] if IMPURE_MODULES.contains(module) => Some(format!("`{shown}`")),
        ["rand", ..] if path.is_use || segments.len() > 1 => Some("randomness".to_owned()),
        [.., _, "now"] => Some(format!("`{shown}`, a clock")),
        segments if segments.iter().any(|segment| CLOCKS.contains(segment)) => Some(format!("`{shown}`, a clock")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::{fake, manifest};
    use super::*;

    fn check_source(name: &str, text: &str, expected: &[&str]) {
        let (_folder, workspace) = fake(&[(&format!("crates/{name}/src/lib.rs"), text)]);
        assert_eq!(check(&workspace), expected, "{text}");
    }

    #[test]
    fn a_pure_crate_touches_nothing() {
        let complaint = |what: &str| format!("crates/model/src/lib.rs:2: crate `model` is pure, but this is {what}");
        for (code, what) in [
            ("use std::{fmt, env};", "`std::env`"),
            ("use std::fs::File;", "`std::fs::File`"),
            ("fn f() { std::net::TcpStream::connect(x); }", "`std::net::TcpStream::connect`"),
            ("use std::time::{Duration, Instant};", "`std::time::Instant`, a clock"),
            ("fn f(at: SystemTime) {}", "`SystemTime`, a clock"),
            ("fn f() { Utc::now(); }", "`Utc::now`, a clock"),
            ("fn f() { rand::random(); }", "randomness"),
        ] {
            check_source("model", &format!("//! A crate.\n{code}\n"), &[&complaint(what)]);
        }
    }

    #[test]
    fn tests_and_crates_at_the_edge_may() {
        check_source("model", "//! A crate.\n#[cfg(test)]\nmod tests { use std::fs; }\n", &[]);
        check_source(
            "model",
            "//! A crate.\nuse std::time::Duration;\nconst X: &str = env!(\"CARGO_PKG_NAME\");\n",
            &[],
        );
        check_source("cli", "//! A crate.\nuse std::env;\n", &[]);
    }

    #[test]
    fn a_pure_crate_has_pure_dependencies() {
        for (dependency, is_pure) in
            [("tokio", false), ("tokio-util", false), ("rand_core", false), ("serde", true), ("random-word", true)]
        {
            let manifest = manifest("lint", &format!("[dependencies]\n{dependency} = \"1\""));
            let (_folder, workspace) = fake(&[("crates/lint/Cargo.toml", &manifest)]);
            assert_eq!(check(&workspace).is_empty(), is_pure, "{dependency}");
        }
    }
}
