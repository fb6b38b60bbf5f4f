//! Faults of matches, rewrites and weights.

use meshwright_model::gateway_route::HttpGatewayRouteMatch;
use meshwright_model::gateway_route::{
    HttpGatewayRoutePathRewrite, HttpGatewayRoutePrefixRewrite, HttpGatewayRouteRewrite,
};
use meshwright_model::limits::Weight;
use meshwright_model::list::List;
use meshwright_model::matcher::{
    GatewayRouteHostnameMatch, HeaderMatchMethod, HeaderMatcher, HttpPathMatch, MatchRange,
};
use meshwright_model::route::{HttpRouteMatch, TcpRoute};

use super::grounds::{Ground, at};
use super::sites::{gateway_http, gateway_route, gateway_routes, http, number, route, routes, targets, text, words};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a prefix has no slash",
        rules: &["prefix-without-slash"],
        seed: |ground, seeds| both(ground, seeds, |m| m.prefix(Some("orders"))),
    },
    Fault {
        name: "a prefix holds a query",
        rules: &["path-with-query"],
        seed: |ground, seeds| both(ground, seeds, |m| m.prefix(Some("/orders?all=1"))),
    },
    Fault {
        name: "a prefix holds a star",
        rules: &["wildcard-in-path"],
        seed: |ground, seeds| both(ground, seeds, |m| m.prefix(Some("/orders/*"))),
    },
    Fault {
        name: "a prefix has a doubled slash",
        rules: &["path-never-normal"],
        seed: |ground, seeds| both(ground, seeds, |m| m.prefix(Some("/orders//"))),
    },
    Fault {
        name: "a prefix holds a blank",
        rules: &["unencoded-match"],
        seed: |ground, seeds| both(ground, seeds, |m| m.prefix(Some("/my orders"))),
    },
    Fault {
        name: "a path has no slash",
        rules: &["path-without-slash"],
        seed: |ground, seeds| both(ground, seeds, |m| m.path(exact("orders"))),
    },
    Fault {
        name: "a pattern is broken",
        rules: &["invalid-regex"],
        seed: |ground, seeds| both(ground, seeds, |m| m.path(pattern("/orders/(.*"))),
    },
    Fault {
        name: "a pattern is not one of RE2",
        rules: &["invalid-regex"],
        seed: |ground, seeds| both(ground, seeds, |m| m.path(pattern("/(?!admin).*"))),
    },
    Fault {
        name: "a pattern matches no path",
        rules: &["regex-matches-no-path"],
        seed: |ground, seeds| both(ground, seeds, |m| m.path(pattern("orders/.*"))),
    },
    Fault {
        name: "a pattern is none",
        rules: &["regex-is-literal"],
        seed: |ground, seeds| both(ground, seeds, |m| m.path(pattern("/orders"))),
    },
    Fault {
        name: "a match has a prefix and a path",
        rules: &["prefix-and-path"],
        seed: |ground, seeds| {
            both(ground, seeds, |m| {
                m.path(exact("/orders"));
                m.prefix(Some("/"));
            });
        },
    },
    Fault {
        name: "a header has a bad name",
        rules: &["invalid-header-name"],
        seed: |ground, seeds| both(ground, seeds, |m| m.header("x-tenant:", None)),
    },
    Fault {
        name: "a header's pattern is broken",
        rules: &["invalid-regex"],
        seed: |ground, seeds| both(ground, seeds, |m| m.header("x-tenant", Some(HeaderMatchMethod::Regex(text("*"))))),
    },
    Fault {
        name: "a header's range is empty",
        rules: &["empty-range"],
        seed: |ground, seeds| {
            both(ground, seeds, |m| {
                m.header("x-tenant", Some(HeaderMatchMethod::Range(MatchRange { start: number(7), end: number(7) })));
            });
        },
    },
    Fault {
        name: "a header is matched twice",
        rules: &["repeated-header-match", "impossible-match"],
        seed: |ground, seeds| {
            both(ground, seeds, |m| {
                m.header("x-tenant", None);
                m.header("x-tenant", None);
            });
        },
    },
    Fault {
        name: "two headers contradict each other",
        rules: &["impossible-match"],
        seed: |ground, seeds| {
            both(ground, seeds, |m| {
                m.header("x-tenant", Some(HeaderMatchMethod::Exact(text("a"))));
                m.header("x-tenant", Some(HeaderMatchMethod::Exact(text("b"))));
            });
        },
    },
    Fault {
        name: "a host name has a port",
        rules: &["hostname-with-port"],
        seed: |ground, seeds| hostname(ground, seeds, "orders.example.com:8080"),
    },
    Fault {
        name: "a host name has a blank",
        rules: &["invalid-hostname"],
        seed: |ground, seeds| hostname(ground, seeds, "orders example.com"),
    },
    Fault { name: "a host name match says nothing", rules: &["empty-hostname-match"], seed: empty_hostname },
    Fault { name: "a host name is matched in two ways", rules: &["hostname-exact-and-suffix"], seed: two_hostnames },
    Fault {
        name: "a path is rewritten to one without slash",
        rules: &["path-rewrite-without-slash"],
        seed: |ground, seeds| {
            rewrite(ground, seeds, "/orders", &|| HttpGatewayRouteRewrite {
                path: Some(path_rewrite("orders")),
                ..Default::default()
            });
        },
    },
    Fault {
        name: "a prefix is rewritten to one without slash",
        rules: &["rewrite-value-without-slashes"],
        seed: |ground, seeds| {
            rewrite(ground, seeds, "/orders/", &|| HttpGatewayRouteRewrite {
                prefix: Some(prefix_rewrite("orders/")),
                ..Default::default()
            });
        },
    },
    Fault {
        name: "a prefix and a path are rewritten",
        rules: &["rewrite-prefix-and-path"],
        seed: |ground, seeds| {
            rewrite(ground, seeds, "/orders/", &|| HttpGatewayRouteRewrite {
                prefix: Some(prefix_rewrite("/shop/")),
                path: Some(path_rewrite("/shop")),
                ..Default::default()
            });
        },
    },
    Fault {
        name: "a prefix is matched and the path rewritten",
        rules: &["rewrite-of-the-other-kind"],
        seed: |ground, seeds| {
            rewrite(ground, seeds, "/orders/", &|| HttpGatewayRouteRewrite {
                path: Some(path_rewrite("/shop")),
                ..Default::default()
            });
        },
    },
    Fault {
        name: "a gateway route matches a reserved prefix",
        rules: &["reserved-gateway-prefix"],
        seed: reserved_prefix,
    },
    Fault { name: "every weight is 0", rules: &["all-weights-zero"], seed: no_weight },
    Fault {
        name: "weights do not add up to 100",
        rules: &["weights-not-100", "lonely-weighted-target"],
        seed: odd_weights,
    },
    Fault { name: "a target stands twice", rules: &["duplicate-target"], seed: repeat_target },
    Fault { name: "a route has two protocols", rules: &["several-protocols-in-route"], seed: two_protocols },
    Fault { name: "a route has no protocol", rules: &["no-protocol-in-route"], seed: no_protocol },
    Fault { name: "a gRPC method has no service", rules: &["method-without-service"], seed: method_alone },
    Fault { name: "a gRPC service begins with a slash", rules: &["slash-in-grpc-name"], seed: slash_in_service },
    Fault {
        name: "a gRPC gateway route matches a reserved service",
        rules: &["reserved-grpc-service"],
        seed: reserved_service,
    },
    Fault {
        name: "a target of a TCP route has weight 0",
        rules: &["zero-weight-in-tcp-route", "all-weights-zero"],
        seed: tcp_weight,
    },
];

/// The match of a route or gateway route, to be changed alike.
enum Match<'m> {
    Route(&'m mut HttpRouteMatch),
    Gateway(&'m mut HttpGatewayRouteMatch),
}

impl Match<'_> {
    fn prefix(&mut self, prefix: Option<&str>) {
        let (Self::Route(HttpRouteMatch { prefix: place, .. })
        | Self::Gateway(HttpGatewayRouteMatch { prefix: place, .. })) = self;
        *place = prefix.map(text);
        if prefix != Some("/") {
            *self.path_place() = None;
        }
    }

    fn path(&mut self, path: HttpPathMatch) {
        self.prefix(None);
        *self.path_place() = Some(path);
    }

    fn path_place(&mut self) -> &mut Option<HttpPathMatch> {
        let (Self::Route(HttpRouteMatch { path, .. }) | Self::Gateway(HttpGatewayRouteMatch { path, .. })) = self;
        path
    }

    fn header(&mut self, name: &str, method: Option<HeaderMatchMethod>) {
        let (Self::Route(HttpRouteMatch { headers, .. }) | Self::Gateway(HttpGatewayRouteMatch { headers, .. })) = self;
        let mut all = headers.as_ref().map(|headers| headers.to_vec()).unwrap_or_default();
        all.push(HeaderMatcher { invert: None, matcher: method, name: text(name) });
        *headers = Some(List::new(all).unwrap());
    }
}

fn exact(path: &str) -> HttpPathMatch {
    HttpPathMatch { exact: Some(text(path)), regex: None }
}

fn pattern(regex: &str) -> HttpPathMatch {
    HttpPathMatch { exact: None, regex: Some(text(regex)) }
}

/// Changes the match of every route and gateway route of HTTP.
fn both(ground: &Ground, seeds: &mut Seeds<'_>, change: impl Fn(&mut Match<'_>)) {
    for (position, resource, spec) in routes(&ground.inventory) {
        if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
            seeds.sow(at(resource, "match"), None, |inventory| {
                change(&mut Match::Route(&mut http(route(inventory, position)).matcher));
            });
        }
    }
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
            seeds.sow(at(resource, "match"), None, |inventory| {
                change(&mut Match::Gateway(&mut gateway_http(gateway_route(inventory, position)).matcher));
            });
        }
    }
}

/// Every gateway route of HTTP.
fn gateway_matches(ground: &Ground, seeds: &mut Seeds<'_>, change: impl Fn(&mut HttpGatewayRouteMatch)) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
            seeds.sow(at(resource, "match"), None, |inventory| {
                change(&mut gateway_http(gateway_route(inventory, position)).matcher);
            });
        }
    }
}

fn hostname(ground: &Ground, seeds: &mut Seeds<'_>, name: &str) {
    gateway_matches(ground, seeds, |matcher| {
        matcher.hostname = Some(GatewayRouteHostnameMatch { exact: Some(text(name)), suffix: None });
    });
}

fn empty_hostname(ground: &Ground, seeds: &mut Seeds<'_>) {
    gateway_matches(ground, seeds, |matcher| matcher.hostname = Some(GatewayRouteHostnameMatch::default()));
}

fn two_hostnames(ground: &Ground, seeds: &mut Seeds<'_>) {
    gateway_matches(ground, seeds, |matcher| {
        let hostname =
            GatewayRouteHostnameMatch { exact: Some(text("orders.example.com")), suffix: Some(text(".example.com")) };
        matcher.hostname = Some(hostname);
    });
}

fn reserved_prefix(ground: &Ground, seeds: &mut Seeds<'_>) {
    gateway_matches(ground, seeds, |matcher| {
        matcher.path = None;
        matcher.prefix = Some(text("/aws-appmesh"));
    });
}

fn path_rewrite(path: &str) -> HttpGatewayRoutePathRewrite {
    HttpGatewayRoutePathRewrite { exact: Some(text(path)) }
}

fn prefix_rewrite(prefix: &str) -> HttpGatewayRoutePrefixRewrite {
    HttpGatewayRoutePrefixRewrite { default_prefix: None, value: Some(text(prefix)) }
}

/// Gives every gateway route of HTTP a prefix and a rewrite.
fn rewrite(ground: &Ground, seeds: &mut Seeds<'_>, prefix: &str, rewrite: &dyn Fn() -> HttpGatewayRouteRewrite) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
            seeds.sow(at(resource, "rewrite"), None, |inventory| {
                let route = gateway_http(gateway_route(inventory, position));
                route.matcher.path = None;
                route.matcher.prefix = Some(text(prefix));
                route.action.rewrite = Some(rewrite());
            });
        }
    }
}

fn no_weight(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        if spec.protocols().next().is_some() {
            seeds.sow(at(resource, "weights"), None, |inventory| {
                targets(inventory, position, |targets| {
                    for target in targets.iter_mut() {
                        target.weight = number::<Weight>(0);
                    }
                });
            });
        }
    }
}

fn odd_weights(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        let count = route.action().weighted_targets.len();
        let neutral = (count == 1).then_some("an only target gets all requests, whatever its weight");
        if count > 1 {
            seeds.sow(at(resource, "weights"), neutral, |inventory| {
                targets(inventory, position, |targets| {
                    for target in targets.iter_mut() {
                        target.weight = number::<Weight>(7);
                    }
                });
            });
        }
    }
}

fn repeat_target(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(route) = spec.protocols().next() else { continue };
        if route.action().weighted_targets.len() < 10 {
            seeds.sow(at(resource, "targets"), None, |inventory| {
                targets(inventory, position, |targets| targets.push(targets[0].clone()));
            });
        }
    }
}

fn two_protocols(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(first) = spec.protocols().next().filter(|_| spec.tcp_route.is_none()) else { continue };
        let added = TcpRoute { action: first.action().clone(), matcher: None, timeout: None };
        seeds.sow(at(resource, "spec"), None, |inventory| route(inventory, position).tcp_route = Some(added));
    }
}

fn no_protocol(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        if spec.protocols().next().is_some() {
            seeds.sow(at(resource, "spec"), None, |inventory| {
                let spec = route(inventory, position);
                (spec.http_route, spec.http2_route, spec.grpc_route, spec.tcp_route) = (None, None, None, None);
            });
        }
    }
}

fn method_alone(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        if spec.grpc_route.is_some() {
            seeds.sow(at(resource, "match"), None, |inventory| {
                let matcher = &mut route(inventory, position).grpc_route.as_mut().unwrap().matcher;
                matcher.service_name = None;
                matcher.method_name = Some(text("Find"));
            });
        }
    }
}

fn slash_in_service(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(grpc) = &spec.grpc_route else { continue };
        let name = grpc.matcher.service_name.as_ref().and_then(words).unwrap_or("shop.Orders");
        let slashed = format!("/{name}");
        seeds.sow(at(resource, "match"), None, |inventory| {
            route(inventory, position).grpc_route.as_mut().unwrap().matcher.service_name = Some(text(&slashed));
        });
    }
}

fn reserved_service(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.grpc_route.is_some() {
            seeds.sow(at(resource, "match"), None, |inventory| {
                let route = gateway_route(inventory, position).grpc_route.as_mut().unwrap();
                route.matcher.service_name = Some(text("aws.appmesh"));
            });
        }
    }
}

fn tcp_weight(ground: &Ground, seeds: &mut Seeds<'_>) {
    for (position, resource, spec) in routes(&ground.inventory) {
        let Some(tcp) = &spec.tcp_route else { continue };
        for (index, target) in tcp.action.weighted_targets.iter().enumerate() {
            if super::sites::value(&target.weight) != Some(0) {
                seeds.sow(at(resource, index), None, |inventory| {
                    targets(inventory, position, |targets| targets[index].weight = number::<Weight>(0));
                });
            }
        }
    }
}
