//! Every public file of the two dialects is read, and what cannot be resolved is said.

use std::path::Path;

use meshwright_dialect::{Options, read};
use meshwright_model::Kind;
use meshwright_model::finding::Severity;

use crate::{input, load, public_corpus};

struct Row {
    dialect: String,
    path: String,
    resources: String,
    flags: String,
}

fn index(folder: &Path) -> Vec<Row> {
    let text = std::fs::read_to_string(folder.join("INDEX.tsv")).unwrap();
    let row = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        Row {
            dialect: columns[0].to_owned(),
            path: columns[1].to_owned(),
            resources: columns[6].to_owned(),
            flags: columns[7].to_owned(),
        }
    };
    text.lines()
        .skip(1)
        .map(row)
        .filter(|row| matches!(row.dialect.as_str(), "cli-json" | "cloudformation" | "ecs-task-definitions"))
        .collect()
}

/// The list's word for a kind.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Mesh => "Mesh",
        Kind::VirtualNode => "VN",
        Kind::VirtualRouter => "VR",
        Kind::VirtualGateway => "VGW",
        Kind::Route => "Route",
        Kind::VirtualService => "VS",
        Kind::GatewayRoute => "GWRoute",
    }
}

/// Where our count differs from the list's on purpose.
const DIFFERENT: &[(&str, &str)] = &[
    // The logical id `Mesh` stands twice with different contents; both are one resource to every loader.
    (
        "before-c6cfc43/walkthroughs/howto-http2/mesh.yaml",
        "the list counts both definitions of a duplicate key as one, as we do",
    ),
    // `{}` in a file named mesh.json: the input of create-mesh with everything on the command line.
    ("howto-timeout-policy/mesh/mesh.json", "an empty object named mesh is a mesh without a word about it"),
];

#[test]
fn every_public_file_gives_the_resources_that_the_index_lists() {
    let Some(folder) = public_corpus() else { return };
    let mut wrong = Vec::new();
    let rows = index(&folder);
    assert!(rows.len() > 250, "the index lists {} files of these dialects", rows.len());
    for row in &rows {
        let reading = read(vec![input(&folder.join(&row.path))], &Options { load: &load, ..Options::default() });
        for entry in row.resources.split(' ').filter(|entry| !entry.is_empty()) {
            let (kind, count) = entry.split_once(':').unwrap();
            let found = match kind {
                "TaskDef" => reading.inventory.workloads.len(),
                kind => reading.inventory.resources.iter().filter(|resource| word(resource.kind()) == kind).count(),
            };
            let is_template = row.flags.contains("not JSON");
            if found.to_string() != count && !is_template && !DIFFERENT.iter().any(|(path, _)| row.path.ends_with(path))
            {
                wrong.push(format!("{}: {kind} {found}, listed {count}", row.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn templates_are_recognised_and_named_as_such() {
    let Some(folder) = public_corpus() else { return };
    let rows = index(&folder);
    let templated: Vec<&Row> = rows.iter().filter(|row| row.flags.contains("templated-jq")).collect();
    assert_eq!(templated.len(), 39, "the index flags jq programs");
    for row in templated {
        let reading = read(vec![input(&folder.join(&row.path))], &Options::default());
        assert!(
            reading.findings.iter().any(|finding| finding.rule == "template"),
            "{} is not named a template",
            row.path
        );
        assert_eq!(reading.inventory.resources.len(), 1, "{}", row.path);
    }
}

/// Files with errors, and how many: each has been read by hand and confirmed. `FINDINGS.md` of the corpus agrees where it
/// speaks of faults that a reader can see.
const FAULTY: &[(&str, usize, &str)] = &[
    ("history/before-c6cfc43/walkthroughs/howto-http2/mesh.yaml", 1, "the logical id Mesh stands twice"),
    ("walkthroughs/howto-outlier-detection/mesh/mesh.yaml", 4, "four members in camelCase"),
    ("aws-resource-appmesh-route.1.template", 4, "null in the place of four names"),
    ("aws-resource-appmesh-virtualnode.1.template", 1, "null in the place of a name"),
];

#[test]
fn sound_public_files_have_no_errors_and_faulty_ones_the_known() {
    let Some(folder) = public_corpus() else { return };
    for row in index(&folder) {
        // The preview API of 2018 had other fields; template languages are not JSON.
        if row.flags.contains("preview-2018-api")
            || row.flags.contains("not JSON")
            || row.dialect == "ecs-task-definitions"
        {
            continue;
        }
        let reading = read(vec![input(&folder.join(&row.path))], &Options { load: &load, ..Options::default() });
        let errors: Vec<String> =
            reading.findings.iter().filter(|finding| finding.severity == Severity::Error).map(crate::line).collect();
        let known = FAULTY.iter().find(|(path, ..)| row.path.ends_with(path)).map_or(0, |(_, count, _)| *count);
        assert_eq!(errors.len(), known, "{}: {errors:#?}", row.path);
        assert!(reading.unreadable.is_empty(), "{}", row.path);
    }
}
