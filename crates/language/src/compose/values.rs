//! Values in the API's words: ports, protocols, IP preferences, spans of time.

use meshwright_model::Scalar;
use meshwright_model::duration::Duration;
use meshwright_model::limits::{DurationUnit, IpPreference as ModelIpPreference, Port, PortProtocol};

use super::draft::{Draft, Wanted};
use super::names::logical;
use super::plan::Named;
use crate::intent::{IpPreference, Protocol, Span};

/// A span as a duration: in seconds where it is whole ones.
pub(super) fn duration(span: Span, what: &str, draft: &mut Draft) -> Duration {
    let is_whole = span.millis.is_multiple_of(1000);
    let (unit, value) =
        if is_whole { (DurationUnit::Seconds, span.millis / 1000) } else { (DurationUnit::Millis, span.millis) };
    Duration { unit: Some(Scalar::Known(unit)), value: Some(draft.number(what, value)) }
}

/// A listener's port; a parameter where nobody knows it.
pub(super) fn port(port: Option<u32>, name: &Named, draft: &mut Draft) -> Scalar<Port> {
    if let Some(port) = port {
        return draft.number(&format!("the port of `{}`", name.shown()), u64::from(port));
    }
    let parameter = logical(&format!("{} port", name.words()));
    let description = format!("Port on which {} listens", name.shown());
    let wanted = Wanted { name: &parameter, kind: "Number", description: &description, ..Wanted::default() };
    Scalar::Open(Box::new(draft.parameter(&wanted)))
}

/// A protocol in the API's words.
pub(super) fn port_protocol(protocol: Protocol) -> PortProtocol {
    match protocol {
        Protocol::Http => PortProtocol::Http,
        Protocol::Http2 => PortProtocol::Http2,
        Protocol::Grpc => PortProtocol::Grpc,
        Protocol::Tcp => PortProtocol::Tcp,
    }
}

/// An IP preference in the API's words.
pub(super) fn ip_preference(preference: IpPreference) -> ModelIpPreference {
    match preference {
        IpPreference::Ipv4Only => ModelIpPreference::Ipv4Only,
        IpPreference::Ipv6Only => ModelIpPreference::Ipv6Only,
        IpPreference::Ipv4Preferred => ModelIpPreference::Ipv4Preferred,
        IpPreference::Ipv6Preferred => ModelIpPreference::Ipv6Preferred,
    }
}
