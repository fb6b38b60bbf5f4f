//! A document as a type: serde asks the tree, and what does not fit is told with its place.

use std::collections::HashSet;
use std::fmt;

use meshwright_model::visible::visible;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Expected, IntoDeserializer, Unexpected, Visitor};

use super::{Document, DocumentError, Plain};
use crate::source::Span;
use crate::tree::{Entry, NodeId, Style, Tree, Value};

impl Document {
    /// Reads it as a type. A bare scalar is text where text is due.
    ///
    /// # Errors
    /// Names the first value that does not fit, with its place.
    pub fn read_as<T: DeserializeOwned>(&self) -> Result<T, DocumentError> {
        let read = match self.tree.roots.first() {
            Some(root) => T::deserialize(Part { tree: &self.tree, id: *root }),
            None => Err(de::Error::custom("it is empty")),
        };
        read.map_err(|Misfit { message, span }| {
            let place = self.tree.source.locate(span.unwrap_or_default());
            DocumentError { message: visible(&message), line: place.line, column: place.column }
        })
    }
}

/// What does not fit, and where: known as soon as the value is left in which it was found.
#[derive(Debug)]
struct Misfit {
    message: String,
    span: Option<Span>,
}

impl Misfit {
    fn at(mut self, span: Span) -> Self {
        self.span.get_or_insert(span);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None }
    }

    fn invalid_type(there: Unexpected<'_>, due: &dyn Expected) -> Self {
        Self::custom(format_args!("{} stands where {} is due", what_is_there(there), what_is_due(due)))
    }

    fn invalid_value(there: Unexpected<'_>, due: &dyn Expected) -> Self {
        Self::invalid_type(there, due)
    }
}

fn what_is_there(there: Unexpected<'_>) -> String {
    match there {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("`{value}`"),
        Unexpected::Signed(value) => format!("`{value}`"),
        Unexpected::Float(value) => format!("`{value}`"),
        Unexpected::Str(value) => format!("`{value}`"),
        Unexpected::Unit => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

/// What a type wants, in the words of files and not of the type.
fn what_is_due(due: &dyn Expected) -> String {
    match due.to_string().as_str() {
        "a sequence" => "a list".to_owned(),
        "a string" | "string" => "a text".to_owned(),
        "a boolean" => "`true` or `false`".to_owned(),
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "i64" => "a whole number".to_owned(),
        "a map" => "an object".to_owned(),
        other if other.starts_with("struct ") => "an object".to_owned(),
        other => other.to_owned(),
    }
}

/// A value of a tree. Trees are of bounded depth.
#[derive(Clone, Copy)]
struct Part<'t> {
    tree: &'t Tree,
    id: NodeId,
}

impl<'t> Part<'t> {
    fn value(self) -> Value {
        self.tree.node(self.id).value
    }

    fn part(self, id: NodeId) -> Self {
        Self { id, ..self }
    }

    /// Says where something did not fit.
    fn placed<T>(self, read: Result<T, Misfit>) -> Result<T, Misfit> {
        read.map_err(|misfit| misfit.at(self.tree.span(self.id)))
    }

    /// Reads it as whatever it is.
    fn visit<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.value() {
            Value::Null => visitor.visit_unit(),
            Value::Scalar(Style::Plain, text) => plain(self.tree.text(text), visitor),
            Value::Scalar(_, text) => visitor.visit_borrowed_str(self.tree.text(text)),
            Value::List(_) => visitor.visit_seq(Items { whole: self, next: 0 }),
            Value::Map(_) => visitor.visit_map(Members { whole: self, next: 0, seen: HashSet::new() }),
            Value::Open(_) | Value::Broken => Err(de::Error::custom("this is no value")),
        }
    }
}

/// A plain scalar, as it reads: a truth value, a number, or text.
fn plain<'t, V: Visitor<'t>>(text: &'t str, visitor: V) -> Result<V::Value, Misfit> {
    match Plain::of(text) {
        Plain::Truth(value) => visitor.visit_bool(value),
        Plain::Integer(value) => visitor.visit_i64(value),
        Plain::Fraction(value) => visitor.visit_f64(value),
        Plain::Text => visitor.visit_borrowed_str(text),
    }
}

impl<'t> de::Deserializer<'t> for Part<'t> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.placed(self.visit(visitor))
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.tree.scalar(self.id) {
            Some(text) => self.placed(visitor.visit_borrowed_str(text)),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let read = if matches!(self.value(), Value::Null) { visitor.visit_none() } else { visitor.visit_some(self) };
        self.placed(read)
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        self.placed(visitor.visit_newtype_struct(self))
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self.value() {
            // serde would take a list for the fields in their order.
            Value::List(_) => self.placed(Err(de::Error::invalid_type(Unexpected::Seq, &visitor))),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let read = match (self.tree.scalar(self.id), self.value()) {
            (Some(_), _) => visitor.visit_enum(Chosen { variant: self, content: None }),
            (None, Value::Map(_)) => match self.tree.entries(self.id) {
                [Entry { key, value, .. }] => {
                    visitor.visit_enum(Chosen { variant: self.part(*key), content: Some(self.part(*value)) })
                }
                members => {
                    Err(de::Error::invalid_length(members.len(), &"an object with one member, which says the kind"))
                }
            },
            _ => return self.deserialize_any(visitor),
        };
        self.placed(read)
    }

    serde::forward_to_deserialize_any! {
        <V: Visitor<'t>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct map ignored_any
    }
}

/// The items of a list that are left.
struct Items<'t> {
    whole: Part<'t>,
    next: usize,
}

impl<'t> de::SeqAccess<'t> for Items<'t> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Misfit> {
        let Some(item) = self.whole.tree.items(self.whole.id).get(self.next) else { return Ok(None) };
        self.next += 1;
        seed.deserialize(self.whole.part(*item)).map(Some)
    }
}

/// The members of an object that are left.
struct Members<'t> {
    whole: Part<'t>,
    next: usize,
    seen: HashSet<&'t str>,
}

impl<'t> de::MapAccess<'t> for Members<'t> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some(entry) = self.whole.tree.entries(self.whole.id).get(self.next) else { return Ok(None) };
        let key = self.whole.part(entry.key);
        if let Some(name) = key.tree.scalar(key.id)
            && !self.seen.insert(name)
        {
            return key.placed(Err(de::Error::custom(format_args!("`{name}` stands twice in an object"))));
        }
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<T::Value, Misfit> {
        let entry = self.whole.tree.entries(self.whole.id).get(self.next);
        self.next += 1;
        match entry {
            Some(entry) => seed.deserialize(self.whole.part(entry.value)),
            None => Err(de::Error::custom("a value is asked for that there is not")),
        }
    }
}

/// A variant, with what it holds.
struct Chosen<'t> {
    variant: Part<'t>,
    content: Option<Part<'t>>,
}

impl<'t> de::EnumAccess<'t> for Chosen<'t> {
    type Error = Misfit;
    type Variant = Content<'t>;

    fn variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<(S::Value, Content<'t>), Misfit> {
        Ok((seed.deserialize(self.variant)?, Content(self.content)))
    }
}

struct Content<'t>(Option<Part<'t>>);

impl<'t> de::VariantAccess<'t> for Content<'t> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        self.0.map_or(Ok(()), de::Deserialize::deserialize)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, Misfit> {
        match self.0 {
            Some(content) => seed.deserialize(content),
            None => seed.deserialize(().into_deserializer()),
        }
    }

    fn tuple_variant<V: Visitor<'t>>(self, length: usize, visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Some(content) => de::Deserializer::deserialize_tuple(content, length, visitor),
            None => visitor.visit_unit(),
        }
    }

    fn struct_variant<V: Visitor<'t>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Misfit> {
        match self.0 {
            Some(content) => de::Deserializer::deserialize_struct(content, "", fields, visitor),
            None => visitor.visit_unit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::super::read_document;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Thing {
        name: Option<String>,
        port: Option<u16>,
        ratio: f64,
        is_on: bool,
        kinds: Vec<Kind>,
        tags: BTreeMap<String, String>,
        parts: Vec<Thing>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "lowercase", deny_unknown_fields)]
    enum Kind {
        Bare,
        Text(String),
        Range { start: i64, end: i64 },
    }

    fn read(text: &str) -> Result<Thing, String> {
        let document = read_document("x", text).map_err(|why| why.to_string())?;
        document.read_as().map_err(|why| why.to_string())
    }

    #[test]
    fn yaml_and_json_read_as_one() {
        let expected = Thing {
            name: Some("8080".to_owned()),
            port: Some(8080),
            ratio: 0.5,
            is_on: true,
            kinds: vec![Kind::Bare, Kind::Text("1.10".to_owned()), Kind::Range { start: -2, end: 9 }],
            tags: BTreeMap::from([("a".to_owned(), "yes".to_owned())]),
            parts: vec![Thing { name: Some("inner".to_owned()), ..Thing::default() }],
        };
        let yaml = "name: 8080\nport: 8080\nratio: .5\nis_on: yes\nkinds:\n- bare\n- text: 1.10\n- range: {start: -2, end: 9}\n\
                    tags: {a: yes}\nparts:\n- {name: inner, port: ~}\n";
        assert_eq!(read(yaml).unwrap(), expected);
        let json = r#"{"name": "8080", "port": 8080, "ratio": 0.5, "is_on": true, "tags": {"a": "yes"},
            "kinds": ["bare", {"text": "1.10"}, {"range": {"start": -2, "end": 9}}], "parts": [{"name": "inner", "port": null}]}"#;
        assert_eq!(read(json).unwrap(), expected);
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_place() {
        let refused = |text: &str| read(text).unwrap_err();
        assert!(refused("name: a\nprot: 1\n").starts_with("unknown field `prot`, expected one of `name`, `port`"));
        assert!(refused("name: a\nprot: 1\n").ends_with("at line 2, column 1"));
        assert!(refused("parts:\n- name: a\n  port: x\n").ends_with("at line 3, column 9"));
        let number = "`70000` stands where a whole number from 0 to 65535 is due at line 2, column 9";
        assert_eq!(refused("parts:\n- port: 70000\n"), number);
        assert!(refused("kinds: [bear]").starts_with("unknown variant `bear`, expected one of `bare`"));
        assert!(refused("kinds: [bear]").ends_with("at line 1, column 9"));
        assert!(refused("kinds:\n- range: {start: 1}\n").ends_with("missing field `end` at line 2, column 10"));
        assert!(refused("kinds: [{bare: , text: x}]").ends_with("which says the kind at line 1, column 9"));
        assert!(refused("kinds: [text]").ends_with("at line 1, column 9"));
        assert!(refused("name: !Ref Other\n").starts_with("an object stands where a text is due"));
        assert_eq!(refused("tags:\n  a: b\n  a: c\n"), "`a` stands twice in an object at line 3, column 3");
        assert_eq!(refused(r#"{"port": 1, "port": 2}"#), "`port` stands twice in an object at line 1, column 13");
        assert_eq!(refused(" # nothing\n"), "it is empty at line 1, column 1");
        assert_eq!(refused("- a\n"), "a list stands where an object is due at line 1, column 1");
        assert_eq!(refused("tags: [a]\n"), "a list stands where an object is due at line 1, column 7");
        assert_eq!(refused("is_on: 1\n"), "`1` stands where `true` or `false` is due at line 1, column 8");
    }
}
