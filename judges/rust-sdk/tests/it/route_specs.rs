//! Specifications of routes with everything that they can hold.

use aws_sdk_appmesh::types as t;
use t::PortProtocol::{Grpc, Http, Http2};

fn duration(value: i64) -> t::Duration {
    t::Duration::builder().value(value).unit(t::DurationUnit::S).build()
}

fn target(node: &str) -> t::WeightedTarget {
    t::WeightedTarget::builder().virtual_node(node).weight(100).port(8080).build().unwrap()
}

fn range() -> t::MatchRange {
    t::MatchRange::builder().start(-5).end(5_000_000_000).build().unwrap()
}

/// Every form of a match, by name.
macro_rules! methods {
    ($kind:ident) => {
        [
            ("exact", Some(t::$kind::Exact("a".to_owned()))),
            ("prefix", Some(t::$kind::Prefix("b".to_owned()))),
            ("suffix", Some(t::$kind::Suffix("c".to_owned()))),
            ("regex", Some(t::$kind::Regex("d.*".to_owned()))),
            ("range", Some(t::$kind::Range(range()))),
            ("present", None),
        ]
    };
}

fn query(name: &str) -> t::HttpQueryParameter {
    let exact = t::QueryParameterMatch::builder().exact("yes").build();
    t::HttpQueryParameter::builder().name(name).r#match(exact).build().unwrap()
}

/// A route of a protocol, to a virtual node.
pub(crate) fn route(protocol: &t::PortProtocol, node: &str) -> t::RouteSpec {
    let spec = t::RouteSpec::builder().priority(0);
    match protocol {
        Http => spec.http_route(http(node, true)).build(),
        Http2 => spec.http2_route(http(node, false)).build(),
        Grpc => spec.grpc_route(grpc(node)).build(),
        _ => {
            let timeout = t::TcpTimeout::builder().idle(duration(1)).build();
            let action = t::TcpRouteAction::builder().weighted_targets(target(node)).build().unwrap();
            let found = t::TcpRouteMatch::builder().port(8080).build();
            spec.tcp_route(t::TcpRoute::builder().action(action).r#match(found).timeout(timeout).build()).build()
        }
    }
}

fn http(node: &str, by_prefix: bool) -> t::HttpRoute {
    let headers = methods!(HeaderMatchMethod).map(|(name, method)| {
        let builder = t::HttpRouteHeader::builder().name(format!("X-{name}")).invert(method.is_none());
        builder.set_match(method).build().unwrap()
    });
    let found = t::HttpRouteMatch::builder().port(8080).method(t::HttpMethod::Patch).scheme(t::HttpScheme::Https);
    let found = found.set_headers(Some(headers.into())).query_parameters(query("fast"));
    let found = if by_prefix {
        found.prefix("/orders")
    } else {
        found.path(t::HttpPathMatch::builder().regex("/orders/.*").build())
    };
    let retries = t::HttpRetryPolicy::builder().max_retries(0).per_retry_timeout(duration(2));
    let retries = retries.http_retry_events("server-error").http_retry_events("stream-error");
    let retries = retries.tcp_retry_events(t::TcpRetryPolicyEvent::ConnectionError).build().unwrap();
    let timeout = t::HttpTimeout::builder().idle(duration(3)).per_request(duration(4)).build();
    let action = t::HttpRouteAction::builder().weighted_targets(target(node)).build().unwrap();
    t::HttpRoute::builder().r#match(found.build()).action(action).retry_policy(retries).timeout(timeout).build()
}

fn grpc(node: &str) -> t::GrpcRoute {
    let metadata = methods!(GrpcRouteMetadataMatchMethod).map(|(name, method)| {
        let builder = t::GrpcRouteMetadata::builder().name(format!("x-{name}")).invert(method.is_some());
        builder.set_match(method).build().unwrap()
    });
    let found = t::GrpcRouteMatch::builder().port(8080).service_name("shop.Orders").method_name("Get");
    let found = found.set_metadata(Some(metadata.into())).build();
    let retries = t::GrpcRetryPolicy::builder().max_retries(3).per_retry_timeout(duration(2));
    let retries = retries.http_retry_events("gateway-error").tcp_retry_events(t::TcpRetryPolicyEvent::ConnectionError);
    let retries = retries.grpc_retry_events(t::GrpcRetryPolicyEvent::DeadlineExceeded).build().unwrap();
    let timeout = t::GrpcTimeout::builder().idle(duration(3)).per_request(duration(4)).build();
    let action = t::GrpcRouteAction::builder().weighted_targets(target(node)).build().unwrap();
    t::GrpcRoute::builder().r#match(found).action(action).retry_policy(retries).timeout(timeout).build()
}

fn gateway_target(service: &str) -> t::GatewayRouteTarget {
    let service = t::GatewayRouteVirtualService::builder().virtual_service_name(service).build().unwrap();
    t::GatewayRouteTarget::builder().virtual_service(service).port(8080).build()
}

fn hostname() -> t::GatewayRouteHostnameMatch {
    t::GatewayRouteHostnameMatch::builder().suffix(".example.com").build()
}

fn kept_hostname() -> t::GatewayRouteHostnameRewrite {
    let rewrite = t::DefaultGatewayRouteRewrite::Disabled;
    t::GatewayRouteHostnameRewrite::builder().default_target_hostname(rewrite).build()
}

/// A gateway route of a protocol, to a virtual service.
pub(crate) fn gateway_route(protocol: &t::VirtualGatewayPortProtocol, service: &str) -> t::GatewayRouteSpec {
    let spec = t::GatewayRouteSpec::builder().priority(1000);
    match protocol {
        t::VirtualGatewayPortProtocol::Http => spec.http_route(gateway_http(service, true)).build(),
        t::VirtualGatewayPortProtocol::Http2 => spec.http2_route(gateway_http(service, false)).build(),
        _ => spec.grpc_route(gateway_grpc(service)).build(),
    }
}

fn gateway_http(service: &str, by_prefix: bool) -> t::HttpGatewayRoute {
    let headers = methods!(HeaderMatchMethod).map(|(name, method)| {
        let builder = t::HttpGatewayRouteHeader::builder().name(format!("X-{name}")).invert(false);
        builder.set_match(method).build().unwrap()
    });
    let found = t::HttpGatewayRouteMatch::builder().port(8080).method(t::HttpMethod::Delete).hostname(hostname());
    let found = found.set_headers(Some(headers.into())).query_parameters(query("fast"));
    let rewrite = t::HttpGatewayRouteRewrite::builder().hostname(kept_hostname());
    let (found, rewrite) = if by_prefix {
        let prefix = t::HttpGatewayRoutePrefixRewrite::builder().value("/new/").build();
        (found.prefix("/old/"), rewrite.prefix(prefix))
    } else {
        let path = t::HttpGatewayRoutePathRewrite::builder().exact("/new").build();
        (found.path(t::HttpPathMatch::builder().exact("/old").build()), rewrite.path(path))
    };
    let action = t::HttpGatewayRouteAction::builder().target(gateway_target(service)).rewrite(rewrite.build()).build();
    t::HttpGatewayRoute::builder().r#match(found.build()).action(action).build()
}

fn gateway_grpc(service: &str) -> t::GrpcGatewayRoute {
    let metadata = methods!(GrpcMetadataMatchMethod).map(|(name, method)| {
        let builder = t::GrpcGatewayRouteMetadata::builder().name(format!("x-{name}")).invert(true);
        builder.set_match(method).build().unwrap()
    });
    let found = t::GrpcGatewayRouteMatch::builder().port(8080).service_name("shop.Orders").hostname(hostname());
    let found = found.set_metadata(Some(metadata.into())).build();
    let rewrite = t::GrpcGatewayRouteRewrite::builder().hostname(kept_hostname()).build();
    let action = t::GrpcGatewayRouteAction::builder().target(gateway_target(service)).rewrite(rewrite).build();
    t::GrpcGatewayRoute::builder().r#match(found).action(action).build()
}
