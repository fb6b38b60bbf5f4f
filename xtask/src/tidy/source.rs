//! A Rust file as tokens with their lines, with and without what only tests compile.

use std::collections::VecDeque;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A Rust file.
pub(super) struct Source {
    /// Its path from the root of the workspace, with slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// Its module in its crate: empty for `lib.rs` and `main.rs`, `["graph", "dot"]` for `graph/dot.rs`.
    pub(super) module: Vec<String>,
    /// All tokens.
    pub(super) tokens: Vec<Token>,
    /// The tokens without what stands under `#[cfg(test)]`.
    pub(super) shipped: Vec<Token>,
    /// The number of lines of what stands under `#[cfg(test)]`.
    pub(super) lines_of_tests: usize,
    /// Modules in files of their own that only tests compile.
    modules_of_tests: Vec<String>,
    /// The bytes of string literals, where words are data.
    literals: Vec<std::ops::Range<usize>>,
}

/// A token that checks look at; literals are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// A word, a sign, or an opening or closing bracket.
    pub(super) text: String,
    /// From 1.
    pub(super) line: usize,
}

/// A path in code, such as `std::fs::read`, with groups of `use` taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CodePath {
    pub(super) segments: Vec<String>,
    /// The name that a `use` gives it, where that is another.
    pub(super) alias: Option<String>,
    /// Whether it stands in a `use`.
    pub(super) is_use: bool,
    pub(super) line: usize,
}

impl Source {
    pub(super) fn load(root: &Path, package: &Path, path: &Path) -> Result<Self> {
        let shown = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(path).with_context(|| shown.clone())?;
        let stream: TokenStream = text.parse().map_err(|error| anyhow!("{shown}: {error}"))?;
        let module = module(path.strip_prefix(package.join("src")).unwrap_or(path));
        let mut split = Split::default();
        let shipped = split.without_tests(stream.clone());
        let mut literals = Vec::new();
        collect_literals(stream.clone(), &text, &mut literals);
        Ok(Self {
            path: shown,
            module,
            tokens: flat(stream),
            shipped: flat(shipped),
            lines_of_tests: split.lines,
            modules_of_tests: split.modules,
            literals,
            text,
        })
    }

    /// Modules below this one that only tests compile.
    pub(super) fn modules_of_tests(&self) -> Vec<Vec<String>> {
        let below = |name: &String| self.module.iter().cloned().chain([name.clone()]).collect();
        self.modules_of_tests.iter().map(below).collect()
    }

    /// The text with the inside of string literals blanked: code and comments.
    pub(super) fn without_strings(&self) -> String {
        let mut bytes = self.text.clone().into_bytes();
        for literal in &self.literals {
            bytes[literal.clone()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The paths in what is shipped.
    pub(super) fn paths(&self) -> Vec<CodePath> {
        let mut paths = Vec::new();
        let mut at = 0;
        let mut is_use = false;
        while let Some(token) = self.shipped.get(at) {
            is_use = match token.text.as_str() {
                "use" => true,
                ";" => false,
                _ => is_use,
            };
            let is_start =
                is_word(&token.text) && token.text != "use" && !is_separator(&self.shipped, at.wrapping_sub(2));
            at = if is_start { self.path_from(at, &[], is_use, &mut paths) } else { at + 1 };
        }
        paths
    }

    /// Reads the path that starts at a word, and answers where what follows starts.
    fn path_from(&self, start: usize, before: &[String], is_use: bool, paths: &mut Vec<CodePath>) -> usize {
        let tokens = &self.shipped;
        let mut segments = before.to_vec();
        let mut at = start;
        loop {
            match tokens.get(at).map(|token| token.text.as_str()) {
                Some("{") => return self.group_from(at, &segments, paths),
                Some(word) if is_word(word) || word == "*" => segments.push(word.to_owned()),
                _ => break,
            }
            at += 1;
            let follows = tokens
                .get(at + 2)
                .is_some_and(|token| is_word(&token.text) || matches!(token.text.as_str(), "{" | "*"));
            let group_is_of_use = tokens.get(at + 2).is_none_or(|token| token.text != "{" || is_use);
            if !(is_separator(tokens, at) && follows && group_is_of_use) {
                break;
            }
            at += 2;
        }
        let is_renamed = is_use && tokens.get(at).is_some_and(|token| token.text == "as");
        let alias = if is_renamed { tokens.get(at + 1).map(|token| token.text.clone()) } else { None };
        at += if is_renamed { 2 } else { 0 };
        paths.push(CodePath { segments, alias, is_use, line: tokens[start].line });
        at
    }

    /// Reads `{a, b::c}` of a `use`.
    fn group_from(&self, open: usize, before: &[String], paths: &mut Vec<CodePath>) -> usize {
        let mut at = open + 1;
        while let Some(token) = self.shipped.get(at) {
            match token.text.as_str() {
                "}" => return at + 1,
                word if is_word(word) || word == "*" => at = self.path_from(at, before, true, paths),
                _ => at += 1,
            }
        }
        at
    }
}

/// Whether `::` stands at a token.
fn is_separator(tokens: &[Token], at: usize) -> bool {
    let is_colon = |at: usize| tokens.get(at).is_some_and(|token| token.text == ":");
    is_colon(at) && is_colon(at.wrapping_add(1))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|char: char| char.is_alphabetic() || char == '_')
}

fn module(below_src: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        below_src.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "lib" | "main" | "mod")) {
        parts.pop();
    }
    parts
}

/// Takes what stands under `#[cfg(test)]` out.
#[derive(Default)]
struct Split {
    lines: usize,
    modules: Vec<String>,
}

impl Split {
    fn without_tests(&mut self, stream: TokenStream) -> TokenStream {
        let mut rest: VecDeque<TokenTree> = stream.into_iter().collect();
        let mut kept = Vec::new();
        while let Some(token) = rest.pop_front() {
            if is_sign(&token, '#') && rest.front().is_some_and(is_cfg_test) {
                let first = token.span().start().line;
                let last = self.skip_item(&mut rest).unwrap_or(first);
                self.lines += last + 1 - first;
                continue;
            }
            kept.push(match token {
                TokenTree::Group(group) => {
                    let mut inside = proc_macro2::Group::new(group.delimiter(), self.without_tests(group.stream()));
                    inside.set_span(group.span());
                    TokenTree::Group(inside)
                }
                token => token,
            });
        }
        kept.into_iter().collect()
    }

    /// Skips an item up to its block or semicolon, and answers its last line.
    fn skip_item(&mut self, rest: &mut VecDeque<TokenTree>) -> Option<usize> {
        let mut words: Vec<String> = Vec::new();
        while let Some(token) = rest.pop_front() {
            let line = token.span().end().line;
            match &token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Some(line),
                TokenTree::Ident(word) => words.push(word.to_string()),
                token if is_sign(token, ';') => {
                    if let Some(at) = words.iter().position(|word| word == "mod") {
                        self.modules.extend(words.get(at + 1).cloned());
                    }
                    return Some(line);
                }
                _ => {}
            }
        }
        None
    }
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn is_cfg_test(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    let text: String = group.stream().to_string().split_whitespace().collect();
    text == "cfg(test)"
}

fn flat(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    push_flat(stream, &mut tokens);
    tokens
}

fn push_flat(stream: TokenStream, tokens: &mut Vec<Token>) {
    for token in stream {
        let line = token.span().start().line;
        let mut push = |text: String, line: usize| tokens.push(Token { text, line });
        match token {
            TokenTree::Ident(word) => push(word.to_string(), line),
            TokenTree::Punct(punct) => push(punct.as_char().to_string(), line),
            TokenTree::Literal(_) => {}
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                push(open.to_owned(), line);
                let end = group.span_close().end().line;
                push_flat(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: end });
            }
        }
    }
}

/// Literals as they stand; the parser also makes literals of doc comments, which are comments here.
fn collect_literals(stream: TokenStream, text: &str, literals: &mut Vec<std::ops::Range<usize>>) {
    for token in stream {
        match token {
            TokenTree::Literal(literal) => {
                let bytes = literal.span().byte_range();
                if text.get(bytes.clone()).is_some_and(|text| !text.starts_with('/')) {
                    literals.push(bytes);
                }
            }
            TokenTree::Group(group) => collect_literals(group.stream(), text, literals),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::workspace::tests::fake;
    use super::*;

    fn check_paths(text: &str, expected: &[&str]) {
        let (_folder, workspace) = fake(&[("crates/model/src/lib.rs", text)]);
        let paths = workspace.packages[0].sources[0].paths();
        let shown = |path: &CodePath| {
            path.segments.join("::") + &path.alias.as_ref().map(|alias| format!(" as {alias}")).unwrap_or_default()
        };
        let shown: Vec<String> = paths.iter().filter(|path| path.segments.len() > 1).map(shown).collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn groups_of_use_are_taken_apart() {
        check_paths(
            "use std::{env, time::{self, Instant as Now}};",
            &["std::env", "std::time::self", "std::time::Instant as Now"],
        );
        check_paths("use super::super::a::*;", &["super::super::a::*"]);
        check_paths("pub(crate) use crate::a::{B, c::D};", &["crate::a::B", "crate::a::c::D"]);
    }

    #[test]
    fn paths_in_code_are_seen_and_those_in_strings_and_tests_are_not() {
        check_paths("fn f() -> u8 { std::fs::read(\"std::env\"); 1 }", &["std::fs::read"]);
        check_paths("fn f() { if x == crate::A { y } }", &["crate::A"]);
        check_paths("fn f() { let V::<T> { .. } = Vec::<crate::B>::new(); }", &["crate::B"]);
        check_paths("#[cfg(test)]\nmod tests { use std::env; }\nuse a::b;", &["a::b"]);
        check_paths("/// See `std::env`.\nfn f() {} // std::env", &[]);
    }
}
