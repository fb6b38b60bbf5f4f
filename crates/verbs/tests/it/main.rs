//! `validate` as a whole: what is read, what rules find, what is allowed, and every format before its judge.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking, and say what they skip")]

mod allowing;
mod baseline;
mod bootstrap;
mod generate;
mod hostile;
mod judges;
mod live;
mod trace;

use std::path::{Path, PathBuf};

use meshwright_dialect::{Input, Options, Reading, read};
use meshwright_verbs::Answer;
use meshwright_verbs::config::Config;
use meshwright_verbs::files::FileOptions;
use meshwright_verbs::validate::{Deny, Surroundings, ValidateFormat, ValidateOptions, run};
use serde_json::Value;

/// A router with a route to a node that there is not, on line 10; `{}` is the place of comments.
const TEMPLATE: &str = "\
Resources:
  Route:{}
    Type: AWS::AppMesh::Route
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      RouteName: all
      Spec:
        HttpRoute:
          Action: {WeightedTargets: [{VirtualNode: orders-v3, Weight: 1}]}{}
          Match: {Prefix: /}
  Mesh:
    Type: AWS::AppMesh::Mesh
    Properties: {MeshName: shop}
  Orders:
    Type: AWS::AppMesh::VirtualRouter
    Properties:
      MeshName: shop
      VirtualRouterName: orders
      Spec: {Listeners: [{PortMapping: {Port: 8080, Protocol: http}}]}
";

/// The template with comments behind the logical id of the route and behind its target.
fn template(behind_id: &str, behind_target: &str) -> String {
    TEMPLATE.replacen("{}", behind_id, 1).replacen("{}", behind_target, 1)
}

fn reading(files: &[(&str, &str)]) -> Reading {
    let input = |(name, text): &(&str, &str)| Input { name: (*name).to_owned(), bytes: (*text).into() };
    read(files.iter().map(input).collect(), &Options::default())
}

fn options(format: ValidateFormat) -> ValidateOptions {
    let files = FileOptions::default();
    ValidateOptions {
        files,
        format,
        deny: Deny::Warning,
        quiet: false,
        fix: false,
        diff: false,
        baseline: None,
        config: None,
    }
}

/// Validates files in a format, with settings and a baseline where they are not empty.
fn validate(files: &[(&str, &str)], format: ValidateFormat, settings: &str, baseline: &str) -> Answer {
    let config =
        if settings.is_empty() { Config::default() } else { Config::parse("meshwright.toml", settings).unwrap() };
    let baseline = (!baseline.is_empty()).then(|| ("baseline.json".to_owned(), baseline.to_owned()));
    let surroundings = Surroundings { config, baseline, is_coloured: false };
    run(&reading(files), &options(format), &surroundings).unwrap()
}

fn json(files: &[(&str, &str)], settings: &str, baseline: &str) -> Value {
    serde_json::from_str(&validate(files, ValidateFormat::Json, settings, baseline).output).unwrap()
}

/// The rules that tests here are about; what others find in the template is no concern of theirs.
const CONCERNED: &[&str] =
    &["dangling-virtual-node", "unknown-field", "unknown-rule", "allow-without-reason", "unused-allow"];

/// The findings of an answer that tests are about.
fn findings(answer: &Value) -> Vec<&Value> {
    let is_concerned = |finding: &&Value| CONCERNED.contains(&finding["rule"].as_str().unwrap());
    answer["findings"].as_array().unwrap().iter().filter(is_concerned).collect()
}

/// The findings of an answer as lines: `10 dangling-virtual-node`.
fn lines(answer: &Value) -> Vec<String> {
    let line = |finding: &Value| format!("{} {}", finding["line"], finding["rule"].as_str().unwrap());
    findings(answer).into_iter().map(line).collect()
}

/// The public templates and AWS JSON; `None`, with a word about it, where they are not at hand.
fn public_files() -> Option<Vec<PathBuf>> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("MESHWRIGHT_CORPUS").map_or_else(default, PathBuf::from);
    if !corpus.join("INDEX.tsv").is_file() {
        println!("skipped: the public corpus is not at {}; set MESHWRIGHT_CORPUS to read it", corpus.display());
        return None;
    }
    let mut files = Vec::new();
    let mut folders = vec![corpus.join("cloudformation"), corpus.join("cli-json")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Some(files)
}
