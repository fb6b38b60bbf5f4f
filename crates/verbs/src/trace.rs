//! The verb `trace`: what happens to one request, hop by hop, and why.

mod json;
mod text;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_model::arn::Arn;
use meshwright_model::finding::Finding;
use meshwright_model::subject::Subject;
use meshwright_traffic::proxy::{Omission, Proxy, World};
use meshwright_traffic::trace::{Sent, Trace};

use crate::files::FileOptions;
use crate::ports::PortOptions;
use crate::refused::Refused;
use crate::{Answer, Verb, proxy, validate};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "trace",
    about: "What happens to one request: each hop, the route chosen and why, targets, retries, timeouts, TLS",
    example: "meshwright trace mesh.yaml --from web --request \"GET http://orders.shop.local:8080/v2/x\" -H \"x-canary: true\"",
};

/// Options of `trace`.
#[derive(Args, Clone, Debug)]
pub struct TraceOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// Who sends it, or which gateway gets it: the name of a virtual node or gateway, `mesh/M/virtualNode/N`, or its ARN
    #[arg(long, value_name = "NODE")]
    pub from: String,
    /// What is sent: `GET http://HOST:PORT/PATH`, `grpc://HOST:PORT/SERVICE/METHOD`, `tcp://HOST:PORT` or `tls://HOST:PORT`
    #[arg(long, value_name = "REQUEST")]
    pub request: String,
    /// A header of the request, or metadata of the call; may be given several times
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// Which ports stand for others, as `bootstrap --static` has them.
    #[command(flatten)]
    pub ports: PortOptions,
    /// Compares the request with every route that is tried
    #[arg(long)]
    pub explain: bool,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = TraceFormat::Text)]
    pub format: TraceFormat,
}

/// How a trace is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TraceFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// What was left out on the way, and the finding that explains it.
struct LeftOut<'a> {
    omission: &'a Omission<'a>,
    finding: Option<&'a Finding>,
}

/// Answers what happens to a request.
///
/// # Errors
/// The request is none, or the mesh has nobody who could send it.
pub fn run(reading: &Reading, options: &TraceOptions) -> Result<Answer, Refused> {
    let mut sent: Sent = options.request.parse().map_err(Refused::Request)?;
    for header in &options.header {
        sent.add_header(header).map_err(Refused::Request)?;
    }
    let Arn { mesh, kind, name, .. } = proxy::find(&options.from, &reading.inventory)?.arn;
    let world = World::new(&reading.inventory, &mesh);
    // What was found is a node or gateway of that mesh.
    let proxy = Proxy::of(&world, kind, &name).ok_or(Refused::NoProxy)?;
    let capture = options.ports.capture(&proxy)?;
    let trace = Trace::through(&world, &proxy, &capture, &sent);
    // Rules are asked only where something was left out; that others hide a route never leaves it out.
    let findings = if trace.omissions.is_empty() { Vec::new() } else { validate::apart(reading) };
    let left_out: Vec<LeftOut<'_>> =
        trace.omissions.iter().map(|omission| LeftOut { omission, finding: explaining(omission, &findings) }).collect();
    let output = match options.format {
        TraceFormat::Text => text::show(reading, &trace, &left_out, &sent, options.explain),
        TraceFormat::Json => json::show(reading, &trace, &left_out, &sent, options.explain),
    };
    Ok(Answer { output, notes: String::new(), has_findings: false })
}

/// The finding that speaks of what was left out: of the same resource, at the same place or around it.
fn explaining<'f>(omission: &Omission<'_>, findings: &'f [Finding]) -> Option<&'f Finding> {
    let subject = Subject::of(omission.resource);
    let is_there = |finding: &&Finding| {
        finding.subject.as_ref() == Some(&subject)
            && finding.path.as_ref().is_some_and(|path| path.contains(&omission.path) || omission.path.contains(path))
    };
    findings.iter().filter(is_there).min_by_key(|finding| finding.severity)
}
