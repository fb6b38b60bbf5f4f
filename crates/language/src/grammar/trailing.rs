//! A clause that names nobody after several were named: "/cart to cart, /tax to tax; retry 3 times", "cart on 8080 and tax on
//! 8081, access logs to stdout". It is said of all of them, and the answer says so.

use super::block::Block;
use super::reader::Reader;
use super::spot::{Place, Spot, path_of};
use crate::intent::VirtualNode;
use crate::lexer::TokenKind;
use crate::understanding::Assumption;

/// Blocks of a node of which each has its own.
const OF_NODES: &[Block] = &[
    Block::AccessLog,
    Block::HealthCheck,
    Block::OutlierDetection,
    Block::ConnectionPool,
    Block::Timeout,
    Block::CloudMap,
    Block::Tls,
];

impl Reader<'_> {
    /// Lets a block that was just begun hold for all that were named, where its clause names none of them.
    pub(super) fn carry(&mut self, block: Block) {
        let Some(here) = self.spot.map(|spot| spot.place).filter(|_| self.beside.is_empty()) else { return };
        let others = match here {
            Place::Application(_) | Place::Node(_) => self.nodes_carried_to(here, block),
            Place::Route(..) | Place::GatewayRoute(..) if self.known.is_some() => Vec::new(),
            Place::Route(..) if matches!(block, Block::Retry | Block::Timeout) => {
                let beside = self.routes_together();
                self.carried_to(here, block, beside)
            }
            Place::GatewayRoute(gateway, _) if block == Block::Rewrite => {
                let routes = gateway.map_or(&self.intent.gateway_routes, |at| &self.intent.virtual_gateways[at].routes);
                let beside = (0..routes.len()).map(|at| Place::GatewayRoute(gateway, at)).collect();
                self.carried_to(here, block, beside)
            }
            _ => Vec::new(),
        };
        if others.is_empty() {
            self.say_alone(here, block);
            self.say_last_listener(here, block);
            return;
        }
        let text = self.said(self.tokens[self.words.start].start, self.tokens[self.words.end - 1].end).text;
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" is said of all that were named"),
            why: "its clause names none of them".to_owned(),
        });
        self.beside = others.into_iter().map(Spot::at).collect();
    }

    /// "cart on 8080 calls tax on 8081, access logs to stdout": of who calls, and the answer says so.
    fn say_alone(&mut self, here: Place, block: Block) {
        let (start, first) = (self.begin_of_sentence(), self.words.start);
        let is_told = OF_NODES.contains(&block) && block != Block::Tls && self.known.is_none();
        let calls = self.low_before(first) == "," && (start..first).any(|at| self.is_symbol(at, &["call"]));
        let named = self.all_named().into_iter().filter(|place| self.stands_in(*place, start, first)).count();
        let Some(name) = self.name_of_proxied(here).filter(|_| is_told && calls && named > 1) else { return };
        let text = self.said(self.tokens[first].start, self.tokens[self.words.end - 1].end).text;
        self.assumptions.push(Assumption {
            what: format!("\"{text}\" is said of `{name}` alone"),
            why: "it is what the sentence is about; \"both\" or \"all\" would mean the others too".to_owned(),
        });
    }

    /// "listens on http 8080 and grpc 9090 with a health check": of the last listener, and the answer says so.
    fn say_last_listener(&mut self, here: Place, block: Block) {
        let first = self.words.start;
        let listeners = self.listeners_of(here).len();
        let is_last = self.spot.is_some_and(|spot| listeners > 1 && spot.listener + 1 == listeners);
        if !is_last || !OF_NODES.contains(&block) || self.known.is_some() || self.says_listener(first) {
            return;
        }
        let is_port = |at: usize| self.token(at).is_some_and(|token| matches!(token.kind, TokenKind::Number(_)));
        let joins = |at: &usize| {
            matches!(
                self.low(*at),
                "and" | "," | "on" | "port" | "listen" | "http" | "http2" | "grpc" | "tcp" | "with" | "a" | "an"
            )
        };
        // From the block back to the last port, and from that to the one before.
        let last = (0..first).rev().find(|at| !joins(at)).filter(|at| is_port(*at));
        let before = last.and_then(|last| (0..last).rev().find(|at| !joins(at))).filter(|at| is_port(*at));
        let (Some(last), Some(_)) = (last, before) else { return };
        let text = self.said(self.tokens[first].start, self.tokens[self.words.end - 1].end).text;
        let port = self.tokens[last].text.clone();
        let what = format!("\"{text}\" is said of the listener on {port} alone");
        if self.assumptions.iter().all(|known| known.what != what) {
            let why = "it stands right behind it; \"both with\" would mean the other too".to_owned();
            self.assumptions.push(Assumption { what, why });
        }
    }

    /// Whether the words at hand say for which listener they are: "a health check on both".
    fn says_listener(&self, first: usize) -> bool {
        self.other_listeners(self.words.end).is_some()
            || (first..self.words.end).any(|at| self.is_symbol(at, &["port"]))
    }

    /// The nodes and applications beside one that a clause is said of too.
    fn nodes_carried_to(&self, here: Place, block: Block) -> Vec<Place> {
        if matches!(block, Block::Dns | Block::CloudMap) && self.is_said_of_none() {
            let goes_on = self.was_found(here);
            let kind = |place: Place| {
                self.described_at(place).and_then(|node| node.discovery.as_ref()).map(std::mem::discriminant)
            };
            let is_other = |place: &Place| *place != here && (!goes_on || kind(*place) == kind(here));
            return self.all_named().into_iter().filter(is_other).collect();
        }
        if !OF_NODES.contains(&block) || self.known.is_some() {
            return Vec::new();
        }
        self.carried_to(here, block, self.all_named())
    }

    /// Those of several that stand in the words before the clause, where none of them but the one that is spoken of has such
    /// a block yet.
    fn carried_to(&self, here: Place, block: Block, several: Vec<Place>) -> Vec<Place> {
        let first = self.words.start;
        // "cart on 8080 and tax on 8081, access logs to stdout": not "with" the last, and not of who calls.
        let is_of_none = self.is_said_of_none();
        let start = if is_of_none { self.begin_of_those_named() } else { self.begin_of_sentence() };
        // Words such as "with" and "a" stand after the comma too.
        let begin = (start..first).rev().find(|at| !matches!(self.low(*at), "with" | "a" | "an" | "all" | "each"));
        let ends_list = is_of_none
            || begin.is_some_and(|at| self.low(at) == ",")
                && !(start..first).any(|at| self.is_symbol(at, &["call", "called-by"]));
        if !ends_list {
            return Vec::new();
        }
        let named: Vec<Place> = several.into_iter().filter(|place| self.stands_in(*place, start, first)).collect();
        let has_own = named.iter().any(|place| *place != here && self.has_block(*place, block));
        let is_told = named.len() > 1 && named.contains(&here) && !has_own;
        named.into_iter().filter(|place| is_told && *place != here).collect()
    }

    /// Where the last sentence began that names something; items of one list are one sentence.
    fn begin_of_those_named(&self) -> usize {
        let mut end = self.begin_of_sentence();
        loop {
            let start = (0..end.saturating_sub(1)).rev().find(|at| self.is_sentence_end(*at) && self.low(*at) != ";");
            let start = start.map_or(0, |at| at + 1);
            let names = |path: &str| path.ends_with("].name") || path.contains(".match") || path.contains(".targets");
            let (from, to) = (self.byte(start), self.byte(end));
            let is_named =
                self.evidence.iter().any(|evidence| (from..to).contains(&evidence.start) && names(&evidence.path));
            let speaks = is_named || self.all_named().into_iter().any(|place| self.stands_in(place, start, end));
            if speaks || start == 0 {
                return start;
            }
            end = start;
        }
    }

    fn byte(&self, at: usize) -> usize {
        self.token(at).map_or(self.request.len(), |token| token.start)
    }

    /// Whether words speak of a place: by its name, or by what was read of it there.
    fn stands_in(&self, place: Place, start: usize, end: usize) -> bool {
        if let Some(name) = self.name_of_proxied(place) {
            return self.tokens[start..end].iter().any(|token| token.text.eq_ignore_ascii_case(&name));
        }
        let path = path_of(place);
        let is_its = |own: &str| own.strip_prefix(path.as_str()).is_some_and(|rest| rest.starts_with('.'));
        let bytes = self.byte(start)..self.byte(end);
        self.evidence.iter().any(|evidence| bytes.contains(&evidence.start) && is_its(&evidence.path))
    }

    fn described_at(&self, place: Place) -> Option<&VirtualNode> {
        match place {
            Place::Application(at) => self.intent.applications.get(at),
            Place::Node(at) => self.intent.virtual_nodes.get(at),
            _ => None,
        }
    }

    /// Whether a place has a block of its own.
    fn has_block(&self, place: Place, block: Block) -> bool {
        let part = match block {
            Block::AccessLog => ".accessLog",
            Block::HealthCheck => ".healthCheck",
            Block::OutlierDetection => ".outlierDetection",
            Block::ConnectionPool => ".connectionPool",
            Block::Timeout => ".timeout",
            Block::CloudMap | Block::Dns => ".discovery",
            Block::Tls => ".tls",
            Block::Retry => ".retry",
            Block::Rewrite => ".rewrite",
            _ => return true,
        };
        let path = path_of(place) + ".";
        self.evidence.iter().any(|evidence| evidence.path.starts_with(&path) && evidence.path.contains(part))
    }

    /// Whether a sentence before this said how a place is found.
    fn was_found(&self, place: Place) -> bool {
        let Some(first) = self.token(self.begin_of_sentence()) else { return false };
        let path = path_of(place) + ".discovery";
        self.evidence.iter().any(|evidence| evidence.end <= first.start && evidence.path.starts_with(&path))
    }
}
