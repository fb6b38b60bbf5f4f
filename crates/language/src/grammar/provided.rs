//! What answers a virtual service that is named beside it: "the node tracking and its virtual service".

use super::reader::Reader;
use super::spot::Place;
use crate::intent::Provider;

impl Reader<'_> {
    /// What is exposed as a virtual service: "expose the node billing as the virtual service billing.local".
    pub(super) fn exposed(&mut self) -> Option<Provider> {
        let is_as = (self.at.saturating_sub(3)..self.at).any(|at| self.low(at) == "as");
        let place = self.spot.filter(|_| is_as)?.place;
        let (provider, is_bare) = match place {
            Place::Node(at) => {
                let node = &self.intent.virtual_nodes[at];
                (Provider::Node(node.name.clone()?), node.says_nothing())
            }
            Place::Router(at) => {
                let router = &self.intent.virtual_routers[at];
                (Provider::Router(router.name.clone()?), router.says_nothing())
            }
            _ => return None,
        };
        if is_bare {
            self.take_back(place);
        }
        Some(provider)
    }

    /// "All backends of the web node use TLS. Node: http 8080": whether a heading speaks of the node of which nothing was said itself.
    pub(super) fn heads_latest(&self, end: usize, latest: Option<Place>) -> bool {
        let Some(Place::Node(at)) = latest else { return false };
        self.low(end) == ":" && self.is_clause_start() && self.intent.virtual_nodes[at].listeners.is_empty()
    }

    /// The node or router whose virtual service is named: "the node web and its virtual service", "give it a virtual service".
    pub(super) fn whose_service(&self) -> Option<Provider> {
        let before = self.at.checked_sub(1)?;
        let whose = before.checked_sub(usize::from(self.low(before) == "own"))?;
        let is_given = || {
            let given = (0..self.at).rev().find(|at| !matches!(self.low(*at), "a" | "an" | "also" | "own"));
            given.is_some_and(|at| self.tokens[at].text.eq_ignore_ascii_case("give it"))
        };
        if self.low(whose) != "its" && !is_given() {
            return None;
        }
        match self.spot?.place {
            Place::Node(at) => self.intent.virtual_nodes[at].name.clone().map(Provider::Node),
            Place::Router(at) => self.intent.virtual_routers[at].name.clone().map(Provider::Router),
            _ => None,
        }
    }
}
