//! What access logs may say, and what Envoy refuses of it.

use serde_json::json;

use crate::{found_in, read_text};

/// The rules that find something in a node with an access log of that format.
#[track_caller]
fn check(format: &serde_json::Value, expected: &[&str]) {
    let node = json!({"meshName": "shop", "virtualNodeName": "orders", "spec": {
        "logging": {"accessLog": {"file": {"path": "/dev/stdout", "format": format}}}}});
    let found = found_in(&read_text("node.json", &node.to_string()));
    let of_logs = found.iter().filter(|found| found.place.path.to_string().contains("format"));
    let said: Vec<String> = of_logs.map(|found| format!("{} {}", found.severity.word(), found.rule)).collect();
    assert_eq!(said, expected, "{format}");
}

#[test]
fn formats_are_read_as_envoy_reads_them() {
    let (refused, unknown) = ("error malformed-access-log-format", "warning malformed-access-log-format");
    for (text, expected) in [
        ("plain\n", &[][..]),
        ("texttestingtesting %PROTOCOL%:%DURATION%\n", &[]),
        ("[%START_TIME(%Y/%m/%dT%H:%M:%S%z %s)%] %REQ(X-A?:PATH):10% 100%%\n", &[]),
        ("%START_TIME(%s.%3f)%%RESPONSE_CODE%", &[]),
        ("%DOWNSTREAM_PEER_FINGERPRINT_256%", &[]),
        ("100%\n", &[refused]),
        ("50% of %PROTOCOL%", &[refused]),
        ("%PROTOCOL", &[refused]),
        ("%protocol%", &[refused]),
        ("%REQ(:PATH%", &[refused]),
        ("%REQ(:PATH):%", &[refused]),
        ("%RESPONSE_CODE% %LATENCY%", &[unknown]),
        ("%LATENCY% %PROTOCOL", &[refused]),
    ] {
        check(&json!({"text": text}), expected);
        check(&json!({"json": [{"key": "one", "value": text}]}), expected);
    }
}

#[test]
fn a_key_stands_once_in_a_line() {
    let member = |key: &str| json!({"key": key, "value": "%PROTOCOL%"});
    check(&json!({"json": [member("one"), member("One")]}), &[]);
    check(&json!({"json": [member("one"), member("two"), member("one")]}), &["warning duplicate-access-log-key"]);
}
