//! Every node and gateway of meshes that somebody wrote: what its proxy gets is accepted by a real Envoy.

#[path = "../../../lint/tests/it/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use meshwright_dialect::Reading;
use meshwright_envoy::bootstrap::freeze;
use meshwright_envoy::json::to_json;
use meshwright_envoy::translate::{Configuration, Delivery, Endpoints, Options, translate};
use meshwright_model::Kind;
use meshwright_model::limits::ResourceName;
use meshwright_traffic::proxy::{Proxy, World};
use serde_json::{Value, json};

use crate::judge::{envoy, refusals};
use crate::settings;
use files::{files_below, own_corpus, public_corpus, read_settled};

/// How many proxies of the public files are shown to Envoy, which takes a tenth of a second for each. Today they are all; of more, what
/// is left out is spread over the files, in their order.
const PUBLIC_PROXIES: usize = 150;

/// How many Envoys run at a time.
const AT_A_TIME: usize = 8;

/// A certificate with its key, of nobody, which stands for every file of certificates that a mesh names.
const CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/meshes/certificate.pem");

/// A proxy of a file: its name and its bootstraps, one for each delivery.
struct Translated {
    name: String,
    bootstraps: [Value; 2],
}

#[test]
fn envoy_accepts_every_proxy_of_our_own_meshes() {
    let Some(envoy) = envoy() else { return };
    let proxies = proxies_below(&own_corpus());
    assert!(proxies.len() >= 20, "{}", proxies.len());
    accept(&envoy, &proxies);
}

#[test]
fn envoy_accepts_proxies_of_public_meshes() {
    let (Some(envoy), Some(corpus)) = (envoy(), public_corpus()) else { return };
    let proxies = proxies_below(&corpus);
    assert!(proxies.len() >= 60, "{}", proxies.len());
    let (all, step) = (proxies.len(), proxies.len().div_ceil(PUBLIC_PROXIES));
    let shown: Vec<Translated> = proxies.into_iter().step_by(step).collect();
    println!("{} of {all} proxies", shown.len());
    accept(&envoy, &shown);
}

/// The proxies of each file alone and of each folder as a whole; those that get the same, once.
fn proxies_below(folder: &Path) -> Vec<Translated> {
    let files = files_below(folder);
    let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
    let whole = |folder: &&Path| files.iter().filter(|file| file.parent() == Some(folder)).cloned().collect();
    let groups: Vec<Vec<PathBuf>> =
        files.iter().map(|file| vec![file.clone()]).chain(folders.iter().map(whole)).collect();
    let mut proxies = Vec::new();
    let mut seen = BTreeSet::new();
    for group in groups {
        let first = group[0].strip_prefix(folder).unwrap();
        let own = proxies_of(&read_settled(&group), first);
        proxies.extend(own.into_iter().filter(|own| seen.insert(own.bootstraps[0].to_string())));
    }
    proxies
}

fn proxies_of(reading: &Reading, file: &Path) -> Vec<Translated> {
    let meshes = reading.inventory.resources.iter().filter_map(|resource| resource.mesh.known());
    let meshes: BTreeSet<&str> = meshes.map(ResourceName::as_str).collect();
    let mut proxies = Vec::new();
    for mesh in meshes {
        let world = World::new(&reading.inventory, mesh);
        for (kind, word) in [(Kind::VirtualNode, "virtualNode"), (Kind::VirtualGateway, "virtualGateway")] {
            for name in world.names(kind) {
                let proxy = Proxy::of(&world, kind, name).unwrap();
                let made = |delivery| {
                    let options = Options { delivery, ..Options::default() };
                    bootstrap(delivery, translate(&proxy, &Endpoints::default(), &options))
                };
                let bootstraps = [made(Delivery::Static), made(Delivery::Ads)];
                proxies.push(Translated { name: format!("{}: {mesh}/{word}/{name}", file.display()), bootstraps });
            }
        }
    }
    proxies
}

/// A bootstrap in which listeners and clusters stand; over a stream come routes, endpoints and secrets, where there is one.
fn bootstrap(delivery: Delivery, configuration: Configuration) -> Value {
    let given = [("APPMESH_XDS_ENDPOINT", "http://127.0.0.1:18000"), ("APPMESH_SDS_SOCKET_PATH", "/tmp/sds.sock")];
    let mut settings = settings("mesh/m/virtualNode/n", &given).unwrap();
    if delivery == Delivery::Static {
        settings.control_plane = None;
    }
    let mut bootstrap = meshwright_envoy::bootstrap(&settings);
    freeze(&mut bootstrap, configuration.into_static());
    if let Some(dynamic) = &mut bootstrap.dynamic_resources {
        (dynamic.lds_config, dynamic.cds_config) = (None, None);
    }
    let mut json = to_json(&bootstrap);
    put_files(&mut json);
    json
}

/// Names files that are there in place of those that a mesh names.
fn put_files(json: &mut Value) {
    if json["@type"] == "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog" {
        json["path"] = json!("/dev/null");
    }
    match json {
        Value::Object(members) => {
            for (name, member) in members {
                if name == "filename" {
                    *member = json!(CERTIFICATE);
                }
                put_files(member);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(put_files),
        _ => {}
    }
}

fn accept(envoy: &Path, proxies: &[Translated]) {
    let names: Vec<[String; 2]> = proxies
        .iter()
        .map(|proxy| ["alone", "over ADS"].map(|delivery| format!("{}, {delivery}", proxy.name)))
        .collect();
    let with_names = proxies.iter().zip(&names);
    let bootstraps: Vec<(&str, Value)> = with_names
        .flat_map(|(proxy, names)| names.iter().map(String::as_str).zip(proxy.bootstraps.iter().cloned()))
        .collect();
    let refused: Vec<(String, String)> = bootstraps.chunks(AT_A_TIME).flat_map(|some| refusals(envoy, some)).collect();
    let shown: Vec<String> = refused.iter().map(|(name, why)| format!("{name}\n{why}")).collect();
    assert!(refused.is_empty(), "{} of {}:\n{}", refused.len(), bootstraps.len(), shown.join("\n"));
}
