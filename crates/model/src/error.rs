//! Why something is no part of a mesh: a value that no limit allows, a list of the wrong length, a text that is no ARN.

/// Why something is no part of a mesh. Those about values and lists read as predicates: `70000 is over 65535`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A text that must say something says nothing.
    #[error("the text is empty")]
    EmptyText,
    /// A text has too few characters.
    #[error("the text has {length} characters, fewer than {min}")]
    ShortText {
        /// How many it has.
        length: usize,
        /// How many it must have at least.
        min: usize,
    },
    /// A text has too many characters.
    #[error("the text has {length} characters, more than {max}")]
    LongText {
        /// How many it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A text has characters outside its alphabet.
    #[error("the text has characters outside printable ASCII")]
    OutsideAlphabet,
    /// A number is too small.
    #[error("{number} is under {min}")]
    TooSmall {
        /// The number.
        number: i64,
        /// The smallest that is allowed.
        min: i64,
    },
    /// A number is too large.
    #[error("{number} is over {max}")]
    TooLarge {
        /// The number.
        number: i64,
        /// The largest that is allowed.
        max: i64,
    },
    /// A value is of another type, or none of the words that are allowed.
    #[error("{given} is not {due}")]
    NotOfType {
        /// The value as it was given, texts in quotes.
        given: String,
        /// The values that are allowed, in words.
        due: String,
    },
    /// A list holds nothing.
    #[error("is empty")]
    EmptyList,
    /// A list has too many elements.
    #[error("has {count} elements, more than {max}")]
    LongList {
        /// How many it has.
        count: usize,
        /// How many it may have.
        max: usize,
    },
    /// A text does not have the parts of an ARN.
    #[error("`{0}` is not an ARN: it should read arn:PARTITION:appmesh:REGION:ACCOUNT:mesh/NAME/…")]
    NotAnArn(String),
    /// An ARN is another service's.
    #[error("`{0}` is an ARN of `{1}`, not of appmesh")]
    OtherService(String, String),
    /// What follows an ARN's account does not name a mesh resource.
    #[error("`{0}` does not name a mesh resource: it should read mesh/NAME/virtualNode/NAME or the like")]
    NotAResource(String),
}
