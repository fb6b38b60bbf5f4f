//! Where the API is spoken and who asks: options over the environment over the profile, as the AWS CLI has them.

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;

use crate::endpoint::Endpoint;
use crate::error::{Error, chain};
use crate::identity::{Identity, Offline};
use crate::transport::{self, Limits, Transport};

/// The region that calls to a server of ours are signed for, where none is set.
const ANY_REGION: &str = "us-east-1";

/// What was given on the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// `--endpoint-url`.
    pub endpoint_url: Option<String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--profile`.
    pub profile: Option<String>,
}

/// Where the API is spoken and who asks.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) endpoint: Endpoint,
    pub(crate) region: String,
    pub(crate) identity: Identity,
    pub(crate) transport: Transport,
    /// How often a call is tried.
    pub(crate) attempts: u32,
    /// Whether that was asked for, and holds for calls that were too many as well.
    pub(crate) is_bounded: bool,
}

impl Access {
    /// Looks at options, the environment and the profile. Nothing is sent yet.
    pub(crate) fn of(options: &Options, limits: Limits) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| Error::Runtime { why: why.to_string() })?;
        // An empty option, as a script leaves it where a variable is unset, is none.
        let given = |option: &Option<String>| option.clone().filter(|text| !text.trim().is_empty());
        let (profile, region) = (given(&options.profile), given(&options.region));
        runtime.block_on(check_profile(profile.as_deref()))?;
        let config = runtime.block_on(load(profile.as_deref(), region));
        let region = config.region().map(|region| region.as_ref().to_owned()).filter(|name| !name.trim().is_empty());
        let endpoint = match given(&options.endpoint_url).or_else(|| configured_endpoint(&config)) {
            Some(url) => Endpoint::given(&url)?,
            None => Endpoint::of_region(region.as_deref().ok_or(Error::NoRegion)?)?,
        };
        let region = region.unwrap_or_else(|| ANY_REGION.to_owned());
        let trusted = match configured(&config, "AWS_CA_BUNDLE", "ca_bundle") {
            Some(file) => transport::authorities_in(&file)?,
            None => transport::AUTHORITIES_OF_THE_MACHINE,
        };
        let transport = Transport::new(limits, endpoint.is_loopback, &trusted);
        let is_bounded = limits.attempts.is_some() || configured(&config, "AWS_MAX_ATTEMPTS", "max_attempts").is_some();
        let attempts = limits.attempts.or_else(|| Some(config.retry_config()?.max_attempts())).unwrap_or(3).max(1);
        let identity = Identity::new(runtime, profile.as_deref(), &region, &transport, endpoint.is_loopback);
        Ok(Self { endpoint, region, identity, transport, attempts, is_bounded })
    }
}

/// Whether the profile that is asked for is there, as the AWS CLI checks; the default one need not be.
async fn check_profile(profile: Option<&str>) -> Result<(), Error> {
    let files = EnvConfigFiles::default();
    let profiles =
        aws_config::profile::load(&Fs::real(), &Env::real(), &files, profile.map(|name| name.to_owned().into())).await;
    let profiles = profiles.map_err(|why| Error::Files { why: chain(&why) })?;
    let name = profiles.selected_profile();
    if name != "default" && profiles.get_profile(name).is_none() {
        return Err(Error::NoProfile { profile: name.to_owned() });
    }
    Ok(())
}

async fn load(profile: Option<&str>, region: Option<String>) -> SdkConfig {
    let mut profiles = ProfileFileRegionProvider::builder();
    if let Some(name) = profile {
        profiles = profiles.profile_name(name);
    }
    // The machine is not asked, as the AWS CLI does not ask it either: where there is none, that takes seconds.
    let regions = RegionProviderChain::first_try(region.map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profiles.build());
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).no_credentials().region(regions).http_client(Offline);
    if let Some(name) = profile {
        loader = loader.profile_name(name);
    }
    loader.load().await
}

/// The endpoint that the environment or the profile names, for App Mesh or for all services.
fn configured_endpoint(config: &SdkConfig) -> Option<String> {
    configured(config, "AWS_ENDPOINT_URL", "endpoint_url")
        .or_else(|| config.endpoint_url().map(str::to_owned))
        .filter(|url| !url.trim().is_empty())
}

/// A setting of the environment or the profile, for App Mesh or for all services.
fn configured(config: &SdkConfig, variable: &str, setting: &str) -> Option<String> {
    let key = ServiceConfigKey::builder().service_id("app_mesh").env(variable).profile(setting).build();
    let own = config.service_config().zip(key.ok()).and_then(|(service, key)| service.load_config(key));
    own.filter(|value| !value.trim().is_empty())
}
