//! Specifications with everything that a kind can hold, each union in each of its forms.

use aws_sdk_appmesh::types as t;
use t::PortProtocol::{Grpc, Http, Http2, Tcp};
use t::VirtualGatewayPortProtocol as Gateway;

pub(crate) const PROTOCOLS: [t::PortProtocol; 4] = [Http, Http2, Grpc, Tcp];
pub(crate) const GATEWAYS: [Gateway; 3] = [Gateway::Http, Gateway::Http2, Gateway::Grpc];

const AUTHORITY: &str = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/own";
const CERTIFICATE: &str = "arn:aws:acm:us-east-1:123456789012:certificate/own";

pub(crate) fn mesh() -> t::MeshSpec {
    t::MeshSpec::builder()
        .egress_filter(t::EgressFilter::builder().r#type(t::EgressFilterType::AllowAll).build().unwrap())
        .service_discovery(t::MeshServiceDiscovery::builder().ip_preference(t::IpPreference::IPv4Preferred).build())
        .build()
}

fn duration(value: i64) -> t::Duration {
    t::Duration::builder().value(value).unit(t::DurationUnit::Ms).build()
}

fn names() -> t::SubjectAlternativeNames {
    let exact = t::SubjectAlternativeNameMatchers::builder().exact("a.local").exact("b.local").build().unwrap();
    t::SubjectAlternativeNames::builder().r#match(exact).build()
}

fn file_trust() -> t::TlsValidationContextFileTrust {
    t::TlsValidationContextFileTrust::builder().certificate_chain("/ca.pem").build().unwrap()
}

fn sds_trust() -> t::TlsValidationContextSdsTrust {
    t::TlsValidationContextSdsTrust::builder().secret_name("ca").build().unwrap()
}

fn file_certificate() -> t::ListenerTlsFileCertificate {
    let builder = t::ListenerTlsFileCertificate::builder();
    builder.certificate_chain("/chain.pem").private_key("/key.pem").build().unwrap()
}

fn sds_certificate() -> t::ListenerTlsSdsCertificate {
    t::ListenerTlsSdsCertificate::builder().secret_name("own").build().unwrap()
}

fn client_policy(trust: t::TlsValidationContextTrust, certificate: t::ClientTlsCertificate) -> t::ClientPolicy {
    let validation = t::TlsValidationContext::builder().trust(trust).subject_alternative_names(names()).build();
    let tls = t::ClientPolicyTls::builder().enforce(false).ports(443).ports(8443).certificate(certificate);
    t::ClientPolicy::builder().tls(tls.validation(validation).build()).build()
}

fn backend(name: &str, policy: Option<t::ClientPolicy>) -> t::Backend {
    let builder = t::VirtualServiceBackend::builder().virtual_service_name(name);
    t::Backend::VirtualService(builder.set_client_policy(policy).build().unwrap())
}

fn acm_trust() -> t::TlsValidationContextTrust {
    let builder = t::TlsValidationContextAcmTrust::builder().certificate_authority_arns(AUTHORITY);
    t::TlsValidationContextTrust::Acm(builder.build().unwrap())
}

/// A virtual node whose listener speaks a protocol; with the protocol change the forms of its unions.
pub(crate) fn virtual_node(protocol: &t::PortProtocol) -> t::VirtualNodeSpec {
    let by_file = t::ClientTlsCertificate::File(file_certificate());
    let by_sds = t::ClientTlsCertificate::Sds(sds_certificate());
    let trusts_file = t::TlsValidationContextTrust::File(file_trust());
    let trusts_sds = t::TlsValidationContextTrust::Sds(sds_trust());
    let defaults = t::BackendDefaults::builder().client_policy(client_policy(acm_trust(), by_file.clone()));
    t::VirtualNodeSpec::builder()
        .listeners(listener(protocol))
        .backends(backend("file.local", Some(client_policy(trusts_file, by_file))))
        .backends(backend("sds.local", Some(client_policy(trusts_sds, by_sds))))
        .backends(backend("bare.local", None))
        .backend_defaults(defaults.build())
        .service_discovery(discovery(protocol))
        .logging(t::Logging::builder().access_log(t::AccessLog::File(access_log(protocol == &Tcp))).build())
        .build()
}

fn discovery(protocol: &t::PortProtocol) -> t::ServiceDiscovery {
    if matches!(protocol, Http | Tcp) {
        let dns = t::DnsServiceDiscovery::builder().hostname("orders.local");
        let dns = dns.response_type(t::DnsResponseType::Endpoints).ip_preference(t::IpPreference::IPv6Only);
        return t::ServiceDiscovery::Dns(dns.build().unwrap());
    }
    let attribute = t::AwsCloudMapInstanceAttribute::builder().key("stack").value("blue").build().unwrap();
    let builder = t::AwsCloudMapServiceDiscovery::builder().namespace_name("shop").service_name("orders");
    let builder = builder.attributes(attribute).ip_preference(t::IpPreference::IPv6Preferred);
    t::ServiceDiscovery::AwsCloudMap(builder.build().unwrap())
}

fn format(is_text: bool) -> t::LoggingFormat {
    let pair = t::JsonFormatRef::builder().key("start").value("%START_TIME%").build().unwrap();
    if is_text { t::LoggingFormat::Text("%DURATION%\n".to_owned()) } else { t::LoggingFormat::Json(vec![pair]) }
}

fn access_log(is_text: bool) -> t::FileAccessLog {
    t::FileAccessLog::builder().path("/dev/stdout").format(format(is_text)).build().unwrap()
}

fn http_timeout() -> t::HttpTimeout {
    t::HttpTimeout::builder().idle(duration(3)).per_request(duration(0)).build()
}

fn grpc_timeout() -> t::GrpcTimeout {
    t::GrpcTimeout::builder().idle(duration(3)).per_request(duration(2)).build()
}

fn tcp_timeout() -> t::TcpTimeout {
    t::TcpTimeout::builder().idle(duration(5)).build()
}

fn listener(protocol: &t::PortProtocol) -> t::Listener {
    let check = t::HealthCheckPolicy::builder().protocol(protocol.clone()).port(8080).timeout_millis(2000);
    let check = check.interval_millis(5000).healthy_threshold(2).unhealthy_threshold(10);
    let check = check.set_path(matches!(protocol, Http | Http2).then(|| "/ping".to_owned()));
    let (timeout, pool) = match protocol {
        Http => (
            t::ListenerTimeout::Http(http_timeout()),
            t::VirtualNodeConnectionPool::Http(
                t::VirtualNodeHttpConnectionPool::builder().max_connections(9).max_pending_requests(8).build().unwrap(),
            ),
        ),
        Http2 => (
            t::ListenerTimeout::Http2(http_timeout()),
            t::VirtualNodeConnectionPool::Http2(
                t::VirtualNodeHttp2ConnectionPool::builder().max_requests(7).build().unwrap(),
            ),
        ),
        Grpc => (
            t::ListenerTimeout::Grpc(grpc_timeout()),
            t::VirtualNodeConnectionPool::Grpc(
                t::VirtualNodeGrpcConnectionPool::builder().max_requests(6).build().unwrap(),
            ),
        ),
        _ => (
            t::ListenerTimeout::Tcp(tcp_timeout()),
            t::VirtualNodeConnectionPool::Tcp(
                t::VirtualNodeTcpConnectionPool::builder().max_connections(5).build().unwrap(),
            ),
        ),
    };
    let outliers = t::OutlierDetection::builder().max_server_errors(5).max_ejection_percent(100);
    t::Listener::builder()
        .port_mapping(mapping(8080, protocol))
        .health_check(check.build().unwrap())
        .timeout(timeout)
        .connection_pool(pool)
        .outlier_detection(outliers.interval(duration(9)).base_ejection_duration(duration(8)).build().unwrap())
        .tls(listener_tls(protocol))
        .build()
}

fn listener_tls(protocol: &t::PortProtocol) -> t::ListenerTls {
    let (certificate, trust) = match protocol {
        Http => (
            t::ListenerTlsCertificate::Acm(
                t::ListenerTlsAcmCertificate::builder().certificate_arn(CERTIFICATE).build().unwrap(),
            ),
            t::ListenerTlsValidationContextTrust::File(file_trust()),
        ),
        Http2 => (
            t::ListenerTlsCertificate::File(file_certificate()),
            t::ListenerTlsValidationContextTrust::Sds(sds_trust()),
        ),
        _ => {
            (t::ListenerTlsCertificate::Sds(sds_certificate()), t::ListenerTlsValidationContextTrust::Sds(sds_trust()))
        }
    };
    let validation = t::ListenerTlsValidationContext::builder().trust(trust).subject_alternative_names(names()).build();
    let builder = t::ListenerTls::builder().mode(t::ListenerTlsMode::Strict).certificate(certificate);
    builder.validation(validation).build().unwrap()
}

fn mapping(port: i32, protocol: &t::PortProtocol) -> t::PortMapping {
    t::PortMapping::builder().port(port).protocol(protocol.clone()).build().unwrap()
}

pub(crate) fn virtual_router(protocol: &t::PortProtocol) -> t::VirtualRouterSpec {
    let listener = |port| t::VirtualRouterListener::builder().port_mapping(mapping(port, protocol)).build();
    t::VirtualRouterSpec::builder().listeners(listener(8080)).listeners(listener(9090)).build()
}

fn gateway_client_policy() -> t::VirtualGatewayClientPolicy {
    let trust = t::VirtualGatewayTlsValidationContextAcmTrust::builder().certificate_authority_arns(AUTHORITY).build();
    let validation = t::VirtualGatewayTlsValidationContext::builder()
        .trust(t::VirtualGatewayTlsValidationContextTrust::Acm(trust.unwrap()))
        .subject_alternative_names(names())
        .build();
    let certificate = t::VirtualGatewayClientTlsCertificate::Sds(gateway_sds());
    let tls = t::VirtualGatewayClientPolicyTls::builder().enforce(true).ports(443).certificate(certificate);
    t::VirtualGatewayClientPolicy::builder().tls(tls.validation(validation).build()).build()
}

fn gateway_sds() -> t::VirtualGatewayListenerTlsSdsCertificate {
    t::VirtualGatewayListenerTlsSdsCertificate::builder().secret_name("own").build().unwrap()
}

pub(crate) fn virtual_gateway(protocol: &Gateway) -> t::VirtualGatewaySpec {
    let log = t::VirtualGatewayFileAccessLog::builder().path("/dev/stdout").format(format(protocol == &Gateway::Http));
    let log = t::VirtualGatewayAccessLog::File(log.build().unwrap());
    t::VirtualGatewaySpec::builder()
        .listeners(gateway_listener(protocol))
        .backend_defaults(t::VirtualGatewayBackendDefaults::builder().client_policy(gateway_client_policy()).build())
        .logging(t::VirtualGatewayLogging::builder().access_log(log).build())
        .build()
        .unwrap()
}

fn gateway_listener(protocol: &Gateway) -> t::VirtualGatewayListener {
    let check = t::VirtualGatewayHealthCheckPolicy::builder().protocol(protocol.clone()).port(8080);
    let check = check.timeout_millis(2000).interval_millis(5000).healthy_threshold(2).unhealthy_threshold(10);
    let check = check.set_path((protocol != &Gateway::Grpc).then(|| "/ping".to_owned())).build().unwrap();
    let pool = match protocol {
        Gateway::Http => t::VirtualGatewayConnectionPool::Http(
            t::VirtualGatewayHttpConnectionPool::builder().max_connections(9).max_pending_requests(8).build().unwrap(),
        ),
        Gateway::Http2 => t::VirtualGatewayConnectionPool::Http2(
            t::VirtualGatewayHttp2ConnectionPool::builder().max_requests(7).build().unwrap(),
        ),
        _ => t::VirtualGatewayConnectionPool::Grpc(
            t::VirtualGatewayGrpcConnectionPool::builder().max_requests(6).build().unwrap(),
        ),
    };
    let certificate = match protocol {
        Gateway::Http => t::VirtualGatewayListenerTlsCertificate::Acm(
            t::VirtualGatewayListenerTlsAcmCertificate::builder().certificate_arn(CERTIFICATE).build().unwrap(),
        ),
        Gateway::Http2 => t::VirtualGatewayListenerTlsCertificate::File(
            t::VirtualGatewayListenerTlsFileCertificate::builder()
                .certificate_chain("/chain.pem")
                .private_key("/key.pem")
                .build()
                .unwrap(),
        ),
        _ => t::VirtualGatewayListenerTlsCertificate::Sds(gateway_sds()),
    };
    let trust = t::VirtualGatewayTlsValidationContextSdsTrust::builder().secret_name("ca").build().unwrap();
    let validation = t::VirtualGatewayListenerTlsValidationContext::builder()
        .trust(t::VirtualGatewayListenerTlsValidationContextTrust::Sds(trust))
        .subject_alternative_names(names())
        .build();
    let tls = t::VirtualGatewayListenerTls::builder().mode(t::VirtualGatewayListenerTlsMode::Permissive);
    let mapping = t::VirtualGatewayPortMapping::builder().port(8080).protocol(protocol.clone()).build().unwrap();
    t::VirtualGatewayListener::builder()
        .port_mapping(mapping)
        .health_check(check)
        .connection_pool(pool)
        .tls(tls.certificate(certificate).validation(validation).build().unwrap())
        .build()
}

pub(crate) fn virtual_service(is_routed: bool, provider: &str) -> t::VirtualServiceSpec {
    let provider = if is_routed {
        let builder = t::VirtualRouterServiceProvider::builder().virtual_router_name(provider);
        t::VirtualServiceProvider::VirtualRouter(builder.build().unwrap())
    } else {
        let builder = t::VirtualNodeServiceProvider::builder().virtual_node_name(provider);
        t::VirtualServiceProvider::VirtualNode(builder.build().unwrap())
    };
    t::VirtualServiceSpec::builder().provider(provider).build()
}
