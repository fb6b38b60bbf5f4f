//! Every operation, driven by botocore.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use meshwright_model::operation::Operation;
use serde_json::Value;

use crate::http::Server;

#[test]
fn botocore_drives_every_operation() {
    let Some(python) = crate::python() else { return };
    let server = Server::start();
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../judges/api_judge.py");
    let output = Command::new(python).arg(judge).arg(format!("http://{}", server.address)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(said["complaints"], serde_json::json!([]), "{:#}", said["complaints"]);
    let model: BTreeMap<String, (String, String)> = serde_json::from_value(said["operations"].clone()).unwrap();
    let ours: BTreeMap<String, (String, String)> =
        Operation::all().map(|own| (own.to_string(), (own.method().to_owned(), own.path()))).collect();
    assert_eq!(ours, model);
}
