//! Other names for resources: "rename books to library", "change the name of the route main to default".

use super::name::name_at;
use super::reader::Reader;
use crate::intent::{Rename, ResourceKind};

impl Reader<'_> {
    /// Reads words that give a resource another name.
    pub(super) fn rename(&mut self) -> bool {
        let Some(place) = self.past_rename() else { return false };
        let (first, place) = self.resource_kind(self.past_glue(place));
        let Some(name) = name_at(&self.tokens, place) else { return false };
        let (last, place) = self.resource_kind(place + 1);
        let place = self.past_glue(place);
        if !self.is_symbol(place, &["to", "named"]) && !self.is_word(place.saturating_sub(1), &["as"]) {
            return false;
        }
        let is_joint = self.is_symbol(place, &["to", "named"]);
        let place = self.past_glue(if is_joint { place + 1 } else { place });
        let (_, place) = self.resource_kind(place);
        let Some(to) = name_at(&self.tokens, place) else { return false };
        let (_, end) = self.resource_kind(place + 1);
        self.note(&format!("renames[{}]", self.intent.renames.len()), self.at, end);
        self.intent.renames.push(Rename { kind: first.or(last), name, to });
        self.at = end;
        true
    }

    /// Past "rename" or "change the name of".
    fn past_rename(&self) -> Option<usize> {
        if self.is_symbol(self.at, &["rename"]) {
            return Some(self.at + 1);
        }
        let place = self.past(self.at + 1, &["the", "its"]);
        let is_said =
            self.is_symbol(self.at, &["change"]) && self.is_symbol(place, &["named"]) && self.low(place + 1) == "of";
        is_said.then_some(place + 2)
    }

    /// The word for a kind at a place, and what comes behind it.
    pub(super) fn resource_kind(&self, at: usize) -> (Option<ResourceKind>, usize) {
        let kind = match self.token(at).filter(|_| self.is_symbol(at, KINDS)).map(|token| token.low.as_str()) {
            Some("mesh") => ResourceKind::Mesh,
            Some("virtual-node") => ResourceKind::VirtualNode,
            Some("virtual-router") => ResourceKind::VirtualRouter,
            Some("virtual-gateway") => ResourceKind::VirtualGateway,
            Some("route") => ResourceKind::Route,
            Some("virtual-service") => ResourceKind::VirtualService,
            Some("gateway-route") => ResourceKind::GatewayRoute,
            _ => return (None, at),
        };
        (Some(kind), self.past_glue(at + 1))
    }
}

/// Symbols of kinds of resources.
const KINDS: &[&str] =
    &["mesh", "virtual-node", "virtual-router", "virtual-gateway", "route", "virtual-service", "gateway-route"];
