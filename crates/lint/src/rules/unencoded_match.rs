//! A path or query value that requests carry encoded.

use std::fmt::Write;

use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;
use meshwright_model::limits::Text;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "unencoded-match",
    severity: Severity::Warning,
    summary: "a path, prefix or query value contains characters that requests carry percent-encoded",
    why: "of a path only what needs no encoding is decoded before it is compared, of a query nothing: no request matches",
    source: "tried with Envoy 1.40: a query value 1 does not match %31; of a path /%78 is read as /x, as RFC 3986 \
             section 6.2.2.2 decodes what needs no encoding, and that alone",
    bad: BAD,
    cure: &[("\"/new orders\"", "/new%20orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for literal in facts.odd_literals() {
        let Some(char) = literal.text.chars().find(|char| is_always_encoded(*char)) else { continue };
        let resource = literal.matcher.resource;
        let cured = encoded(literal.text);
        let fix = edit(resource, literal.at(), Change::Set(cured.as_str().into()));
        report
            .add(resource, literal.at(), message(literal.noun(), literal.text, char))
            .help(format!("write `{cured}`"))
            .fix(format!("set `{cured}`"), vec![fix]);
    }
    for matcher in facts.matchers() {
        for (index, parameter) in matcher.query_parameters.iter().enumerate() {
            let value = parameter.matcher.as_ref().and_then(|method| method.exact.as_ref()?.known());
            let Some(value) = value.map(Text::as_str) else { continue };
            // A `+` or `%20` may stand for a blank, so that there is no one way to write it.
            let Some(char) = value.chars().find(|char| is_always_encoded(*char) || matches!(char, '&' | '#')) else {
                continue;
            };
            let path = matcher.at(&["queryParameters"]).index(index).field("match").field("exact");
            report
                .add(matcher.resource, path, message("query value", value, char))
                .help("write the value as clients send it");
        }
    }
}

fn message(noun: &str, text: &str, char: char) -> String {
    format!(
        "{noun} `{text}` contains `{}`, which requests carry percent-encoded: no request matches",
        char.escape_debug()
    )
}

fn is_always_encoded(char: char) -> bool {
    !char.is_ascii_graphic()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_graphic() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

const BAD: &str = "\
Resources:
  Route:
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Match: {Prefix: \"/new orders\"}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
