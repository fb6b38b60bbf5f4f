//! Where listeners and clusters come from: one stream of all resources, in the state of the world.

use prost_types::Duration;

use crate::envoy::config::bootstrap::v3::bootstrap::DynamicResources;
use crate::envoy::config::core::v3::grpc_service::google_grpc::call_credentials::metadata_credentials_from_plugin::ConfigType;
use crate::envoy::config::core::v3::grpc_service::google_grpc::call_credentials::{
    self, MetadataCredentialsFromPlugin,
};
use crate::envoy::config::core::v3::grpc_service::google_grpc::channel_args::{Value, value::ValueSpecifier};
use crate::envoy::config::core::v3::grpc_service::google_grpc::{
    CallCredentials, ChannelArgs, ChannelCredentials, SslCredentials, channel_credentials,
};
use crate::envoy::config::core::v3::grpc_service::{GoogleGrpc, TargetSpecifier};
use crate::envoy::config::core::v3::{
    AggregatedConfigSource, ApiConfigSource, ApiVersion, ConfigSource, DataSource, GrpcService, api_config_source,
    config_source, data_source,
};
use crate::envoy::config::grpc_credential::v3::AwsIamConfig;
use crate::json::pack;
use crate::settings::{ClientCertificate, ControlPlane, Settings};

/// The certificates by which App Mesh's agent trusts the control plane, where its image has them.
pub const ROOT_CERTIFICATES: &str = "/etc/pki/tls/cert.pem";

/// The extension that signs gRPC calls. App Mesh's Envoy has it; Envoy 1.40 has not, and refuses a bootstrap that names it.
const SIGNER: &str = "envoy.grpc_credentials.aws_iam";

/// How the connection is kept alive and given up.
const CHANNEL: &[(&str, i64)] = &[
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.initial_reconnect_backoff_ms", 10_000),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 20_000),
    ("grpc.max_connection_age_grace_ms", 5_000),
    ("grpc.max_connection_age_ms", 2_400_000),
];

pub(super) fn dynamic_resources(from: &ControlPlane, settings: &Settings) -> DynamicResources {
    let ads = GrpcService {
        target_specifier: Some(TargetSpecifier::GoogleGrpc(google_grpc(from, settings))),
        ..Default::default()
    };
    let source = ConfigSource {
        initial_fetch_timeout: Some(Duration { seconds: settings.initial_fetch_timeout.into(), nanos: 0 }),
        resource_api_version: ApiVersion::V3.into(),
        config_source_specifier: Some(config_source::ConfigSourceSpecifier::Ads(AggregatedConfigSource {})),
        ..Default::default()
    };
    DynamicResources {
        ads_config: Some(ApiConfigSource {
            api_type: api_config_source::ApiType::Grpc.into(),
            transport_api_version: ApiVersion::V3.into(),
            grpc_services: vec![ads],
            ..Default::default()
        }),
        lds_config: Some(source.clone()),
        cds_config: Some(source),
        ..Default::default()
    }
}

fn google_grpc(from: &ControlPlane, settings: &Settings) -> GoogleGrpc {
    let arg = |(name, value): &(&str, i64)| {
        ((*name).to_owned(), Value { value_specifier: Some(ValueSpecifier::IntValue(*value)) })
    };
    let channel = |target: &str| GoogleGrpc {
        target_uri: target.to_owned(),
        stat_prefix: "ads".to_owned(),
        channel_args: Some(ChannelArgs { args: CHANNEL.iter().map(arg).collect() }),
        ..Default::default()
    };
    let trusted = settings.trusted_certificates.as_deref();
    let shown = settings.client_certificate.as_ref();
    match from {
        ControlPlane::Plain { target } | ControlPlane::Socket { target } => channel(target),
        ControlPlane::Tls { target } => {
            GoogleGrpc { channel_credentials: Some(tls(trusted, shown)), ..channel(target) }
        }
        ControlPlane::Signed { target, region, service } => GoogleGrpc {
            channel_credentials: Some(tls(Some(trusted.unwrap_or(ROOT_CERTIFICATES)), shown)),
            call_credentials: vec![signer(region, service)],
            credentials_factory_name: SIGNER.to_owned(),
            ..channel(target)
        },
    }
}

/// TLS by the certificates in a file, or else by those of the machine, which may show one of the proxy.
fn tls(root_certificates: Option<&str>, shown: Option<&ClientCertificate>) -> ChannelCredentials {
    let file = |name: &str| DataSource {
        specifier: Some(data_source::Specifier::Filename(name.to_owned())),
        ..Default::default()
    };
    let ssl = SslCredentials {
        root_certs: root_certificates.map(file),
        private_key: shown.map(|own| file(&own.key)),
        cert_chain: shown.map(|own| file(&own.chain)),
    };
    ChannelCredentials { credential_specifier: Some(channel_credentials::CredentialSpecifier::SslCredentials(ssl)) }
}

fn signer(region: &str, service: &str) -> CallCredentials {
    let config = AwsIamConfig { service_name: service.to_owned(), region: region.to_owned() };
    let plugin = MetadataCredentialsFromPlugin {
        name: SIGNER.to_owned(),
        config_type: Some(ConfigType::TypedConfig(pack(&config))),
    };
    CallCredentials { credential_specifier: Some(call_credentials::CredentialSpecifier::FromPlugin(plugin)) }
}
