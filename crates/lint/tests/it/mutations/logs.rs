//! Faults of what access logs say.

use meshwright_model::logging::{AccessLog, FileAccessLog, JsonFormatRef, Logging, LoggingFormat};

use super::grounds::{Ground, at};
use super::sites::{gateway, gateways, node, nodes, text};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "an operator of an access log is not closed",
        rules: &["malformed-access-log-format"],
        seed: |ground, seeds| log(ground, seeds, || LoggingFormat::Text(text("%RESPONSE_CODE% %DURATION ms\n"))),
    },
    Fault {
        name: "an operator of an access log is none of Envoy's",
        rules: &["malformed-access-log-format"],
        seed: |ground, seeds| log(ground, seeds, || LoggingFormat::Json(vec![member("method", "%REQUEST_METHOD%")])),
    },
    Fault {
        name: "a key of an access log stands twice",
        rules: &["duplicate-access-log-key"],
        seed: |ground, seeds| {
            log(ground, seeds, || {
                LoggingFormat::Json(vec![member("code", "%RESPONSE_CODE%"), member("code", "%RESPONSE_FLAGS%")])
            });
        },
    },
];

fn member(key: &str, value: &str) -> JsonFormatRef {
    JsonFormatRef { key: text(key), value: text(value) }
}

/// Gives every node and gateway an access log of that format.
fn log(ground: &Ground, seeds: &mut Seeds<'_>, format: fn() -> LoggingFormat) {
    let logging = || {
        let file = FileAccessLog { format: Some(format()), path: text("/dev/stdout") };
        Some(Logging { access_log: Some(AccessLog::File(file)) })
    };
    let is_shown = |resource: &meshwright_model::Resource| !Ground::is_open(resource, &["spec", "logging"]);
    for (position, resource, _) in nodes(&ground.inventory).filter(|(_, resource, _)| is_shown(resource)) {
        seeds.sow(at(resource, "logging"), None, |inventory| node(inventory, position).logging = logging());
    }
    for (position, resource, _) in gateways(&ground.inventory).filter(|(_, resource, _)| is_shown(resource)) {
        seeds.sow(at(resource, "logging"), None, |inventory| gateway(inventory, position).logging = logging());
    }
}
