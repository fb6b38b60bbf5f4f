//! Responses as spans: each from when it is sent until the proxy has answered it.

use std::sync::Arc;

use meshwright_model::span::{Context, Span, Spans, Value};
use tokio::time::Instant;

use crate::kind::Kind;
use crate::proxy::Profile;
use crate::session::Response;

/// The responses to a proxy that are under way: one of a kind at most.
#[derive(Debug)]
pub(crate) struct Traced {
    spans: Arc<dyn Spans>,
    /// What is said of the proxy with each of them.
    proxy: Vec<(&'static str, Value)>,
    open: [Option<Open>; Kind::ALL.len()],
}

#[derive(Debug)]
struct Open {
    context: Context,
    /// The plan that it comes of.
    plan: Option<Context>,
    since: Instant,
    attributes: Vec<(&'static str, Value)>,
}

impl Traced {
    pub(crate) fn new(spans: Arc<dyn Spans>, profile: &Profile, id: &str, peer: &str) -> Self {
        let text = |text: &str| Value::Text(text.to_owned());
        let proxy = vec![
            ("meshwright.proxy.id", text(id)),
            ("meshwright.proxy.peer", text(peer)),
            ("meshwright.mesh", text(&profile.mesh.name)),
        ];
        Self { spans, proxy, open: Default::default() }
    }

    /// A response is sent.
    pub(crate) fn sent(&mut self, response: &Response, plan: Option<Context>) {
        let count = |count: usize| Value::Number(count as u64);
        let attributes = vec![
            ("meshwright.xds.kind", Value::Text(response.kind.service().to_owned())),
            ("meshwright.xds.version", Value::Text(response.version.to_string())),
            ("meshwright.xds.resources", count(response.resources.len())),
            ("meshwright.xds.removed", count(response.removed.len())),
        ];
        let open = Open { context: self.spans.begin(plan), plan, since: Instant::now(), attributes };
        self.open[response.kind as usize] = Some(open);
    }

    /// The last response of a kind is accepted, or refused.
    pub(crate) fn answered(&mut self, kind: Kind, error: Option<&str>) {
        self.end(kind, error.map(|message| ("rejected", message)));
    }

    /// A response has ended: with a class of failure and what is said of it, or well.
    fn end(&mut self, kind: Kind, failure: Option<(&str, &str)>) {
        let Some(Open { context, plan, since, mut attributes }) = self.open[kind as usize].take() else { return };
        attributes.extend(self.proxy.iter().cloned());
        attributes.extend(failure.map(|(class, _)| ("error.type", Value::Text(class.to_owned()))));
        self.spans.end(Span {
            name: format!("{} response", kind.service()).into(),
            is_of_server: false,
            context,
            parent: plan,
            took: since.elapsed(),
            attributes,
            failure: failure.map(|(_, message)| message.chars().take(MAX_MESSAGE).collect()),
        });
    }
}

/// What is not answered when the stream ends never is.
impl Drop for Traced {
    fn drop(&mut self) {
        for kind in Kind::ALL {
            self.end(kind, Some(("unanswered", "the stream ended before the proxy answered")));
        }
    }
}

/// The most characters of a proxy's reason.
const MAX_MESSAGE: usize = 2000;
