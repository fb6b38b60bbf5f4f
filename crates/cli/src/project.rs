//! The settings of the project that the current folder belongs to, and what else stands beside the files of a verb.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use meshwright_verbs::config::{Config, FILE_NAME};
use meshwright_verbs::validate::{Surroundings, ValidateOptions};

use crate::load;

/// What stands beside the files of `validate`: the project's settings and the baseline.
pub(crate) fn surroundings(options: &ValidateOptions, is_coloured: bool) -> Result<Surroundings> {
    let baseline = match &options.baseline {
        Some(name) => Some((name.clone(), load_text("--baseline ", name)?)),
        None => None,
    };
    let config = match &options.config {
        Some(name) => Config::parse(name, &load_text("--config ", name)?)?,
        None => settings()?,
    };
    Ok(Surroundings { config, baseline, is_coloured })
}

/// The settings of the project that the current folder belongs to.
pub(crate) fn settings() -> Result<Config> {
    match find_config() {
        Some(name) => Ok(Config::parse(&name, &load_text("", &name)?)?),
        None => Ok(Config::default()),
    }
}

/// The text of a file that an option names.
fn load_text(option: &str, name: &str) -> Result<String> {
    let bytes = load::read_file(Path::new(name)).map_err(|why| anyhow!("{option}{name}: {why}"))?;
    String::from_utf8(bytes).map_err(|_| anyhow!("{option}{name}: it is not UTF-8 text"))
}

/// The settings of the nearest folder that has some, from the current one up: their name as seen from here.
fn find_config() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let mut ups = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(FILE_NAME).is_file() {
            return Some(ups.join(FILE_NAME).display().to_string());
        }
        ups.push("..");
    }
    None
}
