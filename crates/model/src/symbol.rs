//! Names that files give to what they do not settle, and whose names they are.
//!
//! One name may stand for different things: each template has its own `Node`. A [`Symbol`] carries the scope that its
//! name belongs to, so that symbols are equal only where they certainly mean the same thing. Who reads a file decides on
//! scopes; nobody is shown them, and nothing is written of them.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A name with the scope that it belongs to; it reads as its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Symbol {
    /// The name as it is written.
    pub name: String,
    /// The number of the scope; [`Symbol::EVERYWHERE`], or one that the reading has given to a single template or file.
    pub scope: u32,
}

impl Symbol {
    /// The scope of names that mean the same thing in all files of a reading.
    pub const EVERYWHERE: u32 = 0;

    /// A name of a scope.
    pub fn new(name: impl Into<String>, scope: u32) -> Self {
        Self { name: name.into(), scope }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

/// A name that means the same thing in all files.
impl From<&str> for Symbol {
    fn from(name: &str) -> Self {
        Self::new(name, Self::EVERYWHERE)
    }
}

/// A name that means the same thing in all files.
impl From<String> for Symbol {
    fn from(name: String) -> Self {
        Self::new(name, Self::EVERYWHERE)
    }
}

impl Deref for Symbol {
    type Target = str;
    fn deref(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}
