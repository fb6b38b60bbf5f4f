//! The grammar: from words to an intent.
//!
//! A request is cut into tokens, words become symbols, and a reader goes through them once. At each place it takes the
//! longest meaning that fits what is being spoken of; a word that nothing takes is said not to be understood.
//!
//! Another word for what is known goes into the lexicon. Another meaning is one row of a table in `meanings/`: the ways to
//! say it, and where its value goes. What a row cannot say, how words name resources and what "it" is, stands in the files
//! beside: `entity` for names, `subject` for who a clause is about, `ahead` for owners that come later, `places` for where
//! a resource is in the intent, `routes`, `versions`, `ports` and `calls` for what belongs together.

mod ahead;
mod block;
mod calls;
mod choose;
mod counts;
mod entity;
mod gateways;
mod meaning;
mod meanings;
mod name;
mod naming;
mod page;
mod pattern;
mod places;
mod ports;
mod read;
mod reader;
mod removal;
mod routes;
mod shares;
mod slot;
mod spot;
mod subject;
mod targets;
mod thing;
mod versions;

use crate::lexer::tokens;
use crate::lexicon::name_symbols;
use crate::understanding::{Question, Understanding};
pub use page::page;
use reader::Reader;

/// The longest request that is read, in bytes.
pub const MAX_REQUEST: usize = 20_000;

/// Reads a request in plain English.
///
/// Nothing is guessed away: a word that says something and was not understood stands in the answer, and where the words
/// contradict each other, there is a question. Takes time in proportion to the request's length.
pub fn understand(request: &str) -> Understanding {
    read(request).0
}

/// Reads a request; with it, how often a pattern's part was held against a token.
fn read(request: &str) -> (Understanding, usize) {
    let mut understanding = Understanding::default();
    if request.trim().is_empty() {
        understanding.questions.push(Question { text: "What should be made?".to_owned(), about: Vec::new() });
        return (understanding, 0);
    }
    if request.len() > MAX_REQUEST {
        let text = format!(
            "Can it be said in fewer words? The request is {} bytes long, and at most {MAX_REQUEST} are read.",
            request.len()
        );
        understanding.questions.push(Question { text, about: Vec::new() });
        return (understanding, 0);
    }
    Reader::new(request, name_symbols(tokens(request))).read()
}
