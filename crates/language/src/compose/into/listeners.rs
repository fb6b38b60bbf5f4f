//! Edits of the parts of a listener, of a node as of a gateway.

use meshwright_model::Scalar;
use meshwright_model::edit::NewValue;
use meshwright_model::limits::ListenerTlsMode;
use serde::Serialize;

use super::Desk;
use super::part::{Part, member};
use crate::compose::plan::Named;
use crate::compose::tls::{client_names, listener_certificate, listener_tls, listener_trust};
use crate::intent::{
    Certificate, ConnectionPool, HealthCheck, Listener, ListenerTls, OutlierDetection, Protocol, Span, TlsMode, Trust,
};

/// What a request says of a listener, with what the file has where the request leaves something out: what is made of that is
/// whole, and only what was said of it is set.
pub(super) fn filled(wanted: &Listener, there: &Part<'_>, protocol: Protocol) -> Listener {
    Listener {
        health_check: wanted.health_check.clone().map(|check| with_health_check(check, &there.field("healthCheck"))),
        outlier_detection: wanted
            .outlier_detection
            .clone()
            .map(|outliers| with_outliers(outliers, &there.field("outlierDetection"))),
        connection_pool: wanted
            .connection_pool
            .clone()
            .map(|pool| with_pool(pool, &there.down(&["connectionPool", protocol.word()]), protocol)),
        tls: wanted.tls.clone().filter(|_| !there.field("tls").is_there()),
        ..wanted.clone()
    }
}

impl Desk<'_> {
    /// Sets what is said of a listener's parts; `written` is the listener that was made of what [`filled`] gave.
    pub(super) fn change_parts<T: Serialize>(
        &mut self,
        there: &Part<'_>,
        written: &T,
        wanted: &Listener,
        name: &Named,
    ) {
        let written = NewValue::of(written);
        let made = |name: &'static str| member(&written, name).map(|value| (there.field(name), value));
        if let (Some(wanted), Some((part, value))) = (&wanted.health_check, made("healthCheck")) {
            self.change_health_check(&part, value, wanted);
        }
        if let (Some(wanted), Some((part, value))) = (&wanted.outlier_detection, made("outlierDetection")) {
            let said = [
                ("baseEjectionDuration", wanted.base_ejection_duration.is_some()),
                ("interval", wanted.interval.is_some()),
                ("maxEjectionPercent", wanted.max_ejection_percent.is_some()),
                ("maxServerErrors", wanted.max_server_errors.is_some()),
            ];
            self.merge(&part, value, &said);
        }
        if let (Some(wanted), Some((part, value))) = (&wanted.connection_pool, made("connectionPool")) {
            let said = [
                ("maxConnections", wanted.max_connections.is_some()),
                ("maxPendingRequests", wanted.max_pending_requests.is_some()),
                ("maxRequests", wanted.max_requests.is_some()),
            ];
            self.merge_variant(&part, value, &said);
        }
        let Some(wanted) = &wanted.tls else { return };
        let part = there.field("tls");
        if part.is_there() {
            self.change_tls(&part, wanted, name);
        } else if let Some((part, value)) = made("tls") {
            self.put(&part, value.clone());
        }
    }

    fn change_health_check(&mut self, part: &Part<'_>, written: &NewValue, wanted: &HealthCheck) {
        let has_path = part.field("path").is_there();
        let is_pathless = member(written, "path").is_none();
        let mut written = written.clone();
        if let (NewValue::Object(members), false) = (&mut written, part.is_there()) {
            // A port that the file leaves out is the listener's.
            members.retain(|(name, _)| *name != "port");
        }
        let said = [
            ("protocol", wanted.protocol.is_some()),
            ("path", wanted.path.is_some() || !has_path && wanted.protocol.is_some()),
            ("intervalMillis", wanted.interval.is_some()),
            ("timeoutMillis", wanted.timeout.is_some()),
            ("healthyThreshold", wanted.healthy_threshold.is_some()),
            ("unhealthyThreshold", wanted.unhealthy_threshold.is_some()),
        ];
        self.merge(part, &written, &said);
        if has_path && is_pathless && wanted.protocol.is_some() {
            self.take(part.resource, part.path.field("path"));
        }
    }

    fn change_tls(&mut self, part: &Part<'_>, wanted: &ListenerTls, name: &Named) {
        let shown = name.shown();
        let is_off = part.field("mode").text() == Some("DISABLED");
        let mode = match wanted.mode {
            None if is_off => {
                self.draft.assume(
                    format!("TLS alone is accepted (mode STRICT) by `{shown}`"),
                    "its TLS is switched off, and the request asks for it",
                );
                Some(ListenerTlsMode::Strict)
            }
            None => None,
            Some(TlsMode::Strict) => Some(ListenerTlsMode::Strict),
            Some(TlsMode::Permissive) => Some(ListenerTlsMode::Permissive),
            Some(TlsMode::Disabled) => Some(ListenerTlsMode::Disabled),
        };
        if let Some(mode) = mode {
            self.put(&part.field("mode"), NewValue::of(&Scalar::Known(mode)));
        } else if *wanted == ListenerTls::default() {
            self.settle(
                format!("TLS of `{shown}` stays as it is"),
                "it has TLS already, and the request says no more of it",
            );
        }
        if let Some(certificate) = &wanted.certificate {
            let own = with_certificate(certificate, &part.field("certificate"));
            let written = listener_certificate(Some(&own), &shown, &mut self.draft);
            self.merge_variant(&part.field("certificate"), &NewValue::of(&written), &said_of(certificate));
        }
        let validation = part.field("validation");
        let is_mutual = wanted.mutual || wanted.trust.is_some() || !wanted.client_names.is_empty();
        if is_mutual && !validation.is_there() {
            let full = ListenerTls { mode: Some(TlsMode::Strict), ..wanted.clone() };
            let whole = listener_tls(&full, name, &mut self.draft).and_then(|tls| tls.validation);
            if let Some(whole) = whole {
                self.put(&validation, NewValue::of(&whole));
            }
            return;
        }
        if wanted.trust.is_some() {
            let written = listener_trust(wanted, &shown, &mut self.draft);
            self.merge_variant(
                &validation.field("trust"),
                &NewValue::of(&written),
                &said_of_trust(wanted.trust.as_ref()),
            );
        }
        let names = client_names(&wanted.client_names, &shown, &mut self.draft);
        let names: Vec<NewValue> = names.iter().map(NewValue::of).collect();
        self.add_missing(&validation.down(&["subjectAlternativeNames", "match", "exact"]), &names);
    }
}

/// The members of a certificate that are said.
pub(super) fn said_of(certificate: &Certificate) -> [(&'static str, bool); 4] {
    let (mut arn, mut own_chain, mut own_key, mut own_secret) = (false, false, false, false);
    match certificate {
        Certificate::Acm { arn: said } => arn = said.is_some(),
        Certificate::File { chain, key } => (own_chain, own_key) = (chain.is_some(), key.is_some()),
        Certificate::Sds { secret } => own_secret = secret.is_some(),
    }
    [("certificateArn", arn), ("certificateChain", own_chain), ("privateKey", own_key), ("secretName", own_secret)]
}

/// The members of a trust that are said.
pub(super) fn said_of_trust(trust: Option<&Trust>) -> [(&'static str, bool); 3] {
    let (arns, chain, secret) = match trust {
        Some(Trust::Acm { arns }) => (!arns.is_empty(), false, false),
        Some(Trust::File { chain }) => (false, chain.is_some(), false),
        Some(Trust::Sds { secret }) => (false, false, secret.is_some()),
        None => (false, false, false),
    };
    [("certificateAuthorityArns", arns), ("certificateChain", chain), ("secretName", secret)]
}

/// What a request leaves out of a certificate stays as it is.
pub(super) fn with_certificate(wanted: &Certificate, there: &Part<'_>) -> Certificate {
    let own = |said: &Option<String>, path: [&'static str; 2]| {
        let part = there.down(&path);
        // What stands open is not set, whatever stands here for it.
        said.clone().or_else(|| part.is_there().then(|| part.text().unwrap_or("unchanged").to_owned()))
    };
    match wanted {
        Certificate::Acm { arn } => {
            let unchanged = there.field("acm").is_there().then_some("arn:aws:acm:us-east-1:000000000000:certificate/0");
            Certificate::Acm { arn: arn.clone().or(unchanged.map(str::to_owned)) }
        }
        Certificate::File { chain, key } => {
            Certificate::File { chain: own(chain, ["file", "certificateChain"]), key: own(key, ["file", "privateKey"]) }
        }
        Certificate::Sds { secret } => Certificate::Sds { secret: own(secret, ["sds", "secretName"]) },
    }
}

/// What a request leaves out of a health check stays as it is; what the file leaves open or out is not set, whatever stands
/// here for it.
fn with_health_check(wanted: HealthCheck, there: &Part<'_>) -> HealthCheck {
    if !there.is_there() {
        return wanted;
    }
    let millis = |name: &'static str, open: u64| Some(Span::millis(there.field(name).number().unwrap_or(open)));
    let count =
        |name: &'static str| Some(there.field(name).number().and_then(|count| count.try_into().ok()).unwrap_or(2));
    let protocol = wanted.protocol.or_else(|| spoken(there.field("protocol").text()?));
    let has_paths = matches!(protocol, None | Some(Protocol::Http | Protocol::Http2));
    let path = || there.field("path").text().or(Some("/")).map(str::to_owned);
    HealthCheck {
        path: wanted.path.or_else(|| path().filter(|_| has_paths)),
        protocol,
        interval: wanted.interval.or_else(|| millis("intervalMillis", 300_000)),
        timeout: wanted.timeout.or_else(|| millis("timeoutMillis", 2000)),
        healthy_threshold: wanted.healthy_threshold.or_else(|| count("healthyThreshold")),
        unhealthy_threshold: wanted.unhealthy_threshold.or_else(|| count("unhealthyThreshold")),
        ..wanted
    }
}

/// A protocol in the intent's words.
pub(super) fn spoken(word: &str) -> Option<Protocol> {
    [Protocol::Http, Protocol::Http2, Protocol::Grpc, Protocol::Tcp]
        .into_iter()
        .find(|protocol| protocol.word() == word)
}

/// The same for outlier detection.
fn with_outliers(wanted: OutlierDetection, there: &Part<'_>) -> OutlierDetection {
    if !there.is_there() {
        return wanted;
    }
    OutlierDetection {
        max_server_errors: wanted.max_server_errors.or(Some(5)),
        interval: wanted.interval.or(Some(Span::seconds(10))),
        base_ejection_duration: wanted.base_ejection_duration.or(Some(Span::seconds(30))),
        max_ejection_percent: wanted.max_ejection_percent.or(Some(50)),
    }
}

/// The same for a connection pool.
fn with_pool(wanted: ConnectionPool, there: &Part<'_>, protocol: Protocol) -> ConnectionPool {
    if !there.is_there() {
        return wanted;
    }
    let is_by_connection = matches!(protocol, Protocol::Http | Protocol::Tcp);
    ConnectionPool {
        max_connections: wanted.max_connections.or(is_by_connection.then_some(1)),
        max_requests: wanted.max_requests.or((!is_by_connection).then_some(1)),
        ..wanted
    }
}
