//! TLS: what is shown, and how the other side is checked.

use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::{Certificate, ClientTls, ServerTls, Trust, Validation};
use prost_types::Any;

use super::Translation;
use super::http::ads;
use super::matcher::string;
use crate::envoy::config::core::v3::config_source::ConfigSourceSpecifier;
use crate::envoy::config::core::v3::data_source::Specifier;
use crate::envoy::config::core::v3::grpc_service::{EnvoyGrpc, TargetSpecifier};
use crate::envoy::config::core::v3::{
    ApiConfigSource, ApiVersion, ConfigSource, DataSource, GrpcService, TransportSocket, api_config_source,
    transport_socket,
};
use crate::envoy::extensions::transport_sockets::tls::v3::common_tls_context::{
    CombinedCertificateValidationContext, ValidationContextType,
};
use crate::envoy::extensions::transport_sockets::tls::v3::subject_alt_name_matcher::SanType;
use crate::envoy::extensions::transport_sockets::tls::v3::{
    CertificateValidationContext, CommonTlsContext, DownstreamTlsContext, SdsSecretConfig, SubjectAltNameMatcher,
    TlsCertificate, UpstreamTlsContext,
};
use crate::envoy::r#type::matcher::v3::string_matcher::MatchPattern;
use crate::json::pack;

/// The cluster of the local Secret Discovery Service.
///
/// Source: aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap/envoy_bootstrap.go`.
const SDS_CLUSTER: &str = "static_cluster_sds_unix_socket";

impl Translation<'_, '_> {
    /// What a listener speaks.
    pub(super) fn server_socket(&mut self, tls: &ServerTls<'_>) -> TransportSocket {
        let ServerTls { is_permissive: _, certificate, validation } = tls;
        let mut common = self.shown(Some(certificate));
        common.validation_context_type = validation.as_ref().map(|validation| self.check(validation));
        common.alpn_protocols = vec!["h2".to_owned(), "http/1.1".to_owned()];
        let context = DownstreamTlsContext {
            common_tls_context: Some(common),
            require_client_certificate: validation.is_some().then_some(true),
            ..DownstreamTlsContext::default()
        };
        transport_socket(pack(&context))
    }

    /// What is spoken to a target; `None` is plaintext.
    pub(super) fn client_socket(
        &mut self,
        tls: &ClientTls<'_>,
        server_name: &str,
        protocol: PortProtocol,
    ) -> Option<TransportSocket> {
        let ClientTls::Tls { validation, certificate, by_policy: _ } = tls else { return None };
        let mut common = self.shown(certificate.as_ref());
        common.validation_context_type = validation.as_ref().map(|validation| self.check(validation));
        if matches!(protocol, PortProtocol::Http2 | PortProtocol::Grpc) {
            common.alpn_protocols = vec!["h2".to_owned()];
        }
        // That the name it is found under is asked for is inferred.
        let context = UpstreamTlsContext {
            common_tls_context: Some(common),
            sni: server_name.trim_end_matches('.').to_owned(),
            ..UpstreamTlsContext::default()
        };
        Some(transport_socket(pack(&context)))
    }

    fn shown(&mut self, certificate: Option<&Certificate<'_>>) -> CommonTlsContext {
        let mut common = CommonTlsContext::default();
        match certificate {
            None => {}
            Some(Certificate::File { chain, key }) => common.tls_certificates.push(TlsCertificate {
                certificate_chain: Some(file(chain)),
                private_key: Some(file(key)),
                ..TlsCertificate::default()
            }),
            Some(Certificate::Sds(name)) => common.tls_certificate_sds_secret_configs.push(local_secret(name)),
            Some(Certificate::Acm(arn)) => {
                let secret = self.secret((*arn).to_owned());
                common.tls_certificate_sds_secret_configs.push(secret);
            }
        }
        common
    }

    fn check(&mut self, validation: &Validation<'_>) -> ValidationContextType {
        let Validation { trust, names } = validation;
        let mut context = CertificateValidationContext {
            match_typed_subject_alt_names: names.iter().flat_map(|name| named(name)).collect(),
            ..CertificateValidationContext::default()
        };
        let secret = match trust {
            Trust::File(path) => {
                context.trusted_ca = Some(file(path));
                return ValidationContextType::ValidationContext(context);
            }
            Trust::Sds(name) => local_secret(name),
            Trust::Acm(arns) => self.secret(arns.join(",")),
            // The authority that stands at the end of a certificate's chain; its name on the wire is not known, so that this is ours.
            Trust::RootOf(arn) => self.secret(format!("{arn}/root")),
        };
        ValidationContextType::CombinedValidationContext(CombinedCertificateValidationContext {
            default_validation_context: Some(context),
            validation_context_sds_secret_config: Some(secret),
            ..CombinedCertificateValidationContext::default()
        })
    }

    /// A secret that the control plane hands out.
    fn secret(&mut self, name: String) -> SdsSecretConfig {
        self.configuration.secrets.insert(name.clone());
        SdsSecretConfig { name, sds_config: Some(ads()) }
    }
}

/// A secret of the local Secret Discovery Service.
fn local_secret(name: &str) -> SdsSecretConfig {
    let service = GrpcService {
        target_specifier: Some(TargetSpecifier::EnvoyGrpc(EnvoyGrpc {
            cluster_name: SDS_CLUSTER.to_owned(),
            ..EnvoyGrpc::default()
        })),
        ..GrpcService::default()
    };
    let source = ApiConfigSource {
        api_type: api_config_source::ApiType::Grpc.into(),
        transport_api_version: ApiVersion::V3.into(),
        grpc_services: vec![service],
        ..ApiConfigSource::default()
    };
    let config = ConfigSource {
        config_source_specifier: Some(ConfigSourceSpecifier::ApiConfigSource(source)),
        resource_api_version: ApiVersion::V3.into(),
        ..ConfigSource::default()
    };
    SdsSecretConfig { name: name.to_owned(), sds_config: Some(config) }
}

/// A name that a certificate may bear, as a DNS name or as a URI.
fn named(name: &str) -> Vec<SubjectAltNameMatcher> {
    let kinds = if name.contains("://") { vec![SanType::Uri] } else { vec![SanType::Dns] };
    let matcher = |kind: SanType| SubjectAltNameMatcher {
        san_type: kind.into(),
        matcher: Some(string(MatchPattern::Exact(name.to_owned()))),
        ..SubjectAltNameMatcher::default()
    };
    kinds.into_iter().map(matcher).collect()
}

fn file(path: &str) -> DataSource {
    DataSource { specifier: Some(Specifier::Filename(path.to_owned())), ..DataSource::default() }
}

fn transport_socket(config: Any) -> TransportSocket {
    TransportSocket {
        name: "envoy.transport_sockets.tls".to_owned(),
        config_type: Some(transport_socket::ConfigType::TypedConfig(config)),
    }
}
