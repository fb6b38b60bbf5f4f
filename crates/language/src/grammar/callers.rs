//! Who calls what was just described: "…, and let web call it", "web calls it", "add it to the backends of web".

use super::name::{name_at, names_of_a_kind};
use super::reader::{Reader, Verb};
use super::spot::{self, Place, Spot};
use crate::intent::{Action, Discovery, Provider, VirtualService};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// Words before who calls.
const LETTING: &[&str] = &[
    "let",
    "sure",
    "have",
    "make",
    "allow",
    "allows",
    "also",
    "so",
    "that",
    "please",
    "then",
    "the",
    "our",
    "allow-all",
    "which",
    "both",
];

/// Words between who calls and the verb.
const MODALS: &[&str] = &[
    "to", "should", "must", "can", "may", "will", "needs", "need", "also", "be", "able", "both", "shall", "now",
    "have", "has",
];

/// What stands for what was described.
const IT: &[&str] = &["it", "this", "that"];

/// Words before the backends that it is added to.
const AS: &[&str] = &["as", "a", "an", "to", "the", "new", "also", "backend-of"];

/// Verbs that put it among backends, beside the symbol.
const PUTTING: &[&str] = &["register", "list", "use", "make", "makes", "set"];

impl Reader<'_> {
    /// Reads a clause that says who calls what is spoken of.
    pub(super) fn called_back(&mut self) -> bool {
        let of_node = self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
        if !of_node || !self.is_clause_start() {
            return false;
        }
        let own = self.spot.and_then(|spot| self.name_of_proxied(spot.place));
        let found = self.callers_of_it().or_else(|| self.owners_of_it());
        let Some((names, end)) =
            found.filter(|(names, end)| self.ends_clause(*end) && !names.iter().any(|name| Some(name) == own.as_ref()))
        else {
            return false;
        };
        self.words = self.at..end;
        if self.known.is_some() {
            for name in &names {
                if self.find_named(name).is_none() {
                    let verb = std::mem::replace(&mut self.verb, Verb::Change);
                    self.named(name, Action::Change);
                    self.verb = verb;
                }
            }
        }
        let Ok(path) = self.called_by(&names) else { return false };
        self.serve_new_node(&names);
        self.note(&path, self.at, end);
        self.read_words.extend(self.tokens[self.at..end].iter().map(|token| token.start));
        self.at = end;
        true
    }

    /// A new node is called through a virtual service, which is made with it.
    fn serve_new_node(&mut self, callers: &[String]) {
        let Some(Place::Node(at)) = self.spot.map(|spot| spot.place).filter(|_| self.known.is_some()) else { return };
        let node = &self.intent.virtual_nodes[at];
        let Some(name) = node.name.clone().filter(|_| node.action == Action::Create) else { return };
        let host = match &node.discovery {
            Some(Discovery::Dns(dns)) => dns.hostname.clone(),
            _ => None,
        };
        let service = host.unwrap_or_else(|| name.clone());
        for caller in callers {
            let place = self.find_named(caller).map(Spot::at);
            let Some(Ok((node, _))) = place.map(|spot| spot::node(&mut self.intent, spot)) else { continue };
            node.calls.iter_mut().filter(|call| call.to == name).for_each(|call| call.to.clone_from(&service));
        }
        let provider = Some(Provider::Node(name.clone()));
        let made = VirtualService { name: Some(service.clone()), provider, ..VirtualService::default() };
        self.intent.virtual_services.push(made);
        self.assumptions.push(Assumption {
            what: format!("virtual service `{service}` leads to `{name}`"),
            why: "nodes call virtual services, and the request says who calls it".to_owned(),
        });
    }

    /// "let web and api call it"
    fn callers_of_it(&self) -> Option<(Vec<String>, usize)> {
        let start = self.past(self.at, LETTING);
        let (mut names, after) = names_of_a_kind(&self.tokens, start)?;
        // "both catalog versions"
        let is_several = self.is_symbol(after, &["version", "virtual-node"]) && self.tokens[after].text.ends_with('s');
        if let ([name], Some(known), true) = (names.as_slice(), &self.known, is_several)
            && known.family(name).len() > 1
        {
            names = known.family(name);
        }
        let after = after + usize::from(self.is_symbol(after, &["virtual-node", "application"]) || is_several);
        let verb = self.past(after, MODALS);
        // "and let web call it"
        if self.is_symbol(verb, &["named"]) && self.tokens[verb].text.eq_ignore_ascii_case("call it") {
            return Some((names, verb + 1));
        }
        let reaches =
            |at: usize| self.is_symbol(at, &["send"]) && self.tokens[at].text.to_lowercase().starts_with("reach");
        let uses = self.is_word(verb, &["use", "uses"]);
        (self.is_symbol(verb, &["call"]) || reaches(verb) || uses).then_some(())?;
        let it = verb + 1;
        let is_it = self.token(it).is_some_and(|token| token.kind == TokenKind::Word) && IT.contains(&self.low(it));
        is_it.then_some((names, it + 1))
    }

    /// "add it to the backends of web", "make it a backend of web and api"
    fn owners_of_it(&self) -> Option<(Vec<String>, usize)> {
        let verb = self.past(self.at, &["also", "please", "then"]);
        let is_verb = self.is_symbol(verb, &["add", "create"]) || PUTTING.contains(&self.low(verb));
        let is_it = IT.contains(&self.low(verb + 1));
        (is_verb && is_it).then_some(())?;
        let backend = self.past(verb + 2, AS);
        if self.is_symbol(backend, &["backend"]) {
            let of = self.past(backend + 1, &["list"]);
            let is_of = self.is_symbol(of, &["to"]) || matches!(self.low(of), "of" | "for" | "on" | "in");
            let owners = self.past(of + 1, &["the", "our", "both", "virtual-node", "application"]);
            let (names, end) = names_of_a_kind(&self.tokens, owners).filter(|_| is_of)?;
            return Some((names, end + usize::from(self.is_symbol(end, &["virtual-node", "application"]))));
        }
        // "add it to web's backends"
        let name = name_at(&self.tokens, backend).filter(|_| backend > verb + 2)?;
        self.is_symbol(backend + 1, &["backend"]).then(|| (vec![name], self.past(backend + 2, &["list"])))
    }
}
