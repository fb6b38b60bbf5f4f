//! What the functions that take texts and lists apart and put them together come to.

use std::collections::BTreeMap;

use meshwright_model::Expression;

use super::super::template::as_written;
use super::Resolver;
use super::bounds::Size;
use crate::check::shorten;
use crate::fault::Fault;
use crate::source::Span;
use crate::tree::{NodeId, Tree};

impl Resolver<'_> {
    /// `Sub`: `${Name}`, `${Label.Attribute}`, `${!Literal}`, with values of its own first; `None` where it grows too long.
    pub(super) fn sub(&self, tree: &Tree, text: &str, values: Option<NodeId>, span: Span) -> Option<Expression> {
        let mut own: BTreeMap<&str, Expression> = BTreeMap::new();
        let mut parts = Vec::new();
        let mut size = Size::default();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else {
                self.unclosed(&rest[start..], span);
                break;
            };
            parts.push(Expression::Text(rest[..start].to_owned()));
            let name = rest[start + 2..start + length].trim();
            let value = values.and_then(|values| tree.get(values, name));
            let part = match (name.strip_prefix('!'), value, name.split_once('.')) {
                (Some(literal), ..) => Expression::Text(format!("${{{literal}}}")),
                (None, Some(value), _) => own.entry(name).or_insert_with(|| self.expression(tree, value)).clone(),
                (None, None, Some((label, attribute))) => self.attribute(tree, label, attribute, span),
                (None, None, None) => self.reference(name, span),
            };
            size.add(&part);
            if size.is_too_much() {
                self.too_much(span);
                return None;
            }
            parts.push(part);
            rest = &rest[start + length + 1..];
        }
        parts.push(Expression::Text(rest.to_owned()));
        Some(Expression::join(parts))
    }

    pub(super) fn join(&self, tree: &Tree, delimiter: NodeId, parts: NodeId) -> Option<Expression> {
        let delimiter = tree.scalar(delimiter)?;
        let Expression::List(parts) = self.expression(tree, parts) else { return None };
        let mut joined = Vec::with_capacity(parts.len() * 2);
        for (index, part) in parts.into_iter().enumerate() {
            if matches!(part, Expression::List(_) | Expression::Map(_)) {
                return None;
            }
            if index > 0 {
                joined.push(Expression::Text(delimiter.to_owned()));
            }
            joined.push(part);
        }
        Some(Expression::join(joined))
    }

    pub(super) fn split(&self, tree: &Tree, delimiter: NodeId, source: NodeId) -> Option<Expression> {
        let delimiter = tree.scalar(delimiter).filter(|delimiter| !delimiter.is_empty())?;
        let source = self.expression(tree, source);
        let parts = source.text()?.split(delimiter).map(|part| Expression::Text(part.to_owned()));
        Some(Expression::List(parts.collect()))
    }

    pub(super) fn select(&self, tree: &Tree, position: NodeId, list: NodeId, span: Span) -> Option<Expression> {
        let position = self.expression(tree, position);
        let written = position.text()?;
        let Expression::List(mut items) = self.expression(tree, list) else { return None };
        match written.parse::<usize>() {
            Ok(position) if position < items.len() => return Some(items.swap_remove(position)),
            _ => {
                let message = format!("there is no element {} in a list of {}", shorten(written), items.len());
                let fault = Fault::error("invalid-value", span, message).help("the first element is 0");
                self.faults.borrow_mut().push(fault);
            }
        }
        None
    }

    pub(super) fn find_in_map(&self, tree: &Tree, arguments: &[NodeId], span: Span) -> Option<Expression> {
        let keys = arguments.iter().take(3).map(|key| Some(self.expression(tree, *key).text()?.to_owned()));
        let keys: Vec<String> = keys.collect::<Option<_>>()?;
        let mut at = self.template.mappings;
        for (depth, key) in keys.iter().enumerate() {
            let next = at.and_then(|map| tree.get(map, key));
            // A fourth argument says what holds where the mapping has no such key.
            if next.is_none() && arguments.len() == 3 {
                let names = || at.map_or(&[][..], |map| tree.entries(map)).iter();
                let names: Vec<&str> = names().filter_map(|entry| tree.scalar(entry.key)).collect();
                if !names.iter().any(|name| name.starts_with("Fn::")) {
                    let message = match depth {
                        0 => format!("mapping `{}` is not declared in this template", shorten(key)),
                        _ => format!("mapping `{}` has no key `{}`", shorten(&keys[0]), shorten(key)),
                    };
                    self.undefined_as(span, message, key, names.into_iter());
                }
            }
            at = Some(next?);
        }
        // A mapping holds values, not functions.
        at.map(|value| as_written(tree, value, self.scope()))
    }
}

/// Base64 with the usual alphabet and padding (RFC 4648, section 4).
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().chain([0, 0].iter()).take(3).fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for position in 0..4 {
            let sextet = (group >> (18 - 6 * position)) & 0x3f;
            text.push(if position <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }
}
