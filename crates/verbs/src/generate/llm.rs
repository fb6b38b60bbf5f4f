//! The options of having a language model read the request. Asking it is the command line's part.

use clap::{Args, ValueEnum};

/// Who reads the request, if a language model does.
#[derive(Args, Clone, Debug)]
pub struct LlmOptions {
    /// Let a language model read the request, instead of the grammar that is built in: this sends the request away
    ///
    /// Sent are the request, the schema of an intent and instructions; back comes an intent, which is checked like any other.
    /// The provider is the first whose variables are set, or the one that is named: `--llm=bedrock`.
    /// For example: `ANTHROPIC_API_KEY=… meshwright generate --llm "a canary of orders for requests from beta testers"`
    #[arg(
        long,
        value_enum,
        value_name = "PROVIDER",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "auto",
        conflicts_with_all = ["intent", "intent_schema"]
    )]
    pub llm: Option<ProviderName>,
    /// The model that is asked; without it that of `ANTHROPIC_MODEL`, `OPENAI_MODEL` or `BEDROCK_MODEL`
    #[arg(long, value_name = "NAME", requires = "llm")]
    pub model: Option<String>,
    /// The longest that one of at most 3 tries may take, in seconds
    #[arg(long, value_name = "SECONDS", requires = "llm", default_value_t = 120,
        value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub llm_timeout: u16,
}

/// Whose interface is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProviderName {
    /// The first of them that has a key
    Auto,
    /// Anthropic's Messages API
    Anthropic,
    /// OpenAI's Chat Completions API, and the many servers that speak it
    Openai,
    /// Amazon Bedrock's Converse API
    Bedrock,
}
