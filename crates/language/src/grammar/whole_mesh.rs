//! Whether a mesh that is only named is made: it is where the request makes "the mesh" in so many words, and where it describes
//! all that is in it.

use super::phrase::{low, past};
use super::reader::Reader;
use crate::intent::{Action, Intent, Mesh};
use crate::lexer::{Token, TokenKind};
use crate::understanding::Assumption;

/// Words between a verb and the mesh that it makes.
const BEFORE_MADE: &[&str] = &[
    "a", "an", "the", "our", "my", "me", "us", "up", "new", "whole", "complete", "entire", "full", "simple", "small",
    "app-mesh",
];

/// Nouns that make of the mesh only what something is of: "create the mesh config".
const OF_MESH: &[&str] = &[
    "config",
    "configuration",
    "resources",
    "resource",
    "template",
    "setup",
    "definition",
    "definitions",
    "part",
    "node",
    "virtual-node",
    "virtual-router",
    "virtual-service",
    "virtual-gateway",
    "route",
    "gateway-route",
    "application",
    "tag",
    "egress",
    "owner",
];

/// Words that say that a mesh is there already.
const THERE: &[&str] = &["existing", "current", "our", "my", "same"];

impl Reader<'_> {
    /// Makes the mesh that the request names for all that it describes.
    pub(super) fn settle_mesh(&mut self) {
        let is_open = self.intent.mesh.as_ref().is_none_or(|mesh| mesh.action.is_none());
        if self.known.is_some() || !is_open || self.is_mesh_there() {
            return;
        }
        let is_named = self.intent.mesh.as_ref().is_some_and(|mesh| mesh.name.is_some());
        if self.makes_mesh() && !makes_nothing(&self.intent) {
            self.intent.mesh.get_or_insert_default().action = Some(Action::Create);
        } else if is_named && is_whole(&self.intent) {
            let mesh = self.intent.mesh.get_or_insert_default();
            mesh.action = Some(Action::Create);
            let name = mesh.name.clone().unwrap_or_default();
            self.assumptions.push(Assumption {
                what: format!("the mesh `{name}` is made too"),
                why: "the request describes all that is in it; say \"the existing mesh\" where it is there already"
                    .to_owned(),
            });
        }
    }

    /// "generate the mesh for three services", and not "create the mesh config".
    fn makes_mesh(&self) -> bool {
        let spoken = &self.spoken;
        let makes = |at: usize| {
            let mesh = past(spoken, at + 1, BEFORE_MADE);
            // "set up an App Mesh for our shop"
            let is_product = mesh > at + 1
                && low(spoken, mesh - 1) == "app-mesh"
                && matches!(low(spoken, mesh - 2), "a" | "an")
                && matches!(low(spoken, mesh), "for" | "with" | "where" | "." | ":" | "," | "");
            is_product || is_mesh(spoken, mesh) && !OF_MESH.contains(&low(spoken, mesh + 1))
        };
        (0..spoken.len()).any(|at| spoken[at].kind == TokenKind::Symbol && spoken[at].low == "create" && makes(at))
    }

    /// "in the existing mesh shop", "our mesh": it is there.
    fn is_mesh_there(&self) -> bool {
        let spoken = &self.spoken;
        let is_told = |mesh: usize| {
            let before = (0..mesh)
                .rev()
                .take(3)
                .take_while(|at| matches!(low(spoken, *at), "the" | "app-mesh") || THERE.contains(&low(spoken, *at)));
            let first = mesh - before.count();
            let is_there = (first..mesh).any(|at| THERE.contains(&low(spoken, at)));
            let is_in = first < mesh
                && first > 0
                && matches!(low(spoken, first - 1), "in" | "into" | "to" | "inside" | "of" | "on");
            let is_already = low(spoken, mesh + 1) == "already"
                || low(spoken, mesh + 2) == "already"
                || low(spoken, mesh + 3) == "already";
            is_there && !self.makes_at(first) || is_in || is_already
        };
        (0..spoken.len()).any(|at| is_mesh(spoken, at) && is_told(at))
    }

    /// Whether a verb right before a place makes something: "set up our mesh".
    fn makes_at(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|verb| low(&self.spoken, verb) == "create")
    }
}

fn is_mesh(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == TokenKind::Symbol && token.low == "mesh")
}

/// Whether an intent has nothing but what it says of a mesh.
fn makes_nothing(intent: &Intent) -> bool {
    let mesh = intent.mesh.clone().unwrap_or_default();
    Intent { mesh: None, ..intent.clone() } == Intent::default() && mesh == Mesh::default()
}

/// Whether all that is in a mesh is described: several that call each other, or stand behind a gateway.
fn is_whole(intent: &Intent) -> bool {
    let applications = &intent.applications;
    let is_made = applications.iter().all(|application| application.action == Action::Create);
    let gateways = intent
        .virtual_gateways
        .iter()
        .filter(|gateway| gateway.action == Action::Create && !gateway.routes.is_empty())
        .count();
    let is_joined = gateways > 0 || applications.iter().any(|application| !application.calls.is_empty());
    !applications.is_empty() && is_made && is_joined && applications.len() + gateways > 1
}
