//! Runs that stop half-way: what is done stays, and the next run goes on.

use std::cell::Cell;

use meshwright_model::api::{Call, Failure, MeshApi};
use meshwright_model::operation::Operation;
use serde_json::Value;

use super::{nothing, run, shop, snapshot_of, without};

/// An API that is gone after some writes: before the last of them is made, or after it, when its answer is lost.
struct Dying<'a> {
    api: &'a dyn MeshApi,
    writes: Cell<usize>,
    is_made: bool,
}

impl MeshApi for Dying<'_> {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        let gone = || Failure::NoAnswer("gone".to_owned());
        if !call.operation.is_write() {
            return if self.writes.get() == 0 { Err(gone()) } else { self.api.call(call) };
        }
        let left = self.writes.get().checked_sub(1).ok_or_else(gone)?;
        self.writes.set(left);
        match left {
            0 if self.is_made => self.api.call(call).and_then(|_| Err(gone())),
            0 => Err(gone()),
            _ => self.api.call(call),
        }
    }

    fn place(&self) -> String {
        self.api.place()
    }
}

/// Changes of every sort, broken off at each of their writes and then finished.
#[test]
fn a_run_that_stops_is_finished_by_the_next() {
    let after = without(&shop(4), &["\"v2\", \"spec\""]).replace("\"virtualNode\": \"v2\"", "\"virtualNode\": \"v3\"");
    let after = after.replace("\n]", ",\n{\"meshName\": \"shop\", \"virtualNodeName\": \"v3\", \"spec\": {}, \"tags\": [{\"key\": \"a\", \"value\": \"b\"}]}\n]");
    for is_made in [false, true] {
        for writes in 1..=4 {
            let api = nothing();
            run(&api, "apply mesh", &shop(9));
            let dying = Dying { api: &api, writes: Cell::new(writes), is_made };
            let stopped = run(&dying, "apply mesh --prune", &after);
            if writes <= 3 {
                let why = stopped.answer.as_ref().unwrap_err().to_string();
                assert!(why.contains("gone") && why.contains("goes on from there"), "{why}");
                assert!(stopped.shown.contains("not done"), "{stopped:?}");
            }
            let next = run(&api, "apply mesh --prune", &after);
            assert!(!next.has_findings(), "{writes} {is_made}: {next:?}");
            assert_eq!(
                run(&api, "apply mesh --prune", &after).output(),
                "nothing to do, 6 unchanged\n",
                "{writes} {is_made}"
            );
            let there = snapshot_of(&api, "shop");
            assert!(!there.contains("\"v2\"") && there.contains("\"key\": \"a\""), "{there}");
        }
    }
}

#[test]
fn a_creation_that_stops_is_finished_by_the_next() {
    for is_made in [false, true] {
        for writes in 1..=6 {
            let api = nothing();
            let dying = Dying { api: &api, writes: Cell::new(writes), is_made };
            assert!(run(&dying, "apply mesh", &shop(9)).answer.is_err());
            let next = run(&api, "apply mesh", &shop(9));
            assert!(!next.has_findings(), "{next:?}");
            assert_eq!(run(&api, "apply mesh", &shop(9)).output(), "nothing to do, 6 unchanged\n");
        }
    }
}

#[test]
fn a_deletion_that_stops_is_finished_by_the_next() {
    for is_made in [false, true] {
        for writes in 1..=6 {
            let api = nothing();
            run(&api, "apply mesh", &shop(9));
            let dying = Dying { api: &api, writes: Cell::new(writes), is_made };
            assert!(run(&dying, "delete --mesh shop --yes", "").answer.is_err());
            let next = run(&api, "delete mesh --yes", &shop(9));
            assert!(!next.has_findings(), "{next:?}");
            assert_eq!(run(&api, "meshes", "").output(), "no mesh at this process\n");
        }
    }
}

/// An API that takes no tags for what is there already.
struct Untaggable<'a>(&'a dyn MeshApi);

impl MeshApi for Untaggable<'_> {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        if call.operation == Operation::TagResource {
            let (exception, message) = ("AccessDeniedException".to_owned(), "not authorized".to_owned());
            return Err(Failure::Refused { exception, status: 403, message });
        }
        self.0.call(call)
    }

    fn place(&self) -> String {
        self.0.place()
    }
}

#[test]
fn a_resource_that_is_changed_in_part_is_said_to_be() {
    let api = nothing();
    let node = |host: &str, tag: &str| {
        let listeners = r#"[{"portMapping": {"port": 80, "protocol": "http"}}]"#;
        let spec = format!(r#"{{"listeners": {listeners}, "serviceDiscovery": {{"dns": {{"hostname": "{host}"}}}}}}"#);
        let tags = format!(r#"[{{"key": "a", "value": "{tag}"}}]"#);
        format!(
            r#"[{{"meshName": "m", "spec": {{}}}}, {{"meshName": "m", "virtualNodeName": "n", "spec": {spec}, "tags": {tags}}}]"#
        )
    };
    run(&api, "apply mesh", &node("a.local", "1"));
    let stopped = run(&Untaggable(&api), "apply mesh", &node("b.local", "2"));
    assert!(
        stopped.output().ends_with("stopped: nothing; 1 not done: the same command goes on from here\n"),
        "{stopped:?}"
    );
    assert_eq!(
        stopped.answer.unwrap().notes,
        "error: virtual node n: its specification is updated, but not its tags: AccessDeniedException: not authorized\n"
    );
}

#[test]
fn all_tags_of_a_full_resource_can_be_replaced() {
    let api = nothing();
    let mesh = |letter: &str| {
        let tags: Vec<String> =
            (0..50).map(|number| format!(r#"{{"key": "{letter}{number}", "value": "x"}}"#)).collect();
        format!(r#"[{{"meshName": "m", "spec": {{}}, "tags": [{}]}}]"#, tags.join(","))
    };
    run(&api, "apply mesh", &mesh("a"));
    let replaced = run(&api, "apply mesh", &mesh("b"));
    assert!(replaced.answer.is_ok(), "{replaced:?}");
    let again = run(&api, "apply mesh", &mesh("b"));
    assert!(again.output().contains("nothing"), "{again:?}");
}
