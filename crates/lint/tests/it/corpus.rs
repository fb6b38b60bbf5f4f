//! Every public file, alone: which errors rules find in it, read by hand; and what an independent script found there.

use std::collections::BTreeMap;

use meshwright_dialect::Reading;
use meshwright_lint::Found;
use meshwright_model::finding::Severity;
use meshwright_model::reference::{Key, Need};
use meshwright_model::{Kind, Spec};

use crate::files::{files_below, public_corpus, read_files};
use crate::found_in;

/// The errors of rules, read by hand: the end of a file's path, the rule, how many, and the verdict.
const ERRORS: &[(&str, &str, usize, &str)] = &[
    (
        "aws__aws-cdk/test/integ.mesh.expected.json",
        "route-protocol-differs-from-router",
        1,
        "true: `route-3` is for TCP, and the listener of its router speaks HTTP (roadmap #82)",
    ),
    (
        "extracted/aws-resource-appmesh-route.1.template",
        "prefix-without-slash",
        1,
        "true: the guide writes the word `routePrefix` where a prefix is due",
    ),
    ("extracted/aws-resource-appmesh-route.2.template", "prefix-without-slash", 1, "true, as above"),
    (
        "extracted/aws-resource-appmesh-virtualnode.1.template",
        "health-check-path-without-slash",
        1,
        "true: the guide writes the word `Path` where a path is due",
    ),
    ("extracted/aws-resource-appmesh-virtualnode.2.template", "health-check-path-without-slash", 1, "true, as above"),
    ("walkthroughs/howto-alb/app.yaml", ENDPOINT, 2, OLD),
    ("howto-ecs-basics/deploy/2-meshify.yaml", ENDPOINT, 2, OLD),
    ("howto-ecs-basics/deploy/3-routing.yaml", ENDPOINT, 3, OLD),
    ("walkthroughs/howto-http-headers/app.yaml", ENDPOINT, 8, OLD),
    ("howto-metrics-extension-ecs/deploy/djapp-v1.yaml", ENDPOINT, 5, OLD),
    ("howto-metrics-extension-ecs/deploy/djapp-v3.yaml", ENDPOINT, 5, OLD),
    ("howto-metrics-extension-ecs/deploy/djapp-v5.yaml", ENDPOINT, 5, OLD),
    ("howto-mutual-tls-file-provided-by-acm/infrastructure/deploy.yaml", ENDPOINT, 2, OLD),
    ("all-service-addons.integ.snapshot/aws-ecs-integ.template.json", ENDPOINT, 3, OLD),
    ("subfuzion__enable-appmesh/cf/demo.yaml", ENDPOINT, 4, OLD),
];

const ENDPOINT: &str = "proxy-without-xds-endpoint";
const OLD: &str = "true of every task from before the end of AWS's control plane";

#[test]
fn errors_in_public_files_are_the_ones_read_by_hand() {
    let Some(corpus) = public_corpus() else { return };
    let mut wrong = Vec::new();
    let mut rows: Vec<_> = ERRORS.to_vec();
    for dialect in ["cloudformation", "cli-json"] {
        for path in files_below(&corpus.join(dialect)) {
            let reading = read_files(std::slice::from_ref(&path));
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for found in found_in(&reading).iter().filter(|found| found.severity == Severity::Error) {
                *counts.entry(found.rule).or_default() += 1;
            }
            for (rule, count) in counts {
                let is_row = |row: &(&str, &str, usize, &str)| path.ends_with(row.0) && row.1 == rule && row.2 == count;
                match rows.iter().position(is_row) {
                    Some(row) => drop(rows.remove(row)),
                    None => wrong.push(format!("{}: {rule} {count}", path.display())),
                }
            }
        }
    }
    assert!(wrong.is_empty() && rows.is_empty(), "not in the table: {wrong:#?}\nonly in the table: {rows:#?}");
}

#[test]
fn no_rule_fails_on_any_public_file() {
    let Some(corpus) = public_corpus() else { return };
    let files = files_below(&corpus);
    assert!(files.len() > 600, "{} files", files.len());
    for path in files {
        found_in(&read_files(std::slice::from_ref(&path)));
    }
}

/// A code of the script, the rules that name the same, and what we leave out on purpose.
struct Code {
    name: &'static str,
    rules: &'static [&'static str],
    /// How many places of a file the script counts and we do not.
    spared: fn(&Reading) -> usize,
    /// Why.
    why: &'static str,
}

const CODES: &[Code] = &[
    Code {
        name: "API_MODEL",
        rules: &["missing-field", "unknown-field", "wrong-type", "union"],
        spared: none,
        why: "",
    },
    Code { name: "BACKEND_MISSING", rules: &["dangling-backend"], spared: none, why: "" },
    Code { name: "DUP_MATCH", rules: &["duplicate-match", "ambiguous-route-order"], spared: none, why: "" },
    Code { name: "DUP_YAML_KEY", rules: &["duplicate-key"], spared: none, why: "" },
    Code { name: "ECS_DEPRECATED_ENV", rules: &["deprecated-proxy-variable"], spared: none, why: "" },
    Code { name: "ECS_ENVOY_NO_HEALTHCHECK", rules: &["proxy-without-health-check"], spared: none, why: "" },
    Code { name: "ECS_NO_DEPENDSON", rules: &["missing-depends-on"], spared: none, why: "" },
    Code { name: "ECS_NO_PROXYCONF", rules: &["missing-proxy-configuration"], spared: none, why: "" },
    Code { name: "ECS_PORT_PROTOCOL", rules: &["port-mapping-protocol"], spared: none, why: "" },
    Code { name: "ECS_PROXY_CONTAINER", rules: &["unknown-proxy-container"], spared: none, why: "" },
    Code { name: "GW_TARGET_MISSING", rules: &["dangling-gateway-target"], spared: none, why: "" },
    Code { name: "HC_PATH_IGNORED", rules: &["health-check-path-ignored"], spared: none, why: "" },
    Code {
        name: "NODE_UNREACHED",
        rules: &["orphan-virtual-node"],
        spared: fronts,
        why: "a node that calls others or that a task runs is reached from outside; where routes are open nobody knows",
    },
    Code {
        name: "NO_HEALTH_CHECK",
        rules: &["no-health-check"],
        spared: unwatched,
        why: "nobody in the files calls it, or it is a gateway, which a load balancer checks",
    },
    Code { name: "NO_PROVIDER", rules: &["service-without-provider"], spared: none, why: "" },
    Code { name: "NO_TARGETS", rules: &[], spared: none, why: "" },
    Code { name: "PREFIX_NO_SLASH", rules: &["prefix-without-slash"], spared: none, why: "" },
    Code { name: "PROVIDER_MISSING", rules: &["dangling-provider"], spared: none, why: "" },
    Code { name: "ROUTER_NO_ROUTES", rules: &["router-without-routes"], spared: none, why: "" },
    Code { name: "ROUTE_NODE_PROTO", rules: &["target-protocol-differs"], spared: none, why: "" },
    Code { name: "ROUTE_ROUTER_PROTO", rules: &["route-protocol-differs-from-router"], spared: none, why: "" },
    Code { name: "SHADOWED", rules: &["inverted-priority", "shadowed-route"], spared: none, why: "" },
    Code { name: "TARGET_NO_LISTENER", rules: &["target-without-listener"], spared: none, why: "" },
    Code { name: "TEMPLATE_JQ", rules: &["template"], spared: none, why: "" },
    Code {
        name: "WEIGHTS_NOT_100",
        rules: &["weights-not-100", "lonely-weighted-target"],
        spared: only_targets,
        why: "an only target of weight 1 gets all requests, as everybody knows who writes that",
    },
];

/// Other differences: a part of a file's path, the code, what the script counts, what we count, and why.
const DIFFERENCES: &[(&str, &str, usize, usize, &str)] = &[
    (
        "pipeline_stack/pipeline_cloudformation.yml",
        "ROUTER_NO_ROUTES",
        1,
        0,
        "its mesh is imported: what is deployed later adds the routes",
    ),
    ("servicemesh/appmesh-colorapp.yaml", "NODE_UNREACHED", 2, 0, ELSEWHERE),
    ("fargate/appmesh-colorapp.yaml", "NODE_UNREACHED", 4, 0, ELSEWHERE),
    ("deploy/2-meshify.yaml", "ECS_NO_DEPENDSON", 2, 0, "the X-Ray daemon need not wait, the proxy waits for it"),
    ("deploy/3-routing.yaml", "ECS_NO_DEPENDSON", 3, 0, "the X-Ray daemon need not wait, the proxy waits for it"),
    ("deploy/djapp-v1.yaml", "ECS_NO_DEPENDSON", 8, 4, "the CloudWatch agents are no applications of the mesh"),
    ("deploy/djapp-v5.yaml", "ECS_NO_DEPENDSON", 8, 4, "the CloudWatch agents are no applications of the mesh"),
    ("deploy/djapp-v1.yaml", "ECS_NO_PROXYCONF", 1, 0, "a gateway's proxy takes its traffic without being led"),
    ("deploy/djapp-v5.yaml", "ECS_NO_PROXYCONF", 1, 0, "a gateway's proxy takes its traffic without being led"),
    ("howto-outlier-detection/mesh/mesh.yaml", "API_MODEL", 0, 4, "the script leaves templates to cfn-lint"),
    ("aws-resource-appmesh-route.1.template", "API_MODEL", 0, 4, "the script leaves templates to cfn-lint"),
    ("aws-resource-appmesh-virtualnode.1.template", "API_MODEL", 0, 1, "the script leaves templates to cfn-lint"),
    (
        "integ.mesh.expected.json",
        "ROUTE_NODE_PROTO",
        1,
        0,
        "the router is where the protocol changes: one fault, said once",
    ),
    (
        "aws-resource-appmesh-route.1.template",
        "WEIGHTS_NOT_100",
        1,
        0,
        "its targets name no node, so that none was read",
    ),
    (
        "enable-appmesh/mesh/route.yaml",
        "WEIGHTS_NOT_100",
        0,
        1,
        "the weights are parameters, whose defaults are 1, 1 and 1",
    ),
    (
        "walkthroughs/howto-http-headers/app.yaml",
        "SHADOWED",
        4,
        5,
        "the script compares no patterns: `redor.*`, tried second, takes all that starts with `redorgreen`, tried fifth",
    ),
    ("enable-appmesh/cf/demo.yaml", "ECS_DEPRECATED_ENV", 4, 0, "its image of v1.11 does not read the new variable"),
    ("at-c736c86", "API_MODEL", 4, 3, "the command line gives the name of the mesh"),
    ("at-c736c86", "API_MODEL", 3, 2, "the command line gives the name of the mesh"),
    ("at-c736c86", "API_MODEL", 2, 1, "the command line gives the name of the mesh"),
    ("at-c736c86", "TEMPLATE_JQ", 0, 1, "it is a template, of another language"),
    ("before-44858b0", "TEMPLATE_JQ", 0, 1, "it is a template, of another language"),
];

const ELSEWHERE: &str = "the template does not define its mesh: other files may lead to the node";

fn none(_: &Reading) -> usize {
    0
}

fn only_targets(reading: &Reading) -> usize {
    let routes = reading.inventory.resources.iter().filter_map(|resource| match &resource.spec {
        Spec::Route(spec) => spec.protocols().next(),
        _ => None,
    });
    let is_only = |route: &meshwright_model::route::ProtocolRoute<'_>| {
        let [target] = &route.action().weighted_targets[..] else { return false };
        target.weight.known().is_some_and(|weight| weight.value() < 2)
    };
    routes.filter(is_only).count()
}

/// Whether a route or a virtual service of the files names a node.
fn is_named(reading: &Reading, position: usize) -> bool {
    let index = reading.inventory.index();
    reading.inventory.resources.iter().any(|other| {
        let mut names = other.references().into_iter().filter(|reference| reference.need == Need::BeforeCreation);
        names.any(|reference| index.target(other, &reference) == Some(position))
    })
}

fn unwatched(reading: &Reading) -> usize {
    let count = |(position, resource): (usize, &meshwright_model::Resource)| match &resource.spec {
        Spec::VirtualNode(spec) => {
            let is_named = is_named(reading, position);
            let listeners = spec.listeners.iter().flatten();
            listeners
                .filter(|listener| listener.health_check.is_none())
                .filter(|listener| !is_named || listener.outlier_detection.is_some())
                .count()
        }
        Spec::VirtualGateway(spec) => spec.listeners.iter().filter(|listener| listener.health_check.is_none()).count(),
        _ => 0,
    };
    reading.inventory.resources.iter().enumerate().map(count).sum()
}

fn fronts(reading: &Reading) -> usize {
    let nodes = reading.inventory.resources.iter().enumerate().filter(|(_, one)| one.kind() == Kind::VirtualNode);
    let is_front = |(position, node): &(usize, &meshwright_model::Resource)| {
        let Spec::VirtualNode(spec) = &node.spec else { return false };
        let name = Key::of(&node.name).shown();
        let mut proxies = reading.inventory.workloads.iter().flat_map(|workload| workload.task.proxies());
        let is_run = proxies.any(|proxy| proxy.value.to_string().ends_with(&format!("/{name}")));
        let calls = spec.backends.as_ref().is_some_and(|backends| !backends.is_empty());
        !is_named(reading, *position) && (is_run || calls)
    };
    nodes.filter(is_front).count()
}

/// What the script counts, by file and code: from the lists of errors and warnings, and from the table of notes.
fn listed(findings: &str) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    let mut file = None;
    for line in findings.lines() {
        if let Some(heading) = line.strip_prefix("### ") {
            file = Some(heading.to_owned());
        } else if line.starts_with("## ") {
            file = None;
        } else if let Some((rest, file)) =
            line.strip_prefix("- error `").or(line.strip_prefix("- warning `")).zip(file.clone())
        {
            let code = rest.split('`').next().unwrap_or_default();
            *counts.entry((file, code.to_owned())).or_default() += 1;
        } else if let Some((path, notes)) =
            line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")?.split_once(" | "))
        {
            for (code, count) in notes.split(", ").filter_map(|note| note.split_once(" x")) {
                let count: usize = count.parse().unwrap();
                *counts.entry((path.to_owned(), code.to_owned())).or_default() += count;
            }
        }
    }
    counts
}

fn count(reading: &Reading, found: &[Found], rules: &[&str]) -> usize {
    let of_files = reading.findings.iter().map(|finding| finding.rule);
    of_files.chain(found.iter().map(|found| found.rule)).filter(|rule| rules.contains(rule)).count()
}

#[test]
fn what_a_script_found_is_found_or_explained() {
    let Some(corpus) = public_corpus() else { return };
    let listed = listed(&std::fs::read_to_string(corpus.join("FINDINGS.md")).unwrap());
    let mut used = vec![false; DIFFERENCES.len()];
    let mut wrong = Vec::new();
    let mut same = 0;
    for dialect in ["cloudformation", "cli-json"] {
        for path in files_below(&corpus.join(dialect)) {
            let name = path.strip_prefix(&corpus).unwrap().display().to_string();
            let reading = read_files(std::slice::from_ref(&path));
            let found = found_in(&reading);
            for code in CODES {
                let theirs = listed.get(&(name.clone(), code.name.to_owned())).copied().unwrap_or_default();
                let ours = count(&reading, &found, code.rules);
                let is_row = |row: &(&str, &str, usize, usize, &str)| {
                    name.contains(row.0) && row.1 == code.name && row.2 == theirs && row.3 == ours
                };
                if let Some(row) = DIFFERENCES.iter().position(is_row) {
                    used[row] = true;
                } else if ours <= theirs && theirs <= ours + (code.spared)(&reading) {
                    same += theirs;
                } else {
                    wrong.push(format!("(\"{name}\", \"{}\", {theirs}, {ours}, \"\"),", code.name));
                }
            }
        }
    }
    println!("{same} findings of the script are ours, or spared on purpose:");
    CODES.iter().filter(|code| !code.why.is_empty()).for_each(|code| println!("    {}: {}", code.name, code.why));
    let is_ours = |file: &str| file.starts_with("cloudformation/") || file.starts_with("cli-json/");
    let is_known = |code: &str| CODES.iter().any(|known| known.name == code);
    let unknown: Vec<_> = listed.keys().filter(|(file, code)| is_ours(file) && !is_known(code)).collect();
    let unused: Vec<_> = DIFFERENCES.iter().zip(used).filter(|(_, used)| !used).collect();
    assert!(wrong.is_empty() && unused.is_empty(), "{wrong:#?}\nonly in the table: {unused:#?}");
    assert!(unknown.is_empty() && same > 150, "{same}, not mapped: {unknown:?}");
}
