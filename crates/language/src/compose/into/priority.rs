//! The number of a new route among those that are there.

use meshwright_model::limits::Priority;
use meshwright_model::reference::Key;
use meshwright_model::route::ProtocolRoute;
use meshwright_model::{Kind, Resource, Scalar, Spec};

use super::Desk;

impl Desk<'_> {
    /// A new route that asks for more than a path is tried before those of its router that are there.
    pub(super) fn settle_priority(&mut self, route: &mut Resource) {
        let (Kind::Route, Some(parent)) = (route.kind(), route.parent.as_ref().map(Key::of)) else { return };
        let is_sibling = |other: &&Resource| other.parent.as_ref().is_some_and(|other| Key::of(other) == parent);
        let siblings = self.finder.of_kind(Kind::Route).filter(is_sibling);
        let numbers: Vec<i64> = siblings
            .filter_map(|other| match &other.spec {
                Spec::Route(spec) => spec.priority.as_ref()?.known().map(|priority| priority.value()),
                _ => None,
            })
            .collect();
        let Some(least) = numbers.into_iter().min() else { return };
        let name = Key::of(&route.name).shown();
        let Spec::Route(spec) = &mut route.spec else { return };
        let asks_more = spec.protocols().filter_map(ProtocolRoute::http).any(|http| {
            let matcher = &http.matcher;
            matcher.headers.is_some() || matcher.query_parameters.is_some() || matcher.method.is_some()
        });
        let own = spec.priority.as_ref().and_then(Scalar::known).map(|priority| priority.value());
        if !asks_more || own.is_some_and(|own| own < least) {
            return;
        }
        if least == 0 {
            self.draft.ask(format!("Route `{name}` must be tried before one with priority 0, the first there is. Which number should that one get?"));
            return;
        }
        let number = u64::try_from(least / 2).unwrap_or_default();
        spec.priority = Some(self.draft.number::<Priority>(&format!("the priority of route `{name}`"), number));
        self.draft.assume(
            format!("route `{name}` has priority {number}"),
            format!("it must be tried before the routes that are there, of which the first has {least}"),
        );
    }
}
