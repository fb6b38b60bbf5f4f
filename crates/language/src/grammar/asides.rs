//! Words that are no part of what is asked: a heading before it, and what it is to be instead of.

use meshwright_model::Kind;

use super::name::name_at;
use super::reader::Reader;
use super::spot::{Place, Said, Trouble};
use super::versions::is_version;
use crate::intent::Route;
use crate::lexer::{Token, TokenKind};
use crate::lexicon::is_glue;
use crate::understanding::Assumption;

/// The most words of a heading.
const MAX_HEADING: usize = 8;

/// The most words that say what something is not.
const MAX_CONTRAST: usize = 3;

/// The most tokens between a value and the one that it is not.
const MAX_BEFORE_CONTRAST: usize = 8;

/// Symbols that a heading may hold.
const IN_HEADING: &[&str] = &["application", "version", "create", "app-mesh", "run", "for", "low", "medium", "high"];

/// Nouns for the answer itself, which no heading is about.
const OF_ANSWERS: &[&str] = &["template", "templates", "file", "files", "yaml", "json", "terraform", "stack", "stacks"];

/// Names before a kind that say of what sort a whole is, and are no name of it.
const TIERS: &[&str] = &["tier", "service", "layer", "part", "node"];

impl Reader<'_> {
    /// "Three-tier application: web calls api", "An online bookstore: …": says what all of it is, and makes nothing.
    pub(super) fn heading(&mut self) -> bool {
        if self.at > 0 {
            return false;
        }
        if self.known.is_some() {
            return self.heading_of_change();
        }
        let is_part = |token: &Token| match token.kind {
            TokenKind::Word | TokenKind::Name | TokenKind::Number(_) => true,
            TokenKind::Symbol => IN_HEADING.contains(&token.low.as_str()),
            _ => false,
        };
        let colon = self.tokens.iter().take(MAX_HEADING).take_while(|token| is_part(token)).count();
        let words = &self.tokens[..colon];
        let says_something = words
            .iter()
            .any(|token| token.kind == TokenKind::Name || token.kind == TokenKind::Word && !is_glue(&token.low));
        // "two templates: …" asks for another answer than there is.
        let is_of_answer = (0..colon).any(|at| self.is_word(at, OF_ANSWERS));
        if is_of_answer || self.low(colon) != ":" || !says_something || !self.begins_list(colon + 1) {
            return false;
        }
        let text = self.request[words[0].start..words[colon - 1].end].to_owned();
        // "payments service: v1 on 8080" describes it.
        let is_sort = words.iter().any(|token| {
            token.low.rsplit_once('-').is_some_and(|(_, last)| TIERS.contains(&last)) || token.low == "following"
        });
        if !is_sort && words.iter().all(|token| token.kind != TokenKind::Symbol) && colon < 2 {
            return false;
        }
        self.set_aside(0, colon);
        self.assumptions.push(Assumption {
            what: format!("`{text}` says what all of it is, and is nothing of its own"),
            why: "it stands before the colon, and what there is to be comes after it".to_owned(),
        });
        self.at = colon + 1;
        self.begin_sentence();
        true
    }

    /// "Finish the canary: …": says what a change is for, and names nothing that is there.
    fn heading_of_change(&mut self) -> bool {
        let is_word = |at: &usize| {
            self.token(*at).is_some_and(|token| token.kind == TokenKind::Word && !self.is_there(&token.text))
        };
        let colon = (0..=MAX_CONTRAST).take_while(is_word).count();
        if colon < 2 || self.low(colon) != ":" {
            return false;
        }
        let text = self.request[self.tokens[0].start..self.tokens[colon - 1].end].to_owned();
        self.set_aside(0, colon);
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" says what the change is for, and changes nothing by itself"),
            why: "it stands before the colon, and what is to be changed comes after it".to_owned(),
        });
        self.at = colon + 1;
        self.begin_sentence();
        true
    }

    /// "a mesh for our logistics platform, …": says what it is for, which no setting says.
    pub(super) fn purpose(&mut self) -> bool {
        let of_named = self.intent.mesh.as_ref().is_some_and(|mesh| {
            let before = self.at.checked_sub(1).and_then(|before| self.token(before));
            mesh.name.is_some() && before.is_some_and(|before| mesh.name.as_deref() == Some(before.text.as_str()))
        });
        let is_said = (self.is_symbol(self.at.wrapping_sub(1), &["mesh"]) || of_named) && self.low(self.at) == "for";
        if !is_said || !self.is_word(self.at + 1, &["our", "my", "a", "an"]) {
            return false;
        }
        let start = self.at + 2;
        let is_plain = |at: usize| {
            self.token(at).is_some_and(|token| {
                matches!(token.kind, TokenKind::Word | TokenKind::Name) || token.text.eq_ignore_ascii_case("domain")
            })
        };
        let goes_on = |at: usize| {
            matches!(
                self.low(at),
                ":" | "with" | "called" | "named" | "which" | "that" | "where" | "has" | "in" | "using"
            )
        };
        let is_one = |at: &usize| is_plain(*at) && !self.ends_clause(*at) && !goes_on(*at);
        let end = start + (start..start + MAX_CONTRAST).take_while(is_one).count();
        if end == start || !self.ends_clause(end) && !goes_on(end) {
            return false;
        }
        let text = self.request[self.tokens[self.at].start..self.tokens[end - 1].end].to_owned();
        self.set_aside(self.at, end);
        self.assumptions.push(Assumption {
            what: format!("`{text}` says what the mesh is for, and sets nothing"),
            why: "a mesh has no setting for its purpose".to_owned(),
        });
        self.at = end;
        true
    }

    /// Whether names of what there is to be stand at a place, and not what is said of what stood before.
    fn begins_list(&self, at: usize) -> bool {
        let at = self.past(at, &["a", "an", "the", "."]);
        let is_version = name_at(&self.tokens, at).is_some_and(|name| is_version(&name));
        let is_named = self.entity_at(at).is_some_and(|entity| entity.name.is_some());
        !is_version && (is_named || self.names_subjects(at))
    }

    /// "Traffic to quotes: 25% to quotes-new, …": the requests whose shares come after the colon.
    pub(super) fn requests_of(&mut self) -> bool {
        let is_sent = self.known.is_some() && self.is_symbol(self.at, &["send", "route"]);
        let start = self.past(self.at + usize::from(is_sent), &["all", "the", "a", "of"]);
        let is_canary =
            self.is_symbol(start, &["split"]) && self.tokens[start].text.to_lowercase().starts_with("canary");
        let is_said = is_canary
            || self.is_word(start, &["traffic", "requests", "calls"])
            || self.is_symbol(start, &["all-traffic"]);
        let begins = self.at == 0
            || matches!(self.low_before(self.at), "." | ";" | "create" | "add" | "a")
            || self.known.is_some() && self.is_clause_start();
        let to = self.past(start + 1, &["to", "for", "of", "behind"]);
        if !is_said || !begins || to == start + 1 && !is_canary {
            return false;
        }
        let at = self.past(to, &["the", "application", "virtual-service"]);
        let Some(name) = name_at(&self.tokens, at) else { return false };
        let colon = self.past(at + 1, &["application", "virtual-service"]);
        if self.requests_of_there(&name, colon) {
            self.note(&format!("routes[{}].router", self.intent.routes.len() - 1), at, at + 1);
            return true;
        }
        let is_share = |at: usize| {
            self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Percent(_) | TokenKind::Ratio(_)))
        };
        if self.low(colon) != ":" || !is_share(colon + 1) {
            return false;
        }
        let targets = (colon + 1..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        let has_versions = targets.clone().any(|at| {
            name_at(&self.tokens, at).is_some_and(|target| is_version(&target))
                && matches!(self.low(at.saturating_sub(1)), "to" | "on" | "for")
        });
        if has_versions {
            let action = self.action_of_part();
            let place = self.find_named(&name).unwrap_or_else(|| self.application(&name, action));
            self.turn_to(place);
        } else {
            self.remember();
            self.intent.routes.push(Route { router: Some(name), ..Route::default() });
            let place = Place::Route(None, self.intent.routes.len() - 1);
            self.note(&format!("routes[{}].router", self.intent.routes.len() - 1), at, at + 1);
            self.turn_to(place);
        }
        self.closed = false;
        self.sends();
        self.at = colon + 1;
        true
    }

    /// "requests to catalog with the header x-beta go to catalog-v2": what the files have by the first name is whose they are.
    fn requests_of_there(&mut self, name: &str, end: usize) -> bool {
        let kinds = [Kind::VirtualRouter, Kind::VirtualService, Kind::Route];
        let is_there = self.known.as_ref().is_some_and(|known| kinds.iter().any(|kind| known.is_of_kind(*kind, name)));
        let is_told = self
            .is_word(end, &["with", "whose", "that", "which", "for", "where", "under", "from", "having", "in", "on"])
            || self.is_symbol(end, &["for", "header", "prefix", "path", "exact"]);
        let mut rest = (end + 1..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        let goes =
            rest.any(|at| self.is_symbol(at, &["to"]) && name_at(&self.tokens, self.past_glue(at + 1)).is_some());
        let is_version = self.known.as_ref().is_some_and(|known| known.kind(name) == Some(Kind::VirtualNode));
        if !is_there || is_version || !is_told || !goes {
            return false;
        }
        self.remember();
        self.intent.routes.push(Route { router: Some(name.to_owned()), ..Route::default() });
        self.turn_to(Place::Route(None, self.intent.routes.len() - 1));
        self.closed = false;
        self.sends();
        self.at = end;
        true
    }

    /// "endpoints rather than a load balancer": says what it is not, after what it is.
    pub(super) fn contrast(&mut self) -> bool {
        if !self.is_symbol(self.at, &["instead"]) || self.at == 0 {
            return false;
        }
        let start = self.past_glue(self.at + 1);
        let is_plain = |at: usize| {
            self.token(at).is_some_and(|token| {
                token.kind == TokenKind::Symbol && self.thing_at(at).is_none() || token.kind == TokenKind::Word
            })
        };
        let end =
            start + (start..start + MAX_CONTRAST).take_while(|at| is_plain(*at) && !self.ends_clause(*at)).count();
        if end == start || !self.ends_clause(end) {
            return false;
        }
        self.at = end;
        true
    }

    /// "after 4 errors, not 10": a value that it is not, after the one of its sort that it is.
    pub(super) fn is_contrast(&mut self) -> Said {
        let words = self.words.clone();
        let is_value = |token: &&Token| !matches!(token.kind, TokenKind::Symbol | TokenKind::Word);
        // "20 seconds, not 10"
        let sort = |token: &Token| match token.kind {
            TokenKind::Span(_) => std::mem::discriminant(&TokenKind::Number(0)),
            ref kind => std::mem::discriminant(kind),
        };
        let own = self.tokens[words.clone()].iter().find(is_value).map(sort);
        let sentence = self.tokens[..words.start].iter().rev().take(MAX_BEFORE_CONTRAST);
        let mut sentence = sentence.take_while(|token| !matches!(token.low.as_str(), "." | ";"));
        let is_said = sentence.any(|token| Some(sort(token)) == own);
        let is_not = self.tokens[words.start].text.eq_ignore_ascii_case("not");
        if !is_not || !is_said || !self.ends_clause(words.end) {
            return Err(Trouble::NotHere);
        }
        self.was_before();
        self.sets_nothing()
    }
}

/// Names that begin a sentence in a capital letter, and stand elsewhere without it, are one name.
pub(super) fn uncapitalise(tokens: &mut [Token]) {
    let names: Vec<String> = tokens
        .iter()
        .filter(|token| token.kind == TokenKind::Word && token.text == token.low && !is_glue(&token.low))
        .map(|token| token.low.clone())
        .collect();
    for at in 0..tokens.len() {
        let begins = at == 0 || matches!(tokens[at - 1].low.as_str(), "." | ";" | ":" | "!");
        let token = &mut tokens[at];
        let is_capital = token.kind == TokenKind::Word
            && token.text.starts_with(|letter: char| letter.is_ascii_uppercase())
            && token.text[1..] == token.low[1..];
        if begins && is_capital && names.contains(&token.low) {
            token.text.clone_from(&token.low);
        }
    }
}
