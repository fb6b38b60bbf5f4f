//! `apply --wait`: which answers about proxies count, and what is said of those that have not accepted everything.

use std::cell::RefCell;

use meshwright_model::api::{Call, Failure, MeshApi};
use meshwright_model::operation::Operation;
use serde_json::{Value, json};

use super::{nothing, run, shop};

/// An API with a control plane that says one thing after the other, and the last for ever; the first is asked before anything is written.
struct Controlled<'a> {
    api: &'a dyn MeshApi,
    says: RefCell<Vec<Value>>,
    asked: RefCell<Vec<Operation>>,
}

impl<'a> Controlled<'a> {
    fn new(api: &'a dyn MeshApi, says: Vec<Value>) -> Self {
        Self { api, says: RefCell::new(says), asked: RefCell::default() }
    }

    /// How often it was asked for proxies.
    fn looks(&self) -> usize {
        self.asked.borrow().iter().filter(|own| **own == Operation::ListProxies).count()
    }
}

impl MeshApi for Controlled<'_> {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        self.asked.borrow_mut().push(call.operation);
        if call.operation != Operation::ListProxies {
            return self.api.call(call);
        }
        let mut says = self.says.borrow_mut();
        Ok(if says.len() > 1 { says.remove(0) } else { says[0].clone() })
    }

    fn place(&self) -> String {
        self.api.place()
    }
}

fn said(revision: u64, followed: u64, proxies: &[Value]) -> Value {
    json!({"region": "us-east-1", "account": "1", "revision": revision, "followedRevision": followed, "proxies": proxies})
}

fn proxy(mesh: &str, name: &str, more: &Value) -> Value {
    let mut proxy = json!({
        "region": "us-east-1", "meshOwner": "1", "meshName": mesh, "resourceKind": "virtual node", "resourceName": name, "peer": "unix",
        "isKnown": true, "isSettled": false, "hasRefused": false, "kinds": [],
    });
    for (member, value) in more.as_object().unwrap() {
        proxy[member] = value.clone();
    }
    proxy
}

fn settled(name: &str) -> Value {
    proxy("shop", name, &json!({"isSettled": true}))
}

#[test]
fn what_was_so_before_the_change_does_not_count() {
    let api = nothing();
    let late = proxy("shop", "v2", &json!({}));
    let says = vec![
        said(1, 1, &[settled("v1"), settled("v2")]),
        said(7, 1, &[settled("v1"), settled("v2")]),
        said(9, 6, &[settled("v1"), settled("v2")]),
        // What others write meanwhile is not waited for.
        said(9, 7, &[settled("v1"), late]),
        said(10, 10, &[settled("v1"), settled("v2")]),
    ];
    let controlled = Controlled::new(&api, says);
    let applied = run(&controlled, "apply mesh --wait", &shop(9));
    assert!(!applied.has_findings(), "{applied:?}");
    assert!(
        applied.output().ends_with("done: 6 created\nall 2 proxies that are connected have accepted everything\n"),
        "{}",
        applied.output()
    );
    assert_eq!(controlled.looks(), 5);
    // Where nothing is left to do, proxies may still be on their way.
    let controlled = Controlled::new(&api, vec![said(10, 10, &[settled("v1"), settled("v2")])]);
    let again = run(&controlled, "apply mesh --wait", &shop(9));
    insta::assert_snapshot!(again.output(), @r"
    nothing to do, 6 unchanged

    all 2 proxies that are connected have accepted everything
    ");
}

#[test]
fn each_proxy_that_has_not_accepted_everything_is_named_with_its_reason() {
    let api = nothing();
    let rejection = json!({"message": "no such \u{1b}filter", "resources": ["listener"], "at": 1.0});
    let refused = json!({"hasRefused": true, "kinds": [{"kind": "LDS", "version": "1", "isWaiting": false, "rejection": rejection}]});
    let silent = json!({"kinds": [{"kind": "CDS", "version": "1", "isWaiting": true, "rejection": null}]});
    let others = [
        settled("v1"),
        proxy("shop", "v2", &refused),
        proxy("shop", "v3", &silent),
        proxy("shop", "v4", &json!({"isKnown": false})),
        // Neither of the mesh that is applied.
        proxy("store", "v1", &silent),
        proxy("shop", "v1", &json!({"region": "eu-west-1"})),
        proxy("shop", "v1", &json!({"meshOwner": "2"})),
    ];
    let applied = run(&Controlled::new(&api, vec![said(7, 7, &others)]), "apply mesh --wait=5", &shop(9));
    assert!(applied.has_findings());
    assert!(applied.output().ends_with("done: 6 created\n1 of 4 connected proxies have accepted everything\n"));
    insta::assert_snapshot!(applied.answer.unwrap().notes, @r"
    error: virtual node v2 of mesh shop from unix: refused listener (LDS): no such \u{1b}filter
    error: virtual node v3 of mesh shop from unix: has not answered yet: CDS
    error: virtual node v4 of mesh shop from unix: waits: there is no such resource
    ");
    let json = run(&Controlled::new(&api, vec![said(7, 7, &others)]), "apply mesh --wait=5 --format json", &shop(9));
    let answer: Value = serde_json::from_str(&json.output()).unwrap();
    let proxies = &answer["outcome"]["proxies"];
    assert_eq!((&proxies["connected"], &proxies["settled"]), (&json!(4), &json!(1)), "{answer}");
    let states: Vec<&Value> = proxies["others"].as_array().unwrap().iter().map(|own| &own["state"]).collect();
    assert_eq!(states, ["refused", "waiting", "unknown"]);
}

#[test]
fn nobody_waits_for_what_is_settled_one_way_or_the_other() {
    let api = nothing();
    let refused = proxy("shop", "v2", &json!({"hasRefused": true}));
    let controlled = Controlled::new(&api, vec![said(7, 7, &[settled("v1"), refused])]);
    assert!(run(&controlled, "apply mesh --wait", &shop(9)).has_findings());
    assert_eq!(controlled.looks(), 2, "a refusal stands until the mesh changes");
    let controlled = Controlled::new(&api, vec![said(7, 7, &[])]);
    let applied = run(&controlled, "apply mesh --wait", &shop(9));
    assert!(!applied.has_findings() && applied.output().ends_with("\nno proxy is connected\n"), "{applied:?}");
    let controlled = Controlled::new(&api, vec![said(7, 6, &[settled("v1")])]);
    let applied = run(&controlled, "apply mesh --wait=3", &shop(9));
    assert!(applied.answer.unwrap().notes.contains("the control plane has not followed so far"));
}

#[test]
fn where_nobody_knows_what_proxies_have_nothing_is_changed() {
    let api = nothing();
    for says in [json!({"proxies": []}), json!({"message": "no"})] {
        let controlled = Controlled::new(&api, vec![says]);
        let why = run(&controlled, "apply mesh --wait", &shop(9)).answer.unwrap_err().to_string();
        assert!(why.contains("--wait cannot be done there: nothing is changed"), "{why}");
        assert!(!controlled.asked.borrow().iter().any(|own| own.is_write()));
    }
    assert!(run(&api, "apply mesh --wait --dry-run", &shop(9)).output().starts_with("6 to create"));
}
