//! What a node stands for: "model our RDS Postgres as a virtual node", "a virtual node for a gRPC service called inventory".

use super::name::name_at;
use super::phrase::{is_symbol, low};
use super::slot;
use super::thing::Thing;
use crate::lexer::{Token, TokenKind};

/// Words before what is modelled.
const ARTICLES: &[&str] = &["a", "an", "the", "our", "my", "this", "that", "your"];

/// The most words of what is modelled.
const MAX_WORDS: usize = 3;

/// Names the nodes that are said to stand for something.
pub(super) fn name_models(tokens: &mut Vec<Token>) {
    let mut at = 0;
    while at < tokens.len() {
        model_as_node(tokens, at);
        model_things(tokens, at);
        node_for_service(tokens, at);
        at += 1;
    }
}

/// Past articles at a place.
fn past_articles(tokens: &[Token], at: usize) -> usize {
    at + (at..tokens.len()).take(2).take_while(|at| ARTICLES.contains(&low(tokens, *at))).count()
}

fn symbol(low: &str, of: &Token) -> Token {
    Token { kind: TokenKind::Symbol, low: low.to_owned(), ..of.clone() }
}

/// Whether a clause begins at a place.
fn begins(tokens: &[Token], at: usize) -> bool {
    at.checked_sub(1).is_none_or(|before| {
        matches!(low(tokens, before), "." | ";" | ":" | "," | "please" | "you" | "to" | "and" | "we" | "i")
    })
}

/// "model the service orders": the verb, and no name.
fn model_things(tokens: &mut [Token], at: usize) {
    let is_kind = |at: usize| {
        tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol && Thing::of_symbol(&token.low).is_some())
    };
    let next = past_articles(tokens, at + 1);
    let is_named = is_kind(next) && (next > at + 1 || name_at(tokens, next + 1).is_some());
    if begins(tokens, at) && low(tokens, at) == "model" && is_named {
        tokens[at] = symbol("create", &tokens[at]);
    }
}

/// "model our RDS Postgres as a virtual node": the node `rds-postgres`.
fn model_as_node(tokens: &mut Vec<Token>, at: usize) {
    if !begins(tokens, at) || !matches!(low(tokens, at), "model" | "represent" | "describe") {
        return;
    }
    let start = past_articles(tokens, at + 1);
    let is_plain = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::Name);
    let end = start
        + tokens[start.min(tokens.len())..]
            .iter()
            .take(MAX_WORDS + 1)
            .take_while(|token| is_plain(token) && token.low != "as")
            .count();
    let node = past_articles(tokens, end + 1);
    let is_told = end > start && end - start <= MAX_WORDS && low(tokens, end) == "as";
    if !is_told || !is_symbol(tokens, node, &["virtual-node"]) || name_at(tokens, node + 1).is_some() {
        return;
    }
    let words: Vec<String> = tokens[start..end].iter().map(|token| token.text.to_lowercase()).collect();
    let name = Token {
        kind: TokenKind::Name,
        text: words.join("-"),
        low: words.join("-"),
        end: tokens[end - 1].end,
        ..tokens[start].clone()
    };
    let (verb, kind) = (symbol("create", &tokens[at]), symbol("virtual-node", &tokens[at]));
    let named = symbol("named", &tokens[at]);
    tokens.splice(at..=node, [verb, kind, named, name]);
}

/// "a virtual node for a gRPC service called inventory": the node `inventory`, which speaks gRPC.
fn node_for_service(tokens: &mut Vec<Token>, at: usize) {
    if !is_symbol(tokens, at, &["virtual-node"]) || low(tokens, at + 1) != "for" {
        return;
    }
    let said = past_articles(tokens, at + 2);
    let spoken = tokens.get(said).filter(|token| token.kind == TokenKind::Symbol);
    let Some((protocol, behind)) = spoken.and_then(|token| match token.low.as_str() {
        "grpc-service" => Some((symbol("grpc", token), said + 1)),
        low if slot::protocol(low).is_some() && is_symbol(tokens, said + 1, &["application"]) => {
            Some((token.clone(), said + 2))
        }
        _ => None,
    }) else {
        return;
    };
    let name = behind + usize::from(is_symbol(tokens, behind, &["named"]));
    if name_at(tokens, name).is_none() {
        return;
    }
    let protocol = Token { start: tokens[at].start, end: tokens[at].end, ..protocol };
    let (kind, named) = (symbol("virtual-node", &tokens[at]), symbol("named", &tokens[at + 1]));
    let name_token = tokens[name].clone();
    tokens.splice(at..=name, [protocol, kind, named, name_token]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexer::tokens;
    use crate::lexicon::name_symbols;

    fn check(request: &str, expected: &str) {
        let mut tokens = name_symbols(tokens(request));
        name_models(&mut tokens);
        let shown: Vec<&str> = tokens.iter().map(|token| token.low.as_str()).collect();
        assert_eq!(shown.join(" "), expected, "{request}");
    }

    #[test]
    fn what_a_node_stands_for_is_its_name() {
        check(
            "model our RDS Postgres as a virtual node: tcp 5432",
            "create virtual-node named rds-postgres : tcp 5432",
        );
        check("virtual node for a gRPC service called inventory", "grpc virtual-node named inventory");
        check("Please model the service orders", "please create the application orders");
        check("node for the http service orders", "http virtual-node named orders");
    }

    #[test]
    fn other_models_and_services_stay() {
        check("model service on 8080", "model application on 8080");
        check("the model service calls db", "the model application call db");
        check("node for the orders service", "virtual-node for the orders application");
    }
}
