//! Edits of every file at hand: each value that can be read is set anew, taken away, or repeated, and the new text reads as
//! the old with that one change; comments stay, and what is outside of the patches is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path as FilePath, PathBuf};

use meshwright_dialect::{Edited, Input, Obstacle, Options, Reading, read, reads_as};
use meshwright_model::Path;
use meshwright_model::edit::{Change, Edit, NewValue};
use meshwright_model::path::Step;

use serde_json::{Value, json};

use crate::judges::ask;
use crate::{files_below, load, own_corpus, public_corpus};

/// The most edits of one kind that are tried in one file.
const MOST: usize = 40;

fn read_file(path: &FilePath, text: &[u8]) -> Reading {
    let input = Input { name: path.display().to_string(), bytes: text.to_vec() };
    read(vec![input], &Options { load: &load, ..Options::default() })
}

/// Every place in a value, with what stands there.
fn places(value: &NewValue, path: &Path, found: &mut Vec<(Path, NewValue)>) {
    found.push((path.clone(), value.clone()));
    match value {
        NewValue::Object(members) => {
            for (key, value) in members {
                places(value, &path.field(*key), found);
            }
        }
        NewValue::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| places(item, &path.index(index), found));
        }
        NewValue::Text(_) | NewValue::Integer(_) | NewValue::Bool(_) | NewValue::Open(_) => {}
    }
}

/// Another value of the same type.
fn other(value: &NewValue, path: &Path) -> Option<NewValue> {
    Some(match value {
        NewValue::Integer(integer) => NewValue::Integer(if *integer == 1 { 2 } else { 1 }),
        NewValue::Bool(truth) => NewValue::Bool(!truth),
        NewValue::Text(text) => match path.steps().last() {
            // Words of a few are no texts.
            Some(Step::Field(name)) if matches!(name.as_ref(), "hostname" | "prefix" | "exact" | "arn" | "path") => {
                NewValue::Text(format!("/{text}: #é"))
            }
            _ => return None,
        },
        _ => return None,
    })
}

/// The edits to try on a file.
fn edits(reading: &Reading) -> Vec<Edit> {
    let mut edits = Vec::new();
    let resources = reading.inventory.resources.iter().map(|resource| {
        let edit = |path: Path, change| Edit::of(resource, path, change);
        let mut found = Vec::new();
        places(&NewValue::of(&resource.spec), &Path::of(&["spec"]), &mut found);
        found.into_iter().map(move |(path, value)| (edit(path, Change::Remove), value)).collect::<Vec<_>>()
    });
    let tasks = reading.inventory.workloads.iter().map(|workload| {
        let edit = |path: Path| Edit { resource: None, origin: workload.origin, path, change: Change::Remove };
        let mut found = Vec::new();
        places(&NewValue::of(&workload.task), &Path::default(), &mut found);
        found.into_iter().skip(1).map(move |(path, value)| (edit(path), value)).collect::<Vec<_>>()
    });
    for (edit, value) in resources.chain(tasks).flatten() {
        let with = |change| Edit { change, ..edit.clone() };
        edits.push(with(Change::Set(value.clone())));
        edits.extend(other(&value, &edit.path).map(|new| with(Change::Set(new))));
        if let NewValue::List(items) = &value {
            edits.extend(items.last().map(|last| with(Change::Append(last.clone()))));
        }
        if edit.path.steps().len() > 1 || edit.resource.is_none() {
            edits.push(edit);
        }
    }
    edits
}

/// The comments of a text: what stands on a line after a `#` at its start or after a blank.
fn comments(text: &str) -> Vec<&str> {
    let comment = |line: &'_ str| {
        let at =
            line.char_indices().find(|(at, char)| *char == '#' && (*at == 0 || line[..*at].ends_with([' ', '\t'])));
        at.map(|(at, _)| at)
    };
    text.lines().filter_map(|line| Some(line[comment(line)?..].trim_end())).collect()
}

/// What stands outside of the patches is the same, and no comment is lost that is not taken away with its value.
fn check_bytes(old: &str, edited: &Edited) -> Result<(), String> {
    let (mut from, mut rest) = (0, edited.text.as_str());
    for patch in &edited.patches {
        let kept = &old[from..patch.range.start];
        rest = rest.strip_prefix(kept).and_then(|rest| rest.strip_prefix(patch.text.as_str())).ok_or("bytes differ")?;
        from = patch.range.end;
    }
    if rest != &old[from..] {
        return Err("bytes differ at the end".to_owned());
    }
    let gone: usize = edited.patches.iter().map(|patch| comments(&old[patch.range.clone()]).len()).sum();
    let (before, after) = (comments(old).len(), comments(&edited.text).len());
    if after + gone < before { Err(format!("{before} comments, {after} after")) } else { Ok(()) }
}

/// The kind of an obstacle, to be counted.
fn kind(obstacle: &Obstacle) -> String {
    format!("{obstacle:?}").split(['(', ' ']).next().unwrap_or_default().to_owned()
}

/// Whether what was taken away is required: what is around it cannot be read without it. Whoever asked is told by findings.
fn was_needed(before: &Reading, edit: &Edit, after: &Reading) -> bool {
    let count = |reading: &Reading| reading.inventory.resources.len() + reading.inventory.workloads.len();
    let gaps = |reading: &Reading| {
        let resources = reading.inventory.resources.iter().flat_map(|resource| resource.gaps.keys());
        let tasks = reading.inventory.workloads.iter().flat_map(|workload| workload.gaps.keys());
        resources.chain(tasks).filter(|gap| gap.contains(&edit.path)).count()
    };
    // What an object without a wrapper is, its specification tells.
    let names = |reading: &Reading| -> Vec<String> {
        reading.inventory.resources.iter().map(|resource| resource.id().to_string()).collect()
    };
    count(after) < count(before) || gaps(after) + gaps(before) > 0 || names(before) != names(after)
}

fn try_edit(path: &FilePath, reading: &Reading, edit: &Edit) -> Result<Option<Edited>, (Obstacle, String)> {
    let one = std::slice::from_ref(edit);
    let files = meshwright_dialect::edit(reading, one).map_err(|error| (error.obstacle.clone(), error.to_string()))?;
    // A template that this one nests is tried by itself.
    let name = path.display().to_string();
    let Some(file) = files.into_iter().find(|file| file.file == name) else { return Ok(None) };
    let unsound = |why: String| (Obstacle::Unsound(why.clone()), format!("{why}\n{:?}", file.patches));
    let old = std::fs::read_to_string(path).unwrap();
    check_bytes(&old, &file).map_err(unsound)?;
    let after = read_file(path, file.text.as_bytes());
    if edit.change == Change::Remove && was_needed(reading, edit, &after) {
        return Ok(Some(file));
    }
    reads_as(reading, one, &after).map_err(unsound)?;
    Ok(Some(file))
}

#[test]
fn every_value_of_every_file_can_be_edited_or_says_why_not() {
    let mut paths: Vec<PathBuf> = files_below(&own_corpus());
    if let Some(corpus) = public_corpus() {
        for dialect in ["cloudformation", "cli-json", "ecs-task-definitions"] {
            paths.extend(files_below(&corpus.join(dialect)));
        }
    }
    let (mut counts, mut wrong): (BTreeMap<String, usize>, Vec<String>) = Default::default();
    let (mut tried, mut made, mut questions) = (0, 0, Vec::new());
    for path in &paths {
        let Ok(text) = std::fs::read(path) else { continue };
        let reading = read_file(path, &text);
        let edits = edits(&reading);
        let stride = edits.len().div_ceil(MOST).max(1);
        for edit in edits.iter().step_by(stride) {
            tried += 1;
            let name = format!(
                "{}: {:?} {} {:?}",
                path.display(),
                edit.resource.as_ref().map(|it| &it.name),
                edit.path,
                edit.change
            );
            match try_edit(path, &reading, edit) {
                Ok(None) => {}
                Ok(Some(file)) => {
                    made += 1;
                    // PyYAML reads a few hundred files in a second.
                    if made % 10 == 0 && file.file.ends_with("ml") {
                        let before = String::from_utf8_lossy(&text).into_owned();
                        questions.push(json!({"before": before, "after": file.text, "name": name}));
                    }
                }
                Err((Obstacle::Unsound(_), why)) => wrong.push(format!("{name}: {why}")),
                Err((obstacle, _)) => *counts.entry(kind(&obstacle)).or_default() += 1,
            }
        }
    }
    println!("{tried} edits of {} files, {made} change something; refused: {counts:?}", paths.len());
    for wrong in wrong.iter().take(60) {
        println!("{wrong}");
    }
    assert!(wrong.is_empty(), "{} of {tried} edits went wrong", wrong.len());
    judge(&questions);
}

/// Another reader of YAML reads every new text, and finds one place that differs: the section and the resource of the edit.
fn judge(questions: &[Value]) {
    let Some(verdicts) = ask("yaml_judge.py", questions) else { return };
    let mut judged = 0;
    for (question, verdict) in questions.iter().zip(&verdicts).filter(|(_, verdict)| !verdict.is_null()) {
        let differing = verdict["differing"].as_array();
        let differing = differing.unwrap_or_else(|| panic!("{}: {verdict}\n{}", question["name"], question["after"]));
        let resource = |path: &Value| path.as_str().unwrap().split('/').take(3).collect::<Vec<_>>().join("/");
        let resources: BTreeSet<String> = differing.iter().map(resource).collect();
        assert!(resources.len() == 1, "{}: {differing:?}", question["name"]);
        judged += 1;
    }
    println!("PyYAML reads {judged} of {} edited templates", questions.len());
}
