//! Which crate may depend on which: a new edge is a change of design. Tests may depend on anything.

use super::workspace::Workspace;

/// Each crate by its folder, and the crates of ours that it may depend on; `None` is all of them.
const EDGES: &[(&str, Option<&[&str]>)] = &[
    ("model", Some(&[])),
    ("traffic", Some(&["model"])),
    ("dialect", Some(&["model"])),
    ("language", Some(&["model"])),
    ("rollout", Some(&["model"])),
    ("store", Some(&["model"])),
    ("lint", Some(&["traffic", "model"])),
    ("envoy", Some(&["traffic", "model"])),
    ("ads", Some(&["envoy", "traffic", "model"])),
    ("verbs", Some(&["lint", "traffic", "dialect", "language", "rollout", "envoy", "model"])),
    ("server", Some(&["store", "verbs", "model"])),
    ("aws", Some(&["model"])),
    ("llm", Some(&["language"])),
    ("up", Some(&["ads", "envoy", "traffic", "model"])),
    ("otlp", Some(&["model"])),
    ("mcp", Some(&["verbs"])),
    ("cli", None),
    ("testkit", Some(&["store", "model"])),
    ("rust-sdk", Some(&[])),
    ("xtask", Some(&["lint", "traffic", "dialect", "language", "envoy", "store", "server", "verbs", "model"])),
];

/// Crates that nothing which is shipped may depend on.
const NOT_SHIPPED: &[&str] = &["testkit", "rust-sdk", "xtask"];

/// Crates of others that judge us: tests may depend on them, and nothing else, so that nobody who builds the program builds them.
const JUDGES: &[&str] = &["aws-sdk-appmesh", "aws-smithy-http-client"];

pub(super) fn check(workspace: &Workspace) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in &workspace.packages {
        let name = &package.name;
        let Some((_, allowed)) = EDGES.iter().find(|(crate_name, _)| crate_name == name) else {
            complaints
                .push(format!("crate `{name}` has no row in the table of edges; a new crate is a change of design"));
            continue;
        };
        for own in package.dependencies.iter().filter_map(|dependency| dependency.own.as_deref()) {
            let is_allowed = allowed.is_none_or(|allowed| allowed.contains(&own)) && !NOT_SHIPPED.contains(&own);
            if !is_allowed {
                complaints.push(format!("crate `{name}` depends on `{own}`, and no edge of the layout allows that"));
            }
        }
        let judges = package.dependencies.iter().filter(|dependency| JUDGES.contains(&dependency.name.as_str()));
        complaints.extend(judges.map(|judge| {
            format!("crate `{name}` depends on `{}`, which is a judge; only tests may depend on it", judge.name)
        }));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::{fake, manifest};
    use super::*;

    fn check_edges(crates: &[(&str, &str)], expected: &[&str]) {
        let manifests: Vec<(String, String)> = crates
            .iter()
            .map(|(name, dependencies)| (format!("crates/{name}/Cargo.toml"), manifest(name, dependencies)))
            .collect();
        let files: Vec<(&str, &str)> = manifests.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let (_folder, workspace) = fake(&files);
        assert_eq!(check(&workspace), expected);
    }

    const MODEL: &str = "[dependencies]\nmeshwright-model = { path = \"../model\" }";
    const DIALECT: &str = "[dependencies]\nmeshwright-dialect = { path = \"../dialect\" }";

    #[test]
    fn edges_of_the_layout_are_allowed() {
        check_edges(&[("model", ""), ("dialect", MODEL), ("cli", DIALECT)], &[]);
    }

    #[test]
    fn other_edges_are_not() {
        check_edges(
            &[("model", DIALECT), ("dialect", "")],
            &["crate `model` depends on `dialect`, and no edge of the layout allows that"],
        );
        let build = DIALECT.replace("dependencies", "build-dependencies");
        check_edges(
            &[("lint", &build), ("dialect", "")],
            &["crate `lint` depends on `dialect`, and no edge of the layout allows that"],
        );
    }

    #[test]
    fn tests_may_use_anything() {
        let dev = DIALECT.replace("dependencies", "dev-dependencies");
        check_edges(&[("model", &dev), ("dialect", "")], &[]);
    }

    #[test]
    fn judges_are_for_tests() {
        let sdk = "[dependencies]\naws-sdk-appmesh = \"1\"";
        let complaint = |name: &str| {
            format!("crate `{name}` depends on `aws-sdk-appmesh`, which is a judge; only tests may depend on it")
        };
        check_edges(&[("aws", sdk)], &[&complaint("aws")]);
        check_edges(&[("rust-sdk", sdk)], &[&complaint("rust-sdk")]);
        check_edges(&[("rust-sdk", &sdk.replace("dependencies", "dev-dependencies"))], &[]);
        let judge = "[dependencies]\nmeshwright-rust-sdk = { path = \"../rust-sdk\" }";
        check_edges(
            &[("cli", judge), ("rust-sdk", "")],
            &["crate `cli` depends on `rust-sdk`, and no edge of the layout allows that"],
        );
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        check_edges(
            &[("novelty", "")],
            &["crate `novelty` has no row in the table of edges; a new crate is a change of design"],
        );
    }
}
