//! Which tasks run the proxies of which nodes and gateways.

use std::collections::{BTreeMap, HashMap};

use super::{Builder, add_missing, key};
use crate::arn::Arn;
use crate::expression::Expression;
use crate::inventory::Index;
use crate::kind::Kind;
use crate::limits::Text;
use crate::reference::Key;
use crate::scalar::Scalar;
use crate::symbol::Symbol;

/// The position of the resource that a label stands for.
type Labels<'a> = HashMap<&'a Symbol, usize>;

/// Says at each node and gateway which tasks run its proxy.
pub(super) fn add<'a>(index: &Index<'a>, builders: &mut BTreeMap<Key<'a>, Builder<'a>>) {
    let inventory = index.inventory();
    if inventory.workloads.is_empty() {
        return;
    }
    let mut labels = Labels::new();
    for (position, resource) in inventory.resources.iter().enumerate() {
        let is_proxied = matches!(resource.kind(), Kind::VirtualNode | Kind::VirtualGateway);
        if let (true, Some(label)) = (is_proxied, &resource.label) {
            labels.insert(label, position);
        }
    }
    for workload in &inventory.workloads {
        for (_, value) in workload.task.proxies() {
            let Some(position) = proxied(index, &labels, value) else { continue };
            let resource = &inventory.resources[position];
            let builder = builders.get_mut(&Key::of(&resource.mesh));
            if let Some(node) = builder.and_then(|builder| builder.nodes.get_mut(&key(resource))) {
                add_missing(&mut node.details, vec![format!("task {}", workload.label)]);
            }
        }
    }
}

/// The resource that the value of [`crate::workload::PROXY_NAME_VARIABLES`] names: by ARN, short form or label.
fn proxied(index: &Index<'_>, labels: &Labels<'_>, value: &Scalar<Text>) -> Option<usize> {
    if let Some(text) = value.known() {
        let arn: Arn = text.as_str().parse().ok()?;
        let is_proxied = matches!(arn.kind, Kind::VirtualNode | Kind::VirtualGateway);
        return is_proxied.then(|| index.named(Key::Known(&arn.mesh), arn.kind, Key::Known(&arn.name)))?;
    }
    match value.open()? {
        Expression::Reference(label) => labels.get(label).copied(),
        Expression::Attribute(label, attribute) if attribute == "Arn" => labels.get(label).copied(),
        Expression::Join(parts) => {
            let segments = split(parts, '/');
            let [head, mesh, kind, name] = &segments[..] else { return None };
            let is_head = matches!(head.last()?, Expression::Text(text) if text == "mesh" || text.ends_with(":mesh"));
            let kind = match Expression::join(kind.clone()).text()? {
                "virtualNode" => Kind::VirtualNode,
                "virtualGateway" => Kind::VirtualGateway,
                _ => return None,
            };
            let mesh = Expression::join(split(mesh, '@').swap_remove(0));
            let name = Expression::join(name.clone());
            is_head.then(|| index.named(as_key(&mesh), kind, as_key(&name)))?
        }
        _ => None,
    }
}

fn as_key(name: &Expression) -> Key<'_> {
    name.text().map_or(Key::Open(name), Key::Known)
}

/// The parts between marks in their texts; at least one.
fn split(parts: &[Expression], mark: char) -> Vec<Vec<Expression>> {
    let mut segments = vec![Vec::new()];
    for part in parts {
        let pieces = part.text().map(|text| text.split(mark));
        let Some(pieces) = pieces else {
            segments.last_mut().into_iter().for_each(|segment| segment.push(part.clone()));
            continue;
        };
        for (number, piece) in pieces.enumerate() {
            if number > 0 {
                segments.push(Vec::new());
            }
            if !piece.is_empty() {
                segments.last_mut().into_iter().for_each(|segment| segment.push(Expression::Text(piece.to_owned())));
            }
        }
    }
    segments
}
