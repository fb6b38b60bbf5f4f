//! The verb `proxies`: which Envoys are connected to a control plane of ours, and what each has accepted or refused.

use std::fmt::Write as _;

use clap::Args;
use meshwright_model::api::Call;
use meshwright_model::operation::{Operation, Target};
use meshwright_model::visible::visible;
use serde_json::{Value, json};

use crate::live::{Live, LiveError, LiveOptions, connected};
use crate::meshes::MeshesFormat;
use crate::{Answer, Verb};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "proxies",
    about: "Which Envoys are connected: what each has accepted, and what it refused and why",
    example: "meshwright proxies --endpoint-url http://127.0.0.1:8480   # exit code 1 where a proxy has refused something",
};

/// Options of `proxies`.
#[derive(Args, Clone, Debug)]
pub struct ProxiesOptions {
    /// Whom to ask.
    #[command(flatten)]
    pub live: LiveOptions,
    /// Only the proxies of this mesh
    #[arg(long, value_name = "NAME")]
    pub mesh: Option<String>,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = MeshesFormat::Text)]
    pub format: MeshesFormat,
}

/// Answers which proxies are connected.
///
/// # Errors
/// Whoever is asked does not answer as a control plane of ours.
pub fn run(options: &ProxiesOptions, live: &mut Live<'_>) -> Result<Answer, LiveError> {
    let answer = live.ask("asking", &Call::new(Operation::ListProxies, Target::default()))?;
    let is_meant = |proxy: &&Value| options.mesh.as_ref().is_none_or(|mesh| proxy["meshName"] == mesh.as_str());
    let all: Vec<&Value> = answer["proxies"].as_array().into_iter().flatten().filter(is_meant).collect();
    let has_findings = all.iter().any(|proxy| connected::refusals(proxy).next().is_some());
    // Which mesh they mean is not known of those that are refused.
    let refused = answer["refused"].as_array().filter(|_| options.mesh.is_none()).cloned().unwrap_or_default();
    let output = match options.format {
        MeshesFormat::Text => text(&all, &live.api.place()) + &turned_away(&refused),
        MeshesFormat::Json => {
            format!("{:#}\n", json!({"endpoint": live.api.place(), "proxies": all, "refused": refused}))
        }
    };
    Ok(Answer { output, has_findings, ..Answer::default() })
}

fn text(all: &[&Value], place: &str) -> String {
    let mut text = match all.len() {
        0 => format!("no proxy is connected at {place}\n"),
        1 => format!("1 proxy is connected at {place}\n\n"),
        count => format!("{count} proxies are connected at {place}\n\n"),
    };
    let names: Vec<String> = all.iter().map(|own| connected::name(own)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (proxy, name) in all.iter().zip(names) {
        let seconds = proxy["connectedSeconds"].as_u64().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{name:width$}  {}; connected for {} from {}",
            connected::state(proxy),
            span(seconds),
            connected::word(proxy, "peer")
        );
        for refusal in connected::refusals(proxy) {
            let _ = writeln!(text, "  {refusal}");
        }
        for omission in proxy["omissions"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let _ = writeln!(text, "  left out: {}", visible(omission));
        }
    }
    text
}

/// Those that were not let in, the last one first.
fn turned_away(refused: &[Value]) -> String {
    let mut text = String::new();
    for own in refused {
        let word = |member: &str| visible(own[member].as_str().unwrap_or_default());
        let name = if word("id").is_empty() { String::new() } else { format!(" as {}", word("id")) };
        let times = match own["count"].as_u64().unwrap_or(1) {
            1 => String::new(),
            count => format!("{count} times, last "),
        };
        let ago = span(own["lastSecondsAgo"].as_u64().unwrap_or_default());
        let _ = writeln!(text, "refused from {}{name}, {times}{ago} ago: {}", word("peer"), word("reason"));
    }
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// So many seconds, in the largest unit that is not more.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86400),
    }
}
