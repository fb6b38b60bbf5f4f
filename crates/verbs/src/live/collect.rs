//! What a mesh holds, as the API says it: lists, then every resource with its tags, each as soon as nothing else must come first.

use std::collections::{BTreeMap, BTreeSet};

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_model::Kind;
use meshwright_model::api::{Call, Failure};
use meshwright_model::operation::{Operation, Target};
use meshwright_model::spelling::nearest;
use serde_json::{Value, json};

use super::names::MeshName;
use super::{Live, LiveError};

/// The most pages of one list: 100 resources each.
const MAX_PAGES: usize = 10_000;

/// How often the API is asked again, where resources changed while it was.
const ROUNDS: usize = 3;

/// Everything of a mesh.
pub(crate) struct Everything {
    /// What `describe-*` answers for each resource, with its tags; by kind, parent and name.
    pub(crate) resources: Vec<Value>,
    /// Whether resources changed while they were asked for, so that not all belong to one moment.
    pub(crate) is_moving: bool,
}

/// A resource as a list names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    kind: Kind,
    parent: Option<String>,
    name: String,
    arn: String,
    version: Option<u64>,
}

/// The names of all meshes, and of the accounts that own them.
pub(crate) fn meshes(live: &mut Live<'_>) -> Result<Vec<MeshName>, LiveError> {
    let call = Call::new(Operation::List(Kind::Mesh), Target::default());
    let items = pages(live, "listing meshes", vec![call], Kind::Mesh.collection())?.remove(0)?;
    let name = |item: &Value| {
        let text = |member: &str| item[member].as_str().map(str::to_owned);
        // The owner is said only where it is another account than the one that asks.
        let owner = text("meshOwner").filter(|owner| text("resourceOwner").is_some_and(|own| own != *owner));
        Some(MeshName { name: text("meshName")?, owner })
    };
    let mut names: Vec<MeshName> = items.iter().filter_map(name).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// Those meshes whose owner is said and is the account that asks: for them it is as if none was said. `is_made` tells the names of meshes
/// that are to be made; they become meshes of that account.
pub(crate) fn own_meshes(
    live: &mut Live<'_>,
    mut meshes: BTreeSet<MeshName>,
    is_made: &dyn Fn(&str) -> bool,
) -> BTreeSet<MeshName> {
    meshes.retain(|mesh| mesh.owner.is_some());
    let mut own = BTreeSet::new();
    for mesh in meshes {
        let is_own = match described_mesh(live, &mesh.of_caller()) {
            Ok(Some(there)) => there["metadata"]["meshOwner"].as_str() == mesh.owner.as_deref(),
            Ok(None) => is_made(&mesh.name) && matches!(described_mesh(live, &mesh), Ok(None)),
            // Whoever may not ask for meshes of its own is a guest; whether anybody answers is seen soon.
            Err(_) => false,
        };
        if is_own {
            own.insert(mesh);
        }
    }
    own
}

/// What the API says of a mesh itself; `None` where it is not there.
fn described_mesh(live: &mut Live<'_>, mesh: &MeshName) -> Result<Option<Value>, LiveError> {
    match live.ask("describing", &mesh.call(Operation::Describe(Kind::Mesh), None, Some(&mesh.name))) {
        Ok(own) => Ok(Some(own)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// That a mesh is not there, with the others that are.
pub(crate) fn no_such_mesh(live: &mut Live<'_>, mesh: &MeshName) -> LiveError {
    let known: Vec<String> = meshes(live).unwrap_or_default().iter().map(MeshName::to_string).collect();
    let mesh = mesh.to_string();
    let near = nearest(&mesh, known.iter().map(String::as_str)).map(str::to_owned);
    LiveError::NoSuchMesh { mesh, place: live.api.place(), known, near }
}

/// Everything of a mesh; `None` where it is not there. What changes meanwhile is asked for again, a few times.
pub(crate) fn everything(live: &mut Live<'_>, mesh: &MeshName) -> Result<Option<Everything>, LiveError> {
    let mut found = collected(live, mesh)?;
    for _ in 1..ROUNDS {
        match found {
            Some(Everything { is_moving: true, .. }) => found = collected(live, mesh)?,
            _ => break,
        }
    }
    Ok(found)
}

fn collected(live: &mut Live<'_>, mesh: &MeshName) -> Result<Option<Everything>, LiveError> {
    let Some(own) = described_mesh(live, mesh)? else { return Ok(None) };
    let (mut listed, is_moving) = contents(live, mesh)?;
    let arn = own["metadata"]["arn"].as_str().unwrap_or_default().to_owned();
    listed.push(Listed { kind: Kind::Mesh, parent: None, name: mesh.name.clone(), arn, version: None });
    listed.sort();
    let mut all = described(live, mesh, &listed)?;
    all.is_moving |= is_moving;
    Ok(Some(all))
}

/// How many resources of each kind a mesh holds, itself left out.
pub(crate) fn counts(live: &mut Live<'_>, mesh: &MeshName) -> Result<BTreeMap<Kind, usize>, LiveError> {
    let mut counts: BTreeMap<Kind, usize> = Kind::ALL.into_iter().skip(1).map(|kind| (kind, 0)).collect();
    for own in contents(live, mesh)?.0 {
        *counts.entry(own.kind).or_default() += 1;
    }
    Ok(counts)
}

/// What lists name in a mesh, and whether some of it was gone before it could be asked for.
fn contents(live: &mut Live<'_>, mesh: &MeshName) -> Result<(Vec<Listed>, bool), LiveError> {
    let (below, direct): (Vec<Kind>, Vec<Kind>) =
        Kind::ALL.into_iter().filter(|kind| *kind != Kind::Mesh).partition(|kind| kind.parent().is_some());
    let lists: Vec<(Kind, Option<String>)> = direct.into_iter().map(|kind| (kind, None)).collect();
    let (mut all, mut is_moving) = listed(live, mesh, &lists)?;
    let children = |kind: &Kind| {
        let parents = all.iter().filter(|own| Some(own.kind) == kind.parent());
        parents.map(|own| (*kind, Some(own.name.clone()))).collect::<Vec<_>>()
    };
    let lists: Vec<(Kind, Option<String>)> = below.iter().flat_map(children).collect();
    let (others, is_missing) = listed(live, mesh, &lists)?;
    all.extend(others);
    is_moving |= is_missing;
    all.sort();
    all.dedup();
    Ok((all, is_moving))
}

/// What several lists name.
fn listed(
    live: &mut Live<'_>,
    mesh: &MeshName,
    lists: &[(Kind, Option<String>)],
) -> Result<(Vec<Listed>, bool), LiveError> {
    let calls = lists.iter().map(|(kind, parent)| mesh.call(Operation::List(*kind), parent.as_deref(), None));
    let (mut all, mut is_moving) = (Vec::new(), false);
    // Pages of one list have one name; those of several are told apart by their calls.
    let answers = pages_of(live, "listing", calls.collect(), &|position| lists[position].0.collection())?;
    for ((kind, parent), items) in lists.iter().zip(answers) {
        match items {
            Ok(items) => all.extend(items.iter().filter_map(|item| {
                let text = |member: &str| item[member].as_str().map(str::to_owned);
                let (name, arn) = (text(kind.name_field())?, text("arn").unwrap_or_default());
                Some(Listed { kind: *kind, parent: parent.clone(), name, arn, version: item["version"].as_u64() })
            })),
            // Its parent has gone meanwhile.
            Err(failure) if failure.is_not_found() && parent.is_some() => is_moving = true,
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok((all, is_moving))
}

/// Every resource that was listed, with its tags.
fn described(live: &mut Live<'_>, mesh: &MeshName, listed: &[Listed]) -> Result<Everything, LiveError> {
    let describe = |own: &Listed| mesh.call(Operation::Describe(own.kind), own.parent.as_deref(), Some(&own.name));
    let calls: Vec<Call> = listed.iter().map(describe).collect();
    let answers = live.ask_all("describing", &calls);
    let tagged = listed.iter().filter(|own| !own.arn.is_empty());
    let tags: Vec<Call> = tagged
        .clone()
        .map(|own| Call::new(Operation::ListTagsForResource, Target::default()).with_query("resourceArn", &own.arn))
        .collect();
    let mut tags =
        tagged.map(|own| own.arn.as_str()).zip(pages(live, "reading tags", tags, "tags")?).collect::<BTreeMap<_, _>>();
    let (mut resources, mut is_moving) = (Vec::new(), false);
    for (own, answer) in listed.iter().zip(answers) {
        let (mut answer, tags) = match (answer, tags.remove(own.arn.as_str()).unwrap_or(Ok(Vec::new()))) {
            (Ok(answer), Ok(tags)) => (answer, tags),
            // Source: App Mesh User Guide, sharing: an account sees the tags of its own resources only.
            (Ok(answer), Err(failure)) if failure.is("ForbiddenException") && is_shared(mesh, &answer) => {
                (answer, Vec::new())
            }
            // It has gone meanwhile.
            (Err(failure), _) | (_, Err(failure)) if failure.is_not_found() => {
                is_moving = true;
                continue;
            }
            (Err(failure), _) | (_, Err(failure)) => return Err(failure.into()),
        };
        if answer["status"]["status"] == "DELETED" {
            continue;
        }
        is_moving |= own.version.is_some() && own.version != answer["metadata"]["version"].as_u64();
        if !tags.is_empty() {
            answer["tags"] = sorted_tags(tags);
        }
        resources.push(answer);
    }
    Ok(Everything { resources, is_moving })
}

/// Whether a resource may be another account's.
fn is_shared(mesh: &MeshName, answer: &Value) -> bool {
    let metadata = &answer["metadata"];
    mesh.owner.is_some() || metadata["resourceOwner"] != metadata["meshOwner"]
}

fn sorted_tags(mut tags: Vec<Value>) -> Value {
    tags.sort_by(|one, other| one["key"].as_str().cmp(&other["key"].as_str()));
    Value::Array(tags)
}

/// All items of lists, page after page; each list fails for itself.
fn pages(
    live: &mut Live<'_>,
    what: &str,
    calls: Vec<Call>,
    member: &'static str,
) -> Result<Vec<Result<Vec<Value>, Failure>>, LiveError> {
    pages_of(live, what, calls, &|_| member)
}

fn pages_of(
    live: &mut Live<'_>,
    what: &str,
    calls: Vec<Call>,
    member: &dyn Fn(usize) -> &'static str,
) -> Result<Vec<Result<Vec<Value>, Failure>>, LiveError> {
    let mut all: Vec<Result<Vec<Value>, Failure>> = calls.iter().map(|_| Ok(Vec::new())).collect();
    let first = calls.clone();
    let mut due: Vec<(usize, Call)> = calls.into_iter().enumerate().collect();
    for _ in 0..MAX_PAGES {
        if due.is_empty() {
            return Ok(all);
        }
        let (positions, calls): (Vec<usize>, Vec<Call>) = due.drain(..).unzip();
        for ((position, call), answer) in positions.into_iter().zip(&calls).zip(live.ask_all(what, &calls)) {
            match (answer, &mut all[position]) {
                (Ok(mut answer), Ok(items)) => {
                    if let Value::Array(page) = answer[member(position)].take() {
                        items.extend(page);
                    }
                    if let Some(token) = answer["nextToken"].as_str().filter(|token| !token.is_empty()) {
                        let next = first[position].clone().with_query("nextToken", token);
                        if next == *call {
                            return Err(LiveError::EndlessList { place: live.api.place() });
                        }
                        due.push((position, next));
                    }
                }
                (Err(failure), own) => *own = Err(failure),
                (Ok(_), Err(_)) => {}
            }
        }
    }
    Err(LiveError::EndlessList { place: live.api.place() })
}

/// Answers of the API as the dialect reads them, like any file of AWS JSON.
pub(crate) fn reading(name: String, resources: &[Value]) -> Reading {
    let bytes = json!(resources).to_string().into_bytes();
    read(vec![Input { name, bytes }], &Options::default())
}
