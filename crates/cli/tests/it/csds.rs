//! How proxies stand, in Envoy's own protocol: a client that is none of ours asks, and plays the proxies.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::proxies::free_port;
use crate::serve::Server;
use crate::{corpus, judges_python};

const ORDERS: &str = "mesh/shop/virtualNode/orders";
const WEB: &str = "mesh/shop/virtualGateway/web";

/// What the judge prints.
pub(crate) fn judged(python: &std::ffi::OsStr, arguments: &[&str]) -> Value {
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/csds_judge.py");
    let output = Command::new(python).arg(judge).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The statuses of a kind's resources.
fn statuses<'t>(told: &'t Value, id: &str, kind: &str) -> Vec<&'t str> {
    let resources = told[id][kind].as_array().unwrap_or_else(|| panic!("{id} {kind}: {told}"));
    resources.iter().map(|own| own["status"].as_str().unwrap()).collect()
}

/// Every resource of a kind stands so, and is what was sent.
#[track_caller]
fn all_stand(told: &Value, id: &str, kind: &str, status: &str) {
    let resources = told[id][kind].as_array().unwrap();
    assert!(!resources.is_empty(), "{kind}: {told}");
    for own in resources {
        let is_as_sent = own["version"] == true && own["contents"] == true;
        assert!(own["status"] == status && is_as_sent && own["error"] == "", "{kind}: {own}");
    }
}

#[test]
fn a_client_is_told_how_each_proxy_stands() {
    let Some(python) = judges_python() else { return };
    let ads = format!("127.0.0.1:{}", free_port());
    let _server = Server::start(&["--load", &corpus("shop/shop.yaml"), "--ads", &ads]);
    let told = judged(&python, &[&ads]);
    assert_eq!(told["nobody"], json!({}));

    all_stand(&told["waiting"], ORDERS, "CDS", "STALE");
    for kind in ["EDS", "LDS", "RDS", "SDS"] {
        assert_eq!(statuses(&told["waiting"], ORDERS, kind), ["NOT_SENT"], "it has not asked for {kind}");
    }
    all_stand(&told["accepted"], ORDERS, "CDS", "SYNCED");
    all_stand(&told["refused"], ORDERS, "CDS", "SYNCED");
    for own in told["refused"][ORDERS]["LDS"].as_array().unwrap() {
        // It is told what was refused, and no listener was named.
        assert_eq!((&own["status"], &own["contents"]), (&json!("ERROR"), &json!(true)), "{own}");
        assert_eq!((&own["error"], &own["errorIsDated"]), (&json!("listener no: we know no such thing"), &json!(true)));
    }
    all_stand(&told["delta"], WEB, "CDS", "SYNCED");
    assert_eq!(statuses(&told["delta"], WEB, "LDS"), ["NOT_SENT"]);

    let both = json!([WEB, ORDERS]);
    for (matchers, ids) in [
        ("none", &both),
        ("exact", &json!([ORDERS])),
        ("prefix", &json!([WEB])),
        ("suffix", &json!([WEB])),
        ("contains", &json!([ORDERS])),
        ("regex", &both),
        ("part", &json!([])),
        ("either", &both),
        ("other", &json!([])),
    ] {
        assert_eq!(sorted(&told["matched"][matchers]), sorted(ids), "{matchers}");
    }
    assert!(
        told["metadata"].as_str().unwrap().starts_with("INVALID_ARGUMENT: node_matchers: node_metadatas"),
        "{told}"
    );
    assert!(
        told["pattern"].as_str().unwrap().starts_with("INVALID_ARGUMENT: node_matchers: node_id: safe_regex"),
        "{told}"
    );
    assert_eq!((&told["excluded"], &told["elseAlike"]), (&json!(true), &json!(true)));
    assert_eq!((&told["streamed"], &told["gone"]), (&json!([[ORDERS], [WEB]]), &json!([])));
}

fn sorted(ids: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> =
        ids.as_array().unwrap_or_else(|| panic!("{ids}")).iter().map(|id| id.as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}
