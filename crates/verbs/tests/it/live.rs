//! The live side against the API in this process: what is applied, what is said of it, and what others do meanwhile.

mod half_way;
mod open;
mod public;
mod refused;
mod shared;
mod together;
mod waiting;

use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_model::api::MeshApi;
use meshwright_server::{InProcess, Scope, Service};
use meshwright_store::Memory;
use meshwright_verbs::apply::ApplyOptions;
use meshwright_verbs::delete::DeleteOptions;
use meshwright_verbs::live::{Live, LiveError};
use meshwright_verbs::meshes::MeshesOptions;
use meshwright_verbs::snapshot::SnapshotOptions;
use meshwright_verbs::{Answer, apply, delete, meshes, snapshot};
use serde_json::Value;

#[derive(Parser)]
enum Command {
    Apply(ApplyOptions),
    Delete(DeleteOptions),
    Meshes(MeshesOptions),
    Snapshot(SnapshotOptions),
}

/// An API without a mesh.
fn nothing() -> InProcess {
    let service = Service::start(Box::new(Memory::default()), false).unwrap();
    InProcess::new(Arc::new(service), Scope::of("us-east-1", "123456789012"))
}

fn reading(name: &str, text: &str) -> Reading {
    read(vec![Input { name: name.to_owned(), bytes: text.as_bytes().to_vec() }], &Options::default())
}

/// What a run has said: what it answers, and everything that was shown.
#[derive(Debug)]
struct Run {
    answer: Result<Answer, LiveError>,
    shown: String,
}

impl Run {
    fn output(&self) -> String {
        format!("{}{}", self.shown, self.answer.as_ref().unwrap().output)
    }

    fn has_findings(&self) -> bool {
        self.answer.as_ref().unwrap().has_findings
    }
}

/// Runs a verb over a file's text.
fn run(api: &dyn MeshApi, arguments: &str, text: &str) -> Run {
    run_on(api, arguments, (!text.is_empty()).then(|| reading("mesh", text)).as_ref())
}

/// Runs a verb over what was read of files.
fn run_on(api: &dyn MeshApi, arguments: &str, file: Option<&Reading>) -> Run {
    let command = Command::parse_from(["meshwright"].into_iter().chain(arguments.split_whitespace()));
    let mut shown = String::new();
    let mut show = |text: &str| shown.push_str(text);
    let time = std::cell::Cell::new(Duration::ZERO);
    let pause = |so_long: Duration| time.set(time.get() + so_long);
    let now = || time.get();
    let mut live = Live { api, watch: &mut |_| {}, tell: &mut |_| {}, pause: &pause, now: &now };
    let answer = match &command {
        Command::Apply(options) => apply::run(file.unwrap(), options, &mut live, &mut show),
        Command::Delete(options) => delete::run(file, options, &mut live, &mut show),
        Command::Meshes(options) => meshes::run(options, &mut live),
        Command::Snapshot(options) => snapshot::run(options, &mut live, false),
    };
    Run { answer, shown }
}

fn snapshot_of(api: &dyn MeshApi, mesh: &str) -> String {
    let run = run(api, &format!("snapshot --mesh {mesh}"), "");
    assert!(!run.has_findings(), "{run:?}");
    run.output()
}

/// A small shop: `{}` is the place of more resources, `{weight}` that of a weight.
fn shop(weight: u32) -> String {
    format!(
        r#"[
{{"meshName": "shop", "spec": {{}}}},
{{"meshName": "shop", "virtualNodeName": "v1", "spec": {{}}}},
{{"meshName": "shop", "virtualNodeName": "v2", "spec": {{}}, "tags": [{{"key": "team", "value": "pay"}}]}},
{{"meshName": "shop", "virtualRouterName": "pay", "spec": {{"listeners": [{{"portMapping": {{"port": 80, "protocol": "http"}}}}]}}}},
{{"meshName": "shop", "virtualRouterName": "pay", "routeName": "split", "spec": {{"httpRoute": {{
  "match": {{"prefix": "/"}},
  "action": {{"weightedTargets": [{{"virtualNode": "v1", "weight": {weight}}}, {{"virtualNode": "v2", "weight": 1}}]}}}}}}}},
{{"meshName": "shop", "virtualServiceName": "pay.local", "spec": {{"provider": {{"virtualRouter": {{"virtualRouterName": "pay"}}}}}}}}
]"#
    )
}

/// The same without some lines.
fn without(text: &str, words: &[&str]) -> String {
    let kept: Vec<&str> = text.lines().filter(|line| !words.iter().any(|word| line.contains(word))).collect();
    kept.join("\n").replace("},\n]", "}\n]")
}

#[test]
fn what_is_applied_is_there_and_a_second_time_changes_nothing() {
    let api = nothing();
    let first = run(&api, "apply mesh", &shop(9));
    insta::assert_snapshot!(first.output(), @r"
    6 to create

    + mesh shop
    + virtual node v1
    + virtual node v2
    + virtual router pay
    + route pay/split
    + virtual service pay.local

    done: 6 created
    ");
    assert!(!first.has_findings());
    let again = run(&api, "apply mesh --prune", &shop(9));
    assert_eq!((again.output().as_str(), again.has_findings()), ("nothing to do, 6 unchanged\n", false));
}

#[test]
fn a_plan_says_what_differs_and_a_dry_run_changes_nothing() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let before = snapshot_of(&api, "shop");
    let changed = shop(4).replace("\"pay\"}]", "\"money\"}, {\"key\": \"env\", \"value\": \"x\"}]");
    let plan = run(&api, "apply mesh --dry-run", &changed);
    insta::assert_snapshot!(plan.output(), @r#"
    2 to update, 4 unchanged

    ~ virtual node v2
        tags.team: "pay" -> "money"
        tags.env: (none) -> "x"
    ~ route pay/split
        spec.httpRoute.action.weightedTargets[0].weight: 9 -> 4
    "#);
    assert!(plan.has_findings());
    assert_eq!(snapshot_of(&api, "shop"), before);
    assert!(!run(&api, "apply mesh", &changed).has_findings());
    let after = snapshot_of(&api, "shop");
    assert!(after.contains("money") && after.contains("\"env\""), "{after}");
    assert_eq!(run(&api, "apply mesh --dry-run", &changed).output(), "nothing to do, 6 unchanged\n");
    // A file that says nothing of tags leaves them; one that says some means these.
    assert_eq!(
        run(&api, "apply mesh --dry-run", &shop(4).replace(r#", "tags": [{"key": "team", "value": "pay"}]"#, ""))
            .output(),
        "nothing to do, 6 unchanged\n"
    );
    run(&api, "apply mesh", &shop(4));
    assert!(!snapshot_of(&api, "shop").contains("\"env\""));
}

#[test]
fn a_specification_that_was_there_before_is_applied_again() {
    let api = nothing();
    for weight in [9, 4, 9, 4, 4] {
        assert!(!run(&api, "apply mesh", &shop(weight)).has_findings());
        let there = snapshot_of(&api, "shop");
        assert!(there.contains(&format!("\"weight\": {weight}")), "{there}");
    }
}

#[test]
fn a_snapshot_feeds_apply_and_has_the_same_bytes() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let snapshot = snapshot_of(&api, "shop");
    assert_eq!(snapshot_of(&api, "shop"), snapshot);
    assert_eq!(run(&api, "apply mesh --prune", &snapshot).output(), "nothing to do, 6 unchanged\n");
    let other = nothing();
    assert!(!run(&other, "apply mesh", &snapshot).has_findings());
    let kept = |text: &str| {
        let mut all: Value = serde_json::from_str(text).unwrap();
        all.as_array_mut().unwrap().iter_mut().for_each(|own| _ = own.as_object_mut().unwrap().remove("metadata"));
        all
    };
    assert_eq!(kept(&snapshot_of(&other, "shop")), kept(&snapshot));
}

#[test]
fn every_mesh_of_the_corpus_can_be_applied() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    for name in [
        "everything/everything.json",
        "everything/everything.yaml",
        "shop/shop.yaml",
        "grpc/library.json",
        "grpc/library.yaml",
    ] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let api = nothing();
        let first = run(&api, "apply mesh", &text);
        assert!(!first.has_findings(), "{name}: {first:?}");
        let again = run(&api, "apply mesh --dry-run --prune", &text);
        assert!(!again.has_findings(), "{name}: {again:?}");
        let meshes: Value = serde_json::from_str(&run(&api, "meshes --format json", "").output()).unwrap();
        for mesh in meshes["meshes"].as_array().unwrap() {
            let snapshot = snapshot_of(&api, mesh["meshName"].as_str().unwrap());
            let again = run(&api, "apply mesh --dry-run --prune", &snapshot);
            assert!(!again.has_findings(), "{name}: {again:?}");
        }
    }
}

#[test]
fn what_no_file_has_goes_with_prune_alone_and_in_reverse_order() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let node = r#"{"meshName": "shop", "virtualNodeName": "v1", "spec": {}}"#;
    let less = format!("[{{\"meshName\": \"shop\", \"spec\": {{}}}},\n{node}]");
    insta::assert_snapshot!(run(&api, "apply mesh", &less).output(), @r"
    nothing to do, 2 unchanged

    in no file, and kept without --prune: virtual node v2, virtual router pay, route pay/split, virtual service pay.local
    ");
    // A file that does not define the mesh deletes nothing in it.
    assert_eq!(run(&api, "apply mesh --prune", node).output(), "nothing to do, 1 unchanged\n");
    insta::assert_snapshot!(run(&api, "apply mesh --prune", &less).output(), @r"
    4 to delete, 2 unchanged

    - virtual service pay.local
    - route pay/split
    - virtual node v2
    - virtual router pay

    done: 4 deleted
    ");
    assert_eq!(run(&api, "apply mesh --prune", &less).output(), "nothing to do, 2 unchanged\n");
}

#[test]
fn what_is_still_named_is_not_begun() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let dangling = shop(9).replace("\"virtualNode\": \"v2\"", "\"virtualNode\": \"v3\"");
    let plan = run(&api, "apply mesh", &dangling);
    assert!(plan.has_findings());
    insta::assert_snapshot!(plan.output(), @r#"
    1 to update, 5 unchanged

    ~ route pay/split
        spec.httpRoute.action.weightedTargets[1].virtualNode: "v2" -> "v3"

    cannot be done: route pay/split names virtual node v3, which is neither in the files nor there
    "#);
    let elsewhere = run(&api, "apply mesh", r#"{"meshName": "other", "virtualNodeName": "x", "spec": {}}"#);
    assert!(elsewhere.output().contains("virtual node x is in mesh other, which is neither"), "{elsewhere:?}");
}

#[test]
fn a_router_that_gives_up_no_protocol_changes_in_place() {
    let api = nothing();
    // The router never spoke what its route does, which App Mesh takes.
    let odd = shop(9).replace("httpRoute", "http2Route");
    assert!(!run(&api, "apply mesh", &odd).has_findings());
    let moved = odd.replace("\"port\": 80,", "\"port\": 81,");
    let run = run(&api, "apply mesh", &moved);
    assert!(!run.has_findings() && run.output().contains("1 to update, 5 unchanged"), "{run:?}");
}

#[test]
fn a_listener_that_changes_its_protocol_is_explained_or_done_with_replace() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let http2 = shop(9).replace("\"protocol\": \"http\"", "\"protocol\": \"http2\"").replace("httpRoute", "http2Route");
    let plan = run(&api, "apply mesh", &http2);
    assert!(plan.has_findings());
    assert!(plan.output().contains("cannot be done: virtual router pay: App Mesh does not change the protocol of a listener while route pay/split exists: --replace"), "{plan:?}");
    insta::assert_snapshot!(run(&api, "apply mesh --replace", &http2).output(), @r#"
    1 to update, 1 to replace, 4 unchanged

    - route pay/split   to be made again: it cannot be changed in place
    ~ virtual router pay
        spec.listeners[0].portMapping.protocol: "http" -> "http2"
    + route pay/split   again

    done: 1 created, 1 updated, 1 deleted
    "#);
    assert_eq!(run(&api, "apply mesh", &http2).output(), "nothing to do, 6 unchanged\n");
}

#[test]
fn a_router_that_gets_more_listeners_waits_for_its_routes() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let second = r#", {"portMapping": {"port": 81, "protocol": "http"}}]"#;
    let two = shop(9)
        .replace("\"protocol\": \"http\"}}]", &format!("\"protocol\": \"http\"}}}}{second}"))
        .replace("{\"prefix\": \"/\"}", "{\"prefix\": \"/\", \"port\": 80}");
    let run_of_two = run(&api, "apply mesh", &two);
    assert!(!run_of_two.has_findings(), "{run_of_two:?}");
    assert!(!run(&api, "apply mesh", &shop(9)).has_findings(), "and back");
    assert_eq!(run(&api, "apply mesh", &shop(9)).output(), "nothing to do, 6 unchanged\n");
}

#[test]
fn deletion_shows_first_and_takes_all_or_what_files_name() {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let plan = run(&api, "delete --mesh shop", "");
    assert!(plan.has_findings());
    assert!(plan.answer.as_ref().unwrap().notes.contains("give --yes"), "{plan:?}");
    let held = run(&api, "delete mesh --yes", r#"{"meshName": "shop", "virtualNodeName": "v2", "spec": {}}"#);
    assert!(held.has_findings());
    assert!(
        held.output().contains("cannot be done: virtual node v2 cannot be deleted: route pay/split names it and stays"),
        "{held:?}"
    );
    let mesh = run(&api, "delete mesh --yes", r#"{"meshName": "shop", "spec": {}}"#);
    assert!(mesh.output().contains("mesh shop cannot be deleted: virtual node v1 is in it and stays"), "{mesh:?}");
    let route = shop(9).lines().filter(|line| line.contains("routeName") || line.starts_with("  ")).collect::<String>();
    let some = run(&api, "delete mesh --yes", route.trim_end_matches(','));
    assert!(some.output().ends_with("done: 1 deleted\n"), "{some:?}");
    insta::assert_snapshot!(run(&api, "delete --mesh shop --yes", "").output(), @r"
    5 to delete

    - virtual service pay.local
    - virtual node v1
    - virtual node v2
    - virtual router pay
    - mesh shop

    done: 5 deleted
    ");
    let gone = run(&api, "delete --mesh shop --yes", "").answer.unwrap_err().to_string();
    assert_eq!(gone, "there is no mesh `shop` at this process; there is none at all");
    assert_eq!(run(&api, "delete mesh", &shop(9)).output(), "nothing to do\n");
}

#[test]
fn meshes_are_counted_and_a_slip_is_answered_with_the_near_name() {
    let api = nothing();
    assert_eq!(run(&api, "meshes", "").output(), "no mesh at this process\n");
    run(&api, "apply mesh", &shop(9));
    run(&api, "apply mesh", r#"{"meshName": "empty", "spec": {}}"#);
    insta::assert_snapshot!(run(&api, "meshes", "").output(), @r"
    2 meshes at this process

    empty  nothing in it; version 1
    shop   2 virtual nodes, 1 virtual router, 1 route, 1 virtual service; version 1
    ");
    let slip = run(&api, "snapshot --mesh shpo", "").answer.unwrap_err().to_string();
    assert_eq!(slip, "there is no mesh `shpo` at this process; did you mean `shop`?");
    let strange = run(&api, "snapshot --mesh mesh/shop@210987654321", "").answer.unwrap_err().to_string();
    assert_eq!(strange, "there is no mesh `shop of account 210987654321` at this process; there are empty, shop");
    let whole = snapshot_of(&api, "arn:aws:appmesh:us-east-1:123456789012:mesh/shop");
    assert_eq!(whole, snapshot_of(&api, "shop"));
}

#[test]
fn lists_are_read_to_their_last_page() {
    let api = nothing();
    let nodes: Vec<String> = (0..250)
        .map(|number| format!(r#"{{"meshName": "m", "virtualNodeName": "n{number}", "spec": {{}}}}"#))
        .collect();
    let many = format!("[{{\"meshName\": \"m\", \"spec\": {{}}}}, {}]", nodes.join(", "));
    assert!(run(&api, "apply mesh", &many).output().ends_with("done: 251 created\n"));
    assert_eq!(run(&api, "apply mesh --prune --dry-run", &many).output(), "nothing to do, 251 unchanged\n");
    assert!(run(&api, "meshes", "").output().contains("250 virtual nodes"));
}

#[test]
fn where_several_meshes_are_changed_each_resource_is_named_with_its_own() {
    let both = r#"[{"meshName": "a", "spec": {}}, {"meshName": "b", "spec": {}}, {"meshName": "b", "virtualNodeName": "n", "spec": {}}]"#;
    insta::assert_snapshot!(run(&nothing(), "apply mesh", both).output(), @r"
    3 to create

    + mesh a
    + mesh b
    + virtual node n of mesh b

    done: 3 created
    ");
}
