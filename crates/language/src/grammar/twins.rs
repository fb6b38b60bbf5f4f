//! Meshes that are one for several environments: "mesh pay-staging and mesh pay-prod" are the mesh `pay` of either.

use super::name::name_at;
use super::versions::is_environment;
use crate::lexer::{Token, TokenKind};

/// A name in two: what is before its environment, and that.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (stem, environment) = name.rsplit_once(['-', '_'])?;
    (is_environment(environment) && !stem.is_empty()).then_some((stem, environment))
}

/// Says the environments of meshes that differ in those alone: "mesh pay for staging and prod".
pub(super) fn join_meshes(tokens: &mut Vec<Token>) {
    let is_mesh = |token: &Token| token.kind == TokenKind::Symbol && token.low == "mesh";
    let Some(first) = tokens.iter().position(is_mesh) else { return };
    let mut names: Vec<usize> = Vec::new();
    // "mesh names: shop-dev or shop-prod"
    let label = |token: &&Token| matches!(token.low.as_str(), "named" | ":" | "is" | "are" | "name" | "names");
    let start = first + 1 + tokens[first + 1..].iter().take_while(label).count();
    let mut at = start;
    while let Some(name) = name_at(tokens, at) {
        if parts(&name).is_none() {
            break;
        }
        names.push(at);
        let joint = |token: &&Token| {
            matches!(token.low.as_str(), "," | "and" | "or" | "/") || is_mesh(token) || token.low == "a"
        };
        at += 1 + tokens[at + 1..].iter().take_while(joint).count();
    }
    let texts: Vec<String> = names.iter().map(|at| tokens[*at].text.clone()).collect();
    let told: Vec<(&str, &str)> = texts.iter().filter_map(|name| parts(name)).collect();
    let Some(((stem, _), others)) = told.split_first() else { return };
    if others.is_empty() || others.iter().any(|(other, _)| other != stem) {
        return;
    }
    let last = names[names.len() - 1];
    let (one, end) = (tokens[names[0]].clone(), tokens[last].end);
    let stem_end = one.start + stem.len();
    let piece = |kind: TokenKind, text: &str, start: usize, end: usize| Token {
        kind,
        low: text.to_lowercase(),
        text: text.to_owned(),
        start,
        end,
    };
    let mut said =
        vec![piece(TokenKind::Name, stem, one.start, stem_end), piece(TokenKind::Word, "for", stem_end, stem_end)];
    for (place, (name, (stem, environment))) in names.iter().zip(&told).enumerate() {
        if place > 0 {
            said.push(piece(TokenKind::Symbol, "and", tokens[*name].start, tokens[*name].start));
        }
        let start = tokens[*name].start + stem.len() + 1;
        said.push(piece(TokenKind::Word, environment, start, start + environment.len()));
    }
    said.push(piece(TokenKind::Mark, ",", end, end));
    tokens.splice(start..=last, said);
}
