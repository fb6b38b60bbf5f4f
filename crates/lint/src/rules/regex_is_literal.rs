//! A pattern that matches one text alone.

use meshwright_model::edit::{Change, NewValue};
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "regex-is-literal",
    severity: Severity::Info,
    summary: "a pattern has nothing in it that makes it one",
    why: "it matches one text as a whole; whoever expects a search, as other tools do, sees requests go elsewhere",
    source: "tried with Envoy 1.40: the header pattern b+ does not match abbc, so that a pattern is compared with \
             the whole value; AWS's examples write .*green.*",
    bad: BAD,
    cure: &[("Regex: green", "Regex: .*green.*")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for regex in facts.regexes() {
        let Some(text) = literal(regex.text) else { continue };
        // What cannot match any path is a fault of its own.
        if regex.header.is_none() && !text.starts_with('/') {
            continue;
        }
        let resource = regex.matcher.resource;
        let message = format!("pattern `{}` is plain text, and matches `{text}` as a whole alone", regex.text);
        let is_anchored = regex.text.ends_with('$');
        let found = report.add(resource, regex.at(), message);
        match regex.header {
            Some((_, header)) if !is_anchored => {
                found.severity(Severity::Warning).help(format!(
                    "write `.*{text}.*` if `{}` only has to contain it, or match it with `exact`",
                    header.name
                ));
            }
            None if regex.text.starts_with('^') && !is_anchored => {
                let help = format!("write `{text}.*` if other paths may start so, or match it with `exact`");
                found.severity(Severity::Warning).help(help);
            }
            Some(_) => {
                found.help("match it with `exact`");
            }
            None => {
                let exact = NewValue::Object(vec![("exact", text.into())]);
                let fix = edit(resource, regex.matcher.at(&["path"]), Change::Set(exact));
                found.help("match it with `exact`").fix(format!("match `{text}` with `exact`"), vec![fix]);
            }
        }
    }
}

/// The text that a pattern matches, where it has nothing of a pattern but its ends.
fn literal(pattern: &str) -> Option<&str> {
    let text = pattern.strip_prefix('^').unwrap_or(pattern);
    let text = text.strip_suffix('$').unwrap_or(text);
    let is_plain =
        !text.is_empty() && !text.contains(['.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\']);
    is_plain.then_some(text)
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
          Match: {Prefix: /, Headers: [{Name: x-color, Match: {Regex: green}}]}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";
