//! Ports and protocols: of listeners, of routers, of what was just called.

use std::ops::Range;

use super::name::name_at;
use super::reader::Reader;
use super::slot::{Slot, Value};
use super::spot::{self, Place, Said, Spot, Trouble, put};
use crate::intent::{Action, Discovery, Dns, Protocol, Provider, RouterListener, VirtualNode, VirtualService};
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// What stands before a port that is said without the word.
const BEFORE_PORT: &[&str] = &[":", ",", "(", "listener", "listen", "+", "and", "http", "http2", "grpc", "tcp"];

/// What is counted, behind its number.
const COUNTED: &[&str] = &[
    "requests",
    "request",
    "reqs",
    "connections",
    "conns",
    "clients",
    "users",
    "calls",
    "streams",
    "hosts",
    "instances",
    "milliseconds",
    "errors",
    "times",
];

/// What may stand before that.
const BEFORE_COUNTED: &[&str] = &["parallel", "simultaneous", "concurrent", "open", "pending", "active", "more", "of"];

/// The most tokens of details in brackets.
const MAX_IN_BRACKETS: usize = 12;

/// The port of HTTPS.
const TLS_PORT: u32 = 443;

/// The smallest number that is taken for a port without the word.
pub(super) const MIN_BARE_PORT: u32 = 20;

impl Reader<'_> {
    /// A port where it is listened on.
    pub(super) fn port(&mut self, number: u32, protocol: Option<Protocol>) -> Said {
        if self.counts() {
            return Err(Trouble::NotHere);
        }
        if let Some(said) = self.port_of_owner(|reader| reader.port(number, protocol)) {
            return said;
        }
        let mut protocol = protocol;
        let mut callee = self.callee().or_else(|| self.target_in_brackets());
        if callee.is_none()
            && let Some(host) = self.called_host()
        {
            callee = Some(host);
            if number == TLS_PORT && protocol.is_none() {
                protocol = Some(Protocol::Tcp);
                self.assumptions.push(Assumption {
                    what: format!("what goes to port {TLS_PORT} outside is TCP for the proxies"),
                    why: "the applications speak TLS there themselves, which no HTTP listener reads".to_owned(),
                });
            }
        }
        if callee.is_none() && self.is_told_of_called() {
            let text = format!("What listens on {number}? The request calls it, and says nowhere what it is.");
            self.ask(&text, self.words.start, self.words.end);
            return Ok(String::new());
        }
        let mut spot = callee.map_or_else(|| self.here(), Ok)?;
        if let Some(router) = Some(()).filter(|()| callee.is_none()).and_then(|()| self.router_of_routes()) {
            spot = self.turn_to(router);
        }
        if let Some(provider) = self.provider_here() {
            spot = self.turn_to(provider);
        }
        if let Place::Router(at) = spot.place {
            let listeners = &mut self.intent.virtual_routers[at].listeners;
            let is_there =
                listeners.iter().position(|listener| listener.port.is_none() || listener.port == Some(number));
            let place = is_there.unwrap_or(listeners.len());
            if place == listeners.len() {
                listeners.push(RouterListener::default());
            }
            listeners[place].port = Some(number);
            listeners[place].protocol = protocol.or(listeners[place].protocol);
            return Ok(format!("virtualRouters[{at}].listeners[{place}].port"));
        }
        self.overrule(spot, 0);
        self.note_general(spot, 0);
        if protocol.is_some() {
            self.overrule(spot, 1);
            self.note_general(spot, 1);
        }
        loop {
            let (listener, path) = spot::listener(&mut self.intent, spot)?;
            if listener.port.is_some_and(|there| there != number) {
                spot.listener += 1;
                continue;
            }
            listener.port = Some(number);
            if let Some(protocol) = protocol {
                put(&mut listener.protocol, protocol, &path, "protocol")?;
            }
            match callee {
                Some(callee) => self.last_callee = Some((callee.place, self.words.end)),
                None => {
                    // "both with TLS, and tcp on 9000": the next listener is none of those.
                    let is_next = self.spot.is_some_and(|here| here.listener != spot.listener);
                    self.beside.retain(|beside| !is_next || beside.place != spot.place);
                    self.spot = Some(spot);
                }
            }
            return Ok(path + ".port");
        }
    }

    /// Whether a number says how many, and no port: "accepts up to 400 requests", "takes 100 connections".
    fn counts(&self) -> bool {
        let is_said = self.words.clone().any(|at| self.is_symbol(at, &["port"]));
        let noun = (self.words.end..).take(3).find(|at| !self.is_word(*at, BEFORE_COUNTED)).unwrap_or(self.words.end);
        let is_counted =
            self.is_word(noun, COUNTED) || self.is_symbol(noun, &["connections", "pending", "concurrent-requests"]);
        let is_bound = self.words.clone().any(|at| self.is_symbol(at, &["max"]));
        // "serves two protocols"
        let is_in_words = self.words.clone().any(|at| {
            let token = &self.tokens[at];
            matches!(token.kind, TokenKind::Number(..MIN_BARE_PORT)) && token.text.starts_with(char::is_alphabetic)
        });
        !is_said && (is_counted || is_bound || is_in_words)
    }

    /// The application or node that was just called, where a port or protocol is said of the call: "calls db on port 5432".
    pub(super) fn callee(&self) -> Option<Spot> {
        let (spot, said) = self.last_calls.clone()?;
        // "calls streams http2 3001"
        let is_next = self.name_end == Some(self.words.start) && self.words.len() > 1;
        let is_said = matches!(self.preposition.as_deref(), Some("on" | "at" | "over" | "via" | "using"))
            || is_next
            || self.is_in_brackets();
        let calls = match spot.place {
            Place::Application(at) => &self.intent.applications[at].calls,
            Place::Node(at) => &self.intent.virtual_nodes[at].calls,
            _ => return None,
        };
        let call = calls.get(*said.last()?)?;
        let place = self.find_named(&call.to)?;
        let is_node = matches!(place, Place::Application(_) | Place::Node(_)) && place != spot.place;
        (is_node && is_said && self.words.start > 0).then(|| Spot::at(place))
    }

    /// Whether brackets say what was just called, which stands nowhere in the intent: "the node web calls api (http 8080)".
    fn is_told_of_called(&self) -> bool {
        let Some((_, said)) = self.last_calls.as_ref().filter(|_| self.is_in_brackets() && self.known.is_none()) else {
            return false;
        };
        let open = self.tokens[..self.words.start].iter().rposition(|token| token.low == "(");
        let called = open.and_then(|open| name_at(&self.tokens, open.checked_sub(1)?));
        let node = self.spot.and_then(|spot| match spot.place {
            Place::Node(at) => self.intent.virtual_nodes.get(at),
            _ => None,
        });
        node.is_some_and(|node| {
            said.iter().any(|at| node.calls.get(*at).is_some_and(|call| Some(&call.to) == called.as_ref()))
        })
    }

    /// A port beside those that are there already.
    pub(super) fn one_more_port(&mut self, number: u32, protocol: Option<Protocol>) -> Said {
        let said = self.port(number, protocol)?;
        let spot = self.here()?;
        // Of what is made here, every listener stands in the request.
        let is_there = spot::node(&mut self.intent, spot).is_ok_and(|(node, _)| node.action == Action::Change);
        if let (true, Ok((listener, _))) = (is_there, spot::listener(&mut self.intent, spot)) {
            listener.is_added = true;
        }
        Ok(said)
    }

    /// The node of a host outside that was just called, where a port is said of the call: "calls api.example.com on port 443".
    fn called_host(&mut self) -> Option<Spot> {
        let behind = self.words.start.checked_sub(2)?;
        let is_said = matches!(self.low(behind + 1), "on" | "at" | "over" | "via" | "using" | "between" | "(");
        let (spot, said) = self.last_calls.clone().filter(|_| is_said)?;
        let (node, _) = spot::node(&mut self.intent, spot).ok()?;
        let host = node.calls.get(*said.last()?).map(|call| call.to.clone()).filter(|name| name.contains('.'))?;
        (self.token(behind)?.text == host).then_some(())?;
        let known = self.intent.virtual_services.iter().any(|service| service.name.as_ref() == Some(&host));
        let name = host.replace('.', "-");
        if !known {
            let provider = Some(Provider::Node(name.clone()));
            let service = VirtualService { name: Some(host.clone()), provider, ..VirtualService::default() };
            self.intent.virtual_services.push(service);
            let discovery = Some(Discovery::Dns(Dns { hostname: Some(host.clone()), endpoints: None }));
            self.intent.virtual_nodes.push(VirtualNode {
                name: Some(name.clone()),
                discovery,
                ..VirtualNode::default()
            });
            self.assumptions.push(Assumption {
                what: format!("`{host}` gets a virtual service and the virtual node `{name}`"),
                why: "a call's port is that of the listener behind the virtual service that is called".to_owned(),
            });
        }
        self.intent
            .virtual_nodes
            .iter()
            .position(|node| node.name.as_ref() == Some(&name))
            .map(Place::Node)
            .map(Spot::at)
    }

    /// The router or node behind the virtual service that is spoken of, which has the port that is said of it.
    fn provider_here(&mut self) -> Option<Place> {
        let Place::Service(at) = self.spot?.place else { return None };
        match self.intent.virtual_services[at].provider.clone()? {
            Provider::Router(name) => Some(self.router_named(&name)),
            Provider::Node(name) => self.find_named(&name).filter(|place| matches!(place, Place::Node(_))),
        }
    }

    /// Speaks of what was just called, where more is said of the calls: "calls api on 4000 with a 5 second timeout", "calls api with
    /// 3 retries". Who calls an application does it as its route says.
    pub(super) fn speak_of_callees(&mut self) {
        if self.preposition.as_deref() != Some("with") {
            return;
        }
        let ends_here = |end: usize| self.past_glue(self.past(end, &[")"])) == self.at;
        if let Some((place, _)) = self.last_callee.filter(|(_, end)| ends_here(*end)) {
            self.turn_to(place);
            return;
        }
        let follows = self.name_end.is_some_and(ends_here);
        let Some((spot, said)) = self.last_calls.clone().filter(|_| follows) else { return };
        let Ok((node, _)) = spot::node(&mut self.intent, spot) else { return };
        let names: Vec<String> = said.iter().filter_map(|at| Some(node.calls.get(*at)?.to.clone())).collect();
        let places: Option<Vec<Place>> = names.iter().map(|name| self.find_named(name)).collect();
        let Some(places) = places.filter(|places| !places.is_empty()) else { return };
        self.turn_to(places[0]);
        self.beside = places[1..].iter().map(|place| Spot::at(*place)).collect();
    }

    /// Whether brackets are open, that came right after a name.
    pub(super) fn is_in_brackets(&self) -> bool {
        let before = self.tokens[..self.words.start].iter().rev().take(MAX_IN_BRACKETS);
        let mut marks = before.filter(|token| matches!(token.low.as_str(), "(" | ")" | "." | ";"));
        marks.next().is_some_and(|mark| mark.low == "(")
    }

    /// The port that a route is for.
    pub(super) fn match_port(&mut self, number: u32) -> Said {
        if self.lists_numbers() || self.is_port_of_owner() {
            return Err(Trouble::NotHere);
        }
        self.matcher(|matcher, path| put(&mut matcher.port, number, path, "port"))
    }

    /// Whether the number of the words at hand is the first of several: "ports 8080 and 8081".
    pub(super) fn lists_numbers(&self) -> bool {
        let last = self.words.end.saturating_sub(1);
        matches!(Slot::Numbers.fill(&self.tokens, last), Some((Value::Numbers(numbers), _)) if numbers.len() > 1)
    }

    pub(super) fn ports(&mut self, numbers: &[u32]) -> Said {
        let numbers = &self.ports_of_one(numbers)?[..];
        let mut said = Err(Trouble::NotHere);
        let mut range: Option<Range<usize>> = None;
        for number in numbers {
            said = self.port(*number, None);
            said.as_ref().map_err(Clone::clone)?;
            let at = self.here()?.listener;
            range = Some(range.map_or(at, |range| range.start)..at + 1);
        }
        self.last_ports = self.spot.zip(range).filter(|_| numbers.len() > 1);
        said
    }

    /// The ports of what is spoken of, where several are named beside each other: all, or one for each, respectively.
    fn ports_of_one(&self, numbers: &[u32]) -> Result<Vec<u32>, Trouble> {
        if self.beside.is_empty() || numbers.len() < 2 || numbers.len() != self.beside.len() + 1 {
            return Ok(numbers.to_vec());
        }
        let mut sentence = (self.words.end..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        if !sentence.any(|at| self.is_word(at, &["respectively"])) {
            return Err(Trouble::Clash(format!(
                "{} ports for {} names, all for each or one for each",
                numbers.len(),
                numbers.len()
            )));
        }
        let place = self.here()?.place;
        let at = self.beside.iter().position(|spot| spot.place == place).map_or(0, |at| at + 1);
        Ok(vec![numbers[at]])
    }

    /// A number without the word "port", where a port is expected.
    pub(super) fn bare_port(&mut self, number: u32) -> Said {
        let is_expected = self.at > 0
            && (matches!(self.preposition.as_deref(), Some("on" | "at"))
                || BEFORE_PORT.contains(&self.low_before(self.at))
                || self.name_end == Some(self.at));
        if self.sending && !self.is_port_of_owner() || !is_expected || number < MIN_BARE_PORT {
            return Err(Trouble::NotHere);
        }
        let spot = self.callee().map_or_else(|| self.here(), Ok)?;
        let has_port = !self.is_port_of_owner()
            && spot::listener(&mut self.intent, spot).is_ok_and(|(listener, _)| listener.port.is_some());
        if has_port && self.preposition.is_none() {
            return Err(Trouble::NotHere);
        }
        self.port(number, None)
    }

    /// A protocol of what is spoken of, or of what is named next.
    pub(super) fn put_protocol(&mut self, protocol: Protocol) -> Said {
        let spot = self.callee().map_or_else(|| self.here(), Ok)?;
        match spot.place {
            Place::All => {
                self.pending_protocol = Some(protocol);
                Ok(String::new())
            }
            Place::Mesh | Place::Sidecar(_) | Place::Service(_) => Err(Trouble::NotHere),
            Place::Router(at) => {
                let listeners = &mut self.intent.virtual_routers[at].listeners;
                if listeners.is_empty() {
                    listeners.push(RouterListener::default());
                }
                let last = listeners.len() - 1;
                put(
                    &mut listeners[last].protocol,
                    protocol,
                    &format!("virtualRouters[{at}].listeners[{last}]"),
                    "protocol",
                )
            }
            Place::Route(..) => {
                let (route, path) = spot::route(&mut self.intent, spot)?;
                put(&mut route.protocol, protocol, &path, "protocol")
            }
            Place::GatewayRoute(..) => {
                let (route, path) = spot::gateway_route(&mut self.intent, spot)?;
                put(&mut route.protocol, protocol, &path, "protocol")
            }
            _ => {
                if let Some((ported, range)) = self.last_ports.take().filter(|(ported, _)| ported.place == spot.place) {
                    for listener in range {
                        let (listener, _) = spot::listener(&mut self.intent, Spot { listener, ..ported })?;
                        listener.protocol.get_or_insert(protocol);
                    }
                }
                self.overrule(spot, 1);
                self.note_general(spot, 1);
                let (listener, path) = spot::listener(&mut self.intent, spot)?;
                put(&mut listener.protocol, protocol, &path, "protocol")
            }
        }
    }

    /// Keeps in mind that a port (0) or protocol (1) is that of all.
    fn note_general(&mut self, spot: Spot, which: usize) {
        if self.is_general {
            self.general[which].push(spot.place);
        }
    }

    /// "all on 8080, payments on 8443": what is said of one alone holds, and not what was said of all.
    fn overrule(&mut self, spot: Spot, which: usize) {
        let start = self.begin_of_sentence();
        let end = (self.words.end + 2).min(self.tokens.len());
        let is_more = (start..end).any(|at| self.is_word(at, &["also", "additionally", "too", "another", "both"]));
        if self.is_general || is_more || !self.general[which].contains(&spot.place) {
            return;
        }
        self.general[which].retain(|place| *place != spot.place);
        if let Ok((listener, _)) = spot::listener(&mut self.intent, Spot { listener: 0, ..spot }) {
            if which == 0 {
                listener.port = None;
            } else {
                listener.protocol = None;
            }
        }
    }
}
