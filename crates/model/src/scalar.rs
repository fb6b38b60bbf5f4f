//! A single value of a resource: known and valid, left open by its file, or refused.
//!
//! A [`Scalar`] is what every leaf field of a specification holds. `Known` is valid by construction, because the only
//! way to a scalar type is through its limit (see [`crate::limits`]). Dialects hand values over through serde:
//! `visit_str`, `visit_i64` and `visit_bool` for a typed value, `visit_byte_buf` for a number that is not whole or too
//! large, `visit_bytes` for a lexeme whose type its file does not say, and an enum for an [`Expression`].

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::EnumAccessDeserializer;
use serde::de::{Deserialize, Deserializer, EnumAccess, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::expression::Expression;
use crate::limits::ResourceName;
use crate::value::{Given, Plain, ScalarType};

/// The name under which serde announces an open scalar, for serialisers that can write expressions.
pub const OPEN: &str = "$open";
/// The name under which serde announces a refused scalar's lexeme, if it had one, for serialisers that write it back.
pub const REFUSED: &str = "$refused";

/// A leaf value of a resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<T> {
    /// A valid value.
    Known(T),
    /// A value that its file leaves open.
    Open(Box<Expression>),
    /// What stood there, and why it is no value of this type.
    Refused(Box<Refusal>),
}

/// The name of a resource.
pub type Name = Scalar<ResourceName>;

/// Why a value is not one of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What stood in the file; `None` where a required value is missing.
    pub text: Option<String>,
    /// Whether it was text for certain, rather than a number, a truth value or something bare.
    pub is_text: bool,
    /// The reason, as a predicate: `70000 is over 65535`.
    pub why: String,
}

impl<T: ScalarType> Scalar<T> {
    /// The value, where it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Open(_) | Self::Refused(_) => None,
        }
    }

    /// The expression, where the value is open.
    pub fn open(&self) -> Option<&Expression> {
        match self {
            Self::Open(expression) => Some(expression),
            Self::Known(_) | Self::Refused(_) => None,
        }
    }

    /// A scalar from what a file gives: known, or refused with the reason.
    pub fn from_given(given: Given<'_>) -> Self {
        match T::accept(given) {
            Ok(value) => Self::Known(value),
            Err(error) => {
                let why = error.to_string();
                let is_text = matches!(given, Given::Text(_));
                Self::Refused(Box::new(Refusal { text: Some(given.to_string()), is_text, why }))
            }
        }
    }

    /// A scalar from text: known, or refused with the reason.
    pub fn from_text(text: &str) -> Self {
        Self::from_given(Given::Text(text))
    }

    /// A scalar that its file leaves open; known after all where the expression is nothing but text.
    pub fn from_expression(expression: Expression) -> Self {
        match expression {
            Expression::Text(text) | Expression::Literal(text) => Self::from_given(Given::Lexeme(&text)),
            expression => Self::Open(Box::new(expression)),
        }
    }

    /// Whether nothing stands there that could be written back.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.text.is_none())
    }

    /// A scalar that is required and missing.
    pub fn missing() -> Self {
        Self::Refused(Box::new(Refusal { text: None, is_text: false, why: "is missing".to_owned() }))
    }
}

impl<T: ScalarType> fmt::Display for Scalar<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.plain().fmt(formatter),
            Self::Open(expression) => expression.fmt(formatter),
            Self::Refused(refusal) => formatter.write_str(refusal.text.as_deref().unwrap_or_default()),
        }
    }
}

impl<T: ScalarType> Serialize for Scalar<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => match value.plain() {
                Plain::Text(text) => serializer.serialize_str(text),
                Plain::Integer(integer) => serializer.serialize_i64(integer),
                Plain::Bool(truth) => serializer.serialize_bool(truth),
            },
            Self::Open(expression) => serializer.serialize_newtype_struct(OPEN, expression.as_ref()),
            Self::Refused(refusal) => match &refusal.text {
                Some(text) if refusal.is_text => serializer.serialize_str(text),
                text => serializer.serialize_newtype_struct(REFUSED, text),
            },
        }
    }
}

impl<'de, T: ScalarType> Deserialize<'de> for Scalar<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(T::NAME, ScalarVisitor(PhantomData))
    }
}

struct ScalarVisitor<T>(PhantomData<T>);

impl<'de, T: ScalarType> Visitor<'de> for ScalarVisitor<T> {
    type Value = Scalar<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", T::LIMIT)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::from_text(text))
    }

    fn visit_bytes<E: Error>(self, lexeme: &[u8]) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Lexeme(&String::from_utf8_lossy(lexeme))))
    }

    fn visit_byte_buf<E: Error>(self, number: Vec<u8>) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Number(&String::from_utf8_lossy(&number))))
    }

    fn visit_i64<E: Error>(self, integer: i64) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Integer(integer)))
    }

    fn visit_u64<E: Error>(self, integer: u64) -> Result<Self::Value, E> {
        match i64::try_from(integer) {
            Ok(integer) => self.visit_i64(integer),
            Err(_) => Ok(Scalar::from_given(Given::Number(&integer.to_string()))),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Number(&number.to_string())))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Bool(truth)))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::from_given(Given::Null))
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::missing())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Self::Value, A::Error> {
        let expression = Expression::deserialize(EnumAccessDeserializer::new(access))?;
        Ok(Scalar::Open(Box::new(expression)))
    }
}
