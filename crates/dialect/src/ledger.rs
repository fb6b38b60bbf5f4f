//! What a dialect could not say when it wrote a resource.

use meshwright_model::Path;
use meshwright_model::subject::Subject;

/// Something that a conversion lost, changed or left to its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The resource it is about, where it is one.
    pub subject: Option<Subject>,
    /// Where in it.
    pub path: Option<Path>,
    /// What it is: lower case, no full stop.
    pub message: String,
}

/// A text in a dialect, and what it could not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// What it could not say.
    pub ledger: Vec<Loss>,
}
