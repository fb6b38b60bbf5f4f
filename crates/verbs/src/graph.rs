//! The verb `graph`: a mesh as a picture.
//!
//! Each renderer takes graphs and gives back a text; the same graphs give the same bytes.

pub mod dot;
pub mod mermaid;
pub mod svg;
pub mod text;

#[cfg(test)]
mod sample;
mod view;

use clap::{Args, ValueEnum};
use meshwright_dialect::Reading;
use meshwright_model::graph::Graph;
use serde_json::json;

use crate::files::FileOptions;
use crate::{Answer, Verb, findings};

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "graph",
    about: "The topology of a mesh: gateways, services, routers, routes with their shares, nodes, backends",
    example: "meshwright graph --format svg --output mesh.svg mesh.yaml",
};

/// Options of `graph`.
#[derive(Args, Clone, Debug)]
pub struct GraphOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// How the graph is shown
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
}

/// How a graph is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A tree for a terminal
    Text,
    /// A Mermaid flowchart
    Mermaid,
    /// Graphviz
    Dot,
    /// A picture
    Svg,
    /// For programs
    Json,
}

/// Answers with the graph of each mesh.
pub fn run(reading: &Reading, options: &GraphOptions, is_coloured: bool) -> Answer {
    let graphs = Graph::of(&reading.inventory.index());
    let output = match options.format {
        GraphFormat::Text => text::render(&graphs, is_coloured),
        GraphFormat::Mermaid => mermaid::render(&graphs),
        GraphFormat::Dot => dot::render(&graphs),
        GraphFormat::Svg => svg::render(&graphs),
        GraphFormat::Json => {
            let findings: Vec<_> = reading.findings.iter().map(findings::json).collect();
            format!("{:#}\n", json!({"meshes": graphs, "findings": findings}))
        }
    };
    Answer { output, notes: String::new(), has_findings: false }
}
