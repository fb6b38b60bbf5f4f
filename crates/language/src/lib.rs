//! Plain English to an intent, and an intent to a mesh.
//!
//! [`understand`] reads a request and says what it asks for, where each value came from, and what it did not understand.
//! This crate knows no file and no network.

mod beyond;
mod clear;
pub mod compose;
mod grammar;
pub mod intent;
mod lexer;
mod lexicon;
mod paraphrase;
pub mod understanding;

pub use clear::clear_part;
pub use compose::{Composition, Insertion, compose, compose_into};
pub use grammar::{Example, MAX_REQUEST, example_near, names_there, page, understand, understand_change};
pub use intent::Intent;
pub use understanding::{Assumption, Evidence, NotUnderstood, Question, Understanding};
