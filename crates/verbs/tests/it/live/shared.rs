//! Meshes that another account shares.

use std::sync::Arc;

use meshwright_server::{InProcess, Scope, Service};
use meshwright_store::Memory;

use super::{run, shop, snapshot_of};

const OWNER: &str = "111111111111";

#[test]
fn who_shares_a_mesh_applies_takes_and_deletes_what_is_his() {
    let service = Arc::new(Service::start(Box::new(Memory::default()), false).unwrap());
    let of = |account: &str| InProcess::new(Arc::clone(&service), Scope::of("us-east-1", account));
    let (owner, guest) = (of(OWNER), of("222222222222"));
    run(&owner, "apply mesh", &shop(9));
    let tags = r#"[{"key": "team", "value": "guest"}]"#;
    let node = format!(
        r#"{{"meshName": "shop", "meshOwner": "{OWNER}", "virtualNodeName": "own", "spec": {{}}, "tags": {tags}}}"#
    );
    assert!(run(&guest, "apply mesh", &node).output().ends_with("done: 1 created\n"));
    assert_eq!(run(&guest, "apply mesh", &node).output(), "nothing to do, 1 unchanged\n");

    // The tags of the others are for nobody else to see, on either side.
    let taken = run(&guest, &format!("snapshot --mesh mesh/shop@{OWNER}"), "");
    let notes = taken.answer.as_ref().unwrap().notes.clone();
    assert_eq!(notes, format!("note: mesh shop of account {OWNER} itself is its owner's, and left out\n"));
    assert_eq!(run(&guest, "apply mesh", &taken.output()).output(), "nothing to do, 6 unchanged\n");
    let whole = snapshot_of(&owner, "shop");
    assert!(whole.contains("\"own\"") && !whole.contains("guest"), "{whole}");
    let kept = run(&owner, "apply mesh --prune", &shop(9)).output();
    assert!(kept.contains("made by another account in a shared mesh, and kept: virtual node own"), "{kept}");

    assert!(run(&guest, "delete mesh --yes", &node).output().ends_with("done: 1 deleted\n"));
    assert_eq!(run(&owner, "apply mesh --prune", &shop(9)).output(), "nothing to do, 6 unchanged\n");
}

/// As templates say it with `AWS::AccountId`.
#[test]
fn who_names_himself_as_the_owner_names_his_own_mesh() {
    let service = Arc::new(Service::start(Box::new(Memory::default()), false).unwrap());
    let of = |account: &str| InProcess::new(Arc::clone(&service), Scope::of("us-east-1", account));
    let owner = of(OWNER);
    let named = format!(r#""meshName": "shop", "meshOwner": "{OWNER}", "virtual"#);
    let text = shop(9).replace(r#""meshName": "shop", "virtual"#, &named);
    assert!(run(&owner, "apply mesh", &text).output().ends_with("done: 6 created\n"));
    assert_eq!(run(&owner, "apply mesh --prune", &text).output(), "nothing to do, 6 unchanged\n");
    assert_eq!(run(&owner, "apply mesh --prune", &shop(9)).output(), "nothing to do, 6 unchanged\n");
    let twice = text.replace("\n]", ",\n{\"meshName\": \"shop\", \"virtualNodeName\": \"v1\", \"spec\": {}}\n]");
    let refused = run(&owner, "apply mesh", &twice).answer.unwrap_err().to_string();
    assert!(refused.starts_with("virtual node v1 of mesh shop: the files define it twice"), "{refused}");

    // A mesh of the same name is not the one that another account shares.
    run(&of("222222222222"), "apply mesh", &shop(5));
    assert_eq!(run(&owner, "apply mesh --prune", &text).output(), "nothing to do, 6 unchanged\n");
    assert!(run(&owner, "delete mesh --yes", &text).output().ends_with("done: 6 deleted\n"));
}
