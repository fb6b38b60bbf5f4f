//! Rules over a mesh: what a careful engineer would find in it, each finding with a fix or a witness where there is one.
//!
//! A rule is a file in `rules/`: data, one function, a bad and a good example. [`check`] runs every rule over an inventory.
//! Rules ask [`facts::Facts`], which is built once, and name places by model paths, so that they hold in every dialect.

pub mod facts;
pub mod report;
pub mod rule;
pub mod rules;
pub mod run;

pub use report::{Found, Place};
pub use rule::Rule;
pub use rules::RULES;
pub use run::{check, check_apart};
