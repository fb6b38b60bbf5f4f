//! An access log's format that Envoy refuses.

use meshwright_model::finding::Severity;
use meshwright_model::logging::LoggingFormat;
use meshwright_model::{Path, Resource};
use meshwright_traffic::log_format::{Fault, fault};

use crate::facts::{Facts, format_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "malformed-access-log-format",
    severity: Severity::Error,
    summary: "an access log's format has a `%` that begins no operator of Envoy's",
    why: "Envoy refuses the format and the whole listener with it: a new proxy never listens, a running one keeps what it had",
    source: "Envoy's documentation, access log format strings; envoyproxy/envoy, source/common/formatter: `Couldn't find \
             valid command at position`, `Not supported field in StreamInfo`; that the control plane hands the format on \
             as it stands is inferred",
    bad: BAD,
    cure: &[("%RESPONSE_CODE %DURATION%", "%RESPONSE_CODE% %DURATION%")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (resource, log) in facts.access_logs() {
        match &log.format {
            Some(LoggingFormat::Text(text)) => {
                let text = text.known().map_or("", |text| text.as_str());
                add(resource, text, || format_path().field("text"), report);
            }
            Some(LoggingFormat::Json(members)) => {
                for (index, member) in members.iter().enumerate() {
                    let value = member.value.known().map_or("", |value| value.as_str());
                    add(resource, value, || format_path().field("json").index(index).field("value"), report);
                }
            }
            None => {}
        }
    }
}

fn add(resource: &Resource, format: &str, path: impl FnOnce() -> Path, report: &mut Report) {
    match fault(format) {
        None => {}
        Some(Fault::Malformed(at)) => {
            let start: String = at.chars().take(24).collect();
            report
                .add(resource, path(), format!("`{start}` begins with a `%`, but with no operator that ends with one"))
                .help("operators stand between two of them, such as `%RESPONSE_CODE%`; a `%` of its own is `%%`");
        }
        Some(Fault::Unknown(operator)) => {
            report
                .add(resource, path(), format!("`%{operator}%` is no operator that Envoy documents"))
                .severity(Severity::Warning)
                .help("Envoy's documentation of access logs lists them");
        }
    }
}

const BAD: &str = "\
Resources:
  Node:
    Type: AWS::AppMesh::VirtualNode
    Properties:
      MeshName: shop
      VirtualNodeName: orders
      Spec:
        Logging:
          AccessLog:
            File:
              Path: /dev/stdout
              Format: {Text: \"%RESPONSE_CODE %DURATION%\"}
";
