//! Faults of rewrites, and of conditions that say less or more than they seem to.

use meshwright_model::Scalar;
use meshwright_model::gateway_route::{HttpGatewayRoutePrefixRewrite, HttpGatewayRouteRewrite};
use meshwright_model::limits::{DefaultGatewayRouteRewrite, HttpScheme};
use meshwright_model::list::List;
use meshwright_model::matcher::{HeaderMatchMethod, HeaderMatcher};

use super::grounds::{Ground, at};
use super::sites::{gateway_http, gateway_route, gateway_routes, http, route, routes, text};
use super::{Fault, Seeds};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "a prefix is taken off and nothing says so",
        rules: &["implicit-rewrite"],
        seed: |ground, seeds| rewrite(ground, seeds, "/orders/", &|| None),
    },
    Fault {
        name: "a rewritten prefix ends within a word",
        rules: &["slashless-gateway-prefix"],
        seed: |ground, seeds| rewrite(ground, seeds, "/orders", &|| None),
    },
    Fault {
        name: "a prefix is replaced and kept",
        rules: &["rewrite-value-and-default"],
        seed: |ground, seeds| {
            rewrite(ground, seeds, "/orders/", &|| {
                Some(HttpGatewayRoutePrefixRewrite {
                    default_prefix: Some(Scalar::Known(DefaultGatewayRouteRewrite::Disabled)),
                    value: Some(text("/shop/")),
                })
            });
        },
    },
    Fault {
        name: "a gRPC gateway route matches everything",
        rules: &["grpc-gateway-route-without-match"],
        seed: |ground, seeds| {
            for (position, resource, spec) in gateway_routes(&ground.inventory) {
                if spec.grpc_route.is_some() {
                    seeds.sow(at(resource, "match"), None, |inventory| {
                        let matcher = &mut gateway_route(inventory, position).grpc_route.as_mut().unwrap().matcher;
                        (matcher.service_name, matcher.hostname, matcher.metadata) = (None, None, None);
                    });
                }
            }
        },
    },
    Fault {
        name: "HTTP/1.1 is matched by its scheme",
        rules: &["scheme-without-http2"],
        seed: |ground, seeds| {
            for (position, resource, spec) in routes(&ground.inventory) {
                if spec.http_route.as_ref().is_some_and(|route| route.matcher.scheme.is_none()) {
                    seeds.sow(at(resource, "match"), None, |inventory| {
                        http(route(inventory, position)).matcher.scheme = Some(Scalar::Known(HttpScheme::Https));
                    });
                }
            }
        },
    },
    Fault {
        name: "a header's value is matched inverted",
        rules: &["inverted-match-needs-header"],
        seed: |ground, seeds| {
            for (position, resource, spec) in routes(&ground.inventory) {
                if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
                    seeds.sow(at(resource, "match"), None, |inventory| {
                        let headers = &mut http(route(inventory, position)).matcher.headers;
                        let mut all = headers.as_ref().map(|headers| headers.to_vec()).unwrap_or_default();
                        let matcher = Some(HeaderMatchMethod::Exact(text("robot")));
                        all.push(HeaderMatcher { invert: Some(Scalar::Known(true)), matcher, name: text("x-tenant") });
                        *headers = Some(List::new(all).unwrap());
                    });
                }
            }
        },
    },
];

/// Gives every gateway route of HTTP a prefix and what is done with it.
fn rewrite(
    ground: &Ground,
    seeds: &mut Seeds<'_>,
    prefix: &str,
    rewrite: &dyn Fn() -> Option<HttpGatewayRoutePrefixRewrite>,
) {
    for (position, resource, spec) in gateway_routes(&ground.inventory) {
        if spec.protocols().next().is_some_and(|route| route.http().is_some()) {
            seeds.sow(at(resource, "rewrite"), None, |inventory| {
                let route = gateway_http(gateway_route(inventory, position));
                (route.matcher.path, route.matcher.prefix) = (None, Some(text(prefix)));
                route.action.rewrite = rewrite().map(|prefix| HttpGatewayRouteRewrite {
                    prefix: Some(prefix),
                    ..HttpGatewayRouteRewrite::default()
                });
            });
        }
    }
}
