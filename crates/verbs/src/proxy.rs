//! Finds the proxy that a name means, for every verb that asks about one.

use meshwright_dialect::Reading;
use meshwright_envoy::Proxy;
use meshwright_model::arn::Arn;
use meshwright_model::reference::Key;
use meshwright_model::spelling::nearest;
use meshwright_model::{Inventory, Kind, Resource};
use meshwright_traffic::proxy as traffic;

use crate::refused::Refused;

/// What was left out of what a proxy gets, with its place.
pub(crate) fn left_out(reading: &Reading, omission: &traffic::Omission<'_>) -> String {
    let place = omission.resource.origin.and_then(|origin| reading.locate(origin, &omission.path));
    let place = place.map(|place| format!("{}:{}:{}: ", place.file, place.line, place.column)).unwrap_or_default();
    format!("{place}{}: {}", omission.resource.id(), omission.why)
}

/// The proxy of a whole name, where there are no files to find a bare one in.
pub(crate) fn named(wanted: &str) -> Result<Proxy, Refused> {
    if is_bare(wanted) { Err(Refused::BareName { wanted: wanted.to_owned() }) } else { Ok(Proxy::read(wanted)?) }
}

fn is_bare(name: &str) -> bool {
    !name.contains('/') && !name.starts_with("arn:")
}

/// The proxy of a name, whole or bare, which must be in an inventory.
pub(crate) fn find(wanted: &str, inventory: &Inventory) -> Result<Proxy, Refused> {
    let proxied: Vec<&Resource> = inventory
        .resources
        .iter()
        .filter(|resource| matches!(resource.kind(), Kind::VirtualNode | Kind::VirtualGateway))
        .collect();
    if is_bare(wanted) {
        return bare(wanted, &proxied);
    }
    let proxy = Proxy::read(wanted)?;
    let is_meant = |resource: &&&Resource| {
        resource.kind() == proxy.arn.kind
            && Key::of(&resource.mesh).shown() == proxy.arn.mesh
            && Key::of(&resource.name).shown() == proxy.arn.name
    };
    match proxied.iter().find(is_meant) {
        Some(resource) if !Key::of(&resource.name).is_known() => Err(open(wanted)),
        Some(resource) if !Key::of(&resource.mesh).is_known() => Err(open_mesh(wanted, resource)),
        Some(_) => Ok(proxy),
        None => Err(none(wanted, &proxy.arn.name, &proxied)),
    }
}

fn bare(wanted: &str, proxied: &[&Resource]) -> Result<Proxy, Refused> {
    let found: Vec<&&Resource> =
        proxied.iter().filter(|resource| Key::of(&resource.name) == Key::Known(wanted)).collect();
    match found[..] {
        [] if proxied.iter().any(|resource| is_called_by_open_name(resource, wanted)) => Err(open(wanted)),
        [] => Err(none(wanted, wanted, proxied)),
        [one] => match id(one) {
            Some(id) => Ok(Proxy::read(&id)?),
            None => Err(open_mesh(wanted, one)),
        },
        _ => {
            let ids = found.iter().map(|resource| id(resource).unwrap_or_else(|| resource.id().to_string())).collect();
            Err(Refused::SeveralProxies { wanted: wanted.to_owned(), ids })
        }
    }
}

/// By what name a proxy calls itself; `None` where the mesh's is open.
fn id(resource: &Resource) -> Option<String> {
    let (Key::Known(mesh), Key::Known(name)) = (Key::of(&resource.mesh), Key::of(&resource.name)) else { return None };
    let owner = resource.mesh_owner.as_ref().and_then(|owner| owner.known());
    let arn = Arn {
        scope: None,
        mesh: mesh.to_owned(),
        mesh_owner: owner.map(|owner| owner.as_str().to_owned()),
        kind: resource.kind(),
        parent: None,
        name: name.to_owned(),
    };
    Some(arn.to_string())
}

fn is_called_by_open_name(resource: &Resource, name: &str) -> bool {
    matches!(Key::of(&resource.name), own @ Key::Open(_) if own.shown() == name)
}

fn open(wanted: &str) -> Refused {
    Refused::OpenName { wanted: wanted.to_owned() }
}

fn open_mesh(wanted: &str, resource: &Resource) -> Refused {
    Refused::OpenMesh { wanted: wanted.to_owned(), mesh: Key::of(&resource.mesh).to_string() }
}

fn none(wanted: &str, name: &str, proxied: &[&Resource]) -> Refused {
    let mut known: Vec<String> = proxied.iter().map(|resource| Key::of(&resource.name).shown()).collect();
    known.sort();
    known.dedup();
    let near = nearest(name, known.iter().map(String::as_str).filter(|known| *known != name)).map(str::to_owned);
    Refused::NoSuchProxy { wanted: wanted.to_owned(), known, near }
}
