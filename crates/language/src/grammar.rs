//! The grammar: from words to an intent.
//!
//! A request is cut into tokens, words become symbols, and a reader goes through them once. At each place it takes the
//! longest meaning that fits what is being spoken of; a word that nothing takes is said not to be understood.
//!
//! Another word for what is known goes into the lexicon. Another meaning is one row of a table in `meanings/`: the ways to
//! say it, and where its value goes. What a row cannot say, how words name resources and what "it" is, stands in the files
//! beside: `entity` for names, `subject` for who a clause is about, `ahead` for owners that come later, `places` for where
//! a resource is in the intent, `routes`, `versions`, `ports` and `calls` for what belongs together.
//!
//! Before that, `frames` takes out what only tells why, what for and how things are, and the answer says so. Then tokens are put in the order in which they can be read: `order` puts wholes before their parts, `families` says
//! the names of what is meant by its kind, `former` takes out what was before a change, and `carried` says a verb again for
//! each thing that it changes. What a step looked for and took it has read; `account` says
//! of all else that it was not understood.

mod account;
mod adopt;
mod again;
mod ahead;
mod all_listeners;
mod alone;
mod alternatives;
mod arrows;
mod asides;
mod behind;
mod between;
mod block;
mod callers;
mod calls;
mod carried;
mod chains;
mod choose;
mod coordinate;
mod copies;
mod counts;
mod courtesy;
mod entity;
mod examples;
mod families;
mod former;
mod frames;
mod fronts;
mod gateways;
mod gather;
mod groups;
mod heading;
mod hosts;
mod images;
mod key_files;
mod known;
mod leading;
mod likeness;
mod log_fields;
mod meaning;
mod meanings;
mod modelled;
mod moves;
mod name;
mod naming;
mod nouns;
mod openings;
mod order;
mod owners;
mod page;
mod pair;
mod parameters;
mod paths;
mod pathway;
mod pattern;
mod phrase;
mod places;
mod plainly;
mod ports;
mod precedence;
mod proofs;
mod provided;
mod read;
mod reader;
mod removal;
mod rename;
mod replacement;
mod retag;
mod retired;
mod routers;
mod routes;
mod rpcs;
mod sayings;
mod shares;
mod slot;
mod sorts;
mod spoken;
mod spot;
mod subject;
mod survey;
mod tagging;
mod targets;
mod there;
mod thing;
mod together;
mod trailing;
mod twins;
mod unproven;
mod variants;
mod varied;
mod versions;
mod whole;
mod whole_mesh;
mod wordings;

use meshwright_model::Inventory;

use crate::beyond::{is_english, wishes};
use crate::compose::{compose, compose_into};
use crate::intent::Intent;
use crate::lexer::{Token, tokens};
use crate::lexicon::{name_symbols, point_at_called};
use crate::paraphrase::{said_clearly, said_otherwise};
use crate::understanding::{NotUnderstood, Question, Understanding};
pub use examples::{Example, example_near};
use known::Known;
pub use known::names_there;
pub use page::page;
use reader::Reader;

/// The longest request that is read, in bytes.
pub const MAX_REQUEST: usize = 20_000;

/// Reads a request in plain English.
///
/// Nothing is guessed away: a word that says something and was not understood stands in the answer, and where the words
/// contradict each other, there is a question. Takes time in proportion to the request's length.
pub fn understand(request: &str) -> Understanding {
    in_either_wording(request, None).0
}

/// Reads a request that changes what is there: the names that it has are known, and what is said of nothing that is named
/// is said of it.
pub fn understand_change(request: &str, there: &Inventory) -> Understanding {
    in_either_wording(request, Some(there)).0
}

/// Reads a request as it stands and, where that leaves something open, in other words; with it, how often a pattern's part
/// was held against a token.
fn in_either_wording(request: &str, there: Option<&Inventory>) -> (Understanding, usize) {
    let known = there.map(Known::of);
    let known = known.as_ref();
    if request.trim().is_empty() {
        // An intent that holds nothing is asked about by whoever composes it.
        return (Understanding::default(), 0);
    }
    if request.len() > MAX_REQUEST {
        let text = format!(
            "Can it be said in fewer words? The request is {} bytes long, and at most {MAX_REQUEST} are read.",
            request.len()
        );
        let questions = vec![Question { text, about: Vec::new() }];
        return (Understanding { questions, ..Understanding::default() }, 0);
    }
    // What nothing was said of, and what the mesh as a whole leaves open, is only seen once it is composed.
    let is_open = |own: &Understanding| {
        !own.not_understood.is_empty() || !own.questions.is_empty() || !asked_of(&own.intent, there).is_empty()
    };
    let tokens = said_clearly(tokens(request), known.is_some());
    let (first, work) = read(request, tokens.clone(), known);
    let Some(other) =
        Some(tokens).filter(|_| is_open(&first)).and_then(|tokens| said_otherwise(&tokens, known.is_some()))
    else {
        return (first, work);
    };
    let (second, more) = read(request, other, known);
    // Where both leave something open, the one that leaves less is told.
    let left = |own: &Understanding| {
        let words: usize = own.not_understood.iter().map(|words| words.end - words.start).sum();
        (words, own.questions.len())
    };
    let is_better = !is_open(&second) || left(&second) < left(&first);
    (if is_better { second } else { first }, work + more)
}

impl Known {
    /// Says in the words that are read what a request asks of the files.
    fn say_what_is_there(&self, tokens: &mut Vec<Token>) {
        self.put_straight(tokens);
        self.name_parameters(tokens);
        again::say_again(tokens);
        self.name_what_is_there(tokens);
        self.drop_protocols(tokens);
        self.part_plurals(tokens);
        self.drop_counts(tokens);
        self.name_families(tokens);
        self.name_listeners(tokens);
    }
}

/// What is asked once an intent is composed.
fn asked_of(intent: &Intent, there: Option<&Inventory>) -> Vec<Question> {
    there.map_or_else(|| compose(intent).questions, |there| compose_into(intent, there).questions)
}

/// Says in the words that are read what a request makes; answers with what it is only built with.
fn say_what_is_made(tokens: &mut Vec<Token>) -> Vec<whole::Built> {
    plainly::say_plainly(tokens);
    modelled::name_models(tokens);
    let built = whole::drop_technologies(tokens);
    nouns::name_nouns(tokens);
    sayings::say_architecture(tokens);
    openings::say_openings(tokens);
    chains::say_chains(tokens);
    built
}

/// Reads what a request says; with it, how often a pattern's part was held against a token.
fn read(request: &str, mut tokens: Vec<Token>, known: Option<&Known>) -> (Understanding, usize) {
    let is_english = is_english(request, &tokens);
    let wishes = wishes(&tokens);
    let said = |from: &Token, to: &Token| {
        let (start, end) = (from.start, to.end);
        NotUnderstood { text: request[start..end].to_owned(), start, end }
    };
    let mut questions: Vec<Question> = Vec::new();
    for wish in &wishes {
        let about = vec![said(&tokens[wish.words.start], &tokens[wish.words.end - 1])];
        questions.push(Question { text: wish.question.clone(), about });
    }
    for wish in wishes.iter().rev() {
        tokens.drain(wish.clause.clone());
    }
    if let Some(known) = known {
        known.spell_names(&mut tokens);
    }
    let mut tokens = name_symbols(tokens);
    let mut passed_over = frames::drop_frames(request, &mut tokens, known);
    passed_over.extend(sorts::drop_sorts(&mut tokens, known));
    coordinate::name_together(&mut tokens);
    point_at_called(&mut tokens);
    courtesy::drop_courtesy(&mut tokens);
    if known.is_none() {
        leading::say_last(&mut tokens);
    }
    order::put_in_order(&mut tokens);
    if let Some(known) = known {
        known.say_what_is_there(&mut tokens);
    }
    let built = if known.is_none() { say_what_is_made(&mut tokens) } else { Vec::new() };
    asides::uncapitalise(&mut tokens);
    rpcs::part_full_names(&mut tokens);
    if !is_english {
        let text = "Can it be said in English? Requests are read in no other language.".to_owned();
        questions.push(Question { text, about: Vec::new() });
    }
    if known.is_none() {
        twins::join_meshes(&mut tokens);
    }
    let variants = variants::variants(&tokens);
    let whole = if variants.is_empty() { vec![tokens] } else { Vec::new() };
    let environments: Vec<String> = variants.iter().map(|variant| variant.environment.clone()).collect();
    let mut work = 0;
    let readings = whole.into_iter().chain(variants.into_iter().map(|variant| variant.tokens)).map(|tokens| {
        let mut reader = Reader::new(request, tokens);
        reader.questions.clone_from(&questions);
        reader.known = known.cloned();
        reader.tell_built(&built);
        reader.assumptions.extend(passed_over.iter().cloned());
        let (understanding, own) = reader.read();
        work += own;
        understanding
    });
    (varied::join(readings.collect(), &environments), work)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The most times that a part of a pattern is held against a token, or a token passed over, for each byte of a request.
    const WORK_PER_BYTE: usize = 800;

    fn check(request: &str) {
        let (understanding, work) = in_either_wording(request, None);
        assert!(work <= WORK_PER_BYTE * request.len() + 1000, "{work} for {} bytes: {request:.80}", request.len());
        for words in &understanding.not_understood {
            assert_eq!(request[words.start..words.end], words.text);
        }
    }

    /// A text over and over, long enough that work which grows with the square of the length is far beyond the bound.
    fn fill(text: &str) -> String {
        text.repeat(MAX_REQUEST / 4 / text.len())
    }

    #[test]
    fn hostile_repetition_is_read_in_bounded_time() {
        for text in [
            "to ",
            ", ",
            "add to ",
            "a ",
            "the ",
            "and the ",
            "a, ",
            "'\"`",
            "''",
            "\"a' ",
            "/ ",
            "1/",
            "1-",
            "1,",
            "route to a ",
            "-> ",
            "a -> ",
            "orders calls payments and ",
            "virtual node a with ",
            "90% to a, ",
            "header x ",
            "in ",
            "service ",
            "retry ",
            "create a node x. ",
            "add tls to ",
            "remove a, ",
            "every ",
            "path ",
            "8080 ",
            "(",
            "no ",
            "half a ",
            "one in ",
            "the node for the ",
            "Ω",
            "a.b ",
            "mesh x; ",
            "http ",
            "v1 and v2 ",
            "tag a=b ",
        ] {
            check(&fill(text));
        }
        check(&",".repeat(4000));
        check(&"route to a ".repeat(MAX_REQUEST / 11));
        check(&"to to to ".repeat(1000));
    }

    #[test]
    fn numbers_at_their_ends_do_not_overflow() {
        for request in [
            "4294967295-4294967295",
            "4294967295/4294967295 to a",
            "99999999999999999999s",
            "4294967295 to 4294967295",
            "30%% 1.0000000000s",
        ] {
            check(request);
        }
    }

    /// Words that mean something, and pieces of them.
    fn words() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            proptest::sample::select(
                &[
                    "create",
                    "add",
                    "to",
                    "the",
                    "virtual",
                    "node",
                    "orders",
                    "route",
                    "/api",
                    "90%",
                    "10/90",
                    "with",
                    "header",
                    "x-a: b",
                    "retry",
                    "3",
                    "timeout",
                    "5s",
                    "and",
                    ",",
                    ".",
                    "tls",
                    "certificate",
                    "mesh",
                    "called",
                    "'",
                    "\"",
                    "gateway",
                    "everything",
                    "else",
                    "remove",
                    "from",
                    "split",
                    "between",
                    "v1",
                    "health check",
                    "->",
                    "service",
                ][..]
            )
            .prop_map(str::to_owned),
            "\\PC{0,6}",
        ];
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_words_are_read_without_a_panic(request in words()) {
            check(&request);
        }

        #[test]
        fn any_text_is_read_without_a_panic(request in "(?s).{0,2000}") {
            check(&request);
        }
    }
}
