//! Numbers of things that the words count, held against what they describe: "two routes", "5 virtual nodes".

use std::ops::Range;

use super::reader::Reader;
use super::thing::{Count, Counted, Thing};
use crate::lexer::TokenKind;
use crate::understanding::{Assumption, Question};

impl Reader<'_> {
    /// Keeps in mind how many of a kind are named, where the words from a place begin with a number.
    pub(super) fn count_things(&mut self, thing: Thing, words: Range<usize>) {
        self.count(Counted::Things(thing), words);
    }

    /// The same of versions.
    pub(super) fn count_versions(&mut self) {
        self.count(Counted::Versions, self.words.clone());
    }

    /// The same of listeners.
    pub(super) fn count_listeners(&mut self) {
        self.count(Counted::Listeners, self.words.clone());
    }

    /// The same of hosts of a gateway, each of which has a route.
    pub(super) fn count_hosts(&mut self) {
        self.count(Counted::Things(Thing::GatewayRoute), self.words.clone());
    }

    fn count(&mut self, what: Counted, words: Range<usize>) {
        let (Some(first), Some(last)) =
            (self.tokens.get(words.start), words.end.checked_sub(1).and_then(|at| self.tokens.get(at)))
        else {
            return;
        };
        if let TokenKind::Number(number) = first.kind
            && number > 1
        {
            self.aside.push(first.start..first.end);
            self.counts.push(Count { what, number, start: first.start, end: last.end });
        }
    }

    /// Asks for what was counted and not described. Two routes that share requests are one, and that is said.
    pub(super) fn check_counts(&mut self) {
        for Count { what, number, start, end } in std::mem::take(&mut self.counts) {
            let described = self.described(what);
            if described >= number as usize {
                continue;
            }
            if let Counted::Things(Thing::Route) = what
                && let Some(targets) = self.shared_by(number as usize)
            {
                self.assumptions.push(Assumption {
                    what: format!("one route shares the requests among {targets}"),
                    why: "of two routes that take the same requests only one is ever used; shares are weights of targets \
                          within one route"
                        .to_owned(),
                });
                continue;
            }
            let about = self.said(start, end);
            let text = format!("It says `{}`, and describes {described}. Which are the others?", about.text);
            self.questions.push(Question { text, about: vec![about] });
        }
    }

    fn described(&self, what: Counted) -> usize {
        let intent = &self.intent;
        match what {
            Counted::Things(Thing::Mesh) => usize::from(intent.mesh.is_some()),
            Counted::Things(Thing::Node | Thing::Application) => intent.virtual_nodes.len() + intent.applications.len(),
            Counted::Things(Thing::Router) => intent.virtual_routers.len(),
            Counted::Things(Thing::Route) => {
                intent.routes.len() + intent.virtual_routers.iter().map(|router| router.routes.len()).sum::<usize>()
            }
            Counted::Things(Thing::Service) => intent.virtual_services.len(),
            Counted::Things(Thing::Gateway) => intent.virtual_gateways.len(),
            Counted::Things(Thing::GatewayRoute) => {
                let of_gateways = intent.virtual_gateways.iter().map(|gateway| gateway.routes.len());
                intent.gateway_routes.len() + of_gateways.sum::<usize>()
            }
            Counted::Things(Thing::Sidecar) => intent.sidecars.len(),
            // "both services": what was said of them holds for all.
            Counted::Things(Thing::Everything) => usize::MAX,
            Counted::Versions => {
                let versions = intent.applications.iter().map(|application| application.versions.len());
                versions.max().unwrap_or_default().max(intent.environments.len())
            }
            Counted::Listeners => {
                let of_nodes = intent.virtual_nodes.iter().chain(&intent.applications).map(|node| node.listeners.len());
                let of_gateways = intent.virtual_gateways.iter().map(|gateway| gateway.listeners.len());
                let of_routers = intent.virtual_routers.iter().map(|router| router.listeners.len());
                of_nodes.chain(of_gateways).chain(of_routers).max().unwrap_or_default()
            }
        }
    }

    /// The targets of a route that has as many.
    fn shared_by(&self, number: usize) -> Option<String> {
        let of_routers = self.intent.virtual_routers.iter().flat_map(|router| &router.routes);
        let mut routes = self.intent.routes.iter().chain(of_routers);
        let route = routes.find(|route| route.targets.len() >= number)?;
        let names: Vec<String> = route.targets.iter().map(|target| format!("`{}`", target.node)).collect();
        let (last, before) = names.split_last()?;
        Some(format!("{} and {last}", before.join(", ")))
    }
}
