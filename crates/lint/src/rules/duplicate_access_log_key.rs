//! A key that stands twice in the JSON of an access log.

use std::collections::HashMap;

use meshwright_model::finding::Severity;
use meshwright_model::limits::JsonKey;
use meshwright_model::logging::LoggingFormat;

use crate::facts::{Facts, format_path};
use crate::report::Report;
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "duplicate-access-log-key",
    severity: Severity::Warning,
    summary: "a key stands twice in the JSON format of an access log",
    why: "Envoy's format is an object, in which a key has one value: the other is missing from every line of the log",
    source: "Envoy's documentation, access log format dictionaries; that one of two values is lost is inferred",
    bad: BAD,
    cure: &[("{Key: code, Value: \"%RESPONSE_FLAGS%\"}", "{Key: flags, Value: \"%RESPONSE_FLAGS%\"}")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for (resource, log) in facts.access_logs() {
        let Some(LoggingFormat::Json(members)) = &log.format else { continue };
        let mut firsts = HashMap::new();
        for (index, member) in members.iter().enumerate() {
            let Some(key) = member.key.known().map(JsonKey::as_str) else { continue };
            let first = *firsts.entry(key).or_insert(index);
            if first != index {
                let place = |index| format_path().field("json").index(index).field("key");
                report
                    .add(resource, place(index), format!("key `{key}` stands in the format already"))
                    .help("give each value a key of its own")
                    .related(resource, place(first), "the first one");
            }
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
              Format: {Json: [{Key: code, Value: \"%RESPONSE_CODE%\"}, {Key: code, Value: \"%RESPONSE_FLAGS%\"}]}
";
