//! `cargo xtask wordings`: how much of ordinary wording is understood, by the requests of `crates/language/tests/wordings`.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use meshwright_dialect::{Input, Options};
use meshwright_language::{compose, compose_into, understand, understand_change};
use meshwright_model::Inventory;

use crate::console::print;

/// What a request gives.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Given {
    /// Resources or edits, as text.
    Answer(String),
    /// A question, or what was not understood.
    Asked(String),
}

/// A canonical request, and what says the same.
struct Group {
    request: String,
    file: Option<String>,
    same: Vec<String>,
    others: Vec<String>,
}

/// How many give the same, are asked about, or give something else; and how many that mean another thing give the same.
#[derive(Default)]
struct Rates {
    same: usize,
    asked: usize,
    differs: usize,
    taken: usize,
}

/// Reads all groups, and prints rates; with `--show NAME`, the lines of a file that are not understood, held ones left out.
pub(crate) fn run(root: &Path, arguments: &[String]) -> Result<()> {
    let folder = root.join("crates/language/tests/wordings");
    let files = folder.join("files");
    match arguments {
        [] => {
            print("                          same  asked  differs\n");
            for (title, folder) in [("open", folder.clone()), ("held", folder.join("held"))] {
                for path in tables(&folder)? {
                    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    print(&format!("{title} {name:<20} {}\n", rates(&path, &files, false)?));
                }
            }
            Ok(())
        }
        [flag, name] if flag == "--show" => rates(&folder.join(format!("{name}.txt")), &files, true).map(drop),
        _ => bail!("wordings takes nothing, or --show NAME"),
    }
}

/// The files of a folder that hold groups.
fn tables(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    Ok(paths)
}

/// How much of a file is understood; groups whose canonical request is asked about are left out.
fn rates(path: &Path, files: &Path, shows: bool) -> Result<Rates> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut rates = Rates::default();
    for group in groups(&text) {
        let there = group.file.as_ref().map(|file| inventory(&files.join(file))).transpose()?;
        let expected = given(&group.request, there.as_ref());
        let Given::Answer(_) = expected else { continue };
        for request in &group.same {
            let why = match given(request, there.as_ref()) {
                own if own == expected => {
                    rates.same += 1;
                    continue;
                }
                Given::Asked(why) => {
                    rates.asked += 1;
                    why
                }
                Given::Answer(_) => {
                    rates.differs += 1;
                    format!("differs from: {}", group.request)
                }
            };
            if shows {
                print(&format!("{request}\n    {why}\n"));
            }
        }
        let taken = group.others.iter().filter(|request| given(request, there.as_ref()) == expected);
        for request in taken {
            rates.taken += 1;
            if shows {
                print(&format!("{request}\n    is taken for: {}\n", group.request));
            }
        }
    }
    Ok(rates)
}

impl fmt::Display for Rates {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = (self.same + self.asked + self.differs).max(1);
        let share = |count: usize| format!("{} %", count * 100 / all);
        write!(to, "{:>5}  {:>5}  {:>7}", share(self.same), share(self.asked), share(self.differs))?;
        match self.taken {
            0 => write!(to, "  of {all}"),
            taken => write!(to, "  of {all}; {taken} near misses are taken for the same"),
        }
    }
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(canonical) = line.strip_prefix("== ") {
            let named = canonical.strip_prefix('@').and_then(|rest| rest.split_once(' '));
            let (file, request) = named.map_or((None, canonical), |(file, rest)| (Some(file.to_owned()), rest));
            groups.push(Group { request: request.to_owned(), file, same: Vec::new(), others: Vec::new() });
        } else if let Some(group) = groups.last_mut() {
            match line.strip_prefix("! ") {
                Some(other) => group.others.push(other.to_owned()),
                None => group.same.push(line.to_owned()),
            }
        }
    }
    groups
}

fn inventory(path: &Path) -> Result<Inventory> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Ok(meshwright_dialect::read(vec![Input { name, bytes }], &Options::default()).inventory)
}

/// What a request gives, new or in what is there.
fn given(request: &str, there: Option<&Inventory>) -> Given {
    let understanding = there.map_or_else(|| understand(request), |there| understand_change(request, there));
    let (answer, questions) = match there {
        Some(there) => {
            let insertion = compose_into(&understanding.intent, there);
            (format!("{:?}", insertion.edits), insertion.questions)
        }
        None => {
            let composition = compose(&understanding.intent);
            (format!("{:?}", composition.inventory), composition.questions)
        }
    };
    let missed = understanding.not_understood.iter().map(|words| format!("\"{}\"", words.text));
    let asked = understanding.questions.iter().chain(&questions).map(|question| question.text.clone());
    let open: Vec<String> = missed.chain(asked).collect();
    if open.is_empty() { Given::Answer(answer) } else { Given::Asked(open.join(" | ")) }
}
