//! The verb `store`: what `serve --store` keeps, looked at and moved while no server has it open.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand, ValueEnum};
use meshwright_server::transfer::{self, Fault};
use meshwright_store::{Change, Error, File, Store};
use meshwright_verbs::{Answer, Verb};
use serde_json::json;

use crate::load;

/// How help shows it.
pub(crate) const VERB: Verb = Verb {
    name: "store",
    about: "What serve --store keeps: check it, export it, make one of an export",
    example: "meshwright store check shop.db\n  meshwright store export shop.db --output shop.json\n  meshwright store import shop.json copy.db",
};

/// Options of `store`.
#[derive(Args, Clone, Debug)]
pub(crate) struct StoreOptions {
    #[command(subcommand)]
    task: Task,
}

#[derive(Clone, Debug, Subcommand)]
enum Task {
    /// Look at every page and every resource of a store: exit code 1 where something is damaged or missing
    #[command(after_help = "Example:\n  meshwright store check shop.db --format json")]
    Check {
        /// The file of `serve --store`
        store: String,
        /// How the answer is written
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Write the whole state as one JSON document: all accounts, with versions, times, ids, tags and tokens
    #[command(after_help = "Example:\n  meshwright store export shop.db --output shop.json")]
    Export {
        /// The file of `serve --store`
        store: String,
    },
    /// Make a store of a document that `export` wrote
    #[command(after_help = "Example:\n  meshwright store import shop.json copy.db")]
    Import {
        /// The document; `-` is standard input
        document: String,
        /// The store, made where it is not there
        store: String,
        /// Put the document in the place of all that the store holds
        #[arg(long)]
        replace: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Does what is asked.
pub(crate) fn run(options: &StoreOptions) -> Result<Answer> {
    match &options.task {
        Task::Check { store, format } => check(store, *format),
        Task::Export { store } => {
            let contents = existing(store)?.load()?;
            let output = transfer::export(&contents).map_err(|fault| {
                anyhow!("{store}: {fault}: `meshwright store check {store}` says all that is wrong")
            })?;
            Ok(Answer { output, ..Answer::default() })
        }
        Task::Import { document, store, replace } => import(document, store, *replace),
    }
}

/// A store that is there.
fn existing(name: &str) -> Result<File> {
    if !Path::new(name).exists() {
        bail!("{name}: there is no such file");
    }
    Ok(File::open(Path::new(name))?)
}

fn check(name: &str, format: Format) -> Result<Answer> {
    if !Path::new(name).exists() {
        bail!("{name}: there is no such file");
    }
    let found = File::open(Path::new(name)).and_then(|mut file| file.load());
    let (summary, faults) = match &found {
        Ok(contents) => {
            let (census, faults) = transfer::check(contents);
            (Some((contents.revision, census)), faults)
        }
        Err(why @ (Error::Damaged { .. } | Error::Newer { .. })) => {
            let message = why.to_string();
            (None, vec![Fault { resource: name.to_owned(), message: message.replacen(&format!("{name}: "), "", 1) }])
        }
        Err(why) => bail!("{why}"),
    };
    let output = match format {
        Format::Json => {
            let faults: Vec<_> =
                faults.iter().map(|fault| json!({"resource": fault.resource, "message": fault.message})).collect();
            let summary = summary.map(|(revision, census)| {
                json!({"revision": revision, "meshes": census.meshes, "resources": census.resources})
            });
            format!("{:#}\n", json!({"store": name, "summary": summary, "faults": faults}))
        }
        Format::Text => {
            let mut lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
            if let Some((revision, census)) = summary {
                let verdict = if faults.is_empty() { "sound".to_owned() } else { format!("{} faults", faults.len()) };
                let (meshes, resources) = (census.meshes, census.resources);
                lines.push(format!(
                    "{name}: {verdict}; {resources} resources, {meshes} of them meshes; revision {revision}"
                ));
            }
            lines.join("\n") + "\n"
        }
    };
    Ok(Answer { output, has_findings: !faults.is_empty(), ..Answer::default() })
}

fn import(document: &str, name: &str, replace: bool) -> Result<Answer> {
    let text = load::read_text(document).map_err(|why| anyhow!("{document}: {why}"))?;
    let changes = transfer::import(&text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow!("{document}: nothing is imported:\n{}", lines.join("\n"))
    })?;
    let mut store = File::open(Path::new(name))?;
    let there = store.load()?.entries;
    if !there.is_empty() && !replace {
        bail!("{name}: it holds {} resources: --replace puts the document in their place", there.len());
    }
    let count = changes.len();
    let removed = there.into_iter().map(|(key, _)| Change { key, value: None });
    store.commit(&removed.chain(changes).collect::<Vec<_>>())?;
    Ok(Answer { output: format!("{name}: {count} resources\n"), ..Answer::default() })
}
