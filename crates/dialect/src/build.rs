//! Builds a type from a checked tree through serde. A required value that is missing becomes a refused one.

use meshwright_model::expression::HandOver;
use serde::de::value::Error;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::check::json_given;
use crate::tree::{Entry, NodeId, Style, Tree, Value};
use crate::view::{Field, View};
use crate::yaml;
use meshwright_model::value::Given;

/// Builds a value that [`crate::check::Check`] has found usable.
pub(crate) fn build<T: DeserializeOwned>(tree: &Tree, id: NodeId, view: &View, is_lenient: bool) -> Result<T, Error> {
    T::deserialize(At { tree, id: Some(id), view, is_lenient })
}

/// A place in the tree, or a place that is missing, and what it should hold.
#[derive(Clone, Copy)]
struct At<'t> {
    tree: &'t Tree,
    id: Option<NodeId>,
    view: &'t View,
    is_lenient: bool,
}

impl<'de> Deserializer<'de> for At<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a type that is not in the model was asked for"))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        let Some(id) = self.id else { return visitor.visit_none() };
        match self.tree.node(id).value {
            Value::Open(number) => visitor.visit_enum(HandOver::new(self.tree.expression(number))),
            Value::Scalar(style, text) => {
                let text = self.tree.text(text);
                match (style, self.is_lenient) {
                    (Style::Quoted, false) => visitor.visit_str(text),
                    (Style::Quoted, true) | (Style::Untyped, _) => visitor.visit_bytes(text.as_bytes()),
                    (Style::Plain, true) => visitor.visit_bytes(yaml::lexeme(text).as_bytes()),
                    (Style::Plain, false) => match json_given(text) {
                        Given::Bool(truth) => visitor.visit_bool(truth),
                        Given::Integer(integer) => visitor.visit_i64(integer),
                        _ => visitor.visit_byte_buf(text.as_bytes().to_vec()),
                    },
                }
            }
            Value::Null | Value::List(_) | Value::Map(_) | Value::Broken => visitor.visit_none(),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let View::List(element, max) = self.view else { return Err(Error::custom("no list is due here")) };
        let items = self.id.map_or(&[][..], |id| self.tree.items(id));
        visitor.visit_seq(Items { at: self, element, ids: items.iter(), left: max.unwrap_or(usize::MAX) })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let View::Struct(fields) = self.view else { return Err(Error::custom("no object is due here")) };
        let entries = self.id.map_or(&[][..], |id| self.tree.entries(id));
        visitor.visit_map(Members { at: self, fields, entries: entries.iter(), seen: 0, next: None, missing: 0 })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let View::Union(members) = self.view else { return Err(Error::custom("no union is due here")) };
        let entries = self.id.map_or(&[][..], |id| self.tree.entries(id));
        let entry = entries.iter().find(|entry| entry.field != Entry::NO_FIELD);
        let entry = entry.ok_or_else(|| Error::custom("a union without a member"))?;
        let member = &members[usize::from(entry.field)];
        let at = At { id: Some(entry.value), view: &member.view, ..self };
        visitor.visit_enum(Member { at, index: u32::from(entry.field) })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple map identifier ignored_any
    }
}

struct Items<'t> {
    at: At<'t>,
    element: &'t View,
    ids: std::slice::Iter<'t, NodeId>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let tree = self.at.tree;
        let Some(id) = self.ids.by_ref().find(|id| !tree.is_unusable(**id)) else { return Ok(None) };
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(At { id: Some(*id), view: self.element, ..self.at }).map(Some)
    }
}

struct Members<'t> {
    at: At<'t>,
    fields: &'t [Field],
    entries: std::slice::Iter<'t, Entry>,
    seen: u64,
    next: Option<(usize, Option<NodeId>)>,
    missing: usize,
}

impl Members<'_> {
    /// The next member that has a field, then each required field that has no member.
    fn advance(&mut self) -> Option<(usize, Option<NodeId>)> {
        if let Some(entry) = self.entries.by_ref().find(|entry| entry.field != Entry::NO_FIELD) {
            let index = usize::from(entry.field);
            self.seen |= 1 << index;
            return Some((index, Some(entry.value)));
        }
        let seen = self.seen;
        let is_missing = |(index, field): &(usize, &Field)| field.needed && seen & (1 << index) == 0;
        let (index, _) = self.fields.iter().enumerate().skip(self.missing).find(is_missing)?;
        self.missing = index + 1;
        Some((index, None))
    }
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.next = self.advance();
        let Some((index, _)) = self.next else { return Ok(None) };
        seed.deserialize(IntoDeserializer::<Error>::into_deserializer(index as u64)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let (index, id) = self.next.take().ok_or_else(|| Error::custom("a value before its key"))?;
        seed.deserialize(At { id, view: &self.fields[index].view, ..self.at })
    }
}

struct Member<'t> {
    at: At<'t>,
    index: u32,
}

impl<'de> EnumAccess<'de> for Member<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        Ok((seed.deserialize(IntoDeserializer::<Error>::into_deserializer(self.index))?, self))
    }
}

impl<'de> VariantAccess<'de> for Member<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Err(Error::custom("a union's member holds nothing"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.at)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a union's member is a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a union's member is a struct of its own"))
    }
}
