//! What something is to have and stands before it: "with an idle timeout of 1 h, add a TCP node db on 5432".

use super::order::past_articles;
use super::phrase::{is_symbol, low};
use crate::lexer::{Token, TokenKind};

/// Kinds of what may have it.
const KINDS: &[&str] = &["virtual-node", "virtual-gateway", "virtual-router", "application"];

/// Says it behind what has it.
pub(super) fn say_last(tokens: &mut [Token]) {
    let mut start = 0;
    while start < tokens.len() {
        let ends = |token: &Token| token.kind == TokenKind::Mark && matches!(token.low.as_str(), "." | ";" | "!" | "?");
        let end = start + tokens[start..].iter().take_while(|token| !ends(token)).count();
        if matches!(low(tokens, start), "with" | "using") {
            let comma = (start + 1..end).find(|at| low(tokens, *at) == "," && is_owner(tokens, *at + 1));
            if let Some(comma) = comma {
                // "add x , with y" of "with y , add x"
                let mut told: Vec<Token> = tokens[comma + 1..end].to_vec();
                told.push(tokens[comma].clone());
                told.extend_from_slice(&tokens[start..comma]);
                tokens[start..end].clone_from_slice(&told);
            }
        }
        start = end + 1;
    }
}

/// Whether what has it is made, or named with its kind, at a place.
fn is_owner(tokens: &[Token], at: usize) -> bool {
    let at = at + usize::from(low(tokens, at) == "please");
    if is_symbol(tokens, at, &["create", "add", "listen"]) || matches!(low(tokens, at), "let" | "have" | "give") {
        return true;
    }
    let kind = past_articles(tokens, at);
    let kind = kind + usize::from(is_symbol(tokens, kind, &["http", "http2", "grpc", "tcp"]));
    is_symbol(tokens, kind, KINDS)
}
