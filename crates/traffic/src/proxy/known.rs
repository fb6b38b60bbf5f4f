//! Takes values where they are known, and notes what is left out where they are not.

use meshwright_model::duration::Duration;
use meshwright_model::limits::Port;
use meshwright_model::opened::is_open;
use meshwright_model::value::ScalarType;
use meshwright_model::{Path, Resource, Scalar};

use super::Omission;

/// What has been left out so far.
#[derive(Debug, Default)]
pub(super) struct Omissions<'a>(pub(super) Vec<Omission<'a>>);

impl<'a> Omissions<'a> {
    /// Notes that something is left out.
    pub(super) fn add(&mut self, resource: &'a Resource, path: Path, why: impl Into<String>) {
        let is_open = is_open(resource, &path);
        self.add_as(resource, path, why, is_open);
    }

    /// Notes that something is left out which another resource lacks: open where names of such resources are.
    pub(super) fn add_as(&mut self, resource: &'a Resource, path: Path, why: impl Into<String>, is_open: bool) {
        self.add_whole(Omission { resource, path, why: why.into(), is_open });
    }

    /// Notes it as it is, once.
    pub(super) fn add_whole(&mut self, omission: Omission<'a>) {
        if !self.0.contains(&omission) {
            self.0.push(omission);
        }
    }

    /// Notes that what stands at a path is left out where the file has a gap there.
    pub(super) fn add_gap(&mut self, resource: &'a Resource, path: &Path, what: &str) -> bool {
        let has_gap = !resource.gaps.is_empty() && resource.has_gap(path);
        if has_gap {
            self.add(resource, path.clone(), format!("{what} is left out: not all of it is known"));
        }
        has_gap
    }
}

/// A known value; `None` where it is not known, `Some(None)` where there is none.
#[expect(clippy::option_option, reason = "absent and unknown are two things")]
pub(super) fn optional<T: ScalarType>(scalar: Option<&Scalar<T>>) -> Option<Option<&T>> {
    match scalar {
        None => Some(None),
        Some(scalar) => scalar.known().map(Some),
    }
}

/// Whether Envoy takes a text as a header's value, and so as a host or a path; it refuses the whole listener otherwise.
///
/// Source: Envoy's `well_known_regex: HTTP_HEADER_VALUE`, and a real Envoy 1.40.
pub(super) fn is_header_text(text: &str) -> bool {
    !text.contains(['\0', '\r', '\n'])
}

/// A port; none is out of range, since the limit of a [`Port`] is its.
pub(super) fn port(port: &Scalar<Port>) -> Option<u16> {
    u16::try_from(port.known()?.value()).ok()
}

/// The longest span that Envoy and this crate speak of, in milliseconds: about 100 years.
const MAX_MILLIS: u64 = 100 * 366 * 24 * 3600 * 1000;

/// A span in milliseconds; `None` where there is none or it is not known.
pub(super) fn millis(duration: Option<&Duration>) -> Option<u64> {
    duration?.millis().map(|millis| millis.min(MAX_MILLIS))
}

/// Whether a span is said and not known.
pub(super) fn is_unknown(duration: Option<&Duration>) -> bool {
    duration.is_some_and(|duration| duration.millis().is_none())
}
