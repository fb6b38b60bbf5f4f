//! The verb `convert`: a mesh in another dialect, and a ledger of what that dialect cannot say.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use meshwright_dialect::{Dialect, Loss, Notation, Reading, Written};
use serde_json::json;

use crate::files::FileOptions;
use crate::refused::Refused;
use crate::{Answer, Verb, findings};
use meshwright_model::parameter::Declaration;
use meshwright_model::visible::visible;

/// How help shows it.
pub const VERB: Verb = Verb {
    name: "convert",
    about: "One dialect to another, with a ledger of what could not be said",
    example: "meshwright convert --as json mesh.yaml > mesh.json   # for aws appmesh … --cli-input-json",
};

/// Options of `convert`.
#[derive(Args, Clone, Debug)]
pub struct ConvertOptions {
    /// Which files, which parameters, which mesh.
    #[command(flatten)]
    pub files: FileOptions,
    /// The dialect to write
    #[arg(long = "as", value_enum, value_name = "DIALECT")]
    pub dialect: DialectName,
    /// The notation to write it in, where the dialect has several
    #[arg(long, value_enum, value_name = "NOTATION")]
    pub notation: Option<NotationName>,
    /// How the answer is shown
    #[arg(long, value_enum, default_value_t = ConvertFormat::Text)]
    pub format: ConvertFormat,
}

/// How a conversion is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConvertFormat {
    /// The text itself, and the ledger on standard error
    Text,
    /// Text, ledger and findings, for programs
    Json,
}

/// A dialect that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DialectName {
    /// A CloudFormation template
    Cloudformation,
    /// AWS JSON, as the AWS CLI takes it
    Json,
}

/// A notation of a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum NotationName {
    /// YAML
    Yaml,
    /// JSON
    Json,
}

impl DialectName {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cloudformation => "cloudformation",
            Self::Json => "json",
        }
    }

    /// Whether parameters with a default stay references when they are read for it.
    pub fn keeps_parameters(self) -> bool {
        Dialect::named(self.name()).is_some_and(|dialect| dialect.keeps_parameters)
    }
}

impl NotationName {
    fn name(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
        }
    }
}

/// Answers with the mesh in another dialect.
///
/// # Errors
/// Says which notations the dialect has, where it has not the one asked for; and which names several templates give to
/// different things, where one template cannot hold them all.
pub fn run(reading: &Reading, options: &ConvertOptions) -> Result<Answer, Refused> {
    let name = options.dialect.name();
    let notation = notation(options.dialect, options.notation)?;
    if options.dialect.keeps_parameters()
        && let Some(conflict) = conflict(reading)
    {
        return Err(Refused::Conflict { dialect: name, conflict });
    }
    let written = notation.write(&reading.inventory);
    let has_findings = !written.ledger.is_empty();
    Ok(match options.format {
        ConvertFormat::Text => Answer { notes: ledger(&written.ledger), output: written.text, has_findings },
        ConvertFormat::Json => Answer { notes: String::new(), output: as_json(reading, &written), has_findings },
    })
}

/// The notation of a dialect that is asked for, or its first.
pub(crate) fn notation(dialect: DialectName, wanted: Option<NotationName>) -> Result<&'static Notation, Refused> {
    let name = dialect.name();
    let dialect = Dialect::named(name).ok_or(Refused::NoSuchDialect { dialect: name })?;
    let wanted = wanted.map(NotationName::name);
    let notation = dialect.notations.iter().find(|notation| wanted.is_none_or(|wanted| notation.name == wanted));
    notation.ok_or_else(|| Refused::NoSuchNotation {
        wanted: wanted.unwrap_or_default(),
        dialect: dialect.title,
        notations: dialect.notations.iter().map(|notation| notation.name).collect(),
    })
}

/// Why several templates cannot become one: a name that means different things in them.
fn conflict(reading: &Reading) -> Option<String> {
    if let Some(file) = reading.file_of_several() {
        return Some(format!("{file} holds several templates"));
    }
    let templates = reading.dialects().filter(|(_, dialect)| dialect.keeps_parameters).count();
    if templates < 2 {
        return None;
    }
    // Parameters and resources share one space of names, as `Ref` does not tell them apart.
    let mut labels: BTreeMap<&str, Option<u32>> = BTreeMap::new();
    let mut names: BTreeMap<String, Option<u32>> = BTreeMap::new();
    for resource in &reading.inventory.resources {
        let Some(label) = resource.label.as_deref() else { continue };
        let document = resource.origin.map(|origin| origin.document);
        if labels.insert(label, document).is_some_and(|other| other != document) {
            return Some(format!("several templates have a resource `{label}`"));
        }
        // One template has one parameter of a name, and one stack: names that were apart would be one.
        let id = resource.id();
        let parent = id.parent.map(|parent| format!("{parent}/")).unwrap_or_default();
        let name = format!("{} {parent}{} of mesh {}", id.kind, id.name, id.mesh);
        if names.insert(name.clone(), document).is_some_and(|other| other != document) {
            return Some(format!("several templates define {name}"));
        }
    }
    let mut bodies = BTreeMap::new();
    for Declaration { section, name, body, .. } in &reading.inventory.declarations {
        let is_taken = match section.as_str() {
            "AWSTemplateFormatVersion" | "Description" | "Metadata" => continue,
            "Resources" => labels.insert(name, None).is_some(),
            "Parameters" => labels.contains_key(name.as_str()),
            _ => false,
        };
        if is_taken {
            return Some(format!("several templates have something named `{name}`"));
        }
        if bodies.insert((section, name), body).is_some_and(|other| other != body) {
            let name = if name.is_empty() { section.clone() } else { format!("{section}.{name}") };
            return Some(format!("several templates declare `{name}`, and not alike"));
        }
    }
    None
}

fn as_json(reading: &Reading, written: &Written) -> String {
    let loss = |loss: &Loss| {
        let mut value = json!({"message": loss.message});
        if let Some(subject) = &loss.subject {
            value["resource"] = json!(subject);
        }
        if let Some(path) = &loss.path {
            value["path"] = json!(path.to_string());
        }
        value
    };
    let ledger: Vec<_> = written.ledger.iter().map(loss).collect();
    let findings: Vec<_> = reading.findings.iter().map(findings::json).collect();
    format!("{:#}\n", json!({"content": written.text, "ledger": ledger, "findings": findings}))
}

/// The ledger as text: resource by resource, what could not be said.
pub(crate) fn ledger(losses: &[Loss]) -> String {
    let mut out = String::new();
    for loss in losses {
        let subject = loss.subject.as_ref().map(findings::named);
        let place = [subject, loss.path.as_ref().map(ToString::to_string)];
        let place: Vec<String> = place.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        let place: String = if place.is_empty() { String::new() } else { format!("{}: ", place.join(": ")) };
        let line = format!("ledger: {place}{}", loss.message);
        let _ = writeln!(out, "{}", visible(&line));
    }
    out
}

#[cfg(test)]
mod tests {
    use meshwright_dialect::{Input, Options, read};

    use super::*;

    const MESH: &str = "Resources:\n  Mesh:\n    Type: AWS::AppMesh::Mesh\n    Properties:\n      MeshName: a\n";

    fn conflict_of(texts: &[String]) -> Option<String> {
        let input = |(at, text): (usize, &String)| Input { name: format!("{at}.yaml"), bytes: text.clone().into() };
        let inputs = texts.iter().enumerate().map(input).collect();
        conflict(&read(inputs, &Options { keep_parameters: true, ..Options::default() }))
    }

    /// A template with a mesh of that label, and more sections.
    fn template(label: &str, more: &str) -> String {
        MESH.replace("  Mesh:", &format!("  {label}:")).replace("MeshName: a", &format!("MeshName: {label}")) + more
    }

    #[test]
    fn templates_whose_names_clash_are_not_merged() {
        let parameter = |default: &str| format!("Parameters:\n  P:\n    Type: String\n    Default: {default}\n");
        let two = |left: &str, right: &str| conflict_of(&[template("A", left), template("B", right)]);
        assert_eq!(two("Description: x\n", "Description: y\n"), None);
        assert_eq!(two(&parameter("a"), &parameter("a")), None);
        let clash = Some("several templates declare `Parameters.P`, and not alike".to_owned());
        assert_eq!(two(&parameter("a"), &parameter("b")), clash);
        let queue = "  Q:\n    Type: AWS::SQS::Queue\n";
        assert_eq!(two(queue, queue), Some("several templates have something named `Q`".to_owned()));
        assert_eq!(
            two("", &parameter("a").replace("  P:", "  A:")),
            Some("several templates have something named `A`".to_owned())
        );
        let node = |label: &str| {
            format!(
                "  {label}:\n    Type: AWS::AppMesh::VirtualNode\n    Properties: {{MeshName: m, VirtualNodeName: !Sub \
                 '${{AWS::StackName}}-n', Spec: {{}}}}\n"
            )
        };
        let clash = Some("several templates define virtual node ${AWS::StackName}-n of mesh m".to_owned());
        assert_eq!(two(&node("N"), &node("O")), clash);
        let same = conflict_of(&[template("A", ""), template("A", "")]);
        assert_eq!(same, Some("several templates have a resource `A`".to_owned()));
        assert_eq!(conflict_of(&[template("A", &parameter("a"))]), None);
        let stream = format!("{}---\n{}", template("A", ""), template("B", ""));
        assert_eq!(conflict_of(&[stream]), Some("0.yaml holds several templates".to_owned()));
    }
}
