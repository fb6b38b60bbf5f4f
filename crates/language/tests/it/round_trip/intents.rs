//! Intents over the supported meanings.

use std::collections::BTreeMap;

use meshwright_language::Intent;
use meshwright_language::intent::{
    AccessLog, AccessLogFormat, Action, Call, Certificate, ClientTls, CloudMap, Comparison, ConnectionPool, Discovery,
    Dns, Egress, GatewayRoute, Header, HealthCheck, Hostname, IpPreference, Listener, ListenerTls, Match, Mesh,
    OutlierDetection, Pathway, Protocol, Provider, Query, Removal, RemovalKind, ResourceKind, Retry, Rewrite, Route,
    RouterListener, Sidecar, Span, Target, Timeout, TlsMode, Traffic, Trust, VirtualGateway, VirtualNode,
    VirtualRouter, VirtualService,
};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const NAMES: &[&str] = &["orders", "payments", "web-bff", "LedgerNode", "cart_db", "users", "search-v2"];
const HOSTS: &[&str] = &["ads.shop.local", "rates.local", "mail.internal.example.com"];
const PATHS: &[&str] = &["/", "/api", "/v1/orders", "/healthz"];
const HEADERS: &[&str] = &["x-version", "x-canary", "cookie", "user-agent"];
const VALUES: &[&str] = &["v2", "beta", "internal-users", "7"];
const ARN: &str = "arn:aws:acm:eu-west-1:123456789012:certificate/4f1c";

fn text(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

fn texts(texts: &'static [&'static str], least: usize, most: usize) -> impl Strategy<Value = Vec<String>> {
    subsequence(texts, least..=most).prop_shuffle().prop_map(|some| some.into_iter().map(str::to_owned).collect())
}

fn span() -> impl Strategy<Value = Span> {
    select(&[250_u64, 1500, 2000, 15_000, 60_000, 300_000][..]).prop_map(Span::millis)
}

fn protocol() -> impl Strategy<Value = Protocol> {
    select(&[Protocol::Http, Protocol::Http2, Protocol::Grpc, Protocol::Tcp][..])
}

fn small() -> impl Strategy<Value = u32> {
    2_u32..=10
}

fn timeout() -> impl Strategy<Value = Timeout> {
    (of(span()), of(span()))
        .prop_filter("something is said", |(request, idle)| request.is_some() || idle.is_some())
        .prop_map(|(per_request, idle)| Timeout { per_request, idle })
}

fn health_check() -> BoxedStrategy<HealthCheck> {
    (of(text(PATHS)), of(Just(8081)), of(span()), of(span()), of(small()), of(small()))
        .prop_map(|(path, port, interval, timeout, healthy_threshold, unhealthy_threshold)| HealthCheck {
            path,
            port,
            protocol: None,
            interval,
            timeout,
            healthy_threshold,
            unhealthy_threshold,
        })
        .boxed()
}

fn outlier_detection() -> BoxedStrategy<OutlierDetection> {
    (of(small()), of(span()), of(span()), of(1_u32..=100))
        .prop_map(|(max_server_errors, interval, base_ejection_duration, max_ejection_percent)| OutlierDetection {
            max_server_errors,
            interval,
            base_ejection_duration,
            max_ejection_percent,
        })
        .boxed()
}

fn connection_pool() -> impl Strategy<Value = ConnectionPool> {
    let count = || of(1_u32..5000);
    (count(), count(), count()).prop_map(|(max_connections, max_pending_requests, max_requests)| ConnectionPool {
        max_connections,
        max_pending_requests,
        max_requests,
    })
}

fn certificate() -> impl Strategy<Value = Certificate> {
    prop_oneof![
        Just(Certificate::Acm { arn: Some(ARN.to_owned()) }),
        Just(Certificate::File { chain: Some("/certs/own.pem".to_owned()), key: Some("/certs/own.key".to_owned()) }),
        Just(Certificate::Sds { secret: Some("own-cert".to_owned()) }),
    ]
}

fn trust() -> impl Strategy<Value = Trust> {
    prop_oneof![
        Just(Trust::File { chain: Some("/certs/ca.pem".to_owned()) }),
        Just(Trust::Sds { secret: Some("corp-ca".to_owned()) }),
    ]
}

fn listener_tls() -> BoxedStrategy<ListenerTls> {
    let mode = of(select(&[TlsMode::Strict, TlsMode::Permissive][..]));
    prop_oneof![
        1 => Just(ListenerTls { mode: Some(TlsMode::Disabled), ..ListenerTls::default() }),
        6 => (mode, of(certificate()), any::<bool>(), of(trust())).prop_map(|(mode, certificate, mutual, trust)| {
            ListenerTls { mode, certificate, trust: trust.filter(|_| mutual), mutual, client_names: Vec::new() }
        }),
    ]
    .boxed()
}

fn listener(port: u32) -> BoxedStrategy<Listener> {
    (
        of(protocol()),
        weighted(0.3, listener_tls()),
        weighted(0.3, health_check()),
        weighted(0.3, timeout()),
        weighted(0.3, connection_pool()),
        weighted(0.3, outlier_detection()),
    )
        .prop_map(move |(protocol, tls, health_check, timeout, connection_pool, outlier_detection)| Listener {
            is_added: false,
            port: Some(port),
            protocol,
            tls,
            health_check,
            timeout,
            connection_pool,
            outlier_detection,
        })
        .boxed()
}

fn discovery() -> BoxedStrategy<Discovery> {
    let attributes =
        prop_oneof![Just(BTreeMap::new()), Just(BTreeMap::from([("stack".to_owned(), "blue".to_owned())])),];
    prop_oneof![
        (text(HOSTS), of(any::<bool>()))
            .prop_map(|(host, endpoints)| Discovery::Dns(Dns { hostname: Some(host), endpoints })),
        (of(Just("corp.local".to_owned())), of(Just("orders-svc".to_owned())), attributes).prop_map(
            |(namespace, service, attributes)| Discovery::CloudMap(CloudMap {
                namespace,
                service,
                version_attribute: None,
                attributes
            })
        ),
    ]
    .boxed()
}

fn access_log() -> impl Strategy<Value = AccessLog> {
    let format = of(Just(AccessLogFormat::Json(BTreeMap::new())));
    (of(text(&["/dev/stdout", "/var/log/envoy.log"])), format).prop_map(|(path, format)| AccessLog { path, format })
}

fn backend_tls() -> BoxedStrategy<ClientTls> {
    (
        of(trust()),
        of(certificate().prop_filter("clients have none from ACM", |own| !matches!(own, Certificate::Acm { .. }))),
    )
        .prop_map(|(trust, certificate)| ClientTls {
            enforce: Some(true),
            mutual: certificate.is_some(),
            certificate,
            trust,
            ..ClientTls::default()
        })
        .boxed()
}

fn ip_preference() -> impl Strategy<Value = IpPreference> {
    select(
        &[IpPreference::Ipv4Only, IpPreference::Ipv6Only, IpPreference::Ipv4Preferred, IpPreference::Ipv6Preferred][..],
    )
}

fn node(name: String) -> BoxedStrategy<VirtualNode> {
    let listeners = prop_oneof![
        1 => Just(Vec::new()),
        4 => listener(8080).prop_map(|one| vec![one]),
        2 => (listener(8080), listener(9090)).prop_map(|(one, two)| vec![one, two]),
    ];
    let calls = prop_oneof![Just(Vec::new()), texts(HOSTS, 1, 3)];
    (
        listeners,
        of(discovery()),
        weighted(0.2, ip_preference()),
        calls,
        weighted(0.2, backend_tls()),
        weighted(0.3, access_log()),
    )
        .prop_map(move |(listeners, discovery, ip_preference, calls, backend_tls, access_log)| VirtualNode {
            name: Some(name.clone()),
            listeners,
            discovery,
            ip_preference,
            calls: calls.into_iter().map(|to| Call { to, tls: None }).collect(),
            backend_tls,
            access_log,
            ..VirtualNode::default()
        })
        .boxed()
}

/// Virtual nodes with all that hangs on them.
pub(super) fn nodes() -> impl Strategy<Value = Intent> {
    texts(NAMES, 1, 2)
        .prop_flat_map(|names| names.into_iter().map(node).collect::<Vec<_>>())
        .prop_map(|virtual_nodes| Intent { virtual_nodes, ..Intent::default() })
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        text(VALUES).prop_map(Comparison::Exact),
        text(VALUES).prop_map(Comparison::Prefix),
        text(VALUES).prop_map(Comparison::Suffix),
        Just(Comparison::Regex("^v[0-9]+$".to_owned())),
        Just(Comparison::Range { start: 10, end: 20 }),
    ]
}

fn header(name: String) -> impl Strategy<Value = Header> {
    (of(comparison()), any::<bool>()).prop_map(move |(value, invert)| Header {
        name: name.clone(),
        invert: invert && !matches!(value, Some(Comparison::Range { .. })),
        value,
    })
}

fn headers() -> impl Strategy<Value = Vec<Header>> {
    texts(HEADERS, 0, 2).prop_flat_map(|names| names.into_iter().map(header).collect::<Vec<_>>())
}

fn matcher() -> BoxedStrategy<Match> {
    let path = prop_oneof![
        text(PATHS).prop_map(Pathway::Prefix),
        text(PATHS).prop_map(Pathway::Exact),
        Just(Pathway::Regex("/v[0-9]+/.*".to_owned())),
    ];
    let query = prop_oneof![
        3 => Just(Vec::new()),
        1 => of(text(VALUES)).prop_map(|value| vec![Query { name: "page".to_owned(), value }]),
    ];
    let http =
        (of(path), headers(), query, of(text(&["GET", "POST", "DELETE"])), of(text(&["http", "https"]))).prop_map(
            |(path, headers, query, method, scheme)| Match { path, headers, query, method, scheme, ..Match::default() },
        );
    http.prop_filter("something is matched", |matcher| !matcher.is_empty()).boxed()
}

fn retry() -> BoxedStrategy<Retry> {
    let events = texts(&["server-error", "gateway-error", "client-error", "stream-error", "connection-error"], 0, 3);
    (1_u32..=10, of(span()), events)
        .prop_map(|(max, per_retry_timeout, events)| Retry { max_retries: Some(max), per_retry_timeout, events })
        .boxed()
}

fn targets() -> impl Strategy<Value = Vec<Target>> {
    let target = |node: String, weight| Target { node, weight, port: None };
    prop_oneof![
        text(NAMES).prop_map(move |node| vec![target(node, None)]),
        (texts(NAMES, 2, 2), 1_u32..100).prop_map(move |(nodes, share)| {
            nodes.into_iter().zip([share, 100 - share]).map(|(node, weight)| target(node, Some(weight))).collect()
        }),
    ]
}

fn route() -> BoxedStrategy<Route> {
    (matcher(), targets(), weighted(0.3, retry()), weighted(0.3, timeout()), weighted(0.3, 0_u32..=1000))
        .prop_map(|(matcher, targets, retry, timeout, priority)| Route {
            matcher,
            targets,
            retry,
            timeout,
            priority,
            ..Route::default()
        })
        .boxed()
}

fn router_listener(port: u32) -> impl Strategy<Value = RouterListener> {
    of(protocol()).prop_map(move |protocol| RouterListener { port: Some(port), protocol })
}

/// Virtual routers with routes, and routes on their own.
pub(super) fn routers() -> impl Strategy<Value = Intent> {
    let listeners = prop_oneof![Just(Vec::new()), router_listener(8080).prop_map(|one| vec![one])];
    let router = (listeners, vec(route(), 0..=2)).prop_map(|(listeners, routes)| VirtualRouter {
        name: Some("main-router".to_owned()),
        listeners,
        routes,
        ..VirtualRouter::default()
    });
    prop_oneof![
        router.prop_map(|router| Intent { virtual_routers: vec![router], ..Intent::default() }),
        (route(), of(Just("main-router".to_owned())))
            .prop_map(|(route, router)| Intent { routes: vec![Route { router, ..route }], ..Intent::default() }),
    ]
}

fn rewrite() -> impl Strategy<Value = Rewrite> {
    (
        prop_oneof![
            Just(Rewrite { prefix: Some("/v2".to_owned()), ..Rewrite::default() }),
            Just(Rewrite { path: Some("/index.html".to_owned()), ..Rewrite::default() }),
            Just(Rewrite { keep_prefix: true, ..Rewrite::default() }),
            Just(Rewrite::default()),
        ],
        any::<bool>(),
    )
        .prop_map(|(rewrite, keep_hostname)| Rewrite { keep_hostname, ..rewrite })
        .prop_filter("something is rewritten", |rewrite| *rewrite != Rewrite::default())
}

fn gateway_route() -> BoxedStrategy<GatewayRoute> {
    let hostname = prop_oneof![
        Just(Hostname::Exact("shop.example.com".to_owned())),
        Just(Hostname::Suffix(".example.com".to_owned())),
    ];
    let matcher = (matcher(), weighted(0.3, hostname)).prop_map(|(matcher, hostname)| Match { hostname, ..matcher });
    (matcher, text(HOSTS), weighted(0.3, rewrite()), weighted(0.3, 0_u32..=1000))
        .prop_map(|(matcher, service, rewrite, priority)| GatewayRoute {
            matcher,
            service: Some(service),
            rewrite,
            priority,
            ..GatewayRoute::default()
        })
        .boxed()
}

/// Virtual gateways with their routes.
pub(super) fn gateways() -> impl Strategy<Value = Intent> {
    let listener = (of(protocol()), weighted(0.3, listener_tls()), weighted(0.3, health_check())).prop_map(
        |(protocol, tls, health_check)| Listener {
            port: Some(8080),
            protocol,
            tls,
            health_check,
            ..Listener::default()
        },
    );
    (weighted(0.7, listener), vec(gateway_route(), 0..=2), weighted(0.3, access_log())).prop_map(
        |(listener, routes, access_log)| {
            let gateway = VirtualGateway {
                name: Some("ingress".to_owned()),
                listeners: listener.into_iter().collect(),
                routes,
                access_log,
                ..VirtualGateway::default()
            };
            Intent { virtual_gateways: vec![gateway], ..Intent::default() }
        },
    )
}

fn sidecar() -> BoxedStrategy<Sidecar> {
    let size = prop_oneof![
        select(&[Traffic::Low, Traffic::Medium, Traffic::High][..]).prop_map(|traffic| (Some(traffic), None, None)),
        (of(Just(512)), of(Just(1024))).prop_map(|(cpu, memory)| (None, cpu, memory)),
    ];
    let level = of(text(&["debug", "info", "trace"]));
    (size, select(vec![vec![], vec![8080]]), of(Just(1337)), level, any::<bool>(), any::<bool>())
        .prop_map(|((traffic, cpu, memory), application_ports, user, log_level, xray, old_name_variable)| Sidecar {
            virtual_node: Some("orders".to_owned()),
            traffic,
            cpu,
            memory,
            application_ports,
            user,
            log_level,
            xray,
            old_name_variable,
            ..Sidecar::default()
        })
        .boxed()
}

/// The mesh, virtual services, sidecars, tags and environments.
pub(super) fn around() -> impl Strategy<Value = Intent> {
    let mesh = (of(select(&[Egress::AllowAll, Egress::DropAll][..])), of(ip_preference())).prop_map(
        |(egress, ip_preference)| Mesh {
            name: Some("shop".to_owned()),
            action: Some(Action::Create),
            egress,
            ip_preference,
            owner: None,
        },
    );
    let provider =
        prop_oneof![Just(Provider::Router("main-router".to_owned())), Just(Provider::Node("orders".to_owned())),];
    let service = (text(HOSTS), of(provider)).prop_map(|(name, provider)| VirtualService {
        name: Some(name),
        provider,
        ..VirtualService::default()
    });
    let tags = proptest::collection::btree_map(text(&["team", "stage-name", "cost-center"]), text(VALUES), 0..=2);
    let environments =
        prop_oneof![3 => Just(Vec::new()), 1 => Just(vec!["staging".to_owned(), "production".to_owned()])];
    (of(mesh), of(service), of(sidecar()), tags, environments)
        .prop_map(|(mesh, service, sidecar, tags, environments)| Intent {
            mesh,
            virtual_services: service.into_iter().collect(),
            sidecars: sidecar.into_iter().collect(),
            tags,
            environments,
            ..Intent::default()
        })
        .prop_filter("something is asked for", |intent| *intent != Intent::default())
}

fn removal() -> impl Strategy<Value = Removal> {
    let whole = select(
        &[
            RemovalKind::RetryPolicy,
            RemovalKind::Timeout,
            RemovalKind::HealthCheck,
            RemovalKind::OutlierDetection,
            RemovalKind::ConnectionPool,
            RemovalKind::Tls,
            RemovalKind::AccessLog,
            RemovalKind::Resource,
        ][..],
    );
    let kind = select(&[ResourceKind::VirtualNode, ResourceKind::VirtualRouter, ResourceKind::Route][..]);
    let part = select(&[RemovalKind::Backend, RemovalKind::Target, RemovalKind::Tag][..]);
    prop_oneof![
        (whole, text(NAMES)).prop_map(|(kind, name)| Removal::of(kind, name)),
        (kind, text(NAMES))
            .prop_map(|(kind, name)| { Removal { resource: Some(kind), ..Removal::of(RemovalKind::Resource, name) } }),
        (part, text(NAMES)).prop_map(|(kind, name)| Removal::of_part(kind, name, "legacy-db")),
    ]
}

/// Changes of what is there: parts that are added to a named node, and removals.
pub(super) fn changes() -> impl Strategy<Value = Intent> {
    let listener = prop_oneof![
        health_check().prop_map(|check| Listener { health_check: Some(check), ..Listener::default() }),
        timeout().prop_map(|timeout| Listener { timeout: Some(timeout), ..Listener::default() }),
        connection_pool().prop_map(|pool| Listener { connection_pool: Some(pool), ..Listener::default() }),
        outlier_detection().prop_map(|outlier| Listener { outlier_detection: Some(outlier), ..Listener::default() }),
    ];
    let change = (text(NAMES), listener).prop_map(|(name, listener)| VirtualNode {
        name: Some(name),
        action: Action::Change,
        listeners: vec![listener],
        ..VirtualNode::default()
    });
    prop_oneof![
        change.prop_map(|node| Intent { virtual_nodes: vec![node], ..Intent::default() }),
        vec(removal(), 1..=2).prop_map(|removals| Intent { removals, ..Intent::default() }),
    ]
}
