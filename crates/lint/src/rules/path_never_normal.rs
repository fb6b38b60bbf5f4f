//! A path that no request keeps.

use crate::facts::Literal;
use meshwright_model::edit::Change;
use meshwright_model::finding::Severity;

use crate::facts::Facts;
use crate::report::{Report, edit};
use crate::rule::Rule;

pub(super) const RULE: Rule = Rule {
    name: "path-never-normal",
    severity: Severity::Warning,
    summary: "a path or prefix contains a doubled slash or a dot segment",
    why: "proxies make paths normal before they match: /a//b and /a/./b become /a/b; no request matches what is written",
    source: "the dump of a gateway's configuration in capa-cloud/capa.io, \
             content/zh/blog/cloudstack/envoy/envoy-gateway.md: normalize_path and merge_slashes are on; tried with \
             Envoy 1.40: /a/../x and //x match the prefix /x",
    bad: BAD,
    cure: &[("/shop//orders", "/shop/orders")],
    check,
};

fn check(facts: &Facts<'_>, report: &mut Report) {
    for literal in facts.odd_literals().filter(|literal| literal.text.starts_with('/')) {
        let Some(part) = not_normal(literal) else { continue };
        let cured = normal(literal.text);
        let message = format!(
            "{} `{}` contains `{part}`, which proxies take out of every request's path: no request matches",
            literal.noun(),
            literal.text
        );
        let fix = edit(literal.matcher.resource, literal.at(), Change::Set(cured.as_str().into()));
        report
            .add(literal.matcher.resource, literal.at(), message)
            .help(format!("write `{cured}`, which such requests become"))
            .fix(format!("set `{cured}`"), vec![fix]);
    }
}

/// What a normal path does not contain; a prefix may end in the middle of a segment.
fn not_normal(literal: Literal<'_>) -> Option<&'static str> {
    let inside = ["//", "/../", "/./"].into_iter().find(|part| literal.text.contains(part));
    let at_end = ["/..", "/."].into_iter().find(|part| !literal.is_prefix && literal.text.ends_with(part));
    inside.or(at_end)
}

/// The path as a proxy makes it.
fn normal(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        match segment {
            "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let is_open = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    let end = if is_open && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
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
          Match: {Prefix: /shop//orders}
          Action: {WeightedTargets: [{VirtualNode: orders-v1, Weight: 1}]}
";

#[cfg(test)]
mod tests {
    #[test]
    fn paths_become_normal() {
        for (path, normal) in [
            ("/a//b", "/a/b"),
            ("/a/./b/", "/a/b/"),
            ("/a/../b", "/b"),
            ("//", "/"),
            ("/a/..", "/"),
            ("/a/b/.", "/a/b/"),
        ] {
            assert_eq!(super::normal(path), normal);
        }
    }
}
