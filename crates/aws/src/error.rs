//! Why there is no answer of the API's.

use std::time::Duration;

/// Why there is no answer of the API's. What people read says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An address that is none.
    #[error("the endpoint `{url}`: {why}")]
    BadEndpoint {
        /// What was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Neither a region nor an endpoint.
    #[error(
        "no endpoint and no region: give --endpoint-url, such as http://127.0.0.1:8480 for `meshwright serve`, or --region; or set \
         AWS_ENDPOINT_URL_APP_MESH or AWS_REGION, or `endpoint_url` or `region` in ~/.aws/config"
    )]
    NoRegion,
    /// A region that is none.
    #[error("--region {region}: it is no region; they read like us-east-1")]
    BadRegion {
        /// What was given.
        region: String,
    },
    /// A profile that no file has.
    #[error(
        "the profile `{profile}` is in neither ~/.aws/config nor ~/.aws/credentials (or the files that AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name)"
    )]
    NoProfile {
        /// Its name.
        profile: String,
    },
    /// Settings that cannot be read.
    #[error("the AWS CLI's configuration cannot be read: {why}")]
    Files {
        /// Why not.
        why: String,
    },
    /// No credentials where some are needed.
    #[error(
        "no credentials for {endpoint}: {why}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, give --profile, or sign in with `aws sso login`; \
         an endpoint on the loopback needs none{advice}"
    )]
    NoCredentials {
        /// Who wants them.
        endpoint: String,
        /// Where they were looked for, and what was wrong.
        why: String,
        /// What else to do.
        advice: &'static str,
    },
    /// A call that cannot be signed.
    #[error("the call cannot be signed: {why}")]
    Unsigned {
        /// Why not.
        why: String,
    },
    /// Nobody is there.
    #[error("{endpoint} does not answer: {why}{advice}")]
    Unreachable {
        /// Who should.
        endpoint: String,
        /// What the system says.
        why: String,
        /// What to do.
        advice: &'static str,
    },
    /// Authorities that cannot be read.
    #[error("AWS_CA_BUNDLE, or `ca_bundle` of the profile: {file}: {why}")]
    Authorities {
        /// Which file should have them.
        file: String,
        /// Why it has none.
        why: String,
    },
    /// A certificate that is not trusted.
    #[error("the certificate of {endpoint} is not trusted: {why}")]
    Untrusted {
        /// Whose certificate it is.
        endpoint: String,
        /// Why it is not trusted, and what to do.
        why: String,
    },
    /// Nothing came in time.
    #[error("{endpoint} has not answered within {} s{advice}", .limit.as_secs_f32())]
    Late {
        /// Who should have.
        endpoint: String,
        /// How long it had.
        limit: Duration,
        /// What to do.
        advice: &'static str,
    },
    /// An answer too large to be one.
    #[error("the answer of {endpoint} has more than {limit} bytes, so it is none of the App Mesh API{advice}")]
    TooLarge {
        /// Whose answer it is.
        endpoint: String,
        /// How many it may have.
        limit: usize,
        /// What to do.
        advice: &'static str,
    },
    /// An answer that the API does not give.
    #[error("{endpoint} does not speak the App Mesh API: {why}{advice}")]
    NotTheApi {
        /// Whose answer it is.
        endpoint: String,
        /// What is wrong with it.
        why: String,
        /// What to do.
        advice: &'static str,
    },
    /// A proxy that is none, or one that does not connect.
    #[error("the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names does not connect to {endpoint}: {why}")]
    Proxy {
        /// Who should be reached.
        endpoint: String,
        /// What is wrong.
        why: String,
    },
    /// This machine gives no threads or timers.
    #[error("the runtime does not start: {why}")]
    Runtime {
        /// Why not.
        why: String,
    },
}

/// An error with all that led to it, each once.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut inner = error.source();
    while let Some(error) = inner {
        let own = error.to_string();
        if !text.contains(&own) {
            text = format!("{text}: {own}");
        }
        inner = error.source();
    }
    text
}
