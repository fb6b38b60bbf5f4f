//! Values as parts of the model: serde's view of a type, the other way round.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};

use super::NewValue;
use crate::expression::HandOver;
use crate::kind::Kind;
use crate::resource::Spec;

/// The specification of a kind of resource that a value says; nothing where it is none.
pub(super) fn spec(kind: Kind, value: NewValue) -> Option<Spec> {
    Some(match kind {
        Kind::Mesh => Spec::Mesh(part(value)?),
        Kind::VirtualNode => Spec::VirtualNode(part(value)?),
        Kind::VirtualRouter => Spec::VirtualRouter(part(value)?),
        Kind::VirtualGateway => Spec::VirtualGateway(part(value)?),
        Kind::Route => Spec::Route(part(value)?),
        Kind::VirtualService => Spec::VirtualService(part(value)?),
        Kind::GatewayRoute => Spec::GatewayRoute(part(value)?),
    })
}

fn part<T: DeserializeOwned>(value: NewValue) -> Option<T> {
    T::deserialize(value).ok()
}

impl IntoDeserializer<'_> for NewValue {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for NewValue {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            Self::Integer(integer) => visitor.visit_i64(integer),
            Self::Bool(truth) => visitor.visit_bool(truth),
            Self::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Self::Object(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
            Self::Open(expression) => visitor.visit_enum(HandOver::new(&expression)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// A variant of a union: its name, and what it holds.
impl<'de> EnumAccess<'de> for NewValue {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let (name, held) = match self {
            Self::Object(mut members) if members.len() == 1 => members.remove(0),
            _ => return Err(Error::custom("one variant was expected")),
        };
        Ok((seed.deserialize(IntoDeserializer::<Error>::into_deserializer(name))?, held))
    }
}

impl<'de> VariantAccess<'de> for NewValue {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::expression::Expression;

    #[test]
    fn a_specification_is_what_its_value_says() {
        let said = json!({
            "listeners": [{"portMapping": {"port": 8080, "protocol": "http"}, "timeout": {"http": {"idle": {"unit": "s", "value": 5}}}}],
            "serviceDiscovery": {"dns": {"hostname": "orders.shop.local"}},
            "backends": [{"virtualService": {"virtualServiceName": "ads.shop.local"}}],
        });
        let node = serde_json::from_value(said).map(Spec::VirtualNode).unwrap();
        let value = NewValue::of(&node);
        assert_eq!(value.spec(Kind::VirtualNode), Some(node));
        assert_eq!(NewValue::from("orders").spec(Kind::VirtualNode), None);
    }

    #[test]
    fn what_is_open_stays_open() {
        let mut value = NewValue::of(&Spec::empty(Kind::VirtualService));
        if let NewValue::Object(members) = &mut value {
            let name = NewValue::Open(Expression::Reference("Node".into()));
            let node = NewValue::Object(vec![("virtualNodeName", name)]);
            members.push(("provider", NewValue::Object(vec![("virtualNode", node)])));
        }
        assert_eq!(value.clone().spec(Kind::VirtualService).map(|spec| NewValue::of(&spec)), Some(value));
    }
}
