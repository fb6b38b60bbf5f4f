//! The inputs that a file declares, and the values given to them.

use crate::expression::Expression;
use crate::resource::Origin;

/// An input that a file declares.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its type in the file's own words, such as `String` or `Number`.
    pub kind: String,
    /// The value it has where none is given.
    pub default: Option<String>,
    /// The only values it may have; empty means any.
    pub allowed_values: Vec<String>,
    /// Where it was read.
    pub origin: Option<Origin>,
}

/// What a file declares beside resources that are read, to be written back: a parameter, a condition, a mapping, an
/// output, a resource of another service or one whose condition does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The section of the file: `Parameters`, `Conditions`, `Mappings`, `Resources`, …
    pub section: String,
    /// Its name; empty where the section is a single value.
    pub name: String,
    /// What it says.
    pub body: Expression,
}
