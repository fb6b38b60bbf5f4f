//! Why there is no intent, and what to do about it.

use std::time::Duration;

use thiserror::Error;

/// Why a language model gave no intent. No message has a key in it.
#[derive(Debug, Error, PartialEq)]
pub enum Error {
    /// Nothing says which model to ask.
    #[error(
        "no language model is set up: set ANTHROPIC_API_KEY, or OPENAI_API_KEY and OPENAI_MODEL (with OPENAI_BASE_URL for \
         other endpoints), or AWS_BEARER_TOKEN_BEDROCK, AWS_REGION and BEDROCK_MODEL; without --llm nothing is sent anywhere"
    )]
    NoProvider,
    /// The provider that was asked for has no key.
    #[error("there is no key: set {variable}; without --llm none is needed")]
    NoKey {
        /// The variable that would hold it.
        variable: &'static str,
    },
    /// A key that no header can carry.
    #[error("{variable} holds white space or characters that no key has; set it anew")]
    BadKey {
        /// The variable that holds it.
        variable: &'static str,
    },
    /// Nothing says which model to ask of a provider that has many.
    #[error("no model is named: set {variable} or give --model NAME")]
    NoModel {
        /// The variable that would name it.
        variable: &'static str,
    },
    /// Nothing says in which region Bedrock is asked.
    #[error("no region is named in which Amazon Bedrock is asked: set AWS_REGION")]
    NoRegion,
    /// A region that is no name of one.
    #[error("`{region}` is no name of a region: such a name looks like `eu-west-1`")]
    BadRegion {
        /// What was given.
        region: String,
    },
    /// An address that cannot be asked.
    #[error("{variable} cannot be used: {why}")]
    BadUrl {
        /// The variable that holds it.
        variable: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A key would travel in plain text.
    #[error("the key would go to {host} unencrypted: use https, or a tunnel on this machine's loopback address")]
    ClearText {
        /// The host.
        host: String,
    },
    /// A proxy that cannot be used.
    #[error("HTTPS_PROXY cannot be used: it must look like `http://host:port`")]
    BadProxy,
    /// The proxy lets nobody through.
    #[error("the proxy of HTTPS_PROXY does not connect to {host}")]
    ProxyFailed {
        /// The host that should be reached.
        host: String,
    },
    /// The host has no address.
    #[error("the host {host} cannot be found: check the network and the address, and set HTTPS_PROXY behind a proxy")]
    HostNotFound {
        /// The host.
        host: String,
    },
    /// Nobody listens, or the network is down.
    #[error("{host} cannot be reached ({why}): check the network and the address, and set HTTPS_PROXY behind a proxy")]
    Unreachable {
        /// The host.
        host: String,
        /// What the system says.
        why: String,
    },
    /// The host cannot be trusted.
    #[error(
        "no trusted connection to {host} ({why}): where a proxy opens TLS, its authority must be among the system's, or in the \
         file that SSL_CERT_FILE names"
    )]
    Tls {
        /// The host.
        host: String,
        /// What TLS says.
        why: String,
    },
    /// It took too long.
    #[error("{host} did not answer within {}: try again, or give --llm-timeout SECONDS", span(*.limit))]
    Timeout {
        /// The host.
        host: String,
        /// The limit.
        limit: Duration,
    },
    /// The connection ended, or what came is no HTTP.
    #[error("{host} ended the connection before its answer was whole ({why}): try again")]
    Broken {
        /// The host.
        host: String,
        /// What happened.
        why: String,
    },
    /// 401 or 403.
    #[error("{host} does not accept the key ({status}): {message}; check {variable} and what the key may do")]
    Unauthorized {
        /// The host.
        host: String,
        /// 401 or 403.
        status: u16,
        /// The variable that holds the key.
        variable: &'static str,
        /// What the host says.
        message: String,
    },
    /// 404.
    #[error(
        "{host} knows no model `{model}` or has nothing at that address (404): {message}; check {variable} and {base_variable}"
    )]
    NotFound {
        /// The host.
        host: String,
        /// The model.
        model: String,
        /// The variable that names the model.
        variable: &'static str,
        /// The variable that holds the address.
        base_variable: &'static str,
        /// What the host says.
        message: String,
    },
    /// 429.
    #[error("{host} takes no more requests now (429): {message}; {}", retry(*.retry_after))]
    RateLimited {
        /// The host.
        host: String,
        /// How long to wait, where the host says so.
        retry_after: Option<Duration>,
        /// What the host says.
        message: String,
    },
    /// 5xx, and an overload.
    #[error("{host} has a fault or is overloaded ({status}): {message}; {}", retry(*.retry_after))]
    Unavailable {
        /// The host.
        host: String,
        /// The status.
        status: u16,
        /// How long to wait, where the host says so.
        retry_after: Option<Duration>,
        /// What the host says.
        message: String,
    },
    /// Any other refusal of the request itself.
    #[error("{host} does not take the request ({status}): {message}")]
    Rejected {
        /// The host.
        host: String,
        /// The status.
        status: u16,
        /// What the host says.
        message: String,
    },
    /// A redirect, which would take the key elsewhere.
    #[error(
        "{host} redirects to another address ({status}), which is not followed: the key would go there too; check {variable}"
    )]
    Redirected {
        /// The host.
        host: String,
        /// The status.
        status: u16,
        /// The variable that holds the address.
        variable: &'static str,
    },
    /// More than is read.
    #[error("the answer of {host} is longer than {limit} bytes and was not read to its end")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The host sent the key back.
    #[error(
        "{host} sent the key back in its answer, so nothing of the answer is used: check that the address is the right one"
    )]
    KeyReturned {
        /// The host.
        host: String,
    },
    /// What came is not what the interface answers.
    #[error("{host} answered, but not as the interface does ({why}): check {variable}")]
    NotTheInterface {
        /// The host.
        host: String,
        /// What is wrong with it.
        why: String,
        /// The variable that holds the address.
        variable: &'static str,
    },
    /// The model, or a filter before it, does not answer.
    #[error("the model declines to answer ({reason}): put the request in other words, or leave out --llm")]
    Refusal {
        /// The reason, as far as there is one.
        reason: String,
    },
    /// The answer was cut off.
    #[error("the answer was cut off at the model's limit ({reason}): ask for less at a time, or name another model")]
    Truncated {
        /// The limit.
        reason: String,
    },
    /// No try gave an intent.
    #[error("no answer in {tries} tries was a valid intent; the last: {}", problems.join("; "))]
    NotAccepted {
        /// How often the model was asked.
        tries: usize,
        /// What was wrong with the last answer.
        problems: Vec<String>,
    },
}

/// A span of time as messages have it.
pub(crate) fn span(limit: Duration) -> String {
    if limit.subsec_millis() == 0 { format!("{} s", limit.as_secs()) } else { format!("{} ms", limit.as_millis()) }
}

fn retry(after: Option<Duration>) -> String {
    after.map_or_else(|| "try again later".to_owned(), |after| format!("try again in {} s", after.as_secs()))
}
