//! What stands behind a service or a gateway: "for the service cart a router cart-r", "users call the gateway edge".

use super::name::name_at;
use super::reader::Reader;
use super::spot::{Place, Said, Trouble};
use super::thing::Thing;
use crate::intent::{GatewayRoute, Intent, Provider, VirtualNode};
use crate::lexer::TokenKind;
use crate::lexicon::is_glue;

/// Words between those who send requests and what takes them.
const BEFORE_CALL: &[&str] = &["should", "first", "can", "will", "may", "must", "only", "all", "do"];

/// The farthest that what tells senders apart ends.
const MAX_DESCRIBED: usize = 8;

impl Reader<'_> {
    /// "users call the gateway edge": people are no application.
    pub(super) fn people(&mut self) -> bool {
        let verb = self.past(self.at + 1, BEFORE_CALL);
        let is_call = self.is_symbol(verb, &["call", "send"]) || self.is_word(verb, &["hit", "hits", "use", "enter"]);
        if !self.are_people(self.at) || !is_call || self.find_named(self.low(self.at)).is_some() {
            return false;
        }
        let object = self.past(self.past_glue(verb + 1), &["to", "the"]);
        let thing = self.entity_at(object).map(|entity| entity.thing);
        // "users call the service cart" may speak of an application of that name.
        let is_told =
            thing == Some(Thing::Gateway) || thing == Some(Thing::Application) && !self.is_word(self.at, &["users"]);
        if is_told {
            self.set_aside(self.at, object);
            self.at = object;
        }
        is_told
    }

    /// "Users with Chrome should see web-v2: match the user-agent header …": who sends the requests that are described then, where
    /// each word for them stands in that description too.
    pub(super) fn people_see(&mut self) -> bool {
        let begins = self.at == 0 || self.is_sentence_end(self.at - 1);
        let describes =
            begins && self.are_people(self.at) && self.is_word(self.at + 1, &["with", "on", "using", "from"]);
        let is_modal = |at: usize| self.is_word(at, &["should", "must", "will", "shall", "get", "gets", "see"]);
        let end = (self.at + 2..self.at + MAX_DESCRIBED).find(|at| is_modal(*at));
        let Some(end) = end.filter(|_| describes) else { return false };
        let verb = self.past(end, &["should", "must", "will", "shall", "be", "get", "gets", "see", "to"]);
        let verb = self.past(verb, &["send", "to", "the", "virtual-node", "version", "on"]);
        let Some(name) = name_at(&self.tokens, verb).filter(|_| self.low(verb + 1) == ":") else { return false };
        let sentence: Vec<String> = (verb + 2..self.tokens.len())
            .take_while(|at| !self.is_sentence_end(*at))
            .map(|at| self.tokens[at].text.to_lowercase())
            .collect();
        let is_told = |at: usize| {
            let text = self.tokens[at].text.to_lowercase();
            is_glue(&text) || sentence.iter().any(|there| there.contains(&text))
        };
        if !(self.at + 2..end).all(is_told) {
            return false;
        }
        let place = self.new_route(None);
        self.turn_to(place);
        self.receiver = Some(name);
        self.closed = true;
        self.sends();
        self.set_aside(self.at, end);
        self.at = verb + 2;
        true
    }

    /// "iOS users with the header x-os: ios": a word for those who send, which stands in what tells them apart too.
    pub(super) fn described_people(&mut self) -> bool {
        let Some(token) = self.token(self.at).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Name))
        else {
            return false;
        };
        let text = token.text.to_lowercase();
        let is_said = self.are_people(self.at + 1) && !is_glue(&text) && text.len() > 1;
        let mut sentence = (self.at + 2..self.tokens.len()).take_while(|at| !self.is_sentence_end(*at));
        if !is_said || !sentence.any(|at| self.tokens[at].text.to_lowercase().contains(&text)) {
            return false;
        }
        self.set_aside(self.at, self.at + 1);
        self.at += 1;
        true
    }

    /// What a gateway calls it sends requests to: "the gateway edge calls cart.local".
    pub(super) fn calls_of_gateway(&mut self, names: &[String]) -> Said {
        let ([name], Place::Gateway(_)) = (names, self.here()?.place) else { return Err(Trouble::NotHere) };
        self.sends();
        self.set_aside(self.words.start, self.words.start + 1);
        self.target(name, None, None)
    }

    /// "for the service invoice a virtual node": the node has the name of what it is for.
    pub(super) fn node_of_service(&mut self) -> Option<Place> {
        let Place::Application(at) = self.service_that_is_for()? else { return None };
        let name = self.intent.applications[at].name.clone();
        self.take_back(Place::Application(at));
        self.intent.virtual_nodes.push(VirtualNode { name, ..VirtualNode::default() });
        let node = self.intent.virtual_nodes.len() - 1;
        self.rename_evidence(&format!("applications[{at}]"), &format!("virtualNodes[{node}]"));
        Some(Place::Node(node))
    }

    /// "for the service cart a router cart-r": the router stands behind the service.
    pub(super) fn router_of_service(&mut self, router: &str) -> bool {
        let Some(service) = self.service_that_is_for() else { return false };
        let Some(Place::Service(at)) = self.as_service(service) else { return false };
        self.intent.virtual_services[at].provider = Some(Provider::Router(router.to_owned()));
        true
    }

    /// The service of which nothing was said but that the sentence makes something for it.
    fn service_that_is_for(&mut self) -> Option<Place> {
        let place @ Place::Application(at) = self.spot?.place else { return None };
        let application = self.intent.applications.get(at)?;
        let name = application.name.clone().filter(|_| application.says_nothing())?;
        let is_last = at + 1 == self.intent.applications.len();
        let start = (0..self.at).rev().find(|at| self.is_sentence_end(*at)).map_or(0, |end| end + 1);
        let mut sentence = start..self.at;
        let named = sentence.clone().find(|at| self.tokens[*at].text == name)?;
        let is_for = sentence.any(|at| at < named && self.low(at) == "for" && named - at <= 3);
        (is_last && is_for && self.known.is_none()).then_some(place)
    }

    /// "gateway to cart.local; cart runs as v1 and v2": the host names the application that its first label names.
    pub(super) fn join_hosts(&mut self) {
        if self.known.is_some() {
            return;
        }
        let hosts = hosts(&self.intent);
        for at in 0..self.intent.applications.len() {
            let Some(name) = self.intent.applications[at].name.clone().filter(|name| !name.contains('.')) else {
                continue;
            };
            let is_its = |host: &&String| host.split('.').next() == Some(name.as_str());
            let mut own = hosts.iter().filter(is_its);
            let (Some(host), None) = (own.next(), own.next()) else { continue };
            let is_known = |there: &Option<String>| there.as_ref() == Some(host);
            let intent = &mut self.intent;
            if intent.applications.iter().any(|one| is_known(&one.name))
                || intent.virtual_services.iter().any(|one| is_known(&one.name))
                || intent.virtual_nodes.iter().any(|node| node.name.as_ref() == Some(&name))
            {
                continue;
            }
            intent.applications[at].name = Some(host.clone());
            let callers = intent.applications.iter_mut().chain(&mut intent.virtual_nodes);
            let calls = callers.flat_map(|caller| &mut caller.calls).map(|call| &mut call.to);
            let routes = intent.virtual_gateways.iter_mut().flat_map(|gateway| &mut gateway.routes);
            let services =
                routes.chain(&mut intent.gateway_routes).filter_map(|route: &mut GatewayRoute| route.service.as_mut());
            calls.chain(services).filter(|there| **there == name).for_each(|there| there.clone_from(host));
        }
    }
}

/// The host names that gateways lead to.
fn hosts(intent: &Intent) -> Vec<String> {
    let routes = intent.virtual_gateways.iter().flat_map(|gateway| &gateway.routes).chain(&intent.gateway_routes);
    let mut hosts: Vec<String> =
        routes.filter_map(|route| route.service.clone()).filter(|name| name.contains('.')).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}
