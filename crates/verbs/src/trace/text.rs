//! A trace for people.

use std::fmt::Write as _;

use meshwright_dialect::Reading;
use meshwright_model::Kind;
use meshwright_model::visible::visible;
use meshwright_traffic::proxy::{ClientTls, Discovery, HealthCheck, OutlierDetection, Retry};
use meshwright_traffic::trace::{Arrival, Hop, Outcome, Sent, Step, Trace, grpc_status};

use super::LeftOut;
use crate::proxy;

/// A trace as text.
pub(super) fn show(
    reading: &Reading,
    trace: &Trace<'_>,
    left_out: &[LeftOut<'_>],
    sent: &Sent,
    explain: bool,
) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}\n", visible(&line(sent)));
    for (index, hop) in trace.hops.iter().enumerate() {
        hop_text(&mut text, index + 1, hop, explain);
    }
    let _ = writeln!(text, "=> {}", outcome(trace, sent));
    for reason in &trace.reasons {
        let _ = writeln!(text, "   {}", visible(reason));
    }
    for (is_open, heading) in [
        (true, "Left open by the files, so that nothing can be said of it (--parameter may):"),
        (false, "Left out of the mesh, as a proxy would get it:"),
    ] {
        let own: Vec<&LeftOut<'_>> = left_out.iter().filter(|own| own.omission.is_open == is_open).collect();
        if !own.is_empty() {
            let _ = writeln!(text, "\n{heading}");
        }
        for LeftOut { omission, finding } in own {
            let rule = finding.map(|finding| format!(" [{}]", finding.rule)).unwrap_or_default();
            let _ = writeln!(text, "  {}{}", visible(&proxy::left_out(reading, omission)), rule);
        }
    }
    text
}

fn line(sent: &Sent) -> String {
    match sent {
        Sent::Request(request) => request.to_string(),
        Sent::Bytes { host, port, server_name } => {
            format!("{}://{host}:{port}", if server_name.is_some() { "tls" } else { "tcp" })
        }
    }
}

fn outcome(trace: &Trace<'_>, sent: &Sent) -> String {
    match trace.outcome {
        Outcome::Forwarded => "forwarded".to_owned(),
        Outcome::Answered { status, flag } if sent.is_grpc() => {
            format!("answered by the proxy: grpc-status {}, response flag {flag}", grpc_status(status))
        }
        Outcome::Answered { status, flag } => format!("answered by the proxy: {status}, response flag {flag}"),
        Outcome::Closed { flag: Some(flag) } => format!("the connection is closed, response flag {flag}"),
        Outcome::Unknown => "not known".to_owned(),
        Outcome::Closed { flag: None } => "the connection is closed".to_owned(),
    }
}

fn hop_text(text: &mut String, number: usize, hop: &Hop<'_>, explain: bool) {
    let kind = if hop.kind == Kind::VirtualGateway { "virtual gateway" } else { "virtual node" };
    let _ = writeln!(text, "{number}. {}", visible(&format!("{kind} `{}`: {}", hop.name, step(hop))));
    if explain {
        for route in &hop.considered {
            let priority = route.priority.map(|priority| format!(" (priority {priority})")).unwrap_or_default();
            let (tried, why) = match (&route.why, route.is_tried) {
                (None, true) => ("tried", "takes it".to_owned()),
                (Some(why), true) => ("tried", format!("no: {why}")),
                (None, false) => ("after", "would take it too".to_owned()),
                (Some(why), false) => ("after", format!("would not: {why}")),
            };
            let _ = writeln!(text, "     {tried} {}", visible(&format!("`{}`{priority}: {why}", route.name)));
        }
    }
    if !matches!(hop.step, Step::Listener { .. }) {
        for target in &hop.targets {
            let _ = writeln!(text, "     {}", visible(&target_text(target)));
        }
    }
    if let Some(rewritten) = &hop.rewritten {
        let _ = writeln!(text, "     as {}", visible(&format!("{} on host {}", rewritten.path, rewritten.host)));
        let _ = writeln!(text, "     {}", limits(hop));
    }
    if let Some(retry) = hop.retry.as_ref().filter(|_| hop.attempts.most > 1) {
        let _ = writeln!(text, "     tried again on {}", retry_text(retry));
    }
    text.push('\n');
}

fn step(hop: &Hop<'_>) -> String {
    match hop.step {
        Step::Route { service, route: Some(_), router, name } => {
            format!("route `{name}` of virtual router `{router}`, for virtual service `{service}`")
        }
        Step::Route { service, route: None, name, .. } => {
            format!("virtual node `{name}` answers alone for virtual service `{service}`")
        }
        Step::GatewayRoute(route) => format!("gateway route `{}`", route.name),
        Step::Listener { port, protocol } => {
            format!("its application on port {port} ({}) gets the request", protocol.as_str())
        }
        Step::PassThrough => "passes on what is not of the mesh".to_owned(),
        Step::Nothing => "nothing takes it".to_owned(),
    }
}

fn target_text(target: &Arrival<'_>) -> String {
    let Arrival { node, port, share, lost, tls, discovery, health_check, outlier_detection } = target;
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let mut text = format!("-> {}{port}  {}", node, percent(*share));
    if let Some(loss) = lost {
        let _ = write!(text, "  LOST: {}", loss.why);
        return text;
    }
    match discovery {
        Some(Discovery::Dns { hostname, .. }) => {
            let _ = write!(text, "  at {hostname}");
        }
        Some(Discovery::CloudMap { name, .. }) => {
            let _ = write!(text, "  at {name} (Cloud Map)");
        }
        None => {}
    }
    text.push_str(match tls {
        None | Some(ClientTls::Plaintext) => ", plaintext",
        Some(ClientTls::Tls { certificate: Some(_), .. }) => ", mutual TLS",
        Some(ClientTls::Tls { validation: None, .. }) => ", TLS that checks nothing",
        Some(ClientTls::Tls { .. }) => ", TLS",
    });
    if let Some(HealthCheck { protocol, path, interval_millis, .. }) = health_check {
        let path = path.map(|path| format!(" {path}")).unwrap_or_default();
        let _ = write!(text, ", checked by {}{path} every {}", protocol.as_str(), span(*interval_millis));
    }
    if let Some(OutlierDetection { max_server_errors, base_ejection_millis, .. }) = outlier_detection {
        let _ = write!(text, ", ejected for {} after {max_server_errors} errors", span(*base_ejection_millis));
    }
    text
}

fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
}

fn limits(hop: &Hop<'_>) -> String {
    let within = hop
        .timeout_millis
        .map_or_else(|| "without a time limit".to_owned(), |millis| format!("within {}", span(millis)));
    let attempts = match hop.attempts.most {
        1 => String::new(),
        most => {
            let each = hop.retry.as_ref().and_then(|retry| retry.per_try_millis).filter(|millis| *millis > 0);
            let each = each.map(|millis| format!(" of {} at most", span(millis))).unwrap_or_default();
            let worst = hop.attempts.worst_case_millis.map(|millis| format!(", {} in the worst case", span(millis)));
            format!(", up to {most} attempts{each}{}", worst.unwrap_or_default())
        }
    };
    format!("{within}{attempts}")
}

fn retry_text(retry: &Retry) -> String {
    let codes: Vec<String> = retry.status_codes.iter().map(ToString::to_string).collect();
    let conditions = retry.conditions.iter().map(|condition| match *condition {
        "retriable-status-codes" => format!("status {}", codes.join(", ")),
        other => other.to_owned(),
    });
    let whose = if retry.is_default { " (App Mesh's own policy)" } else { "" };
    format!("{}{whose}", conditions.collect::<Vec<_>>().join("; "))
}

/// A span as people say it.
fn span(millis: u64) -> String {
    match millis {
        _ if millis > 0 && millis.is_multiple_of(60_000) => format!("{} min", millis / 60_000),
        _ if millis.is_multiple_of(1000) => format!("{} s", millis / 1000),
        _ if millis > 10_000 => format!("{:.1} s", std::time::Duration::from_millis(millis).as_secs_f64()),
        _ => format!("{millis} ms"),
    }
}
