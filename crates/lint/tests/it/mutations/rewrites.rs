//! Faults of rewrites, and of conditions that say less or more than they seem to.

use meshwright_model::gateway_route::{HttpGatewayRoutePrefixRewrite, HttpGatewayRouteRewrite};
use meshwright_model::limits::{DefaultGatewayRouteRewrite, HttpScheme};
use meshwright_model::list::List;
use meshwright_model::matcher::{HeaderMatchMethod, HeaderMatcher};
use meshwright_model::reference::Key;
use meshwright_model::{Kind, Scalar};

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
        name: "a prefix that every route asks for is taken off",
        rules: &["rewrite-past-every-route"],
        seed: rewrite_past,
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

/// Lets the only route that is left of a gateway and every route behind it ask for one prefix, which the gateway takes off.
fn rewrite_past(ground: &Ground, seeds: &mut Seeds<'_>) {
    let all = || gateway_routes(&ground.inventory);
    for (position, resource, spec) in all() {
        let others = all().filter(|(other, route, _)| *other != position && route.parent == resource.parent);
        let others: Vec<usize> = others.map(|(position, ..)| position).collect();
        let is_http = spec.http_route.is_some() || spec.http2_route.is_some();
        let is_plain = ground.holds_mesh(resource) && resource.condition.is_none() && resource.gaps.is_empty();
        let Some((_, target)) = spec.targets().next() else { continue };
        let name = &target.virtual_service.virtual_service_name;
        let Some(service) = ground.find(resource, Kind::VirtualService, name) else { continue };
        let behind = &ground.inventory.resources[service];
        let provider = behind.references().into_iter().find(|reference| reference.kind == Kind::VirtualRouter);
        let Some(router) = provider.map(|provider| provider.name) else { continue };
        let of_router = routes(&ground.inventory)
            .filter(|(_, route, _)| route.mesh == behind.mesh && route.parent.as_ref().map(Key::of) == Some(router));
        let of_router: Vec<usize> = of_router.map(|(position, ..)| position).collect();
        let is_http_route = |position: &usize| {
            routes(&ground.inventory)
                .any(|(other, _, spec)| other == *position && (spec.http_route.is_some() || spec.http2_route.is_some()))
        };
        if !is_http || !is_plain || of_router.is_empty() || !of_router.iter().all(is_http_route) {
            continue;
        }
        seeds.sow(at(resource, "prefix"), None, |inventory| {
            for position in &of_router {
                let matcher = &mut http(route(inventory, *position)).matcher;
                (matcher.prefix, matcher.path) = (Some(text("/orders/")), None);
            }
            let own = gateway_http(gateway_route(inventory, position));
            (own.matcher.prefix, own.matcher.path, own.action.rewrite) = (Some(text("/orders/")), None, None);
            let mut places = 0..;
            inventory.resources.retain(|_| places.next().is_none_or(|place| !others.contains(&place)));
        });
    }
}
