//! Faults of retries, timeouts, outlier detection, and of who calls whom.

use meshwright_model::defaults::PER_REQUEST_TIMEOUT_MILLIS;
use meshwright_model::duration::Duration;
use meshwright_model::limits::{EgressFilterType, HttpMethod, PortProtocol};
use meshwright_model::list::List;
use meshwright_model::listener::OutlierDetection;
use meshwright_model::mesh::EgressFilter;
use meshwright_model::reference::Key;
use meshwright_model::retry::{GrpcRetryPolicy, HttpRetryPolicy};
use meshwright_model::route::RouteSpec;
use meshwright_model::timeout::{GrpcTimeout, HttpTimeout, ListenerTimeout};
use meshwright_model::virtual_node::{Backend, ServiceDiscovery, VirtualServiceBackend};
use meshwright_model::virtual_service::VirtualServiceProvider;
use meshwright_model::{Kind, Resource, Scalar};

use super::grounds::{Ground, at};
use super::ports::listener_of;
use super::sites::{backends, http, mesh, meshes, node, nodes, number, route, routes, services, text, value, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a retry policy has no events",
        rules: &["retry-without-events"],
        seed: |ground, seeds| retry(ground, seeds, &[], 2, 1, Some(15)),
    },
    Fault {
        name: "a retry event is none",
        rules: &["unknown-retry-event"],
        seed: |ground, seeds| retry(ground, seeds, &["5xx"], 2, 1, Some(15)),
    },
    Fault {
        name: "a retry event stands twice",
        rules: &["duplicate-retry-event"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error", "server-error"], 2, 1, Some(15)),
    },
    Fault {
        name: "a retry event contains another",
        rules: &["redundant-retry-event"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error", "gateway-error"], 2, 1, Some(15)),
    },
    Fault {
        name: "a retry policy allows no retry",
        rules: &["retries-switched-off"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 0, 1, Some(15)),
    },
    Fault {
        name: "an attempt may take no time",
        rules: &["zero-per-retry-timeout"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 2, 0, Some(15)),
    },
    Fault {
        name: "retries take longer than the request may",
        rules: &["retries-exceed-timeout"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 5, 10, Some(20)),
    },
    Fault {
        name: "retries take longer than a request may by default",
        rules: &["retries-exceed-timeout"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 5, 10, None),
    },
    Fault {
        name: "an attempt takes as long as the request",
        rules: &["per-retry-timeout-without-effect"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 2, 20, Some(20)),
    },
    Fault { name: "POST is retried after an answer", rules: &["unsafe-retry"], seed: retry_post },
    Fault {
        name: "a route's timeout is switched off",
        rules: &["timeout-switched-off"],
        seed: |ground, seeds| per_request(ground, seeds, 0, |_, _, _| None),
    },
    Fault {
        name: "a route's timeout alone is raised",
        rules: &["listener-timeout-below-route"],
        seed: |ground, seeds| per_request(ground, seeds, 90_000, not_shortened),
    },
    Fault {
        name: "a listener's timeout alone is raised",
        rules: &["timeout-raised-on-listener-only"],
        seed: raise_listener,
    },
    Fault {
        name: "a stream may be silent for less than a request takes",
        rules: &["idle-timeout-below-request"],
        seed: short_idle,
    },
    Fault {
        name: "one host of a load balancer is ejected",
        rules: &["outlier-detection-on-load-balancer"],
        seed: eject_one_host,
    },
    Fault {
        name: "hosts are ejected for no time",
        rules: &["zero-outlier-duration"],
        seed: |ground, seeds| eject(ground, seeds, 0, 10, 50),
    },
    Fault {
        name: "hosts are ejected for less than a sweep",
        rules: &["ejection-shorter-than-sweep"],
        seed: |ground, seeds| eject(ground, seeds, 5, 60, 50),
    },
    Fault {
        name: "no host may be ejected",
        rules: &["zero-ejection-percent"],
        seed: |ground, seeds| eject(ground, seeds, 30, 10, 0),
    },
    Fault {
        name: "every host may be ejected",
        rules: &["ejection-over-panic-threshold"],
        seed: |ground, seeds| eject(ground, seeds, 30, 10, 100),
    },
    Fault {
        name: "a request may take a few milliseconds",
        rules: &["duration-of-few-millis"],
        seed: |ground, seeds| per_request(ground, seeds, 5, |_, _, _| None),
    },
    Fault { name: "a listener's request may take 10 ms", rules: &["duration-of-few-millis"], seed: hurry_listener },
    Fault { name: "hosts are swept each 10 ms", rules: &["duration-of-few-millis"], seed: sweep_fast },
    Fault {
        name: "a check takes longer than its interval",
        rules: &["health-check-timeout-over-interval"],
        seed: check_long,
    },
    Fault {
        name: "a request becomes a hundred attempts",
        rules: &["retry-amplification"],
        seed: |ground, seeds| retry(ground, seeds, &["server-error"], 100, 1, Some(15)),
    },
    Fault {
        name: "a stream may be silent for longer than its listener lets it",
        rules: &["listener-idle-below-route"],
        seed: long_silence,
    },
    Fault {
        name: "a request may take longer than what causes it",
        rules: &["timeout-longer-than-callers"],
        seed: outlast_callers,
    },
    Fault { name: "a node has too many backends", rules: &["over-quota"], seed: call_many },
    Fault { name: "a node calls itself", rules: &["calls-itself"], seed: call_itself },
    Fault { name: "two nodes call each other", rules: &["dependency-cycle"], seed: call_back },
    Fault { name: "a node that only calls has no backends", rules: &["blocked-egress"], seed: block },
    Fault { name: "a mesh lets all traffic out", rules: &["open-egress"], seed: open },
    Fault { name: "a provider is no router", rules: &["service-without-retries"], seed: provide_alone },
];

/// A duration in seconds.
pub(super) fn seconds(seconds: i64) -> Duration {
    Duration { unit: Some(text("s")), value: Some(number(seconds)) }
}

/// Sets how long a request of a route may take.
pub(super) fn set_per_request(spec: &mut RouteSpec, per_request: Option<Duration>) {
    if let Some(grpc) = &mut spec.grpc_route {
        grpc.timeout = per_request.map(|per_request| GrpcTimeout { idle: None, per_request: Some(per_request) });
    } else {
        http(spec).timeout = per_request.map(|per_request| HttpTimeout { idle: None, per_request: Some(per_request) });
    }
}

/// Every route that has requests.
fn with_requests(ground: &Ground) -> impl Iterator<Item = (usize, &Resource, &RouteSpec)> {
    routes(&ground.inventory).filter(|(_, _, spec)| spec.protocols().next().is_some() && spec.tcp_route.is_none())
}

/// Gives every route a retry policy with these events, retries, seconds per attempt and seconds per request.
fn retry(ground: &Ground, seeds: &mut Seeds<'_>, events: &[&str], retries: i64, per_retry: i64, limit: Option<i64>) {
    for (position, resource, spec) in with_requests(ground) {
        if is_said_of(spec, events, retries) {
            continue;
        }
        let list = || List::new(events.iter().map(|event| text(event)).collect()).ok();
        seeds.sow(at(resource, "retryPolicy"), None, |inventory| {
            let spec = route(inventory, position);
            let (max_retries, per_retry_timeout) = (number(retries), seconds(per_retry));
            set_per_request(spec, limit.map(seconds));
            if let Some(grpc) = &mut spec.grpc_route {
                grpc.retry_policy = Some(GrpcRetryPolicy {
                    grpc_retry_events: None,
                    http_retry_events: list(),
                    max_retries,
                    per_retry_timeout,
                    tcp_retry_events: None,
                });
            } else {
                http(spec).retry_policy = Some(HttpRetryPolicy {
                    http_retry_events: list(),
                    max_retries,
                    per_retry_timeout,
                    tcp_retry_events: None,
                });
            }
        });
    }
}

/// Whether a route has such a fault already: it retries on two events of which one contains the other, or never retries.
fn is_said_of(spec: &RouteSpec, events: &[&str], retries: i64) -> bool {
    let policies = [&spec.http_route, &spec.http2_route].into_iter().flatten().filter_map(|route| {
        let policy = route.retry_policy.as_ref()?;
        Some((policy.http_retry_events.as_ref(), &policy.max_retries))
    });
    let grpc = spec.grpc_route.iter().filter_map(|route| {
        let policy = route.retry_policy.as_ref()?;
        Some((policy.http_retry_events.as_ref(), &policy.max_retries))
    });
    policies.chain(grpc).any(|(own, max_retries)| {
        let has = |event: &str| own.is_some_and(|own| own.iter().any(|own| words(own) == Some(event)));
        let is_redundant = events == ["server-error", "gateway-error"] && events.iter().all(|event| has(event));
        is_redundant || retries == 0 && value(max_retries) == Some(0)
    })
}

fn retry_post(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in with_requests(ground).filter(|(_, _, spec)| spec.grpc_route.is_none()) {
        let already = spec.protocols().next().and_then(|route| route.http()?.matcher.method.as_ref()?.known().copied());
        if already == Some(HttpMethod::Post) && spec.protocols().any(|route| route.retry().is_some()) {
            continue;
        }
        seeds.sow(at(resource, "method"), None, |inventory| {
            let route = http(route(inventory, position));
            route.matcher.method = Some(Scalar::Known(HttpMethod::Post));
            route.retry_policy = Some(HttpRetryPolicy {
                http_retry_events: Some(List::new(vec![text("server-error")]).unwrap()),
                max_retries: number(2),
                per_retry_timeout: seconds(2),
                tcp_retry_events: None,
            });
        });
    }
}

type Neutral = fn(&Ground, &Resource, &RouteSpec) -> Option<&'static str>;

fn per_request(ground: &Ground, seeds: &mut Seeds<'_>, millis: i64, neutral: Neutral) {
    for (position, resource, spec) in with_requests(ground) {
        let already = spec.protocols().find_map(|route| route.per_request()?.millis());
        if already.is_some_and(|already| i64::try_from(already) == Ok(millis)) {
            continue;
        }
        seeds.sow(at(resource, "perRequest"), neutral(ground, resource, spec), |inventory| {
            let duration = Duration { unit: Some(text("ms")), value: Some(number(millis)) };
            set_per_request(route(inventory, position), Some(duration));
        });
    }
}

/// How long a listener lets a request take, in milliseconds.
fn listener_millis(timeout: Option<&ListenerTimeout>) -> Option<u64> {
    let per_request = match timeout {
        Some(ListenerTimeout::Http(timeout) | ListenerTimeout::Http2(timeout)) => timeout.per_request.as_ref(),
        Some(ListenerTimeout::Grpc(timeout)) => timeout.per_request.as_ref(),
        Some(ListenerTimeout::Tcp(_)) => return None,
        None => None,
    };
    per_request.map_or(Some(PER_REQUEST_TIMEOUT_MILLIS), Duration::millis)
}

/// Why no listener ends a request before a route of 90 seconds does.
fn not_shortened(ground: &Ground, resource: &Resource, spec: &RouteSpec) -> Option<&'static str> {
    let targets = spec.protocols().next()?.action();
    let mut is_short = false;
    for target in &targets.weighted_targets {
        let position = ground.find(resource, Kind::VirtualNode, &target.virtual_node);
        let Some((_, node, spec)) = nodes(&ground.inventory).find(|(other, ..)| Some(*other) == position) else {
            continue;
        };
        let is_reached = |listener: &&meshwright_model::listener::Listener| {
            target.port.as_ref().is_none_or(|port| *port == listener.port_mapping.port)
                && listener.port_mapping.protocol.known().is_some_and(|protocol| *protocol != PortProtocol::Tcp)
                && !node.has_gap(&meshwright_model::Path::of(&["spec", "listeners"]))
        };
        let mut listeners = spec.listeners.iter().flatten().filter(is_reached);
        is_short |= listeners.any(|listener| {
            listener_millis(listener.timeout.as_ref()).is_some_and(|millis| millis > 0 && millis < 90_000)
        });
    }
    (!is_short).then_some("no listener in the files ends a request earlier")
}

fn raise_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let Some(protocol) = listener.port_mapping.protocol.known() else { continue };
            let per_request = Some(seconds(90));
            let timeout = match protocol {
                PortProtocol::Http => ListenerTimeout::Http(HttpTimeout { idle: None, per_request }),
                PortProtocol::Http2 => ListenerTimeout::Http2(HttpTimeout { idle: None, per_request }),
                PortProtocol::Grpc => ListenerTimeout::Grpc(GrpcTimeout { idle: None, per_request }),
                PortProtocol::Tcp => continue,
            };
            // What lets a request take longer, or any time, is not raised.
            if listener_millis(listener.timeout.as_ref()).is_none_or(|millis| millis == 0 || millis >= 90_000) {
                continue;
            }
            seeds.sow(at(resource, index), not_cut(ground, position, &listener.port_mapping.port), |inventory| {
                listener_of(inventory, position, index).timeout = Some(timeout);
            });
        }
    }
}

/// Why no route makes a listener's longer timeout useless.
fn not_cut(ground: &Ground, position: usize, port: &Scalar<meshwright_model::limits::Port>) -> Option<&'static str> {
    let mut is_reached = false;
    let count = nodes(&ground.inventory).find(|(other, ..)| *other == position);
    let count = count.map_or(0, |(_, _, spec)| spec.listeners.iter().flatten().count());
    for (_, from, spec) in routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        let leads = |target: &&meshwright_model::route::WeightedTarget| {
            ground.find(from, Kind::VirtualNode, &target.virtual_node) == Some(position)
        };
        for target in route.action().weighted_targets.iter().filter(leads) {
            if target.port.is_none() && count > 1 {
                return Some("a route does not say which listener it leads to");
            }
            if target.port.as_ref().is_some_and(|named| named != port) {
                continue;
            }
            let has_own = route.per_request().is_some();
            if has_own || spec.tcp_route.is_some() {
                return Some("a route to it says itself how long a request may take");
            }
            is_reached = true;
        }
    }
    let is_direct = services(&ground.inventory).any(|(_, from, spec)| match &spec.provider {
        Some(VirtualServiceProvider::VirtualNode(node)) => {
            ground.find(from, Kind::VirtualNode, &node.virtual_node_name) == Some(position)
        }
        _ => false,
    });
    match () {
        () if is_direct => Some("it provides a service without a router, so that no route cuts its requests short"),
        () if !is_reached => Some("no route in the files leads to it"),
        () => None,
    }
}

fn short_idle(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in with_requests(ground) {
        seeds.sow(at(resource, "idle"), None, |inventory| {
            let spec = route(inventory, position);
            let (idle, per_request) = (Some(seconds(1)), Some(seconds(10)));
            match &mut spec.grpc_route {
                Some(grpc) => grpc.timeout = Some(GrpcTimeout { idle, per_request }),
                None => http(spec).timeout = Some(HttpTimeout { idle, per_request }),
            }
        });
    }
}

/// Gives every listener of a node outlier detection: seconds of ejection, between sweeps, and the most hosts in percent.
fn eject(ground: &Ground, seeds: &mut Seeds<'_>, base: i64, interval: i64, percent: i64) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let own = listener.outlier_detection.as_ref().and_then(|own| value(&own.max_ejection_percent));
            if percent > 50 && own.is_some_and(|own| own > 50) {
                continue;
            }
            seeds.sow(at(resource, index), None, |inventory| {
                listener_of(inventory, position, index).outlier_detection = Some(OutlierDetection {
                    base_ejection_duration: seconds(base),
                    interval: seconds(interval),
                    max_ejection_percent: number(percent),
                    max_server_errors: number(5),
                });
            });
        }
    }
}

fn eject_one_host(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        let Some(ServiceDiscovery::Dns(_)) = &spec.service_discovery else { continue };
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            if listener.outlier_detection.is_some() {
                continue;
            }
            seeds.sow(at(resource, index), None, |inventory| {
                let detection = OutlierDetection {
                    base_ejection_duration: seconds(30),
                    interval: seconds(10),
                    max_ejection_percent: number(50),
                    max_server_errors: number(5),
                };
                listener_of(inventory, position, index).outlier_detection = Some(detection);
                if let Some(ServiceDiscovery::Dns(dns)) = &mut node(inventory, position).service_discovery {
                    dns.response_type = None;
                }
            });
        }
    }
}

/// Each virtual service that a node provides itself, with the node's position.
fn provided(ground: &Ground) -> impl Iterator<Item = (&Resource, usize)> {
    services(&ground.inventory).filter_map(|(_, resource, spec)| match &spec.provider {
        Some(VirtualServiceProvider::VirtualNode(node)) => {
            Some((resource, ground.find(resource, Kind::VirtualNode, &node.virtual_node_name)?))
        }
        _ => None,
    })
}

/// A backend for a virtual service; a name is carried over as it stands.
fn backend_for(service: &Resource) -> Backend {
    let name = match &service.name {
        Scalar::Known(name) => text(name.as_str()),
        Scalar::Open(expression) => Scalar::Open(expression.clone()),
        Scalar::Refused(refusal) => Scalar::Refused(refusal.clone()),
    };
    Backend::VirtualService(VirtualServiceBackend { client_policy: None, virtual_service_name: name })
}

fn call_itself(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (service, position) in provided(ground) {
        let backend = backend_for(service);
        seeds.sow(at(service, "called by its provider"), None, |inventory| {
            node(inventory, position).backends.get_or_insert_default().push(backend);
        });
    }
}

fn call_back(ground: &Ground, seeds: &mut Seeds<'_>) {
    let provided: Vec<(&Resource, usize)> = provided(ground).collect();
    for (caller, _, spec) in nodes(&ground.inventory) {
        for (_, backend) in backends(spec) {
            let called = provided.iter().find(|(service, _)| {
                Key::of(&service.name) == Key::of(&backend.virtual_service_name)
                    && Key::of(&service.mesh) == Key::of(&ground.inventory.resources[caller].mesh)
            });
            let own = provided.iter().find(|(_, provider)| *provider == caller);
            let (Some((_, answering)), Some((service, _))) = (called, own) else { continue };
            let calls_already = nodes(&ground.inventory).any(|(other, _, spec)| {
                other == *answering
                    && backends(spec)
                        .any(|(_, backend)| Key::of(&backend.virtual_service_name) == Key::of(&service.name))
            });
            if *answering != caller && !calls_already {
                let backend = backend_for(service);
                seeds.sow(at(service, "called back"), None, |inventory| {
                    node(inventory, *answering).backends.get_or_insert_default().push(backend);
                });
            }
        }
    }
}

fn block(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in nodes(&ground.inventory) {
        // Who is called needs its listeners, and losing them would be a second fault.
        if super::listeners::is_named(ground, position) || !super::ports::expected_by_tasks(ground, position).is_empty()
        {
            continue;
        }
        let mesh = meshes(&ground.inventory).find(|(_, mesh, _)| Key::of(&mesh.mesh) == Key::of(&resource.mesh));
        let filter = mesh.map(|(_, _, spec)| spec.egress_filter.as_ref().map(|filter| filter.kind.known().copied()));
        let neutral = match filter {
            None => Some("the files do not define the mesh, which may let all traffic out"),
            Some(Some(Some(EgressFilterType::AllowAll))) => Some("the mesh lets all traffic out"),
            Some(Some(None)) => Some("what the mesh lets out is open"),
            Some(None | Some(Some(EgressFilterType::DropAll))) => None,
        };
        seeds.sow(at(resource, "backends"), neutral, |inventory| {
            let spec = node(inventory, position);
            (spec.backends, spec.listeners, spec.service_discovery) = (None, None, None);
        });
    }
}

fn open(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in meshes(&ground.inventory) {
        let is_already =
            spec.egress_filter.as_ref().is_some_and(|filter| filter.kind.known() == Some(&EgressFilterType::AllowAll));
        if !is_already {
            seeds.sow(at(resource, "egressFilter"), None, |inventory| {
                mesh(inventory, position).egress_filter = Some(EgressFilter { kind: text("ALLOW_ALL") });
            });
        }
    }
}

fn provide_alone(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in services(&ground.inventory) {
        let Some(VirtualServiceProvider::VirtualRouter(router)) = &spec.provider else { continue };
        let target = routes(&ground.inventory).find_map(|(_, from, spec)| {
            let is_of_router = Key::of(from.parent.as_ref()?) == Key::of(&router.virtual_router_name);
            let target = &spec.protocols().next()?.action().weighted_targets[0];
            let node = ground.find(from, Kind::VirtualNode, &target.virtual_node);
            node.filter(|_| is_of_router).map(|node| (target, node))
        });
        let Some((target, node)) = target else { continue };
        let has_requests = nodes(&ground.inventory).any(|(position, _, spec)| {
            let mut protocols = spec.listeners.iter().flatten().map(|listener| listener.port_mapping.protocol.known());
            position == node
                && protocols.any(|protocol| protocol.is_some_and(|protocol| *protocol != PortProtocol::Tcp))
        });
        // Over TCP there are no requests to try again.
        if !has_requests {
            continue;
        }
        let provider = meshwright_model::virtual_service::VirtualNodeServiceProvider {
            virtual_node_name: target.virtual_node.clone(),
        };
        seeds.sow(at(resource, "provider"), None, |inventory| {
            super::sites::service(inventory, position).provider = Some(VirtualServiceProvider::VirtualNode(provider));
        });
    }
}

fn hurry_listener(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            let per_request = Some(Duration { unit: Some(text("ms")), value: Some(number(10)) });
            let timeout = match listener.port_mapping.protocol.known() {
                Some(PortProtocol::Http) => ListenerTimeout::Http(HttpTimeout { idle: None, per_request }),
                Some(PortProtocol::Http2) => ListenerTimeout::Http2(HttpTimeout { idle: None, per_request }),
                Some(PortProtocol::Grpc) => ListenerTimeout::Grpc(GrpcTimeout { idle: None, per_request }),
                Some(PortProtocol::Tcp) | None => continue,
            };
            seeds.sow(at(resource, index), None, |inventory| {
                listener_of(inventory, position, index).timeout = Some(timeout);
            });
        }
    }
}

fn sweep_fast(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, _) in spec.listeners.iter().flatten().enumerate() {
            seeds.sow(at(resource, index), None, |inventory| {
                listener_of(inventory, position, index).outlier_detection = Some(OutlierDetection {
                    base_ejection_duration: seconds(30),
                    interval: Duration { unit: Some(text("ms")), value: Some(number(10)) },
                    max_ejection_percent: number(50),
                    max_server_errors: number(5),
                });
            });
        }
    }
}

fn check_long(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in nodes(&ground.inventory) {
        for (index, listener) in spec.listeners.iter().flatten().enumerate() {
            if listener.health_check.is_some() {
                seeds.sow(at(resource, index), None, |inventory| {
                    let check = listener_of(inventory, position, index).health_check.as_mut().unwrap();
                    check.interval_millis = number(5000);
                    check.timeout_millis = number(10_000);
                });
            }
        }
    }
}

/// Lets streams of a route be silent for longer than any listener lets them that says nothing itself.
fn long_silence(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in with_requests(ground) {
        let Some(protocol) = spec.protocols().next() else { continue };
        let is_silent = |target: &meshwright_model::route::WeightedTarget| {
            let position = ground.find(resource, Kind::VirtualNode, &target.virtual_node)?;
            let (_, node, spec) = nodes(&ground.inventory).find(|(other, ..)| *other == position)?;
            let [listener] = spec.listeners.as_deref()? else { return None };
            let is_alike = listener.port_mapping.protocol.known() == Some(&protocol.protocol());
            let is_whole = node.gaps.is_empty() && resource.gaps.is_empty() && node.condition == resource.condition;
            let has_share = value(&target.weight).is_some_and(|weight| weight > 0);
            (is_alike && is_whole && has_share && listener.timeout.is_none()).then_some(())
        };
        if protocol.action().weighted_targets.iter().any(|target| is_silent(target).is_some()) {
            seeds.sow(at(resource, "idle"), None, |inventory| {
                let spec = route(inventory, position);
                let (idle, per_request) = (Some(seconds(900)), Some(seconds(15)));
                if let Some(grpc) = &mut spec.grpc_route {
                    grpc.timeout = Some(GrpcTimeout { idle, per_request });
                } else {
                    http(spec).timeout = Some(HttpTimeout { idle, per_request });
                }
            });
        }
    }
}

fn call_many(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, _) in nodes(&ground.inventory) {
        seeds.sow(at(resource, "backends"), None, |inventory| {
            let backend = |number: usize| {
                let virtual_service_name = text(&format!("service-{number}.shop.local"));
                Backend::VirtualService(VirtualServiceBackend { client_policy: None, virtual_service_name })
            };
            node(inventory, position).backends = Some((0..51).map(backend).collect());
        });
    }
}

/// Lets a request take an hour that only requests of fifteen seconds can cause.
fn outlast_callers(ground: &Ground, seeds: &mut Seeds<'_>) {
    let is_plain = ground.inventory.resources.iter().all(|one| one.condition.is_none() && one.gaps.is_empty());
    let leads = |from: &Resource, to: usize, kind: Kind| {
        let index = ground.inventory.index();
        from.references().into_iter().any(|one| one.kind == kind && index.target(from, &one) == Some(to))
    };
    let of_kind =
        |kind: Kind| ground.inventory.resources.iter().enumerate().filter(move |(_, resource)| resource.kind() == kind);
    // Reached by routes alone, none of which says how long.
    let is_hasty = |node: usize| {
        let mut to_it =
            routes(&ground.inventory).filter(|(_, route, _)| leads(route, node, Kind::VirtualNode)).peekable();
        to_it.peek().is_some()
            && to_it
                .all(|(_, _, spec)| spec.tcp_route.is_none() && spec.protocols().all(|one| one.per_request().is_none()))
            && !of_kind(Kind::VirtualService).any(|(_, service)| leads(service, node, Kind::VirtualNode))
    };
    for (position, resource, _) in with_requests(ground).filter(|(_, one, _)| is_plain && ground.holds_mesh(one)) {
        let Some(router) = resource.parent.as_ref() else { continue };
        let Some(router) = ground.find(resource, Kind::VirtualRouter, router) else { continue };
        let services = of_kind(Kind::VirtualService).filter(|(_, one)| leads(one, router, Kind::VirtualRouter));
        let services: Vec<usize> = services.map(|(service, _)| service).collect();
        let calls = |from: &Resource| services.iter().any(|service| leads(from, *service, Kind::VirtualService));
        let is_behind_gateway = of_kind(Kind::GatewayRoute).any(|(_, route)| calls(route));
        let mut callers = of_kind(Kind::VirtualNode).filter(|(_, node)| calls(node)).peekable();
        if !is_behind_gateway
            && callers.peek().is_some()
            && callers.all(|(caller, _)| is_hasty(caller) && caller != position)
        {
            seeds.sow(at(resource, "perRequest"), None, |inventory| {
                set_per_request(route(inventory, position), Some(seconds(3600)));
            });
        }
    }
}
