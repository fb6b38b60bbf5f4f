//! A request and the schema of an intent, to a language model; a valid intent back, or the reason why not.
//!
//! The model's answer is data and nothing else: it is read into the same types as `--intent FILE`, where an unknown field or a
//! value of the wrong kind is an error, and composed. What fails is said back to the model, [`MAX_TRIES`] times in all.
//! This crate neither reads the environment nor prints; a key that it is given never stands in what it returns.

mod anthropic;
mod ask;
mod bedrock;
mod endpoint;
mod error;
mod key;
mod openai;
mod prompt;
mod provider;
mod reply;
mod transport;

pub use ask::{MAX_TRIES, Progress, Read, ask};
pub use error::Error;
pub use key::Key;
pub use prompt::Request;
pub use provider::{Access, Environment, Provider, Variables};
pub use transport::{Limits, MAX_ANSWER};
