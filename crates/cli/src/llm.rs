//! `generate --llm`: a language model reads the request, and what it understood goes the way of every other intent.

use std::io::IsTerminal;
use std::time::Duration;

use meshwright_language::{Assumption, Understanding};
use meshwright_llm::{Access, Limits, Progress, Provider, Request, ask};
use meshwright_model::visible::visible;
use meshwright_verbs::generate::{LlmOptions, MAX_REQUEST, ProviderName};

use crate::{complain, env};

/// Has a request read by the model that was asked for.
pub(crate) fn read(
    request: &str,
    mesh: Option<String>,
    names: Vec<String>,
    name: ProviderName,
    options: &LlmOptions,
) -> anyhow::Result<Understanding> {
    if request.len() > MAX_REQUEST {
        anyhow::bail!("the request has {} bytes, more than {MAX_REQUEST}", request.len());
    }
    let provider = match name {
        ProviderName::Auto => None,
        ProviderName::Anthropic => Some(Provider::Anthropic),
        ProviderName::Openai => Some(Provider::OpenAi),
        ProviderName::Bedrock => Some(Provider::Bedrock),
    };
    let request = Request { text: request.to_owned(), mesh, names };
    understand(&request, provider, options).map_err(|error| anyhow::anyhow!("--llm: {}", visible(&error.to_string())))
}

fn understand(
    request: &Request,
    provider: Option<Provider>,
    options: &LlmOptions,
) -> Result<Understanding, meshwright_llm::Error> {
    let access = Access::choose(provider, options.model.as_deref(), &env::language_models())?;
    let whom = format!("{} at {}", access.model(), access.host());
    let is_watched = std::io::stderr().is_terminal();
    let mut say = |Progress { tries }: Progress| {
        if is_watched {
            let again = if tries > 1 { ", whose last answer was no valid intent" } else { "" };
            complain(&format!("asking {}{again} …\n", visible(&whom)));
        }
    };
    let limits = Limits { timeout: Duration::from_secs(u64::from(options.llm_timeout)) };
    let mut understanding = ask(&access, limits, request, &mut say)?.understanding;
    let what = format!("{whom} understood the request rightly");
    let why = "--llm was given; of a model's answer nothing is taken but a valid intent".to_owned();
    understanding.assumptions.insert(0, Assumption { what, why });
    Ok(understanding)
}
