//! Which resource a task's proxy stands for.

use std::collections::HashMap;

use crate::arn::Arn;
use crate::expression::Expression;
use crate::inventory::Index;
use crate::kind::Kind;
use crate::limits::Text;
use crate::reference::Key;
use crate::scalar::Scalar;
use crate::symbol::Symbol;

/// Finds the resources that proxies stand for, by name or by the label that their file gives them.
#[derive(Debug)]
pub struct Proxied<'i, 'a> {
    index: &'i Index<'a>,
    /// The position of the resource that a label stands for.
    labels: HashMap<&'a Symbol, usize>,
}

impl<'i, 'a> Proxied<'i, 'a> {
    /// A finder over the resources of an index.
    pub fn new(index: &'i Index<'a>) -> Self {
        let mut labels = HashMap::new();
        for (position, resource) in index.inventory().resources.iter().enumerate() {
            let is_proxied = matches!(resource.kind(), Kind::VirtualNode | Kind::VirtualGateway);
            if let (true, Some(label)) = (is_proxied, &resource.label) {
                labels.insert(label, position);
            }
        }
        Self { index, labels }
    }

    /// The position of the resource that the value of one of [`crate::workload::PROXY_NAME_VARIABLES`] names: by ARN, short
    /// form or label.
    pub fn position(&self, value: &Scalar<Text>) -> Option<usize> {
        if let Some(text) = value.known() {
            let arn: Arn = text.as_str().parse().ok()?;
            let is_proxied = matches!(arn.kind, Kind::VirtualNode | Kind::VirtualGateway);
            return is_proxied.then(|| self.named(&arn.mesh, arn.kind, &arn.name))?;
        }
        match value.open()? {
            Expression::Reference(label) => self.labels.get(label).copied(),
            Expression::Attribute(label, attribute) if attribute == "Arn" => self.labels.get(label).copied(),
            Expression::Join(parts) => self.joined(parts),
            _ => None,
        }
    }

    /// What a name put together from texts and open parts stands for.
    fn joined(&self, parts: &[Expression]) -> Option<usize> {
        let name = ProxyName::joined(parts)?;
        self.by_key(as_key(&name.mesh), name.kind, as_key(&name.name))
    }

    fn named(&self, mesh: &str, kind: Kind, name: &str) -> Option<usize> {
        self.by_key(Key::Known(mesh), kind, Key::Known(name))
    }

    fn by_key(&self, mesh: Key<'_>, kind: Kind, name: Key<'_>) -> Option<usize> {
        self.index.named(mesh, kind, name)
    }
}

/// The parts of a proxy's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyName {
    /// The mesh.
    pub mesh: Expression,
    /// A virtual node or a virtual gateway.
    pub kind: Kind,
    /// The node's or gateway's name.
    pub name: Expression,
}

impl ProxyName {
    /// The parts of the value of one of [`crate::workload::PROXY_NAME_VARIABLES`]; `None` where it does not show them.
    pub fn of(value: &Scalar<Text>) -> Option<Self> {
        if let Some(text) = value.known() {
            let arn: Arn = text.as_str().parse().ok()?;
            let is_proxied = matches!(arn.kind, Kind::VirtualNode | Kind::VirtualGateway);
            let name = Self { mesh: Expression::Text(arn.mesh), kind: arn.kind, name: Expression::Text(arn.name) };
            return is_proxied.then_some(name);
        }
        match value.open()? {
            Expression::Join(parts) => Self::joined(parts),
            _ => None,
        }
    }

    fn joined(parts: &[Expression]) -> Option<Self> {
        let segments = split(parts, '/');
        let [head, mesh, kind, name] = &segments[..] else { return None };
        let is_head = matches!(head.last()?, Expression::Text(text) if text == "mesh" || text.ends_with(":mesh"));
        let kind = match Expression::join(kind.clone()).text()? {
            "virtualNode" => Kind::VirtualNode,
            "virtualGateway" => Kind::VirtualGateway,
            _ => return None,
        };
        let mesh = Expression::join(split(mesh, '@').swap_remove(0));
        is_head.then(|| Self { mesh, kind, name: Expression::join(name.clone()) })
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
