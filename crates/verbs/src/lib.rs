//! The verbs: options in, an answer out that shows itself as text and as JSON, so that the command line, the assistant's
//! tools and the console say the same.
//!
//! A verb is pure: it takes what has been read, and neither opens files nor prints.

pub mod apply;
pub mod bootstrap;
pub mod config;
pub mod convert;
pub mod delete;
pub mod editing;
pub mod explain;
pub mod files;
pub mod findings;
pub mod generate;
pub mod graph;
pub mod live;
pub mod meshes;
pub mod order;
pub mod ports;
pub mod proxies;
mod proxy;
pub mod refused;
pub mod rules;
pub mod snapshot;
pub mod trace;
pub mod validate;

/// A verb, as help and documentation show it.
#[derive(Clone, Copy, Debug)]
pub struct Verb {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// A command that works, and what it is for.
    pub example: &'static str,
}

/// Every verb.
pub const VERBS: &[Verb] = &[
    generate::VERB,
    graph::VERB,
    trace::VERB,
    order::VERB,
    convert::VERB,
    validate::VERB,
    explain::VERB,
    bootstrap::VERB,
    meshes::VERB,
    proxies::VERB,
    snapshot::VERB,
    apply::VERB,
    delete::VERB,
];

/// What a verb answers.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The result, in the format that was asked for; ends with a line end.
    pub output: String,
    /// What else the verb has to say, for standard error: text, each entry with its line end.
    pub notes: String,
    /// Whether the answer names findings, differences or losses, beside those of the files themselves.
    pub has_findings: bool,
}
