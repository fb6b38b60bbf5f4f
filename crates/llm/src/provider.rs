//! Who is asked: the providers, what the environment says of them, and which of them it comes to.

use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::key::Key;

/// Whose interface is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The Messages API of Anthropic, and what speaks it.
    Anthropic,
    /// The Chat Completions API of OpenAI, and what speaks it: most servers for models on one's own machines do.
    OpenAi,
    /// Amazon Bedrock's Converse API, with a Bedrock API key.
    Bedrock,
}

/// What the environment says of a provider.
#[derive(Clone, Default)]
pub struct Variables {
    /// The address below which its interface lies; absent, the provider's own.
    pub base_url: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// The model.
    pub model: Option<String>,
}

/// What the environment says.
#[derive(Clone, Default)]
pub struct Environment {
    /// `ANTHROPIC_BASE_URL`, `ANTHROPIC_API_KEY`, `ANTHROPIC_MODEL`.
    pub anthropic: Variables,
    /// `OPENAI_BASE_URL`, `OPENAI_API_KEY`, `OPENAI_MODEL`.
    pub openai: Variables,
    /// `AWS_ENDPOINT_URL_BEDROCK_RUNTIME`, `AWS_BEARER_TOKEN_BEDROCK`, `BEDROCK_MODEL`.
    pub bedrock: Variables,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`: where Bedrock is asked.
    pub region: Option<String>,
    /// `HTTPS_PROXY`.
    pub proxy: Option<String>,
    /// `NO_PROXY`: hosts that are asked without it.
    pub no_proxy: Option<String>,
}

/// What a provider's variables are called.
pub(crate) struct Names {
    pub(crate) base_url: &'static str,
    pub(crate) key: &'static str,
    pub(crate) model: &'static str,
}

/// The model of Anthropic that is asked where none is named.
///
/// Source: platform.claude.com, models: the balanced one of speed and intelligence at 2026-11.
const ANTHROPIC_MODEL: &str = "claude-sonnet-5-5";

impl Provider {
    /// In the order in which they are looked for.
    const ALL: [Self; 3] = [Self::Anthropic, Self::OpenAi, Self::Bedrock];

    pub(crate) fn names(self) -> Names {
        match self {
            Self::Anthropic => {
                Names { base_url: "ANTHROPIC_BASE_URL", key: "ANTHROPIC_API_KEY", model: "ANTHROPIC_MODEL" }
            }
            Self::OpenAi => Names { base_url: "OPENAI_BASE_URL", key: "OPENAI_API_KEY", model: "OPENAI_MODEL" },
            Self::Bedrock => Names {
                base_url: "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                key: "AWS_BEARER_TOKEN_BEDROCK",
                model: "BEDROCK_MODEL",
            },
        }
    }

    fn variables(self, environment: &Environment) -> &Variables {
        match self {
            Self::Anthropic => &environment.anthropic,
            Self::OpenAi => &environment.openai,
            Self::Bedrock => &environment.bedrock,
        }
    }

    /// Whether it can do without a key: a server of one's own often has none.
    fn may_lack_key(self, base_url: Option<&str>) -> bool {
        self == Self::OpenAi && base_url.is_some()
    }
}

/// A provider and what it takes to ask it.
#[derive(Clone, Debug)]
pub struct Access {
    pub(crate) provider: Provider,
    pub(crate) endpoint: Endpoint,
    pub(crate) key: Option<Key>,
    pub(crate) model: String,
    pub(crate) proxy: Option<String>,
}

impl Access {
    /// The provider that is named, or else the first that has a key; its model is the one that is named here, or else the
    /// environment's.
    ///
    /// # Errors
    /// Says which variable is missing or cannot be used.
    pub fn choose(provider: Option<Provider>, model: Option<&str>, environment: &Environment) -> Result<Self, Error> {
        let is_set_up = |provider: &Provider| {
            let variables = provider.variables(environment);
            filled(variables.key.as_ref()).is_some() || provider.may_lack_key(filled(variables.base_url.as_ref()))
        };
        let provider = provider.or_else(|| Provider::ALL.into_iter().find(is_set_up)).ok_or(Error::NoProvider)?;
        let names = provider.names();
        let variables = provider.variables(environment);
        let base_url = filled(variables.base_url.as_ref());
        let key = filled(variables.key.as_ref()).and_then(Key::new);
        if key.is_none() && !provider.may_lack_key(base_url) {
            return Err(Error::NoKey { variable: names.key });
        }
        if key.as_ref().is_some_and(|key| !key.is_sendable()) {
            return Err(Error::BadKey { variable: names.key });
        }
        let own_model = (provider == Provider::Anthropic).then_some(ANTHROPIC_MODEL);
        let model =
            model.map(str::trim).filter(|model| !model.is_empty()).or(filled(variables.model.as_ref())).or(own_model);
        let model = model.ok_or(Error::NoModel { variable: names.model })?.to_owned();
        let base = match base_url {
            Some(base_url) => base_url.to_owned(),
            None => own_address(provider, environment)?,
        };
        let endpoint = Endpoint::parse(names.base_url, &base, key.is_some())?;
        let takes_proxy = endpoint.takes_proxy(environment.no_proxy.as_deref());
        let proxy = filled(environment.proxy.as_ref()).filter(|_| takes_proxy).map(str::to_owned);
        Ok(Self { provider, endpoint, key, model, proxy })
    }

    /// The model that is asked.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// The host that is asked.
    pub fn host(&self) -> &str {
        &self.endpoint.host
    }

    /// A text from outside in one line of bounded length, without the key.
    pub(crate) fn shown(&self, text: &str) -> String {
        const MAX_CHARS: usize = 300;
        let text = self.key.as_ref().map_or_else(|| text.to_owned(), |key| key.redact(text));
        let plain: String = text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(MAX_CHARS) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    }

    /// Whether a text has the key in it.
    pub(crate) fn has_key_in(&self, text: &str) -> bool {
        self.key.as_ref().is_some_and(|key| key.is_in(text))
    }
}

/// What a variable holds, unless that is nothing.
fn filled(variable: Option<&String>) -> Option<&str> {
    variable.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The provider's own address.
fn own_address(provider: Provider, environment: &Environment) -> Result<String, Error> {
    match provider {
        Provider::Anthropic => Ok("https://api.anthropic.com".to_owned()),
        Provider::OpenAi => Ok("https://api.openai.com/v1".to_owned()),
        Provider::Bedrock => {
            let region = filled(environment.region.as_ref()).ok_or(Error::NoRegion)?;
            let is_name = region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            if !is_name {
                return Err(Error::BadRegion { region: region.escape_debug().to_string() });
            }
            let ending = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
            Ok(format!("https://bedrock-runtime.{region}.{ending}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(base_url: &str, key: &str, model: &str) -> Variables {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Variables { base_url: some(base_url), key: some(key), model: some(model) }
    }

    fn check(provider: Option<Provider>, model: Option<&str>, environment: &Environment, expected: &str) {
        let said = match Access::choose(provider, model, environment) {
            Ok(access) => format!("{:?} {} {}", access.provider, access.endpoint.base, access.model),
            Err(error) => error.to_string(),
        };
        assert!(said.starts_with(expected), "{said}");
    }

    #[test]
    fn the_first_with_a_key_is_asked_unless_one_is_named() {
        let both = Environment {
            anthropic: variables("", "key-of-anthropic", ""),
            openai: variables("", "key-of-openai", "gpt"),
            ..Environment::default()
        };
        check(None, None, &both, "Anthropic https://api.anthropic.com claude-sonnet-5-5");
        check(Some(Provider::OpenAi), None, &both, "OpenAi https://api.openai.com/v1 gpt");
        check(None, Some("claude-other"), &both, "Anthropic https://api.anthropic.com claude-other");
        check(Some(Provider::Bedrock), None, &both, "there is no key: set AWS_BEARER_TOKEN_BEDROCK");
    }

    #[test]
    fn what_is_missing_is_named() {
        check(None, None, &Environment::default(), "no language model is set up: set ANTHROPIC_API_KEY");
        let blank = Environment { anthropic: variables("", "  ", ""), ..Environment::default() };
        check(None, None, &blank, "no language model is set up");
        let openai = Environment { openai: variables("", "key", ""), ..Environment::default() };
        check(None, None, &openai, "no model is named: set OPENAI_MODEL");
        let mut bedrock = Environment { bedrock: variables("", "token", "m"), ..Environment::default() };
        check(None, None, &bedrock, "no region is named");
        bedrock.region = Some("evil.com/".to_owned());
        check(None, None, &bedrock, "`evil.com/` is no name of a region");
        bedrock.region = Some("cn-north-1".to_owned());
        check(None, None, &bedrock, "Bedrock https://bedrock-runtime.cn-north-1.amazonaws.com.cn m");
    }

    #[test]
    fn a_server_of_ones_own_needs_no_key() {
        let own = Environment { openai: variables("http://localhost:11434/v1", "", "qwen"), ..Environment::default() };
        check(None, None, &own, "OpenAi http://localhost:11434/v1 qwen");
    }

    #[test]
    fn nothing_that_is_shown_has_the_key_or_control_characters() {
        let environment = Environment { anthropic: variables("", "sk-0123456789", ""), ..Environment::default() };
        let access = Access::choose(None, None, &environment).unwrap();
        assert_eq!(access.shown("bad key\n\u{1b}[31m sk-0123456789"), "bad key [31m [key]");
        assert_eq!(access.shown(&"x".repeat(400)).chars().count(), 301);
        assert!(!format!("{access:?}").contains("0123456789"));
    }
}
