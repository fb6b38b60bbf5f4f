//! What a single value may be: as its file gives it, as a limit allows it, as plain data.

use std::fmt;

use crate::error::Error;

/// A type with a limit that a single value can have. Implemented by [`crate::limits`] alone.
pub trait ScalarType: Sized + Clone + fmt::Debug + PartialEq {
    /// The shape's name in the App Mesh API model.
    const NAME: &'static str;
    /// The values it allows.
    const LIMIT: Limit;

    /// A value of this type from what a file gives.
    ///
    /// # Errors
    /// Says why it is refused, as a predicate.
    fn accept(given: Given<'_>) -> Result<Self, Error>;
    /// The value as plain data.
    fn plain(&self) -> Plain<'_>;
}

/// A scalar's value as plain data, as it stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Integer(integer) => write!(formatter, "{integer}"),
            Self::Bool(truth) => write!(formatter, "{truth}"),
        }
    }
}

/// The values a scalar type allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Text of so many characters, in an alphabet.
    Text {
        /// Fewest characters.
        min: usize,
        /// Most characters.
        max: usize,
        /// The characters allowed.
        alphabet: Alphabet,
    },
    /// A whole number in a range, both ends included.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
}

/// Which characters a text may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Any.
    Any,
    /// `^[a-zA-Z0-9!-~]+$`: printable ASCII without the space.
    Visible,
    /// `^([a-zA-Z0-9!-~][ \ta-zA-Z0-9!-~]*){0,1}[a-zA-Z0-9!-~]{0,1}$`: visible first, then visible, spaces and tabs.
    VisibleAndBlanks,
}

impl Alphabet {
    fn allows(self, text: &str) -> bool {
        let visible = |byte: u8| (b'!'..=b'~').contains(&byte);
        match self {
            Self::Any => true,
            Self::Visible => text.bytes().all(visible),
            Self::VisibleAndBlanks => {
                text.bytes().next().is_none_or(visible)
                    && text.bytes().all(|byte| visible(byte) || byte == b' ' || byte == b'\t')
            }
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { min: 0, max: usize::MAX, .. } => formatter.write_str("text"),
            Self::Text { min, max: usize::MAX, .. } => write!(formatter, "text of at least {min} characters"),
            Self::Text { min, max, .. } => write!(formatter, "text of {min} to {max} characters"),
            Self::Integer { min: i64::MIN, max: i64::MAX } => formatter.write_str("a whole number"),
            Self::Integer { min, max: i64::MAX } => write!(formatter, "a whole number of at least {min}"),
            Self::Integer { min, max } => write!(formatter, "a whole number from {min} to {max}"),
            Self::OneOf(words) => write!(formatter, "one of {}", words.join(", ")),
            Self::Bool => formatter.write_str("true or false"),
        }
    }
}

/// A value as its file gives it, before it has a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given<'a> {
    /// Text, known to be text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number that is not whole, or too large, as it was written.
    Number(&'a str),
    /// `true` or `false`.
    Bool(bool),
    /// Something whose file does not say whether it is text, a number or a truth value.
    Lexeme(&'a str),
    /// Nothing.
    Null,
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Lexeme(text) => formatter.write_str(text),
            Self::Integer(integer) => write!(formatter, "{integer}"),
            Self::Bool(truth) => write!(formatter, "{truth}"),
            Self::Null => formatter.write_str("null"),
        }
    }
}

impl Limit {
    /// Whether the limit allows a value.
    ///
    /// # Errors
    /// Says why not, as a predicate: `70000 is over 65535`.
    pub fn check(&self, given: Given<'_>) -> Result<(), Error> {
        match (self, given) {
            (Self::Text { min, max, alphabet }, Given::Text(text) | Given::Lexeme(text)) => {
                check_text(text, *min, *max, *alphabet)
            }
            (Self::Integer { min, max }, Given::Integer(integer)) => check_integer(integer, *min, *max),
            (Self::Integer { min, max }, Given::Lexeme(lexeme)) => match lexeme.parse() {
                Ok(integer) => check_integer(integer, *min, *max),
                Err(_) => Err(self.refuse(given)),
            },
            (Self::OneOf(words), Given::Text(text) | Given::Lexeme(text)) if words.contains(&text) => Ok(()),
            (Self::Bool, Given::Bool(_)) => Ok(()),
            (Self::Bool, Given::Lexeme(lexeme)) if truth(lexeme).is_some() => Ok(()),
            _ => Err(self.refuse(given)),
        }
    }

    /// That a value is of another type.
    pub(crate) fn refuse(self, given: Given<'_>) -> Error {
        let given = match given {
            Given::Text(text) | Given::Lexeme(text) => format!("\"{text}\""),
            given => given.to_string(),
        };
        Error::NotOfType { given, due: self.to_string() }
    }
}

/// The truth value that a lexeme stands for.
pub(crate) fn truth(lexeme: &str) -> Option<bool> {
    match lexeme {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

fn check_text(text: &str, min: usize, max: usize, alphabet: Alphabet) -> Result<(), Error> {
    // A character takes one to four bytes, so most texts need no counting.
    if text.len() > max || text.len().div_ceil(4) < min {
        match text.chars().count() {
            0 if min > 0 => return Err(Error::EmptyText),
            length if length < min => return Err(Error::ShortText { length, min }),
            length if length > max => return Err(Error::LongText { length, max }),
            _ => {}
        }
    }
    if alphabet.allows(text) { Ok(()) } else { Err(Error::OutsideAlphabet) }
}

fn check_integer(number: i64, min: i64, max: i64) -> Result<(), Error> {
    if number < min {
        Err(Error::TooSmall { number, min })
    } else if number > max {
        Err(Error::TooLarge { number, max })
    } else {
        Ok(())
    }
}
