//! Finds and loads files: as they were named, standard input, and what a directory holds.

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};
use std::fs::Metadata;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use meshwright_dialect::Input;
use meshwright_dialect::source::MAX_BYTES;
use meshwright_verbs::generate::MAX_REQUEST;

/// The most files that a directory may hold for a mesh to be looked for in it.
const MAX_FILES: usize = 100_000;

/// Words of which every mesh file has one.
const MARKS: &[&str] = &[
    "AWS::AppMesh",
    "AWS::CloudFormation::Stack",
    "AWS::ECS::TaskDefinition",
    "containerDefinitions",
    "meshName",
    "virtualNode",
    "virtualRouter",
    "virtualService",
    "virtualGateway",
    "weightedTargets",
    "egressFilter",
    "portMapping",
];

/// The endings of files that are looked at in a directory.
const ENDINGS: &[&str] = &["yaml", "yml", "json", "template"];

/// What was named on the command line, loaded; and what could not be, with the reason.
pub(crate) struct Loaded {
    pub(crate) inputs: Vec<Input>,
    pub(crate) errors: Vec<String>,
    /// Every file and folder that was taken, by its real path: one file may have several names.
    seen: HashSet<PathBuf>,
}

/// Loads files as they were named.
pub(crate) fn load(names: &[String]) -> Loaded {
    let mut loaded = Loaded { inputs: Vec::new(), errors: Vec::new(), seen: HashSet::new() };
    for name in names {
        if !loaded.is_new(Path::new(name)) {
            continue;
        }
        if name == "-" {
            loaded.take(name, bounded(std::io::stdin(), MAX_BYTES));
        } else if Path::new(name).is_dir() {
            loaded.take_directory(name);
        } else {
            loaded.take(name, read_file(Path::new(name)));
        }
    }
    loaded
}

/// What tells a change of a file: when it was changed, how long it is, and what [`identity`] says.
type Stamp = (SystemTime, u64, [u64; 4]);

/// What tells a change of files, by their paths; nothing where there is none.
pub(crate) type Stamps = BTreeMap<PathBuf, Option<Stamp>>;

/// When files that were named were changed, and everything below directories that may belong to a mesh.
pub(crate) fn stamps(names: &[String]) -> Stamps {
    let mut stamps = Stamps::new();
    for name in names {
        let path = Path::new(name);
        let (files, _) = if path.is_dir() { files_below(path) } else { (vec![path.to_owned()], Vec::new()) };
        for file in files {
            let metadata = std::fs::metadata(&file).ok();
            let stamp =
                metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len(), identity(&metadata))));
            stamps.insert(file, stamp);
        }
    }
    stamps
}

/// What tells one file from another of the same time and length, as a link may lead to now this and now that one: where it lies, and when
/// the system saw it change.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> [u64; 4] {
    use std::os::unix::fs::MetadataExt;
    [metadata.dev(), metadata.ino(), metadata.ctime().cast_unsigned(), metadata.ctime_nsec().cast_unsigned()]
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> [u64; 4] {
    [0; 4]
}

/// The most files that templates may name.
const MAX_NESTED: usize = 256;

/// The files that inputs may name: regular ones below the inputs' folders. A template may come from anywhere, and must not
/// get to show what else there is on this machine.
pub(crate) struct Nested {
    folders: Vec<PathBuf>,
    left: Cell<usize>,
}

impl Nested {
    /// Those of inputs by these names.
    pub(crate) fn of(names: &[String]) -> Self {
        let folders = names.iter().filter(|name| *name != "-").filter_map(|name| {
            let path = Path::new(name);
            let folder = if path.is_dir() { path } else { path.parent()? };
            let here = folder.as_os_str().is_empty();
            std::fs::canonicalize(if here { Path::new(".") } else { folder }).ok()
        });
        Self { folders: folders.collect(), left: Cell::new(MAX_NESTED) }
    }

    /// The content of a file that an input names, if it may be read.
    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.left.set(self.left.get().checked_sub(1)?);
        let path = std::fs::canonicalize(name).ok()?;
        let is_below = self.folders.iter().any(|folder| path.starts_with(folder));
        // Opening a pipe would wait for somebody to write to it.
        let is_file = || std::fs::metadata(&path).is_ok_and(|metadata| metadata.is_file());
        if is_below && is_file() { read_file(&path).ok() } else { None }
    }
}

/// The text of a file, or of standard input where it is called `-`.
pub(crate) fn read_text(name: &str) -> Result<String, String> {
    let bytes = if name == "-" { bounded(std::io::stdin(), MAX_BYTES) } else { read_file(Path::new(name)) };
    text(bytes?)
}

/// A request on standard input.
pub(crate) fn read_request() -> Result<String, String> {
    let request = text(bounded(std::io::stdin(), MAX_REQUEST)?)?;
    let request = request.trim_start_matches('\u{feff}').trim();
    if request.is_empty() { Err("it is empty".to_owned()) } else { Ok(request.to_owned()) }
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

/// A file's content, if it is a file and not too large.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let file = std::fs::File::open(path).map_err(|error| describe(&error))?;
    bounded(file, MAX_BYTES)
}

fn bounded(reader: impl Read, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut bytes).map_err(|error| describe(&error))?;
    if bytes.len() > most { Err(format!("it has more than {most} bytes")) } else { Ok(bytes) }
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "it may not be read".to_owned(),
        _ => error.to_string(),
    }
}

impl Loaded {
    fn is_new(&mut self, path: &Path) -> bool {
        // What has no real path, such as a pipe of the shell's, is known by its name.
        self.seen.insert(std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()))
    }

    fn take(&mut self, name: &str, content: Result<Vec<u8>, String>) {
        match content {
            Ok(bytes) => self.inputs.push(Input { name: name.to_owned(), bytes }),
            Err(why) => self.errors.push(format!("{name}: {why}")),
        }
    }

    /// Every file below a directory that may hold a part of a mesh, sorted by path.
    fn take_directory(&mut self, name: &str) {
        let (files, errors) = files_below(Path::new(name));
        self.errors.extend(errors);
        if files.len() > MAX_FILES {
            self.errors.push(format!("{name}: it holds more than {MAX_FILES} files; name the ones to read"));
            return;
        }
        let mut is_mesh = false;
        for path in files {
            if !self.is_new(&path) {
                is_mesh = true;
                continue;
            }
            match read_file(&path) {
                Ok(bytes) if has_mark(&bytes) => {
                    is_mesh = true;
                    self.inputs.push(Input { name: path.display().to_string(), bytes });
                }
                Ok(_) => {}
                Err(why) => self.errors.push(format!("{}: {why}", path.display())),
            }
        }
        if !is_mesh {
            self.errors.push(format!("{name}: no file below it holds a part of a mesh"));
        }
    }
}

/// Every file below a directory whose ending is that of a mesh file, sorted by path, and what cannot be read; links are not followed.
/// Where there are too many it stops.
fn files_below(directory: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let (mut files, mut errors) = (Vec::new(), Vec::new());
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                errors.push(format!("{}: {}", folder.display(), describe(&error)));
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && !is_hidden && entry.file_name() != "node_modules" {
                folders.push(path);
            } else if kind.is_file() && has_mesh_ending(&path) {
                files.push(path);
            }
        }
        if files.len() + folders.len() > MAX_FILES {
            files.extend(folders);
            break;
        }
    }
    files.sort();
    (files, errors)
}

fn has_mesh_ending(path: &Path) -> bool {
    path.extension()
        .and_then(|ending| ending.to_str())
        .is_some_and(|ending| ENDINGS.contains(&ending.to_lowercase().as_str()))
}

fn has_mark(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    MARKS.iter().any(|mark| text.contains(mark))
}
