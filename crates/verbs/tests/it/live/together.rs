//! Two who change one mesh at a time: neither overwrites the other in silence.

use std::cell::Cell;

use meshwright_model::Kind;
use meshwright_model::api::{Call, Failure, MeshApi};
use meshwright_model::operation::Operation;
use serde_json::Value;

use super::{nothing, run, shop, snapshot_of};

/// An API where somebody else does something once, right before a call.
struct Meanwhile<'a> {
    api: &'a dyn MeshApi,
    before: &'a dyn Fn(&Call) -> bool,
    other: &'a dyn Fn(),
    is_done: Cell<bool>,
}

impl MeshApi for Meanwhile<'_> {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        if (self.before)(call) && !self.is_done.replace(true) {
            (self.other)();
        }
        self.api.call(call)
    }

    fn place(&self) -> String {
        self.api.place()
    }
}

fn check(before: &dyn Fn(&Call) -> bool, other: &str, own: &str, part: &str) -> String {
    let api = nothing();
    run(&api, "apply mesh", &shop(9));
    let change = || _ = run(&api, "apply mesh --prune", other).answer.unwrap();
    let meanwhile = Meanwhile { api: &api, before, other: &change, is_done: Cell::new(false) };
    let stopped = run(&meanwhile, "apply mesh", own);
    let answer = stopped.answer.as_ref().unwrap();
    assert!(answer.has_findings && answer.notes.contains(part), "{stopped:?}");
    snapshot_of(&api, "shop")
}

/// The second time that the route is described is right before it is changed.
fn right_before_the_check() -> impl Fn(&Call) -> bool {
    let times = Cell::new(0);
    move |call| {
        let is_route = call.operation == Operation::Describe(Kind::Route);
        times.set(times.get() + usize::from(is_route));
        is_route && times.get() == 2
    }
}

#[test]
fn who_comes_second_sees_that_the_mesh_has_moved() {
    let there = check(&right_before_the_check(), &shop(5), &shop(3), "somebody has changed it (version 1 then, 2 now)");
    assert!(there.contains("\"weight\": 5"), "nothing is overwritten: {there}");
}

#[test]
fn who_writes_at_the_same_moment_is_told_so() {
    let before = |call: &Call| call.operation == Operation::Update(Kind::Route);
    check(&before, &shop(5), &shop(3), "somebody else changed it at the same moment (version 1 became 3)");
}

#[test]
fn what_another_has_deleted_is_not_made_again_in_silence() {
    let other = r#"{"meshName": "shop", "spec": {}}"#;
    check(&right_before_the_check(), other, &shop(3), "somebody has deleted it since the plan was made");
}

#[test]
fn two_who_want_the_same_do_not_disturb_each_other() {
    let api = nothing();
    let change = || _ = run(&api, "apply mesh", &shop(9)).answer.unwrap();
    for operation in [Operation::Create(Kind::Mesh), Operation::Create(Kind::Route)] {
        let before = |call: &Call| call.operation == operation;
        let meanwhile = Meanwhile { api: &api, before: &before, other: &change, is_done: Cell::new(false) };
        let own = run(&meanwhile, "apply mesh", &shop(9));
        assert!(!own.has_findings(), "{own:?}");
        assert_eq!(run(&api, "apply mesh --prune", &shop(9)).output(), "nothing to do, 6 unchanged\n");
        run(&api, "delete --mesh shop --yes", "");
    }
}

#[test]
fn who_creates_something_else_at_the_same_moment_is_told_so() {
    let api = nothing();
    let change = || _ = run(&api, "apply mesh", &shop(5)).answer.unwrap();
    let before = |call: &Call| call.operation == Operation::Create(Kind::Route);
    let meanwhile = Meanwhile { api: &api, before: &before, other: &change, is_done: Cell::new(false) };
    let own = run(&meanwhile, "apply mesh", &shop(9));
    assert!(own.answer.as_ref().unwrap().notes.contains("somebody has created it at the same moment"), "{own:?}");
    assert!(snapshot_of(&api, "shop").contains("\"weight\": 5"));
}
