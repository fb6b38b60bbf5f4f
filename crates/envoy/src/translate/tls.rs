//! TLS: what is shown, and how the other side is checked.

use meshwright_model::limits::PortProtocol;
use meshwright_traffic::proxy::{Certificate, ClientTls, ServerTls, Trust, Validation};
use prost_types::Any;

use super::http::ads;
use super::matcher::string;
use super::{Secret, Translation};
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
    pub(super) fn server_socket(&mut self, tls: &ServerTls<'_>, protocol: PortProtocol) -> TransportSocket {
        let ServerTls { is_permissive: _, certificate, validation } = tls;
        let mut common = self.shown(Some(certificate));
        common.validation_context_type = validation.as_ref().map(|validation| self.check(validation));
        if protocol != PortProtocol::Tcp {
            // Inferred; what is spoken inside TCP is not known to the proxy.
            common.alpn_protocols = vec!["h2".to_owned(), "http/1.1".to_owned()];
        }
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
        let context = UpstreamTlsContext {
            common_tls_context: Some(common),
            sni: asked_name(server_name).to_owned(),
            ..UpstreamTlsContext::default()
        };
        Some(transport_socket(pack(&context)))
    }

    fn shown(&mut self, certificate: Option<&Certificate<'_>>) -> CommonTlsContext {
        let mut common = CommonTlsContext::default();
        if let (Some(machine), Some(_)) = (&self.options.machine, certificate) {
            common.tls_certificates.push(pair(&machine.own("chain.pem"), &machine.own("key.pem")));
            return common;
        }
        match certificate {
            None => {}
            Some(Certificate::File { chain, key }) => common.tls_certificates.push(pair(chain, key)),
            Some(Certificate::Unknown) => {}
            Some(Certificate::Sds(name)) => common.tls_certificate_sds_secret_configs.push(local_secret(name)),
            Some(Certificate::Acm(arn)) => match self.place(Secret::Certificate((*arn).to_owned())) {
                Place::Stream(secret) => common.tls_certificate_sds_secret_configs.push(*secret),
                Place::Folder(folder) => {
                    common.tls_certificates.push(pair(&format!("{folder}/chain.pem"), &format!("{folder}/key.pem")));
                }
            },
        }
        common
    }

    fn check(&mut self, validation: &Validation<'_>) -> ValidationContextType {
        let Validation { trust, names } = validation;
        let mut context = CertificateValidationContext {
            match_typed_subject_alt_names: names.iter().map(|name| named(name)).collect(),
            ..CertificateValidationContext::default()
        };
        if let Some(machine) = &self.options.machine {
            context.trusted_ca = Some(file(&machine.authorities()));
            return ValidationContextType::ValidationContext(context);
        }
        let arns = |arns: &[&str]| arns.iter().map(|arn| (*arn).to_owned()).collect();
        let place = match trust {
            Trust::File(path) => {
                context.trusted_ca = Some(file(path));
                return ValidationContextType::ValidationContext(context);
            }
            // What is not known is left out with its cluster or listener.
            Trust::Unknown => return ValidationContextType::ValidationContext(context),
            Trust::Sds(name) => Place::Stream(Box::new(local_secret(name))),
            Trust::Acm(authorities) => self.place(Secret::Authorities(arns(authorities))),
            Trust::RootOf(arn) => self.place(Secret::RootOf((*arn).to_owned())),
        };
        let secret = match place {
            Place::Stream(secret) => *secret,
            Place::Folder(folder) => {
                context.trusted_ca = Some(file(&format!("{folder}/authorities.pem")));
                return ValidationContextType::ValidationContext(context);
            }
        };
        ValidationContextType::CombinedValidationContext(CombinedCertificateValidationContext {
            default_validation_context: Some(context),
            validation_context_sds_secret_config: Some(secret),
            ..CombinedCertificateValidationContext::default()
        })
    }

    /// Where the proxy finds what AWS Certificate Manager holds.
    fn place(&mut self, secret: Secret) -> Place {
        if self.is_static() {
            let folder = secret.folder(&self.options.certificates);
            self.configuration.secrets.insert(folder.clone(), secret);
            return Place::Folder(folder);
        }
        let name = secret.name();
        self.configuration.secrets.insert(name.clone(), secret);
        Place::Stream(Box::new(SdsSecretConfig { name, sds_config: Some(ads()) }))
    }
}

/// Where a proxy finds a secret.
enum Place {
    /// It comes over a stream.
    Stream(Box<SdsSecretConfig>),
    /// In files of a folder.
    Folder(String),
}

/// The name that a server is asked for: that under which it is found (inferred). Addresses are no names (RFC 6066, section 3), and
/// Envoy takes no more than 255 bytes.
fn asked_name(discovered: &str) -> &str {
    let name = discovered.trim_end_matches('.');
    if name.parse::<core::net::IpAddr>().is_ok() || name.len() > 255 { "" } else { name }
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

/// A name that a certificate may bear. One with a colon is a URI, as of SPIFFE; the API knows host names and URIs alone.
fn named(name: &str) -> SubjectAltNameMatcher {
    let kind = if name.contains(':') { SanType::Uri } else { SanType::Dns };
    SubjectAltNameMatcher {
        san_type: kind.into(),
        matcher: Some(string(MatchPattern::Exact(name.to_owned()))),
        ..SubjectAltNameMatcher::default()
    }
}

/// A certificate and its key in files.
fn pair(chain: &str, key: &str) -> TlsCertificate {
    TlsCertificate { certificate_chain: Some(file(chain)), private_key: Some(file(key)), ..TlsCertificate::default() }
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
