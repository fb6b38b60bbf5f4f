//! Who asks: credentials as the AWS CLI finds them, fetched anew before they expire.
//!
//! A server on the loopback is asked without any where none stand in the environment or the profile: nothing on the network is
//! asked for some, so that neither a missing role nor an expired session stands between people and their own machine.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_types::region::Region;
use tokio::runtime::Runtime;

use crate::transport::Transport;

/// How long before they expire credentials are fetched anew.
const MARGIN: Duration = Duration::from_mins(2);

/// What has been found.
enum Known {
    /// Nothing has been looked for.
    Unasked,
    /// Calls go without a signature.
    None,
    /// They are signed with these.
    Some(Credentials),
}

/// Who asks.
pub(crate) struct Identity {
    provider: SharedCredentialsProvider,
    /// Whether calls may go without a signature.
    is_optional: bool,
    runtime: Runtime,
    known: Mutex<Known>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Identity")
    }
}

impl Identity {
    /// Nothing is looked for yet.
    pub(crate) fn new(
        runtime: Runtime,
        profile: Option<&str>,
        region: &str,
        transport: &Transport,
        is_loopback: bool,
    ) -> Self {
        let region = Some(Region::new(region.to_owned()));
        let config = ProviderConfig::without_region().with_region(region.clone());
        let provider = if is_loopback {
            let config = config.with_http_client(Offline);
            let mut profiles = ProfileFileCredentialsProvider::builder().configure(&config);
            if let Some(name) = profile {
                profiles = profiles.profile_name(name);
            }
            let environment = EnvironmentVariableCredentialsProvider::new();
            let chain = CredentialsProviderChain::first_try("Environment", environment);
            SharedCredentialsProvider::new(chain.or_else("Profile", profiles.build()))
        } else {
            let mut chain = DefaultCredentialsChain::builder().configure(config.with_http_client(transport.clone()));
            chain.set_region(region);
            if let Some(name) = profile {
                chain = chain.profile_name(name);
            }
            SharedCredentialsProvider::new(runtime.block_on(chain.build()))
        };
        Self { provider, is_optional: is_loopback, runtime, known: Mutex::new(Known::Unasked) }
    }

    /// The credentials to sign with; `None` where calls go without a signature.
    ///
    /// # Errors
    /// There are none where some are needed: where they were looked for, and what was wrong.
    pub(crate) fn credentials(&self) -> Result<Option<Credentials>, String> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Known::None => return Ok(None),
            Known::Some(credentials) if is_fresh(credentials) => return Ok(Some(credentials.clone())),
            Known::Some(_) | Known::Unasked => {}
        }
        match self.runtime.block_on(self.provider.provide_credentials()) {
            Ok(credentials) => {
                *known = Known::Some(credentials.clone());
                Ok(Some(credentials))
            }
            Err(_) if self.is_optional => {
                *known = Known::None;
                Ok(None)
            }
            Err(why) => Err(DisplayErrorContext(&why).to_string()),
        }
    }
}

fn is_fresh(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|expiry| SystemTime::now() + MARGIN < expiry)
}

/// A network where nobody answers.
#[derive(Clone, Debug)]
pub(crate) struct Offline;

impl HttpConnector for Offline {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Err(ConnectorError::user(
            "nothing is fetched for an endpoint on the loopback".into(),
        )))
    }
}

impl HttpClient for Offline {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self)
    }
}
