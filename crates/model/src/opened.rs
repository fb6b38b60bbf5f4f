//! Which values of a specification its file leaves open.

use serde::Serialize;
use serde::de::value::Error;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};

use crate::path::Path;
use crate::scalar::OPEN;

/// The paths of the single values that are open, below a path.
pub(crate) fn open_values(value: &impl Serialize, at: Path) -> Vec<Path> {
    let mut found = Vec::new();
    // Nothing that is walked can fail; what was found until then stands.
    let _ = value.serialize(Walker { at, found: &mut found });
    found
}

/// Walks what serde says of a value.
struct Walker<'f> {
    at: Path,
    found: &'f mut Vec<Path>,
}

/// Likewise, through the elements of a list or the fields of an object.
struct Inside<'f> {
    at: Path,
    found: &'f mut Vec<Path>,
    index: usize,
}

impl<'f> Walker<'f> {
    fn inside(self) -> Inside<'f> {
        Inside { at: self.at, found: self.found, index: 0 }
    }
}

impl Inside<'_> {
    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        let at = self.at.clone().index(self.index);
        self.index += 1;
        value.serialize(Walker { at, found: self.found })
    }
}

macro_rules! plain {
    ($($method:ident($($given:ty)?);)*) => {$(
        fn $method(self $(, _: $given)?) -> Result<(), Error> { Ok(()) }
    )*};
}

impl<'f> Serializer for Walker<'f> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Inside<'f>;
    type SerializeTuple = Inside<'f>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Inside<'f>;
    type SerializeStruct = Inside<'f>;
    type SerializeStructVariant = Impossible<(), Error>;

    plain! {
        serialize_bool(bool); serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64); serialize_f32(f32);
        serialize_f64(f64); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]); serialize_none();
        serialize_unit(); serialize_unit_struct(&'static str);
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, _: &T) -> Result<(), Error> {
        if name == OPEN {
            self.found.push(self.at);
        }
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(Self { at: self.at.field(variant), found: self.found })
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'f>, Error> {
        Ok(self.inside())
    }

    fn serialize_tuple(self, _: usize) -> Result<Inside<'f>, Error> {
        Ok(self.inside())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(serde::ser::Error::custom("no specification has one"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Error> {
        Err(serde::ser::Error::custom("no specification has one"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'f>, Error> {
        Ok(self.inside())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'f>, Error> {
        Ok(self.inside())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Error> {
        Err(serde::ser::Error::custom("no specification has one"))
    }
}

impl SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeTuple for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.element(value)
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(Walker { at: self.at.clone().field(key), found: self.found })
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}

impl SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, _: &T) -> Result<(), Error> {
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Walker { at: self.at.clone(), found: self.found })
    }

    fn end(self) -> Result<(), Error> {
        Ok(())
    }
}
