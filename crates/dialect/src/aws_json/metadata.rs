//! What the API says about a resource beside its specification.

use meshwright_model::Path;
use meshwright_model::resource::Metadata;

use crate::check::shorten;
use crate::tree::{Entry, NodeId, Style, Tree, Value};

/// The metadata and status of a resource, where its file has any.
pub(super) fn of(tree: &Tree, id: NodeId) -> Option<Metadata> {
    let metadata = tree.get(id, "metadata");
    let status = tree.get(id, "status").and_then(|status| tree.scalar(tree.get(status, "status").unwrap_or(status)));
    if metadata.is_none() && status.is_none() {
        return None;
    }
    let entries = metadata.map_or(&[][..], |metadata| tree.entries(metadata));
    let member = |entry: &Entry| {
        let is_text = matches!(tree.node(entry.value).value, Value::Scalar(Style::Quoted, _));
        Some((tree.scalar(entry.key)?.to_owned(), tree.scalar(entry.value)?.to_owned(), is_text))
    };
    Some(Metadata { members: entries.iter().filter_map(member).collect(), status: status.map(str::to_owned) })
}

/// The members of a resource's metadata that are no plain values.
pub(super) fn unread(tree: &Tree, id: NodeId) -> impl Iterator<Item = Path> {
    let entries = tree.get(id, "metadata").map_or(&[][..], |metadata| tree.entries(metadata)).iter();
    let others = entries.filter(|entry| tree.scalar(entry.value).is_none());
    others.filter_map(|entry| Some(Path::of(&["metadata"]).field(shorten(tree.scalar(entry.key)?))))
}
