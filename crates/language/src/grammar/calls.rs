//! What a node calls, and the TLS of its calls.

use super::name::{is_clause_verb, name_at, names_of_a_kind};
use super::reader::Reader;
use super::spot::{self, Place, Said, Side, Spot, Trouble, put};
use super::thing::{Entity, Thing};
use crate::intent::{Action, Call, ClientTls, Protocol, Provider, Removal, RemovalKind, TlsMode, VirtualNode};

/// Who calls a listener.
const CLIENTS: &[&str] = &["client", "clients", "caller", "callers", "client-certificate", "called-by"];

/// Those who call, in the words of a request.
const CALLING: &[&str] = &["client", "clients", "caller", "callers", "peer", "peers"];

/// The most tokens between those who call and what is said of them.
const MAX_TO_CLIENTS: usize = 4;

/// The most tokens from backends to the TLS that they speak.
const MAX_TO_TLS: usize = 6;

/// Words between who calls and the verb.
const MODALS: &[&str] = &["can", "could", "may", "should", "must", "also", "only", "shall", "allow-all"];

impl Reader<'_> {
    /// What the node or application that is spoken of calls.
    pub(super) fn calls(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        // "only makes calls: name web, …" names who calls.
        if self.words.clone().any(|at| matches!(self.low(at), "name" | "named")) {
            return Err(Trouble::NotHere);
        }
        // "as web depends on it": who calls stands before the verb, and is not what is called.
        let callers = (0..self.words.start).rev().find(|at| !MODALS.contains(&self.low(*at)));
        let is_it = self.words.clone().any(|at| self.is_word(at, &["it"]));
        if is_it && callers.and_then(|at| name_at(&self.tokens, at)).is_some_and(|caller| names.contains(&caller)) {
            return Err(Trouble::NotHere);
        }
        // "each calls the next one"
        if names.iter().any(|name| matches!(name.as_str(), "next" | "previous" | "following" | "other")) {
            return Err(Trouble::NotHere);
        }
        if let Place::Gateway(_) = spot.place {
            return self.calls_of_gateway(names);
        }
        let is_only =
            self.is_word(self.words.start.wrapping_sub(1), &["only"]) || self.is_word(self.words.end, &["only"]);
        let secured = self.past_glue(self.words.end);
        let is_only =
            is_only && !self.is_symbol(secured, &["tls", "mtls"]) && !self.is_symbol(secured + 1, &["tls", "mtls"]);
        if is_only && self.known.is_some() {
            self.ask(
                "Should it lose the other backends that it has? \"NAME no longer calls OTHER\" takes one away.",
                self.words.start,
                self.words.end,
            );
        }
        let (node, path) = spot::node(&mut self.intent, spot)?;
        self.guessed_calls.retain(|guess| node.name.as_ref() != Some(&guess.from) || !names.contains(&guess.to));
        let mut said = Vec::with_capacity(names.len());
        for name in names {
            // "calls tax.local; calls to tax are …" speaks of one host.
            let is_it = |call: &Call| {
                call.to == *name || call.to.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
            };
            let known = node.calls.iter().position(is_it);
            said.push(known.unwrap_or(node.calls.len()));
            if known.is_none() {
                node.calls.push(Call { to: name.clone(), tls: None });
            }
        }
        let first = said.first().copied().unwrap_or_default();
        self.last_calls = Some((spot, said));
        if let Place::Application(_) = spot.place {
            for name in names.iter().filter(|name| !name.contains('.')) {
                if self.find_named(name).is_none() {
                    self.application(name, Action::Create);
                }
            }
        }
        if names.len() > 1 {
            self.group = names.iter().filter_map(|name| self.find_named(name)).collect();
        }
        Ok(format!("{path}.calls[{first}]"))
    }

    /// "add a service reviews … and let web call it": the only application or virtual service that the request makes.
    pub(super) fn calls_what_is_made(&mut self) -> Said {
        let spot = self.here()?;
        let own = self.name_of_proxied(spot.place);
        let nodes = self.intent.applications.iter().filter(|node| node.action == Action::Create);
        let services = self.intent.virtual_services.iter().filter(|service| service.action == Action::Create);
        let names =
            nodes.filter_map(|node| node.name.clone()).chain(services.filter_map(|service| service.name.clone()));
        let mut made = names.filter(|name| Some(name) != own.as_ref());
        let only = made.next().filter(|_| made.next().is_none()).ok_or(Trouble::NotHere)?;
        if !self.ends_clause(self.words.end) {
            return Err(Trouble::NotHere);
        }
        self.calls(&[only])
    }

    /// "calls the node b": what is called is a node of that name.
    pub(super) fn calls_nodes(&mut self, names: &[String]) -> Said {
        self.here()?;
        let new: Vec<&String> = names.iter().filter(|name| self.find_named(name).is_none()).collect();
        let made = new.into_iter().map(|name| VirtualNode { name: Some(name.clone()), ..VirtualNode::default() });
        let made: Vec<VirtualNode> = made.collect();
        let there = self.intent.virtual_nodes.len();
        self.intent.virtual_nodes.extend(made);
        let said = self.calls(names);
        if said.is_err() {
            self.intent.virtual_nodes.truncate(there);
        }
        said
    }

    /// What is called speaks a protocol: "talks to a grpc api".
    pub(super) fn calls_over(&mut self, names: &[String], protocol: Option<Protocol>) -> Said {
        let said = self.calls(names)?;
        let here = self.spot;
        for name in names {
            if let (Some(place @ Place::Application(_)), Some(protocol)) = (self.find_named(name), protocol) {
                let calls = self.last_calls.take();
                self.spot = Some(Spot::at(place));
                let put = self.put_protocol(protocol);
                (self.spot, self.last_calls) = (here, calls);
                put?;
            }
        }
        Ok(said)
    }

    /// "calls orders and payments, payments over TLS": of one of those that were called.
    pub(super) fn one_of_calls(&mut self) -> bool {
        let is_said = matches!(self.low(self.at + 1), "between" | "over" | "via" | "using" | "with" | "(" | ":");
        let name = name_at(&self.tokens, self.at).filter(|_| is_said && self.is_clause_start());
        let (Some(name), Some((spot, said))) = (name, self.last_calls.clone()) else { return false };
        let secured = self.past(self.at + 2, &["strict", "enforce", "a", "the"]);
        if self.spot.is_none_or(|here| here.place != spot.place) || !self.is_symbol(secured, &["tls", "mtls"]) {
            return false;
        }
        let Ok((node, _)) = spot::node(&mut self.intent, spot) else { return false };
        let at = said.into_iter().find(|at| node.calls.get(*at).is_some_and(|call| call.to == name));
        let Some(at) = at else { return false };
        self.last_calls = Some((spot, vec![at]));
        self.at += 1;
        true
    }

    /// One call more, after some were named: "calls ads over TLS and users", but not "… and users calls tax".
    pub(super) fn more_calls(&mut self, name: &str) -> Said {
        let verb = self.past(self.words.end, &["application", "virtual-node"]);
        match self.last_calls.clone() {
            Some((spot, _))
                if self.spot.is_some_and(|here| here.place == spot.place)
                    && !self.token(verb).is_some_and(is_clause_verb) =>
            {
                self.calls(&[name.to_owned()])
            }
            _ => Err(Trouble::NotHere),
        }
    }

    pub(super) fn called_by(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let (node, _) = spot::node(&mut self.intent, spot)?;
        let Some(own) = node.name.clone() else { return Err(Trouble::NotHere) };
        // "postgres on 5432, called by web (http 80)": what stands in the brackets is said of the caller.
        let end = self.words.end;
        let is_told = self.low(end) == "(";
        let closed = (end..self.tokens.len()).find(|at| self.low(*at) == ")").map_or(end, |at| at + 1);
        if is_told && self.is_symbol(closed, &["and"]) {
            return Err(Trouble::NotHere);
        }
        let mut said = String::new();
        for name in names {
            let place = match self.find_named(name) {
                Some(place) => place,
                None => self.application(name, Action::Create),
            };
            let (caller, path) = spot::node(&mut self.intent, Spot::at(place))?;
            caller.calls.push(Call { to: own.clone(), tls: None });
            said = format!("{path}.calls[{}]", caller.calls.len() - 1);
            if is_told {
                self.turn_to(place);
            }
        }
        Ok(said)
    }

    /// "ratings, a service that web and api call": who calls what was named stands behind it.
    pub(super) fn callers_behind(&mut self) -> bool {
        let first = self.past(self.at + 1, &["the", "both", "is"]);
        let is_relative = self.is_word(self.at, &["that", "which", "whom"]);
        let Some((names, verb)) = names_of_a_kind(&self.tokens, first).filter(|_| is_relative) else { return false };
        let end = verb + 1;
        let has_object = name_at(&self.tokens, self.past_glue(end)).is_some() && !self.is_symbol(end, &["and"]);
        let of_node = self.spot.is_some_and(|spot| matches!(spot.place, Place::Application(_) | Place::Node(_)));
        if !of_node || !self.is_symbol(verb, &["call"]) || has_object && !self.ends_clause(end) {
            return false;
        }
        self.words = self.at..end;
        let Ok(path) = self.called_by(&names) else { return false };
        self.note(&path, self.at, end);
        self.at = end;
        true
    }

    /// "orders no longer calls payments"
    pub(super) fn no_longer_calls(&mut self, names: &[String]) -> Said {
        let spot = self.here()?;
        let (node, _) = spot::node(&mut self.intent, spot)?;
        let Some(own) = node.name.clone() else { return Err(Trouble::NotHere) };
        let is_bare = node.says_nothing();
        let first = self.intent.removals.len();
        for name in names {
            let kind = RemovalKind::Backend;
            self.intent.removals.push(Removal::of_part(kind, &own, name));
        }
        if is_bare {
            self.take_back(spot.place);
        }
        Ok(format!("removals[{first}]"))
    }

    /// TLS: of the calls that were just named, or of the listener.
    pub(super) fn tls(&mut self) -> Said {
        if let Some(said) = self.tls_of_calls(false) {
            return said;
        }
        let spot = self.here()?;
        // "the backends of web use TLS"
        let clause = (0..self.words.start).rev().take(MAX_TO_TLS).take_while(|at| !self.ends_clause(*at));
        let of_backends = self.known.is_some() && clause.into_iter().any(|at| self.is_symbol(at, &["backend"]));
        let is_called = self.is_symbol(self.words.start.saturating_sub(2), &["call"]);
        if spot.side == Side::Client && (is_called || of_backends) {
            // "the backends of web must be called over TLS"
            return spot::client_tls(&mut self.intent, spot).map(|(_, path)| path);
        }
        let (tls, path) = spot::listener_tls(&mut self.intent, spot)?;
        if tls.mode == Some(TlsMode::Disabled) {
            return Err(Trouble::Clash("TLS is off and TLS is on".to_owned()));
        }
        Ok(path)
    }

    /// TLS that the calls must speak which were just named: "backend api (TLS enforced)".
    pub(super) fn enforced_calls(&mut self) -> Option<Said> {
        let is_enforced = self.words.clone().any(|at| self.is_symbol(at, &["enforce"]));
        let here = self.spot.filter(|here| here.side != Side::Server && is_enforced);
        if let Some(here) = here {
            let (tls, path) = spot::client_tls(&mut self.intent, here).ok()?;
            return Some(put(&mut tls.enforce, true, &path, "enforce"));
        }
        // "all outgoing calls of the node web must be encrypted"
        let start =
            (0..self.words.start).rev().take_while(|at| !self.is_sentence_end(*at) && self.low(*at) != ",").last();
        let is_outgoing = |at: usize| {
            let text = self.tokens[at].text.to_lowercase();
            self.is_symbol(at, &["backend"]) && (text.starts_with("outgoing") || text.starts_with("outbound"))
        };
        if start.is_some_and(|start| (start..self.words.start).take(3).any(is_outgoing)) {
            return Some(self.tls_to_backends(true));
        }
        let is_said = self.is_in_brackets() || matches!(self.preposition.as_deref(), Some("over" | "via" | "using"));
        let (spot, calls) = self.last_calls.clone().filter(|_| is_said)?;
        let said = self.tls_of_calls(false)?;
        let (node, _) = spot::node(&mut self.intent, spot).ok()?;
        for at in calls {
            node.calls.get_mut(at)?.tls.get_or_insert_default().enforce = Some(true);
        }
        Some(said)
    }

    pub(super) fn mutual_tls(&mut self) -> Said {
        if let Some(said) = self.tls_of_calls(true) {
            return said;
        }
        let spot = self.here()?;
        let (tls, path) = spot::listener_tls(&mut self.intent, spot)?;
        if tls.mode == Some(TlsMode::Disabled) {
            return Err(Trouble::Clash("TLS is off and mutual TLS is on".to_owned()));
        }
        tls.mutual = true;
        Ok(path + ".mutual")
    }

    /// "Client certificates": those that clients must show, or that are shown to backends where those are spoken of.
    pub(super) fn client_certificate(&mut self) -> Said {
        // "a client certificate for outgoing calls"
        let whose = self.past(self.words.end, &["for", "to", "towards", "on", "in", "all", "its", "the"]);
        if whose > self.words.end && self.is_symbol(whose, &["backend"]) {
            let spot = self.here()?;
            let (_, path) = spot::backend_tls(&mut self.intent, spot)?;
            self.spot = Some(Spot { side: Side::Client, ..spot });
            return Ok(path);
        }
        let spot = self.here()?;
        if spot.side != Side::Server {
            let (tls, path) = spot::client_tls(&mut self.intent, spot)?;
            tls.mutual = true;
            return Ok(path + ".mutual");
        }
        let (tls, path) = spot::listener_tls(&mut self.intent, spot)?;
        tls.mutual = true;
        Ok(path + ".mutual")
    }

    /// TLS towards all backends; certificates that are named after it are the client's.
    pub(super) fn tls_to_backends(&mut self, enforce: bool) -> Said {
        let spot = self.here()?;
        let (tls, path) = spot::backend_tls(&mut self.intent, spot)?;
        let said = put(&mut tls.enforce, enforce, &path, "enforce")?;
        self.spot = Some(Spot { side: Side::Client, ..spot });
        Ok(said)
    }

    /// The calls of another caller that are those which were just said.
    pub(super) fn same_calls(&mut self, caller: Spot) -> Option<(Spot, Vec<usize>)> {
        let (spot, said) = self.last_calls.clone()?;
        let (node, _) = spot::node(&mut self.intent, spot).ok()?;
        let names: Vec<String> = said.iter().filter_map(|at| Some(node.calls.get(*at)?.to.clone())).collect();
        let (node, _) = spot::node(&mut self.intent, caller).ok()?;
        let same = node.calls.iter().enumerate().filter(|(_, call)| names.contains(&call.to)).map(|(at, _)| at);
        Some((caller, same.collect::<Vec<_>>())).filter(|(_, same)| !same.is_empty())
    }

    /// TLS of calls that were said together is that of them all: "calls orders and payments over TLS, trusting /ca.pem".
    pub(super) fn share_tls_of_calls(&mut self) {
        let Some(here @ Spot { side: Side::Call(first), .. }) = self.spot else { return };
        let Some((_, said)) = self.last_calls.clone().filter(|(spot, _)| spot.place == here.place) else { return };
        let Ok((node, _)) = spot::node(&mut self.intent, here) else { return };
        let tls = node.calls.get(first).map(|call| call.tls.clone()).filter(|_| said.contains(&first));
        for at in said {
            if let (Some(call), Some(tls)) = (node.calls.get_mut(at), &tls) {
                call.tls.clone_from(tls);
            }
        }
    }

    /// Trust and names that are said after calls are for those, unless the words speak of clients: "calls users.local, trusting
    /// /ca.pem for it".
    pub(super) fn trusts_calls(&mut self) {
        let Some(here) = self.spot.filter(|here| here.side == Side::Server) else { return };
        let is_said = self.last_calls.as_ref().is_some_and(|(spot, _)| spot.place == here.place);
        let last = |part: &str| {
            self.evidence.iter().filter(|evidence| evidence.path.contains(part)).map(|evidence| evidence.start).max()
        };
        let speaks_of_clients = |at: usize| self.says(at, CLIENTS);
        let ends = |at: &usize| !self.is_sentence_end(*at) && self.low(*at) != ",";
        let mut around = (self.words.start..self.tokens.len()).take_while(|at| *at < self.words.end || ends(at));
        let of_clients = around.any(speaks_of_clients) || last(".mutual") > last(".calls[");
        if is_said && !of_clients {
            self.tls_of_calls(false);
        }
    }

    pub(super) fn tls_of_calls(&mut self, mutual: bool) -> Option<Said> {
        let (spot, said) = self.last_calls.clone()?;
        let first = *said.first()?;
        let (node, path) = spot::node(&mut self.intent, spot).ok()?;
        for at in said {
            node.calls.get_mut(at)?.tls.get_or_insert_with(ClientTls::default).mutual |= mutual;
        }
        let path = format!("{path}.calls[{first}].tls");
        self.spot = Some(Spot { side: Side::Call(first), ..spot });
        Some(Ok(path))
    }

    /// Whether the words right before a place are about those who call: "only clients that present".
    pub(super) fn speaks_of_clients(&self, at: usize) -> bool {
        let before = (at.saturating_sub(MAX_TO_CLIENTS)..at).rev();
        let mut clause = before.take_while(|at| !self.is_sentence_end(*at) && self.low(*at) != ",");
        clause.any(|at| self.is_word(at, CALLING))
    }

    /// "web calls orders, which calls payments": what was called is spoken of.
    pub(super) fn relative(&mut self) -> bool {
        if !self.is_word(self.at, &["which", "who", "that"]) {
            return false;
        }
        let verb = self.past(self.at + 1, &["in", "turn", "also", "then", "itself"]);
        let called = self.last_called();
        // "web calls orders on 8080, which calls payments"
        let is_near = |end: usize| self.past(end, &[",", "http", "http2", "grpc", "tcp", ")"]) == self.at;
        let told = self.last_callee.filter(|(_, end)| is_near(*end)).map(|(place, _)| place);
        let called = told.or(called).or_else(|| self.provider_before());
        let Some(place) = called.filter(|_| self.token(verb).is_some_and(is_clause_verb)) else { return false };
        self.turn_to(place);
        self.preposition = None;
        self.at = verb;
        true
    }

    /// The node behind a virtual service that was just named, of which more is told: "provided by the node db, which is tcp on 5432".
    fn provider_before(&mut self) -> Option<Place> {
        let Place::Service(at) = self.spot?.place else { return None };
        let Some(Provider::Node(name)) = self.intent.virtual_services[at].provider.clone() else { return None };
        let before = self.at.checked_sub(if self.low_before(self.at) == "," { 2 } else { 1 })?;
        (self.token(before)?.text == name && self.known.is_none()).then_some(())?;
        Some(self.find_named(&name).unwrap_or_else(|| {
            self.intent.virtual_nodes.push(VirtualNode { name: Some(name), ..VirtualNode::default() });
            Place::Node(self.intent.virtual_nodes.len() - 1)
        }))
    }

    /// Whether an item of a list has a verb of its own.
    fn item_does(&self, at: usize) -> bool {
        let mut item = (at..self.tokens.len()).take_while(|at| !self.ends_clause(*at));
        item.any(|at| self.token(at).is_some_and(is_clause_verb))
    }

    /// "calls rooms on 8080 and billing on 8081": what was called and has its port is followed by another.
    pub(super) fn further_callee(&mut self) -> bool {
        let Some((place, end)) = self.last_callee else { return false };
        // "calls cart on 8080, stock on 8081 and tax on 8082", but not "…, stock on 8081 calls tax"
        let last = (self.at..self.tokens.len())
            .take_while(|at| !self.is_sentence_end(*at))
            .find(|at| self.is_symbol(*at, &["and"]));
        let is_joined = (end..self.at).any(|at| self.is_symbol(at, &["and"]));
        let joins = is_joined || last.is_some();
        let does_more = self.item_does(self.at) || !is_joined && last.is_some_and(|at| self.item_does(at + 1));
        let follows = self.past(end, &[")", ",", "and", "the", "a", "an"]) == self.at && joins && !does_more;
        let Some(here) = self.spot.filter(|here| follows && !self.sending && here.place != place) else { return false };
        let (name, behind) = match self.entity_at(self.at) {
            Some(Entity { name: Some(name), end, thing: Thing::Node | Thing::Application, .. }) => (name, end),
            Some(_) => return false,
            None => match name_at(&self.tokens, self.at) {
                Some(name) => (name, self.at + 1),
                None => return false,
            },
        };
        let called = self.name_of_proxied(place);
        let goes_on = self.token(behind).is_some_and(is_clause_verb) || !self.begins_detail(behind);
        let Ok((node, _)) = spot::node(&mut self.intent, here) else { return false };
        let is_caller = node.calls.iter().any(|call| Some(&call.to) == called.as_ref());
        if !is_caller || goes_on || node.name.as_ref() == Some(&name) {
            return false;
        }
        self.words = self.at..behind;
        let of_node = matches!(self.entity_at(self.at), Some(Entity { thing: Thing::Node, .. }));
        let said = if of_node { self.calls_nodes(&[name]) } else { self.calls(&[name]) };
        let Ok(path) = said else { return false };
        self.note(&path, self.at, behind);
        self.at = behind;
        self.name_end = Some(behind);
        self.preposition = None;
        true
    }
}
