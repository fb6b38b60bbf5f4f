//! A value on its way into a file: what a writer has made of a resource, before it is printed.

use std::fmt;

use meshwright_model::expression::Expression;
use meshwright_model::path::{Path, Step};
use meshwright_model::scalar::{OPEN, REFUSED};
use meshwright_model::{Kind, Symbol};
use serde::ser::{
    self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, SerializeTupleVariant, Serializer,
};

use crate::view::{Naming, View};

/// A value on its way into a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Out {
    Text(String),
    /// A number or truth value, as it is to be written.
    Bare(String),
    Open(Expression),
    /// The name of a resource of that kind, for which a template may have a function.
    Named(Kind, Expression),
    List(Vec<Out>),
    Map(Vec<(String, Out)>),
}

impl Out {
    pub(crate) fn map<const N: usize>(entries: [(&str, Self); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The value as a dialect names its fields; parts that were refused are written as they stood.
    pub(crate) fn of<T: Serialize>(value: &T, naming: &Naming, parent: &'static str) -> Self {
        match value.serialize(Emit { naming, parent }) {
            Ok(out) => out,
            Err(Impossible(message)) => unreachable!("the model serialises into any tree: {message}"),
        }
    }

    /// Puts an open block back where its file had it. `path` is in the API's words, from this value.
    pub(crate) fn insert(&mut self, path: &[Step], view: &View, block: Self) {
        let Some((step, rest)) = path.split_first() else {
            *self = block;
            return;
        };
        match (step, view, &mut *self) {
            (Step::Field(name), View::Struct(fields) | View::Union(fields), Self::Map(entries)) => {
                let Some(field) = fields.iter().find(|field| field.api == name.as_ref()) else { return };
                let position = entries.iter().position(|(key, _)| *key == field.key).unwrap_or_else(|| {
                    let empty =
                        if matches!(field.view, View::List(..)) { Self::List(vec![]) } else { Self::Map(vec![]) };
                    entries.push((field.key.clone(), empty));
                    entries.len() - 1
                });
                entries[position].1.insert(rest, &field.view, block);
            }
            (Step::Index(index), View::List(element, _), Self::List(items)) => {
                if let Some(item) = items.get_mut(*index) {
                    item.insert(rest, element, block);
                }
            }
            // Open elements come last of all gaps of their list, each at its place among the others.
            (Step::Open(place), View::List(..), Self::List(items)) => items.insert((*place).min(items.len()), block),
            _ => {}
        }
    }

    /// Calls `visit` with the path of each open value, from this one.
    pub(crate) fn walk_open(&self, path: &mut Path, visit: &mut dyn FnMut(&Path, &Expression)) {
        match self {
            Self::Open(expression) => visit(path, expression),
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push(Step::Index(index));
                    item.walk_open(path, visit);
                    path.pop();
                }
            }
            Self::Map(entries) => {
                for (key, value) in entries {
                    path.push(Step::Field(key.clone().into()));
                    value.walk_open(path, visit);
                    path.pop();
                }
            }
            Self::Text(_) | Self::Bare(_) | Self::Named(..) => {}
        }
    }
}

/// An error that the model's own types never raise.
#[derive(Debug)]
struct Impossible(String);

impl fmt::Display for Impossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Impossible {}

impl ser::Error for Impossible {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn impossible<T>() -> Result<T, Impossible> {
    Err(Impossible("not a part of the model".to_owned()))
}

/// Turns the model's types into [`Out`], naming fields as the dialect does.
#[derive(Clone, Copy)]
struct Emit<'n> {
    naming: &'n Naming,
    /// The field that the value stands in.
    parent: &'static str,
}

struct EmitList<'n> {
    emit: Emit<'n>,
    items: Vec<Out>,
    variant: Option<&'static str>,
}

struct EmitMap<'n> {
    emit: Emit<'n>,
    entries: Vec<(String, Out)>,
}

impl<'n> Serializer for Emit<'n> {
    type Ok = Out;
    type Error = Impossible;
    type SerializeSeq = EmitList<'n>;
    type SerializeTuple = EmitList<'n>;
    type SerializeTupleStruct = ser::Impossible<Out, Impossible>;
    type SerializeTupleVariant = EmitList<'n>;
    type SerializeMap = EmitMap<'n>;
    type SerializeStruct = EmitMap<'n>;
    type SerializeStructVariant = ser::Impossible<Out, Impossible>;

    fn serialize_bool(self, truth: bool) -> Result<Out, Impossible> {
        Ok(Out::Bare(truth.to_string()))
    }
    fn serialize_i64(self, integer: i64) -> Result<Out, Impossible> {
        Ok(Out::Bare(integer.to_string()))
    }
    fn serialize_str(self, text: &str) -> Result<Out, Impossible> {
        Ok(Out::Text(text.to_owned()))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<Out, Impossible> {
        match name {
            OPEN => take_expression(value.serialize(Emit { naming: &RAW, parent: "" })?).map(Out::Open),
            REFUSED => match value.serialize(self)? {
                Out::Text(text) => Ok(Out::Bare(text)),
                other => Ok(other),
            },
            _ => value.serialize(self),
        }
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Out, Impossible> {
        let key = (self.naming.key)(self.parent, variant);
        Ok(Out::Map(vec![(key, value.serialize(Emit { parent: variant, ..self })?)]))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Out, Impossible> {
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<EmitList<'n>, Impossible> {
        Ok(EmitList { emit: self, items: Vec::new(), variant: None })
    }
    fn serialize_tuple(self, _: usize) -> Result<EmitList<'n>, Impossible> {
        self.serialize_seq(None)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<EmitList<'n>, Impossible> {
        Ok(EmitList { emit: self, items: Vec::new(), variant: Some(variant) })
    }
    fn serialize_map(self, _: Option<usize>) -> Result<EmitMap<'n>, Impossible> {
        Ok(EmitMap { emit: self, entries: Vec::new() })
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<EmitMap<'n>, Impossible> {
        self.serialize_map(None)
    }

    fn serialize_i8(self, value: i8) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_u8(self, value: u8) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_u16(self, value: u16) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_u32(self, value: u32) -> Result<Out, Impossible> {
        self.serialize_i64(value.into())
    }
    fn serialize_u64(self, _: u64) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_f32(self, _: f32) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_f64(self, _: f64) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_char(self, _: char) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<Out, Impossible> {
        impossible()
    }
    /// A required value that is missing: nothing is written in its place.
    fn serialize_none(self) -> Result<Out, Impossible> {
        Ok(Out::Open(Expression::Absent))
    }
    fn serialize_unit(self) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<Out, Impossible> {
        impossible()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Out, Impossible> {
        Ok(Out::Text(variant.to_owned()))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Impossible> {
        impossible()
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Impossible> {
        impossible()
    }
}

impl EmitList<'_> {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Impossible> {
        self.items.push(value.serialize(self.emit)?);
        Ok(())
    }

    fn finish(self) -> Out {
        let list = Out::List(self.items);
        match self.variant {
            Some(variant) => Out::Map(vec![(variant.to_owned(), list)]),
            None => list,
        }
    }
}

impl SerializeSeq for EmitList<'_> {
    type Ok = Out;
    type Error = Impossible;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Impossible> {
        self.push(value)
    }
    fn end(self) -> Result<Out, Impossible> {
        Ok(self.finish())
    }
}

impl SerializeTuple for EmitList<'_> {
    type Ok = Out;
    type Error = Impossible;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Impossible> {
        self.push(value)
    }
    fn end(self) -> Result<Out, Impossible> {
        Ok(self.finish())
    }
}

impl SerializeTupleVariant for EmitList<'_> {
    type Ok = Out;
    type Error = Impossible;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Impossible> {
        self.push(value)
    }
    fn end(self) -> Result<Out, Impossible> {
        Ok(self.finish())
    }
}

impl SerializeStruct for EmitMap<'_> {
    type Ok = Out;
    type Error = Impossible;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Impossible> {
        let value = value.serialize(Emit { parent: name, ..self.emit })?;
        if value != Out::Open(Expression::Absent) {
            self.entries.push(((self.emit.naming.key)(self.emit.parent, name), value));
        }
        Ok(())
    }
    fn end(self) -> Result<Out, Impossible> {
        Ok(Out::Map(self.entries))
    }
}

impl SerializeMap for EmitMap<'_> {
    type Ok = Out;
    type Error = Impossible;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Impossible> {
        impossible()
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Impossible> {
        impossible()
    }
    fn end(self) -> Result<Out, Impossible> {
        impossible()
    }
}

/// Names as they are, for the parts of an expression.
static RAW: Naming = Naming { key: |_, field| field.to_owned(), demands: |_, _, required| required, is_lenient: false };

/// The expression that serde's derived serialisation has spelt out.
fn take_expression(out: Out) -> Result<Expression, Impossible> {
    let Out::Map(mut entries) = out else { return Ok(Expression::Absent) };
    let Some((variant, content)) = entries.pop() else { return impossible() };
    let expression = match (variant.as_str(), content) {
        ("Text", Out::Text(text)) => Expression::Text(text),
        ("Literal", Out::Text(text)) => Expression::Literal(text),
        ("Reference", name) => Expression::Reference(take_symbol(name)?),
        ("Join", Out::List(items)) => Expression::Join(take_all(items)?),
        ("List", Out::List(items)) => Expression::List(take_all(items)?),
        ("Map", Out::List(pairs)) => {
            let pair = |pair| match pair {
                Out::List(pair) => match <[Out; 2]>::try_from(pair) {
                    Ok([Out::Text(key), value]) => Ok((key, take_expression(value)?)),
                    _ => impossible(),
                },
                _ => impossible(),
            };
            Expression::Map(pairs.into_iter().map(pair).collect::<Result<_, _>>()?)
        }
        ("Attribute", Out::List(parts)) => match <[Out; 2]>::try_from(parts) {
            Ok([resource, Out::Text(attribute)]) => Expression::Attribute(take_symbol(resource)?, attribute),
            _ => return impossible(),
        },
        ("Call", Out::List(parts)) => match <[Out; 2]>::try_from(parts) {
            Ok([function, argument]) => Expression::Call(take_symbol(function)?, Box::new(take_expression(argument)?)),
            _ => return impossible(),
        },
        ("Choice", Out::List(parts)) => match <[Out; 3]>::try_from(parts) {
            Ok([condition, then, otherwise]) => {
                let (then, otherwise) = (take_expression(then)?, take_expression(otherwise)?);
                Expression::Choice(take_symbol(condition)?, Box::new(then), Box::new(otherwise))
            }
            _ => return impossible(),
        },
        _ => return impossible(),
    };
    Ok(expression)
}

fn take_symbol(out: Out) -> Result<Symbol, Impossible> {
    let Out::Map(entries) = out else { return impossible() };
    match <[(String, Out); 2]>::try_from(entries) {
        Ok([(_, Out::Text(name)), (_, Out::Bare(scope))]) => {
            scope.parse().map(|scope| Symbol::new(name, scope)).or_else(|_| impossible())
        }
        _ => impossible(),
    }
}

fn take_all(items: Vec<Out>) -> Result<Vec<Expression>, Impossible> {
    items.into_iter().map(take_expression).collect()
}
