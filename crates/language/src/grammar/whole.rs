//! What all of it is, which is nothing of its own: "a 3-tier app in mesh shop: …", "resources for a gRPC backend: …"; and with
//! what something is written, which no setting says: "a react frontend".

use std::ops::Range;

use super::name::{can_be_noun, name_at};
use super::reader::Reader;
use super::slot::protocol;
use super::spot::{self, Place, Spot};
use super::thing::Thing;
use crate::intent::Protocol;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::{is_glue, is_server_of, is_sort_of, is_tcp_server, is_technology};
use crate::understanding::Assumption;

/// Nouns for all of what is described.
const WHOLES: &[&str] = &[
    "app",
    "application",
    "applications",
    "apps",
    "architecture",
    "backend",
    "business",
    "company",
    "demo",
    "environment",
    "landscape",
    "marketplace",
    "platform",
    "portal",
    "product",
    "project",
    "shop",
    "site",
    "solution",
    "stack",
    "startup",
    "store",
    "suite",
    "system",
    "topology",
    "web app",
    "webshop",
    "website",
];

/// Those of them that an application is called by as well, so that a word before them must say that they are a whole.
const ALSO_PARTS: &[&str] = &["app", "application", "backend", "portal", "shop", "store", "site", "website"];

/// Symbols that may stand in the words for a whole.
const IN_WHOLE: &[&str] = &["application", "backend", "split", "run"];

/// Symbols and words before what all of it is.
const BEFORE_WHOLE: &[&str] = &["create", "run", "app-mesh", "application", "change", "add"];

/// The most words that say what all of it is.
const MAX_WORDS: usize = 5;

/// The most words before those.
const MAX_BEFORE: usize = 8;

/// Words that begin a sentence about those who ask.
const NARRATORS: &[&str] = &["we're", "i'm", "we", "i", "our"];

/// Words between a whole and its parts.
const TO_PARTS: &[&str] = &[
    "with",
    "has",
    "have",
    "consisting",
    "made",
    "of",
    "up",
    "consists",
    "comprising",
    "containing",
    "contains",
    "where",
    "which",
];

impl Reader<'_> {
    /// Takes out the words that only say what all of it is.
    pub(super) fn drop_whole(&mut self) {
        if self.known.is_some() {
            return;
        }
        let start = self.past_before_whole();
        let Some((end, protocol)) = self.whole_for(start).or_else(|| self.whole_at(start)) else { return };
        let is_told = self.low(end) == "." && self.is_word(0, NARRATORS);
        let begin = match self.low(start) {
            _ if is_told => 0,
            "for" => start,
            _ => self.begin_of_whole(start),
        };
        let text = self.request[self.tokens[begin].start..self.tokens[end - 1].end].to_owned();
        self.set_aside(begin, end);
        self.assumptions.push(Assumption {
            what: format!("`{text}` says what all of it is, and is nothing of its own"),
            why: "what there is to be is named beside it, and it is spoken of nowhere else".to_owned(),
        });
        self.tokens.drain(begin..end);
        if let Some(protocol) = protocol
            && let Ok((listener, _)) = spot::listener(&mut self.intent, Spot::at(Place::Everywhere))
        {
            listener.protocol = Some(protocol);
        }
    }

    fn past_before_whole(&self) -> usize {
        let is_before = |at: &usize| {
            self.token(*at).is_some_and(|token| match token.kind {
                TokenKind::Word => is_glue(&token.low) || NARRATORS.contains(&token.low.as_str()),
                TokenKind::Symbol => {
                    BEFORE_WHOLE.contains(&token.low.as_str())
                        && (token.low != "application" || token.text.ends_with('s'))
                }
                _ => false,
            })
        };
        (0..MAX_BEFORE).take_while(|at| is_before(at) && self.low(*at) != "for").count()
    }

    /// The first of the words: an article before them goes with them.
    fn begin_of_whole(&self, start: usize) -> usize {
        let is_article = |at: usize| matches!(self.low(at), "a" | "an" | "the" | "our" | "my");
        if start > 0 && is_article(start - 1) { start - 1 } else { start }
    }

    /// "resources for a gRPC backend: …", "microservices for food delivery, mesh eats: …": the place after what they are for.
    fn whole_for(&self, start: usize) -> Option<(usize, Option<Protocol>)> {
        let are_resources = self.token(start).is_some_and(|token| token.text.eq_ignore_ascii_case("resources for"));
        let is_for = self.low(start) == "for" && start > 0;
        let before = |at: usize| {
            self.is_word(
                at,
                &["resources", "config", "configuration", "template", "cloudformation", "yaml", "setup", "everything"],
            ) || self.is_symbol(at, &["application", "app-mesh"])
        };
        if !(are_resources || is_for && before(start - 1)) {
            return None;
        }
        let first = self.past(start + 1, &["a", "an", "the", "our", "my"]);
        let protocol =
            self.token(first).filter(|token| token.kind == TokenKind::Symbol).and_then(|token| protocol(&token.low));
        let first = first + usize::from(protocol.is_some());
        let end = first + self.words_of_whole(first);
        (end > first && self.ends_whole(first, end, true)).then_some((end, protocol))
    }

    /// "3-tier app in mesh shop: …", "an e-commerce backend with …": the place after it.
    fn whole_at(&self, start: usize) -> Option<(usize, Option<Protocol>)> {
        let count = self.words_of_whole(start);
        let is_whole = |at: usize| WHOLES.contains(&self.tokens[at].text.to_lowercase().as_str());
        let end = (start..start + count).rev().find(|at| is_whole(*at))? + 1;
        let is_part = ALSO_PARTS.contains(&self.tokens[end - 1].text.to_lowercase().as_str());
        (!is_part || end > start + 1).then_some(())?;
        self.ends_whole(start, end, false).then_some((end, None))
    }

    fn words_of_whole(&self, start: usize) -> usize {
        let is_part = |at: &usize| {
            self.token(*at).is_some_and(|token| match token.kind {
                TokenKind::Word => !is_glue(&token.low),
                TokenKind::Name | TokenKind::Number(2..=9) => true,
                TokenKind::Mark => matches!(token.low.as_str(), "-" | "/" | "&"),
                TokenKind::Symbol => {
                    IN_WHOLE.contains(&token.low.as_str()) || token.text.eq_ignore_ascii_case("environment")
                }
                _ => false,
            })
        };
        (start..=start + MAX_WORDS).take_while(is_part).count()
    }

    /// Whether parts of a whole follow, of which none is called as the whole is.
    fn ends_whole(&self, start: usize, end: usize, is_purpose: bool) -> bool {
        let mesh = self.past(end, &[",", "(", "in", "inside", "the", "a"]);
        let mut place = end;
        if self.is_symbol(mesh, &["mesh"]) {
            let name = self.past(mesh + 1, &["named", ":"]);
            place = self.past(name + 1, &[")", ","]);
        } else if name_at(&self.tokens, mesh).is_some() && self.is_symbol(mesh + 1, &["mesh"]) {
            place = self.past(mesh + 2, &[")", ","]);
        }
        let parts = self.past(self.past(place, &[":"]), TO_PARTS);
        let parts = self.past(parts, &[":", "a", "an", "the", ".", "-", "–", "•", "*"]);
        let is_counted = self.token(parts).is_some_and(|token| matches!(token.kind, TokenKind::Number(2..=20)));
        let kind = parts + usize::from(is_counted);
        let kind = kind + usize::from(self.token(kind).is_some_and(|token| protocol(&token.low).is_some()));
        let is_kind = self
            .thing_at(kind)
            .is_some_and(|thing| matches!(thing, Thing::Application | Thing::Node | Thing::Mesh | Thing::Gateway));
        let is_parted = place > end || parts > place;
        let in_mesh = is_purpose && place > end;
        // "I'm building a ticketing system. …", "an architecture with a …"
        let is_strong = end > start && !ALSO_PARTS.contains(&self.tokens[end - 1].text.to_lowercase().as_str());
        let is_told = is_strong
            && end > start + 1
            && self.low(end) == "."
            && self.tokens.len() > end + 1
            && self.is_word(0, NARRATORS);
        let begins_parts = is_strong && self.low(end) == "with" && matches!(self.low(end + 1), "a" | "an");
        let has_parts = is_told
            || begins_parts
            || in_mesh
            || is_parted && (is_kind || self.names_subjects(parts) || self.begins_chain(parts));
        let is_name = |at: usize| {
            let text = self.tokens[at].text.to_lowercase();
            !WHOLES.contains(&text.as_str())
                && self.tokens[end..]
                    .iter()
                    .any(|other| other.text.eq_ignore_ascii_case(&text) && other.kind != TokenKind::Mark)
        };
        has_parts && !(start..end).any(is_name)
    }

    /// "web -> api"
    fn begins_chain(&self, at: usize) -> bool {
        let is_arrow = |at: usize| {
            self.is_symbol(at, &["to"])
                && self.token(at).is_some_and(|token| !token.text.starts_with(char::is_alphabetic))
        };
        name_at(&self.tokens, at).is_some() && (is_arrow(at + 1) || self.low(at + 1) == "(" || self.is_joint(at + 1))
    }

    fn is_joint(&self, at: usize) -> bool {
        self.low(at) == "," && name_at(&self.tokens, at + 1).is_some()
    }
}

/// The end of words for who calls something: "gateway-facing", "internet-facing".
const FACING: &str = "-facing";

/// With what something is built, or who calls it: the words, and what it is.
pub(super) struct Built {
    words: Range<usize>,
    with: String,
    what: String,
    /// Whether it says the protocol.
    is_tcp: bool,
}

impl Reader<'_> {
    /// Keeps in mind that words only say with what something is built.
    pub(super) fn tell_built(&mut self, built: &[Built]) {
        for Built { words, with, what, is_tcp } in built {
            self.aside.push(words.clone());
            if *is_tcp {
                self.assumptions.push(Assumption {
                    what: format!("`{what}` speaks tcp, as it is {with}"),
                    why: "its protocol is its own, which the proxies pass on as bytes".to_owned(),
                });
                continue;
            }
            let (what, why) = if with.ends_with(FACING) {
                let why = "a way in from outside is a virtual gateway, which is made where it is asked for";
                (format!("`{with}` says who calls `{what}`, and sets nothing"), why)
            } else {
                (
                    format!("`{with}` says with what `{what}` is built, and sets nothing"),
                    "a mesh has no setting for that",
                )
            };
            self.assumptions.push(Assumption { what, why: why.to_owned() });
        }
    }
}

/// Takes out with what something is written: "a react frontend", "a Django service called users".
pub(super) fn drop_technologies(tokens: &mut Vec<Token>) -> Vec<Built> {
    let mut built = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = technology_at(tokens, at) else {
            at += 1;
            continue;
        };
        let with = tokens[at..end].iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
        let words = tokens[at].start..tokens[end - 1].end;
        // "a virtual node for my redis cache, tcp on 6379" says it already, or names what it is for.
        let is_said = tokens.iter().any(|token| token.kind == TokenKind::Symbol && token.low == "tcp");
        let is_for = (at.saturating_sub(2)..at).any(|at| tokens[at].low == "for");
        let is_tcp = is_tcp_server(&with.to_lowercase()) && !is_said && !is_for;
        built.push(Built { words, with, what: tokens[end].text.clone(), is_tcp });
        if is_tcp {
            speak_tcp(&mut tokens[at]);
            at += 1;
        } else {
            tokens.drain(at..end);
        }
    }
    for at in 0..tokens.len() {
        if let Some(server) = server_that_it_is(tokens, at) {
            let (with, what) = (tokens[server].text.clone(), tokens[at].text.clone());
            built.push(Built { words: tokens[server].start..tokens[server].end, with, what, is_tcp: true });
            speak_tcp(&mut tokens[server]);
        }
    }
    built
}

/// "a Postgres database": what it is says what it speaks.
fn speak_tcp(token: &mut Token) {
    token.kind = TokenKind::Symbol;
    "tcp".clone_into(&mut token.low);
}

/// "db is postgres on 5432": where the server stands that a name is.
fn server_that_it_is(tokens: &[Token], name: usize) -> Option<usize> {
    name_at(tokens, name)?;
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let server = name + 2 + usize::from(matches!(low(name + 2), "a" | "an"));
    let token = tokens.get(server).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name))?;
    let follows = matches!(low(server + 1), "on" | "at" | "(" | "," | "port" | "." | "and" | "");
    (low(name + 1) == "is" && is_tcp_server(&token.text.to_lowercase()) && follows).then_some(server)
}

/// The place after the words for a technology that stand before what is built with it.
fn technology_at(tokens: &[Token], at: usize) -> Option<usize> {
    let is_go = |token: &Token| token.text.eq_ignore_ascii_case("go");
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    let is_word = |token: &Token| matches!(token.kind, TokenKind::Word | TokenKind::Name | TokenKind::Host);
    let is_sort = |token: &Token| {
        is_sort_of(
            &token.text.to_lowercase(),
            &tokens.get(at + 1).map_or(String::new(), |next| next.text.to_lowercase()),
        ) && at.checked_sub(1).is_some_and(|before| matches!(low(before), "a" | "an" | "the" | "our"))
    };
    let token = tokens.get(at).filter(|token| is_word(token) || is_go(token) || is_sort(token))?;
    let word = token.text.to_lowercase();
    let is_boot = word == "spring" && low(at + 1) == "boot";
    let end = at + 1 + usize::from(is_boot);
    let is_written = is_technology(&word);
    let is_server = is_server_of(&word, low(end));
    if word.ends_with(FACING) && name_at(tokens, end).is_some() {
        return Some(end);
    }
    let before = at.checked_sub(1).map_or("", &low);
    let is_verb = is_go(token) && !matches!(before, "a" | "the" | ":") && !(token.text == "Go" && at > 0);
    if !is_written && !is_server && !is_sort(token) || is_verb || before == "named" {
        return None;
    }
    let is_named = low(end) == "application" && low(end + 1) == "named";
    let follows = name_at(tokens, end).is_some() || can_be_noun(tokens, end) || is_named;
    // "the react app and the vue app" are two, which only those words tell apart.
    let is_it = |other: &Token| other.text.eq_ignore_ascii_case(&token.text) && other.start != token.start;
    let stands_alone = tokens.iter().any(is_it) || low(end + 1) == "application";
    (follows && !stands_alone).then_some(end)
}
