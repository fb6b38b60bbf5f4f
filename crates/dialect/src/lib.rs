//! Mesh files in every dialect: read with the position of every value, and written back.

mod build;
mod check;
mod fault;
mod json;
pub mod source;
mod tree;
mod view;
mod yaml;
