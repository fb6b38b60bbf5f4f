//! `bootstrap` on the command line: the environment, files that it names, and exit codes.

use std::process::Command;

use meshwright_verbs::bootstrap::VARIABLES;
use serde_json::Value;

use crate::{Run, corpus, run_command};

/// Runs the command in an environment that says nothing of proxies but this.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meshwright"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    run_command(command.arg("bootstrap").args(arguments).envs(environment.iter().copied()), b"")
}

#[test]
fn the_environment_decides_as_in_app_meshs_image() {
    let environment = [
        ("APPMESH_RESOURCE_ARN", "mesh/shop/virtualNode/orders"),
        ("APPMESH_XDS_ENDPOINT", "unix:///run/xds.sock"),
        ("APPMESH_RESOURCE_CLUSTER", "all-orders"),
    ];
    let run = run(&[], &environment);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let bootstrap: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(bootstrap["node"]["cluster"], "all-orders");
}

#[test]
fn a_name_is_found_in_files_and_a_slip_is_named() {
    let shop = corpus("shop/shop.yaml");
    let found = run(&["orders", &shop, "--xds", "http://127.0.0.1:18000"], &[]);
    assert_eq!(found.code, 0, "{}", found.err);
    assert!(found.out.contains(r#""id": "mesh/shop/virtualNode/orders""#), "{}", found.out);
    let slip = run(&["oders", &shop, "--xds", "http://127.0.0.1:18000"], &[]);
    assert_eq!((slip.code, slip.out.as_str()), (2, ""));
    assert_eq!(slip.err, "error: the files hold no virtual node or gateway `oders`; did you mean `orders`?\n");
}

#[test]
fn a_file_that_a_variable_names_is_read() {
    let file = std::env::temp_dir().join(format!("meshwright-stats-{}.yaml", std::process::id()));
    std::fs::write(&file, "stats_config: {use_all_default_tags: false}\n").unwrap();
    let name = file.display().to_string();
    let node = ["mesh/shop/virtualNode/orders", "--xds=http://127.0.0.1:1"];
    let read = run(&node, &[("ENVOY_STATS_CONFIG_FILE", &name)]);
    std::fs::remove_file(&file).unwrap();
    let bootstrap: Value = serde_json::from_str(&read.out).unwrap();
    assert_eq!(bootstrap["stats_config"].to_string(), r#"{"use_all_default_tags":false}"#);
    let gone = run(&node, &[("ENVOY_STATS_CONFIG_FILE", &name)]);
    assert_eq!(gone.code, 2);
    assert_eq!(gone.err, format!("error: ENVOY_STATS_CONFIG_FILE {name}: there is no such file\n"));
}

#[test]
fn a_bootstrap_that_only_app_meshs_envoy_can_run_says_so_and_is_no_finding() {
    let arn = "arn:aws:appmesh:eu-west-1:123456789012:mesh/shop/virtualNode/orders";
    let run = run(&[arn], &[]);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("appmesh-envoy-management.eu-west-1.amazonaws.com:443"));
    assert!(run.err.starts_with("note: this control plane asks for calls signed"), "{}", run.err);
}
