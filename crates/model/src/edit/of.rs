//! Parts of the model as values: the other end of serde's view of a type.

use std::fmt;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleVariant, Serializer};

use super::NewValue;
use crate::expression::Expression;
use crate::scalar::{OPEN, REFUSED};
use crate::symbol::Symbol;

/// A part of the model as a value.
pub(super) fn value<T: Serialize>(part: &T) -> NewValue {
    match part.serialize(Emit) {
        Ok(value) => value,
        Err(NoPart(message)) => unreachable!("every part of the model is a value: {message}"),
    }
}

/// An error that the model's own types never raise.
#[derive(Debug)]
struct NoPart(String);

impl fmt::Display for NoPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NoPart {}

impl ser::Error for NoPart {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn no_part<T>() -> Result<T, NoPart> {
    Err(NoPart("not a part of the model".to_owned()))
}

#[derive(Clone, Copy)]
struct Emit;

struct List {
    items: Vec<NewValue>,
    variant: Option<&'static str>,
}

struct Object(Vec<(&'static str, NewValue)>);

macro_rules! no_parts {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, _: $type) -> Result<NewValue, NoPart> {
            no_part()
        })*
    };
}

macro_rules! integers {
    ($($name:ident: $type:ty),*) => {
        $(fn $name(self, value: $type) -> Result<NewValue, NoPart> {
            Ok(NewValue::Integer(value.into()))
        })*
    };
}

impl Serializer for Emit {
    type Ok = NewValue;
    type Error = NoPart;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = Impossible<NewValue, NoPart>;
    type SerializeTupleVariant = List;
    type SerializeMap = Impossible<NewValue, NoPart>;
    type SerializeStruct = Object;
    type SerializeStructVariant = Impossible<NewValue, NoPart>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    integers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32);
    no_parts!(serialize_u64: u64, serialize_f32: f32, serialize_f64: f64, serialize_char: char, serialize_bytes: &[u8]);

    fn serialize_bool(self, truth: bool) -> Result<NewValue, NoPart> {
        Ok(NewValue::Bool(truth))
    }

    fn serialize_str(self, text: &str) -> Result<NewValue, NoPart> {
        Ok(text.into())
    }

    fn serialize_none(self) -> Result<NewValue, NoPart> {
        Ok(NewValue::Open(Expression::Absent))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<NewValue, NoPart> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<NewValue, NoPart> {
        no_part()
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<NewValue, NoPart> {
        no_part()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<NewValue, NoPart> {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<NewValue, NoPart> {
        match name {
            OPEN => expression(value.serialize(self)?).map(NewValue::Open),
            REFUSED => Ok(match value.serialize(self)? {
                NewValue::Text(text) => text.parse().map_or(NewValue::Text(text), NewValue::Integer),
                other => other,
            }),
            _ => value.serialize(self),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<NewValue, NoPart> {
        Ok(NewValue::Object(vec![(variant, value.serialize(self)?)]))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, NoPart> {
        Ok(List { items: Vec::new(), variant: None })
    }

    fn serialize_tuple(self, _: usize) -> Result<List, NoPart> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, NoPart> {
        no_part()
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<List, NoPart> {
        Ok(List { items: Vec::new(), variant: Some(variant) })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NoPart> {
        no_part()
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object, NoPart> {
        Ok(Object(Vec::new()))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NoPart> {
        no_part()
    }
}

impl List {
    fn finish(self) -> NewValue {
        let list = NewValue::List(self.items);
        match self.variant {
            Some(variant) => NewValue::Object(vec![(variant, list)]),
            None => list,
        }
    }
}

impl SerializeSeq for List {
    type Ok = NewValue;
    type Error = NoPart;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoPart> {
        self.items.push(value.serialize(Emit)?);
        Ok(())
    }

    fn end(self) -> Result<NewValue, NoPart> {
        Ok(self.finish())
    }
}

impl SerializeTuple for List {
    type Ok = NewValue;
    type Error = NoPart;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoPart> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<NewValue, NoPart> {
        Ok(self.finish())
    }
}

impl SerializeTupleVariant for List {
    type Ok = NewValue;
    type Error = NoPart;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoPart> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<NewValue, NoPart> {
        Ok(self.finish())
    }
}

impl SerializeStruct for Object {
    type Ok = NewValue;
    type Error = NoPart;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), NoPart> {
        let value = value.serialize(Emit)?;
        // A required value that is missing: nothing stands in its place.
        if value != NewValue::Open(Expression::Absent) {
            self.0.push((name, value));
        }
        Ok(())
    }

    fn end(self) -> Result<NewValue, NoPart> {
        Ok(NewValue::Object(self.0))
    }
}

/// The expression that serde's derived serialisation has spelt out.
fn expression(value: NewValue) -> Result<Expression, NoPart> {
    let NewValue::Object(mut members) = value else { return Ok(Expression::Absent) };
    let Some((variant, content)) = members.pop() else { return no_part() };
    Ok(match (variant, content) {
        ("Text", NewValue::Text(text)) => Expression::Text(text),
        ("Literal", NewValue::Text(text)) => Expression::Literal(text),
        ("Reference", name) => Expression::Reference(symbol(name)?),
        ("Join", items) => Expression::Join(all(items)?),
        ("List", items) => Expression::List(all(items)?),
        ("Map", NewValue::List(pairs)) => Expression::Map(pairs.into_iter().map(pair).collect::<Result<_, _>>()?),
        ("Attribute", parts) => {
            let [resource, NewValue::Text(attribute)] = parts_of(parts)? else { return no_part() };
            Expression::Attribute(symbol(resource)?, attribute)
        }
        ("Call", parts) => {
            let [function, argument] = parts_of(parts)?;
            Expression::Call(symbol(function)?, Box::new(expression(argument)?))
        }
        ("Choice", parts) => {
            let [condition, then, otherwise] = parts_of(parts)?;
            let (then, otherwise) = (expression(then)?, expression(otherwise)?);
            Expression::Choice(symbol(condition)?, Box::new(then), Box::new(otherwise))
        }
        _ => return no_part(),
    })
}

fn parts_of<const N: usize>(value: NewValue) -> Result<[NewValue; N], NoPart> {
    let NewValue::List(parts) = value else { return no_part() };
    parts.try_into().or_else(|_| no_part())
}

fn pair(value: NewValue) -> Result<(String, Expression), NoPart> {
    let [NewValue::Text(key), value] = parts_of(value)? else { return no_part() };
    Ok((key, expression(value)?))
}

fn all(value: NewValue) -> Result<Vec<Expression>, NoPart> {
    let NewValue::List(items) = value else { return no_part() };
    items.into_iter().map(expression).collect()
}

fn symbol(value: NewValue) -> Result<Symbol, NoPart> {
    let NewValue::Object(members) = value else { return no_part() };
    match <[_; 2]>::try_from(members) {
        Ok([(_, NewValue::Text(name)), (_, NewValue::Integer(scope))]) => {
            u32::try_from(scope).map(|scope| Symbol::new(name, scope)).or_else(|_| no_part())
        }
        _ => no_part(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::ResourceName;
    use crate::route::WeightedTarget;
    use crate::scalar::Scalar;

    #[test]
    fn a_part_of_the_model_is_a_value_with_its_open_parts() {
        let name = Symbol::new("Node", 3);
        let open = Expression::Join(vec![Expression::Text("a-".to_owned()), Expression::Reference(name)]);
        let target = WeightedTarget {
            virtual_node: Scalar::<ResourceName>::Open(Box::new(open.clone())),
            weight: Scalar::from_text("70000"),
            port: None,
        };
        let members = vec![("virtualNode", NewValue::Open(open)), ("weight", "70000".into())];
        assert_eq!(NewValue::of(&target), NewValue::Object(members));
    }
}
