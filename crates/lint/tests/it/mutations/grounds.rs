//! The meshes into which faults are put: every sound one of the project's own and of the public corpus.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use meshwright_dialect::Reading;
use meshwright_model::finding::Severity;
use meshwright_model::proxied::Proxied;
use meshwright_model::reference::Key;
use meshwright_model::value::ScalarType;
use meshwright_model::workload::{KeyValuePair, Workload};
use meshwright_model::{Inventory, Kind, Path as Place, Resource, Scalar};

use super::sites::text;
use crate::files::{files_below, own_corpus, public_corpus, read_settled};
use crate::found_in;

/// A sound mesh.
pub(crate) struct Ground {
    /// The end of its file's path, or its folder's.
    pub(super) name: String,
    /// What it says, with a value for every parameter.
    pub(super) inventory: Inventory,
    /// What all rules say of it, and how often.
    pub(super) said: HashMap<String, usize>,
}

/// Folders whose files are one mesh, with words in the names of files that are later steps of the same walkthrough.
const PROJECTS: &[(&str, &[&str])] = &[
    ("cli-json/aws__aws-app-mesh-examples/history/before-44858b0", &["update_routes"]),
    (
        "cli-json/aws__aws-app-mesh-examples/history/before-9ff035d",
        &["route-blue.", "route-red.", "route-red-blue.", "route-red-retries."],
    ),
    ("cli-json/aws__aws-app-mesh-examples/history/before-526683f", &[]),
];

/// Meshes of the project's own that stand in several files.
const OWN_PROJECTS: &[&[&str]] = &[&["tcp/describe"], &["split/network.yaml", "split/nodes.yaml", "split/routes.yaml"]];

/// Files that have an error of their own, and which: no faults are put in there. Every other file is sound, and is read by
/// hand where it is not.
const UNSOUND: &[(&str, &str)] = &[
    ("history/before-c6cfc43/walkthroughs/howto-http2/mesh.yaml", "duplicate-key"),
    ("walkthroughs/howto-outlier-detection/mesh/mesh.yaml", "unknown-field"),
    ("aws__aws-cdk/test/integ.mesh.expected.json", "route-protocol-differs-from-router"),
    ("extracted/aws-resource-appmesh-route.1.template", "prefix-without-slash wrong-type"),
    ("extracted/aws-resource-appmesh-route.2.template", "prefix-without-slash"),
    ("extracted/aws-resource-appmesh-virtualnode.1.template", "health-check-path-without-slash wrong-type"),
    ("extracted/aws-resource-appmesh-virtualnode.2.template", "health-check-path-without-slash"),
    // The preview API of 2018 had other fields.
    ("config/virtualnodes/colorgateway-virtualnode.json", "missing-field unknown-field wrong-type"),
    ("config/virtualnodes/colorteller-black-virtualnode.json", "missing-field unknown-field"),
    ("config/virtualnodes/colorteller-blue-virtualnode.json", "missing-field unknown-field"),
    ("config/virtualnodes/colorteller-red-virtualnode.json", "missing-field unknown-field"),
    ("config/virtualnodes/colorteller-virtualnode.json", "missing-field unknown-field"),
    ("config/virtualrouters/colorgateway-virtualrouter.json", "unknown-field"),
    ("config/virtualrouters/colorteller-virtualrouter.json", "unknown-field"),
];

/// What is true of every task from before the end of AWS's control plane, and no fault of its author's.
const TRUE_OF_ALL: &str = "proxy-without-xds-endpoint";

/// Every sound mesh.
pub(super) fn all() -> Vec<Ground> {
    let mut grounds = Vec::new();
    let own = own_corpus();
    let is_whole = |path: &PathBuf| {
        let is_part = ["broken", "split", "tcp/describe"].iter().any(|part| path.starts_with(own.join(part)));
        !is_part && path.extension().is_some_and(|ending| ending != "md")
    };
    for path in files_below(&own).into_iter().filter(is_whole) {
        grounds.extend(ground(&own, &path, std::slice::from_ref(&path)));
    }
    for names in OWN_PROJECTS {
        let paths: Vec<PathBuf> = names.iter().map(|name| own.join(name)).collect();
        let files: Vec<PathBuf> =
            paths.iter().flat_map(|path| if path.is_dir() { files_below(path) } else { vec![path.clone()] }).collect();
        grounds.extend(ground(&own, &paths[0], &files));
    }
    if let Some(corpus) = public_corpus() {
        public(&corpus, &mut grounds);
    }
    grounds
}

fn public(corpus: &Path, grounds: &mut Vec<Ground>) {
    for (folder, later) in PROJECTS {
        let folder = corpus.join(folder);
        let is_first = |path: &PathBuf| !later.iter().any(|word| path.to_string_lossy().contains(word));
        let files: Vec<PathBuf> = files_below(&folder).into_iter().filter(is_first).collect();
        grounds.extend(ground(corpus, &folder, &files));
    }
    let in_project = |path: &PathBuf| PROJECTS.iter().any(|(folder, _)| path.starts_with(corpus.join(folder)));
    for dialect in ["cloudformation", "cli-json"] {
        for path in files_below(&corpus.join(dialect)).into_iter().filter(|path| !in_project(path)) {
            grounds.extend(ground(corpus, &path, std::slice::from_ref(&path)));
        }
    }
}

/// The mesh of these files, if they hold one that is sound; what is wrong with it must be what is known to be.
fn ground(root: &Path, path: &Path, files: &[PathBuf]) -> Option<Ground> {
    let name = path.strip_prefix(root).unwrap().display().to_string();
    let reading = read_settled(files);
    if reading.inventory.resources.is_empty() && reading.inventory.workloads.is_empty() {
        return None;
    }
    let mut errors = errors(&reading);
    errors.sort_unstable();
    errors.dedup();
    let known = |name: &str| {
        let row = UNSOUND
            .iter()
            .find(|(end, _)| name.ends_with(end) && (!end.starts_with("config/") || name.contains("at-c736c86")));
        row.map_or("", |(_, rules)| *rules)
    };
    assert_eq!(errors.join(" "), known(&name), "{name}: its errors are not the known ones: {:?}", reading.findings);
    let mut inventory = reading.inventory;
    inventory.workloads.iter_mut().for_each(name_endpoint);
    let said = super::said(&inventory);
    errors.is_empty().then_some(Ground { name, inventory, said })
}

/// Tells the proxies of a task where their control plane is, so that what is true of all does not stand in the way.
fn name_endpoint(workload: &mut Workload) {
    let proxies: Vec<usize> = workload.task.proxies().map(|proxy| proxy.index).collect();
    for index in proxies {
        let container = &mut workload.task.container_definitions.as_mut().unwrap()[index];
        let endpoint =
            KeyValuePair { name: Some(text("APPMESH_XDS_ENDPOINT")), value: Some(text("xds.example.com:443")) };
        container.environment.get_or_insert_default().push(endpoint);
    }
}

/// The rules of the errors of files, and of what they say.
fn errors(reading: &Reading) -> Vec<&'static str> {
    let of_files = reading.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let found = found_in(reading);
    let of_rules = found.iter().filter(|found| found.severity == Severity::Error && found.rule != TRUE_OF_ALL);
    of_files.map(|finding| finding.rule).chain(of_rules.map(|found| found.rule)).collect()
}

/// The place of a resource for people.
pub(super) fn at(resource: &Resource, place: impl std::fmt::Display) -> String {
    format!("{} {place}", resource.id())
}

impl Ground {
    /// The resource of that kind and name in the mesh of another.
    pub(super) fn find<T: ScalarType>(&self, from: &Resource, kind: Kind, name: &Scalar<T>) -> Option<usize> {
        let key = Key::of(name);
        self.inventory.resources.iter().position(|resource| {
            resource.kind() == kind && Key::of(&resource.mesh) == Key::of(&from.mesh) && Key::of(&resource.name) == key
        })
    }

    /// Why a name of that kind may stand for something although the files hold nothing of that name.
    pub(super) fn may_exist(&self, from: &Resource, kind: Kind) -> Option<&'static str> {
        let mesh = Key::of(&from.mesh);
        let of_kind = || self.inventory.resources.iter().filter(|resource| resource.kind() == kind);
        let is_open = |resource: &Resource| {
            let is_adrift = mesh.is_known() && !Key::of(&resource.mesh).is_known();
            is_adrift || Key::of(&resource.mesh) == mesh && !Key::of(&resource.name).is_known()
        };
        if of_kind().any(is_open) {
            return Some("the name or mesh of one of that kind is open: it may be the one that is meant");
        }
        let is_held = self.holds_mesh(from) || of_kind().any(|resource| Key::of(&resource.mesh) == mesh);
        (!is_held).then_some("the files hold neither the mesh nor anything of that kind in it: it may stand elsewhere")
    }

    /// Every task that runs the proxy of a node or gateway.
    pub(super) fn run_by(&self, position: usize) -> impl Iterator<Item = &Workload> {
        let index = self.inventory.index();
        let tasks = self.inventory.workloads.iter();
        tasks.filter(move |task| {
            let proxied = Proxied::new(&index);
            task.task.proxies().any(|proxy| proxied.position(proxy.value) == Some(position))
        })
    }

    /// Whether the files define the mesh of a resource.
    pub(super) fn holds_mesh(&self, from: &Resource) -> bool {
        let mesh = Key::of(&from.mesh);
        self.inventory.resources.iter().any(|other| other.kind() == Kind::Mesh && Key::of(&other.mesh) == mesh)
    }

    /// Whether something the file leaves open stands there, so that nothing can be put there.
    pub(super) fn is_open(resource: &Resource, fields: &[&'static str]) -> bool {
        resource.has_gap(&Place::of(fields))
    }
}
