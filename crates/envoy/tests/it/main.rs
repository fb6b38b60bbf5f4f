//! The crate from outside: bootstraps as they are written, and before a real Envoy.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::needless_pass_by_value, reason = "what a mesh says reads best where it stands")]
#![expect(clippy::print_stdout, reason = "a skipped test says so, and a long one how far it is")]

mod behaviour;
mod bootstrap;
mod certificates;
mod differential;
mod dump;
mod hostile;
mod judge;
mod lab;
mod meshes;
mod nodes;
mod process;
mod proxied;
mod translated;
mod validate;

use meshwright_envoy::json::to_json;
use meshwright_envoy::{Error, Proxy, Settings, Variables, bootstrap as build};
use serde_json::Value;

const NODE: &str = "mesh/shop/virtualNode/orders";

/// What variables come to.
fn settings(proxy: &str, given: &[(&str, &str)]) -> Result<Settings, Error> {
    let mut variables = Variables::default();
    for (name, value) in given {
        variables.set(name, name, value)?;
    }
    Settings::read(Proxy::read(proxy)?, &variables)
}

/// The bootstrap for a proxy with variables, as JSON.
fn bootstrapped(proxy: &str, given: &[(&str, &str)]) -> Value {
    to_json(&build(&settings(proxy, given).unwrap()))
}
