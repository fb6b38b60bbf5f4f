//! A fleet of real Envoys, and what becomes of requests while the mesh changes.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod fleet;
mod load;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fleet::{Fleet, envoy, node, route};
use meshwright_model::Kind;
use serde_json::json;

/// How long a change may take to reach all.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn a_fleet_changes_under_load_and_no_request_fails() {
    let Some(envoy) = envoy() else { return };
    let fleet = &mut Fleet::start(&envoy);
    assert_eq!(fleet.size(), 20);
    fleet.settle("at the start");
    let load = load::Load::start(&fleet.caller(), 6);
    load.flows("before anything changes");

    // Weights: from half and half to one target, and to the other.
    for (first, second) in [(0, 100), (100, 0), (30, 70)] {
        for service in ["s0", "s4", "s8"] {
            fleet.update(Kind::Route, Some(service), "all", &route(service, &[("a", first), ("b", second)]));
        }
        fleet.settle("weights");
        load.flows("after weights have changed");
    }
    // A header leads to one node, whatever the weights.
    let canary = json!({"prefix": "/", "headers": [{"name": "x-canary", "match": {"exact": "true"}}]});
    let mut by_header = route("s0", &[("b", 1)]);
    by_header["httpRoute"]["match"] = canary;
    by_header["priority"] = json!(1);
    fleet.make(Kind::Route, Some("s0"), "canary", &by_header);
    fleet.settle("a route by header");
    let answers = |header: &str| (0..20).map(|_| fleet.answers("/s0/", header)).collect::<BTreeSet<String>>();
    assert_eq!(answers("x-canary: true"), ["s0-b".to_owned()].into());
    assert_eq!(answers("x-canary: no").len(), 2);
    load.flows("after a route by header has come");
    // A health check is edited, which makes clients' clusters others.
    for interval in [6000, 7000] {
        fleet.update(Kind::VirtualNode, None, "s4-a", &node("s4", &["s7"], Some(interval)));
        fleet.settle("a health check");
        load.flows("after a health check has changed");
    }
    // A node comes, gets traffic, loses it, and goes.
    fleet.create(Kind::VirtualNode, "s1-c", &node("s1", &["s4"], None));
    fleet.follow();
    fleet.settle("a new node");
    fleet.update(Kind::Route, Some("s1"), "all", &route("s1", &[("a", 20), ("b", 20), ("c", 60)]));
    fleet.settle("its traffic");
    load.sees("s1-c");
    fleet.update(Kind::Route, Some("s1"), "all", &route("s1", &[("a", 50), ("b", 50)]));
    fleet.settle("its traffic taken away");
    load.flows("after a node has lost its traffic");
    fleet.delete(Kind::VirtualNode, "s1-c");
    fleet.follow();
    load.flows("after a node has gone");
    // What one proxy refuses is its own affair.
    let logs = json!({"accessLog": {"file": {"path": "/dev/null/access.log"}}});
    let mut refused = node("s5", &["s8"], None);
    refused["logging"] = logs;
    fleet.update(Kind::VirtualNode, None, "s5-a", &refused);
    fleet.refuses("s5-a");
    load.flows("while a proxy refuses its listeners");
    fleet.update(Kind::VirtualNode, None, "s5-a", &node("s5", &["s8"], None));
    fleet.settle("a refusal taken back");
    // The control plane goes, and comes back with nothing new to say.
    let before = fleet.updates();
    fleet.end_control_plane();
    load.flows("while the control plane is away");
    fleet.start_control_plane();
    fleet.settle("the control plane is back");
    load.flows("after the control plane has come back");
    assert_eq!(fleet.updates(), before, "nothing that has not changed is sent again");
    load.end();
}
