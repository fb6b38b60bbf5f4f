//! What a file says where it does not say a value: a small tree of references, joins, conditions and calls.
//!
//! Expressions are compared by structure, so that `!Sub "${Mesh}-node"` and `!Join ["", [!Ref Mesh, "-node"]]` are
//! equal; they are shown as `${Mesh}-node` and written back by the dialect that read them. Names in them are symbols: equal
//! expressions certainly come to one value.

use std::fmt;

use serde::de::value::SeqDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::symbol::Symbol;

/// A value that depends on something its file does not settle.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Expression {
    /// Plain text; as a whole expression only inside others.
    Text(String),
    /// A number or truth value as it was written; only inside others.
    Literal(String),
    /// A named input: a parameter, a pseudo parameter or a shell variable.
    Reference(Symbol),
    /// An attribute of a resource: logical name, attribute.
    Attribute(Symbol, String),
    /// Parts that stand one after the other. Never nested, never two texts in a row, never fewer than two parts.
    Join(Vec<Expression>),
    /// A condition's name, what holds where it is true, what holds where it is false.
    Choice(Symbol, Box<Expression>, Box<Expression>),
    /// A function of the dialect that read it, by its long name, and its argument. It has a scope where what it comes to
    /// depends on the file that calls it, and not on its argument alone.
    Call(Symbol, Box<Expression>),
    /// A list, as an argument or as an open block.
    List(Vec<Expression>),
    /// A mapping in the dialect's own keys, as an argument or as an open block.
    Map(Vec<(String, Expression)>),
    /// Nothing at all: the branch of a choice that leaves a property out.
    Absent,
}

impl Expression {
    /// Parts in sequence, flattened; adjacent texts become one, and a single part stands alone.
    pub fn join(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            let nested = match part {
                Self::Join(nested) => nested,
                Self::Literal(text) => vec![Self::Text(text)],
                single => vec![single],
            };
            for part in nested {
                match (flat.last_mut(), part) {
                    (Some(Self::Text(last)), Self::Text(text)) => last.push_str(&text),
                    (_, part) => flat.push(part),
                }
            }
        }
        if flat.len() > 1 {
            flat.retain(|part| !matches!(part, Self::Text(text) if text.is_empty()));
        }
        match flat.len() {
            0 => Self::Text(String::new()),
            1 => flat.swap_remove(0),
            _ => Self::Join(flat),
        }
    }

    /// The text, where the expression is nothing but text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Literal(text) => Some(text),
            _ => None,
        }
    }

    /// Calls `visit` for this expression and every one inside it, outer before inner.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Join(parts) | Self::List(parts) => parts.iter().for_each(|part| part.walk(visit)),
            Self::Map(entries) => entries.iter().for_each(|(_, value)| value.walk(visit)),
            Self::Call(_, argument) => argument.walk(visit),
            Self::Choice(_, then, otherwise) => {
                then.walk(visit);
                otherwise.walk(visit);
            }
            Self::Text(_) | Self::Literal(_) | Self::Reference(_) | Self::Attribute(..) | Self::Absent => {}
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Literal(text) => formatter.write_str(text),
            Self::Reference(name) => write!(formatter, "${{{name}}}"),
            Self::Attribute(resource, attribute) => write!(formatter, "${{{resource}.{attribute}}}"),
            Self::Join(parts) => parts.iter().try_for_each(|part| part.fmt(formatter)),
            Self::Choice(condition, then, otherwise) => write!(formatter, "${{{condition} ? {then} : {otherwise}}}"),
            Self::Call(function, argument) => {
                let function = function.strip_prefix("Fn::").unwrap_or(function.as_str());
                write!(formatter, "${{{function} {argument}}}")
            }
            Self::List(items) => {
                formatter.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(formatter, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                formatter.write_str("]")
            }
            Self::Map(entries) => {
                formatter.write_str("{")?;
                for (index, (key, value)) in entries.iter().enumerate() {
                    write!(formatter, "{}{key}: {value}", if index == 0 { "" } else { ", " })?;
                }
                formatter.write_str("}")
            }
            Self::Absent => formatter.write_str("(left out)"),
        }
    }
}

/// Hands an expression over through serde, without a detour through text: `Scalar` takes it from `visit_enum`.
#[derive(Clone, Copy, Debug)]
pub struct HandOver<'a>(Piece<'a>);

/// What can stand inside an expression.
#[derive(Clone, Copy, Debug)]
enum Piece<'a> {
    Text(&'a str),
    Number(u32),
    Symbol(&'a Symbol),
    One(&'a Expression),
    Many(&'a [Expression]),
    Pairs(&'a [(String, Expression)]),
    Pair(&'a (String, Expression)),
}

impl<'a> HandOver<'a> {
    /// A deserializer and enum access that yields a clone of the expression.
    pub fn new(expression: &'a Expression) -> Self {
        Self(Piece::One(expression))
    }
}

impl<'de> Deserializer<'de> for HandOver<'_> {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Piece::Text(text) => visitor.visit_str(text),
            Piece::Number(number) => visitor.visit_u32(number),
            Piece::Symbol(Symbol { name, scope }) => {
                sequence([Piece::Text(name), Piece::Number(*scope)].into_iter(), visitor)
            }
            Piece::One(_) => visitor.visit_enum(self),
            Piece::Many(items) => sequence(items.iter().map(Piece::One), visitor),
            Piece::Pairs(pairs) => sequence(pairs.iter().map(Piece::Pair), visitor),
            Piece::Pair((key, value)) => sequence([Piece::Text(key), Piece::One(value)].into_iter(), visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

fn sequence<'a, 'de, V: Visitor<'de>>(
    pieces: impl Iterator<Item = Piece<'a>>,
    visitor: V,
) -> Result<V::Value, de::value::Error> {
    visitor.visit_seq(SeqDeserializer::new(pieces.map(HandOver)))
}

impl IntoDeserializer<'_> for HandOver<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> EnumAccess<'de> for HandOver<'_> {
    type Error = de::value::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let Piece::One(expression) = self.0 else {
            return Err(de::Error::custom("an expression was expected"));
        };
        let name: &'static str = match expression {
            Expression::Text(_) => "Text",
            Expression::Literal(_) => "Literal",
            Expression::Reference(_) => "Reference",
            Expression::Attribute(..) => "Attribute",
            Expression::Join(_) => "Join",
            Expression::Choice(..) => "Choice",
            Expression::Call(..) => "Call",
            Expression::List(_) => "List",
            Expression::Map(_) => "Map",
            Expression::Absent => "Absent",
        };
        Ok((seed.deserialize(IntoDeserializer::<Self::Error>::into_deserializer(name))?, self))
    }
}

impl<'de> VariantAccess<'de> for HandOver<'_> {
    type Error = de::value::Error;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Self::Error> {
        let piece = match self.0 {
            Piece::One(Expression::Text(text) | Expression::Literal(text)) => Piece::Text(text),
            Piece::One(Expression::Reference(symbol)) => Piece::Symbol(symbol),
            Piece::One(Expression::Join(items) | Expression::List(items)) => Piece::Many(items),
            Piece::One(Expression::Map(pairs)) => Piece::Pairs(pairs),
            other => other,
        };
        seed.deserialize(Self(piece))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Self::Error> {
        match self.0 {
            Piece::One(Expression::Attribute(resource, attribute)) => {
                sequence([Piece::Symbol(resource), Piece::Text(attribute)].into_iter(), visitor)
            }
            Piece::One(Expression::Call(function, argument)) => {
                sequence([Piece::Symbol(function), Piece::One(argument)].into_iter(), visitor)
            }
            Piece::One(Expression::Choice(condition, then, otherwise)) => {
                let pieces = [Piece::Symbol(condition), Piece::One(then), Piece::One(otherwise)];
                sequence(pieces.into_iter(), visitor)
            }
            _ => Err(de::Error::custom("an expression was expected")),
        }
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Self::Error> {
        self.tuple_variant(0, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Expression {
        Expression::Reference(text.into())
    }

    fn text(text: &str) -> Expression {
        Expression::Text(text.to_owned())
    }

    #[test]
    fn join_flattens_and_merges_texts() {
        let inner = Expression::join([text("a"), name("X")]);
        let joined = Expression::join([inner, text("b"), text("c"), Expression::Literal("1".to_owned())]);
        assert_eq!(joined, Expression::Join(vec![text("a"), name("X"), text("bc1")]));
        assert_eq!(joined.to_string(), "a${X}bc1");
        assert_eq!(Expression::join([text(""), name("X")]), name("X"));
    }

    #[test]
    fn every_variant_survives_the_hand_over() {
        let all = Expression::Choice(
            Symbol::new("IsProd", 7),
            Box::new(Expression::join([text("a"), name("X"), Expression::Attribute("R".into(), "Arn".into())])),
            Box::new(Expression::Map(vec![(
                "Port".to_owned(),
                Expression::List(vec![
                    Expression::Call("Fn::ImportValue".into(), Box::new(text("x"))),
                    Expression::Literal("1".to_owned()),
                    Expression::Absent,
                ]),
            )])),
        );
        assert_eq!(Expression::deserialize(HandOver::new(&all)), Ok(all.clone()));
    }
}
