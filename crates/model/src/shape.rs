//! The shape of a type as serde announces it: names of fields and variants, which are required, which values fit.
//!
//! Dialects check their trees against it before they build the type, and adapt its names to their own; so a field that
//! is added to a struct is read, written and checked in every dialect at once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{Error, StrDeserializer, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::limits::ScalarInfo;

/// The shape of a type.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An object with fields.
    Struct(Vec<Field>),
    /// An object that holds exactly one of its members.
    Union(Vec<Field>),
    /// A list, and the most elements it may hold; a bounded list holds one at least.
    List(Box<Shape>, Option<usize>),
    /// A single value.
    Scalar(&'static ScalarInfo),
}

/// A field of an object, or a member of a union.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the API.
    pub name: &'static str,
    /// Whether the object cannot be built without it; `false` for a union's members.
    pub required: bool,
    /// What it holds.
    pub shape: Shape,
}

impl Shape {
    /// The shape of a type.
    ///
    /// # Panics
    /// Where the type is not made of structs, enums of newtypes, lists, options and scalars; a test builds every shape.
    pub fn of<T: DeserializeOwned>() -> Self {
        let registry = RefCell::new(Registry::default());
        loop {
            let explored = registry.borrow().explored;
            let traced = RefCell::new(None);
            if let Err(error) = T::deserialize(Tracer { registry: &registry, out: &traced }) {
                panic!("the shape of a type cannot be traced: {error}");
            }
            if registry.borrow().explored == explored {
                let traced = traced.into_inner().expect("a traced type leaves its shape");
                return registry.into_inner().resolve(&traced);
            }
        }
    }

    /// The fields of an object or the members of a union; none for others.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Struct(fields) | Self::Union(fields) => fields,
            Self::List(..) | Self::Scalar(_) => &[],
        }
    }
}

/// A shape while it is traced: structs and unions by name.
#[derive(Clone, Debug)]
enum Draft {
    Struct(&'static str),
    Union(&'static str),
    List(Box<Draft>, Option<usize>),
    Scalar(&'static ScalarInfo),
}

#[derive(Clone, Debug)]
struct DraftField {
    name: &'static str,
    required: bool,
    draft: Draft,
}

#[derive(Default)]
struct Registry {
    structs: BTreeMap<&'static str, Vec<DraftField>>,
    unions: BTreeMap<&'static str, Vec<Option<DraftField>>>,
    explored: usize,
}

impl Registry {
    fn resolve(&self, draft: &Draft) -> Shape {
        let field = |field: &DraftField| Field {
            name: field.name,
            required: field.required,
            shape: self.resolve(&field.draft),
        };
        match draft {
            Draft::Struct(name) => Shape::Struct(self.structs[name].iter().map(field).collect()),
            Draft::Union(name) => Shape::Union(self.unions[name].iter().flatten().map(field).collect()),
            Draft::List(element, max) => Shape::List(Box::new(self.resolve(element)), *max),
            Draft::Scalar(info) => Shape::Scalar(info),
        }
    }
}

/// Deserialises a type from nothing, writing down what it asks for. Each run takes one more variant of each union.
struct Tracer<'r> {
    registry: &'r RefCell<Registry>,
    out: &'r RefCell<Option<Draft>>,
}

impl Tracer<'_> {
    fn leave(&self, draft: Draft) {
        *self.out.borrow_mut() = Some(draft);
    }
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom(format_args!("no shape for {}", Expected(&visitor))))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        let info = ScalarInfo::named(name).ok_or_else(|| Error::custom(format_args!("unknown scalar {name}")))?;
        self.leave(Draft::Scalar(info));
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        trace_list(&self, None, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        max: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        trace_list(&self, Some(max), visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let mut traced = Vec::new();
        let value =
            visitor.visit_map(Fields { registry: self.registry, names: fields, next: 0, traced: &mut traced })?;
        self.registry.borrow_mut().structs.insert(name, traced);
        self.leave(Draft::Struct(name));
        Ok(value)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = {
            let mut registry = self.registry.borrow_mut();
            let seen = registry.unions.entry(name).or_insert_with(|| vec![None; variants.len()]);
            seen.iter().position(Option::is_none).unwrap_or(0)
        };
        let content = RefCell::new(None);
        let value = visitor.visit_enum(Variant { registry: self.registry, number: variant, out: &content })?;
        let draft = content.into_inner().ok_or_else(|| Error::custom("a union's variant holds nothing"))?;
        let mut registry = self.registry.borrow_mut();
        let place = &mut registry.unions.get_mut(name).expect("the union was entered above")[variant];
        if place.is_none() {
            *place = Some(DraftField { name: variants[variant], required: false, draft });
            registry.explored += 1;
        }
        self.leave(Draft::Union(name));
        Ok(value)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple map identifier ignored_any
    }
}

struct Expected<'v, V>(&'v V);

impl<'de, V: Visitor<'de>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }
}

fn trace_list<'de, V: Visitor<'de>>(tracer: &Tracer<'_>, max: Option<usize>, visitor: V) -> Result<V::Value, Error> {
    let element = RefCell::new(None);
    let value = visitor.visit_seq(One { registry: tracer.registry, out: &element, given: false })?;
    let element = element.into_inner().ok_or_else(|| Error::custom("a list asked for no element"))?;
    tracer.leave(Draft::List(Box::new(element), max));
    Ok(value)
}

struct One<'r> {
    registry: &'r RefCell<Registry>,
    out: &'r RefCell<Option<Draft>>,
    given: bool,
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        if std::mem::replace(&mut self.given, true) {
            return Ok(None);
        }
        seed.deserialize(Tracer { registry: self.registry, out: self.out }).map(Some)
    }
}

struct Fields<'r> {
    registry: &'r RefCell<Registry>,
    names: &'static [&'static str],
    next: usize,
    traced: &'r mut Vec<DraftField>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.names.get(self.next) else { return Ok(None) };
        let name: StrDeserializer<'_, Error> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let out = RefCell::new(None);
        let required = RefCell::new(true);
        let value =
            seed.deserialize(Value { tracer: Tracer { registry: self.registry, out: &out }, required: &required })?;
        let draft = out.into_inner().ok_or_else(|| Error::custom("a field holds nothing"))?;
        self.traced.push(DraftField { name: self.names[self.next], required: required.into_inner(), draft });
        self.next += 1;
        Ok(value)
    }
}

/// A field's value: a tracer that also notes whether the field is an option.
struct Value<'r> {
    tracer: Tracer<'r>,
    required: &'r RefCell<bool>,
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.tracer.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.required.replace(false);
        self.tracer.deserialize_option(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.tracer.deserialize_newtype_struct(name, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.tracer.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        max: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.tracer.deserialize_tuple_struct(name, max, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.tracer.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.tracer.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple map identifier ignored_any
    }
}

struct Variant<'r> {
    registry: &'r RefCell<Registry>,
    number: usize,
    out: &'r RefCell<Option<Draft>>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let number = u32::try_from(self.number).map_err(Error::custom)?;
        let number: U32Deserializer<Error> = number.into_deserializer();
        Ok((seed.deserialize(number)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Err(Error::custom("a union's variant holds nothing"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(Tracer { registry: self.registry, out: self.out })
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a union's variant is a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, Error> {
        Err(Error::custom("a union's variant is a struct of its own"))
    }
}
