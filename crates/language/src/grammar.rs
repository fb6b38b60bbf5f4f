//! The grammar: from words to an intent.
//!
//! A request is cut into tokens, words become symbols, and a reader goes through them once. At each place it takes the
//! longest meaning that fits what is being spoken of; a word that nothing takes is said not to be understood.

mod around;
mod discovery;
mod entity;
mod matching;
mod meaning;
mod node;
mod pattern;
mod places;
mod reader;
mod removal;
mod routes;
mod routing;
mod spot;
mod tls;

use crate::lexer::tokens;
use crate::lexicon::name_symbols;
use crate::understanding::{Question, Understanding};
use reader::Reader;

/// The longest request that is read, in bytes.
pub const MAX_REQUEST: usize = 20_000;

/// Reads a request in plain English.
///
/// Nothing is guessed away: a word that says something and was not understood stands in the answer, and where the words
/// contradict each other, there is a question. Takes time in proportion to the request's length.
pub fn understand(request: &str) -> Understanding {
    let mut understanding = Understanding::default();
    if request.trim().is_empty() {
        understanding.questions.push(Question { text: "What should be made?".to_owned(), about: Vec::new() });
        return understanding;
    }
    if request.len() > MAX_REQUEST {
        let text = format!(
            "Can it be said in fewer words? The request is {} bytes long, and at most {MAX_REQUEST} are read.",
            request.len()
        );
        understanding.questions.push(Question { text, about: Vec::new() });
        return understanding;
    }
    let tokens = name_symbols(tokens(request));
    Reader::new(request, tokens).read()
}
