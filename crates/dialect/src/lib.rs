//! Mesh files in every dialect: read with the position of every value, written back, and edited in their user's own text.
//!
//! [`read`] takes files of any dialect together and yields a [`Reading`]: the inventory, what is wrong with the files,
//! and where each value stands. [`Dialect::write`] turns an inventory into text, with a ledger of what the dialect could
//! not say. [`edit()`] carries out changes of the model as patches of the text. Nothing outside this crate knows a file format.

mod allow;
mod allowance;
mod aws_json;
mod build;
mod check;
mod cloudformation;
mod document;
mod edit;
mod envelope;
mod fault;
mod faults;
mod json;
mod ledger;
mod out;
mod parameter_file;
mod print;
mod read;
mod reading;
pub mod source;
mod tree;
mod view;
mod yaml;

use meshwright_model::Inventory;

pub use allowance::Allowance;
pub use document::{Document, DocumentError, read_document};
pub use edit::{EditError, Edited, Obstacle, Patch, edit, reads_as};
pub use faults::FAULTS;
pub use ledger::{Loss, Written};
pub use parameter_file::{GivenParameters, ParameterFileError, read_parameters};
pub use read::read;
pub use reading::{Input, Options, Reading};

/// A dialect: how its files are recognised, read and written.
pub struct Dialect {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, for people.
    pub title: &'static str,
    /// How it is printed, and under which name; the first is the default.
    pub notations: &'static [Notation],
    /// Whether it writes parameters back as references where they have a default.
    pub keeps_parameters: bool,
    naming: &'static view::Naming,
    views: fn() -> &'static view::Views,
    /// How its files are edited; `None` where they are not.
    editing: Option<&'static edit::Editing>,
    recognises: fn(&tree::Tree, tree::NodeId) -> bool,
    read: fn(&mut Reading, &[usize], &Options<'_>),
}

/// A way to print a dialect.
pub struct Notation {
    /// `yaml` or `json`.
    pub name: &'static str,
    write: fn(&Inventory) -> Written,
}

impl Notation {
    /// Writes an inventory.
    pub fn write(&self, inventory: &Inventory) -> Written {
        (self.write)(inventory)
    }
}

/// Every dialect, the more particular first: a file belongs to the first that recognises it.
pub static DIALECTS: &[Dialect] = &[
    Dialect {
        name: "cloudformation",
        title: "CloudFormation",
        notations: &[
            Notation { name: "yaml", write: cloudformation::write_yaml },
            Notation { name: "json", write: cloudformation::write_json },
        ],
        keeps_parameters: true,
        naming: &cloudformation::NAMING,
        views: || &cloudformation::VIEWS,
        editing: Some(&cloudformation::EDITING),
        recognises: cloudformation::recognises,
        read: cloudformation::read,
    },
    Dialect {
        name: "json",
        title: "AWS JSON",
        notations: &[Notation { name: "json", write: aws_json::write }],
        keeps_parameters: false,
        naming: &aws_json::NAMING,
        views: || &aws_json::VIEWS,
        editing: Some(&aws_json::EDITING),
        recognises: aws_json::recognises,
        read: aws_json::read,
    },
];

impl Dialect {
    /// The dialect of that name on the command line.
    pub fn named(name: &str) -> Option<&'static Self> {
        DIALECTS.iter().find(|dialect| dialect.name == name)
    }
}
