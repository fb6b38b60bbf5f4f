//! Every meaning that the grammar knows, a file for each block.
//!
//! A row says what it is, its ways to be said, and where its value goes. Of rows that read equally far, the first wins.

mod access_log;
mod backends;
mod certificate;
mod connection_pool;
mod discovery;
mod exposure;
mod headers;
mod health_check;
mod listener;
mod matching;
mod mesh;
mod outlier_detection;
mod priority;
mod provider;
mod retry;
mod rewrite;
mod shares;
mod sidecar;
mod tags;
mod targets;
mod timeout;
mod tls;
mod versions;

use super::meaning::Meaning;

/// What belongs together: a heading of the docs.
pub(super) struct Area {
    /// What it is about.
    pub(super) heading: &'static str,
    /// A request that says something of it, and all of which is understood.
    pub(super) example: &'static str,
    /// What can be said.
    pub(super) meanings: &'static [Meaning],
}

/// All that can be said, in the order of the docs.
pub(super) const AREAS: &[Area] = &[
    Area {
        heading: "Listeners",
        example: "virtual node api with two listeners: http on 8080 and grpc on 9090",
        meanings: listener::MEANINGS,
    },
    Area {
        heading: "Health checks",
        example: "virtual node orders on port 8080 http with a health check on /healthz every 10 seconds",
        meanings: health_check::MEANINGS,
    },
    Area {
        heading: "Timeouts",
        example: "virtual node orders on port 8080 http with a request timeout of 5 seconds and an idle timeout of 1 minute",
        meanings: timeout::MEANINGS,
    },
    Area {
        heading: "Outlier detection",
        example: "virtual node orders on port 8080 http with outlier detection: eject hosts after 5 server errors for 30 seconds, at most 50%",
        meanings: outlier_detection::MEANINGS,
    },
    Area {
        heading: "Connection pools",
        example: "virtual node orders on port 8080 http with a connection pool of at most 100 connections and 50 pending requests",
        meanings: connection_pool::MEANINGS,
    },
    Area {
        heading: "TLS",
        example: "virtual node orders on port 8443 http with strict TLS, certificate chain /keys/orders.pem and private key /keys/orders.key",
        meanings: tls::MEANINGS,
    },
    Area {
        heading: "Certificates and trust",
        example: "virtual node web on port 8080 http calls orders.shop.local over TLS, trusting the CA in /keys/ca.pem",
        meanings: certificate::MEANINGS,
    },
    Area {
        heading: "Service discovery",
        example: "virtual node orders on port 8080 http, Cloud Map namespace shop.local, service orders",
        meanings: discovery::MEANINGS,
    },
    Area {
        heading: "Backends",
        example: "virtual node web on port 8080 http with backends orders.shop.local and catalog.shop.local",
        meanings: backends::MEANINGS,
    },
    Area {
        heading: "Access logs",
        example: "virtual node orders on port 8080 http with access logs to /dev/stdout",
        meanings: access_log::MEANINGS,
    },
    Area {
        heading: "What a route matches",
        example: "http route for GET requests with the prefix /api to the node orders",
        meanings: matching::MEANINGS,
    },
    Area {
        heading: "Headers that a route matches",
        example: "http route for requests with the header x-version: v2 to the node orders-v2",
        meanings: headers::MEANINGS,
    },
    Area {
        heading: "Targets and their shares",
        example: "http route from the router orders: 90% to orders-v1 and 10% to orders-v2",
        meanings: targets::MEANINGS,
    },
    Area {
        heading: "What gateways expose",
        example: "virtual gateway ingress on port 8080 http exposes orders.shop.local at /orders",
        meanings: exposure::MEANINGS,
    },
    Area {
        heading: "Shares of all, none and each",
        example: "http route from the router orders: all traffic to orders-v1, none to orders-v2",
        meanings: shares::MEANINGS,
    },
    Area {
        heading: "Priorities",
        example: "http route /beta to the node orders-beta with priority 5",
        meanings: priority::MEANINGS,
    },
    Area {
        heading: "Versions",
        example: "orders has versions v1 and v2, 90/10, http on port 8080",
        meanings: versions::MEANINGS,
    },
    Area {
        heading: "Retries",
        example: "http route to the node orders with 3 retries on server errors, 2 seconds per try",
        meanings: retry::MEANINGS,
    },
    Area {
        heading: "Providers of virtual services",
        example: "virtual service orders.shop.local backed by the virtual router orders-router",
        meanings: provider::MEANINGS,
    },
    Area {
        heading: "Rewrites",
        example: "gateway route on the gateway ingress for /api to orders.shop.local, rewriting the prefix to /",
        meanings: rewrite::MEANINGS,
    },
    Area {
        heading: "The mesh",
        example: "mesh shop that allows all egress and prefers IPv4",
        meanings: mesh::MEANINGS,
    },
    Area {
        heading: "Tags and environments",
        example: "mesh shop tagged team=platform and env=prod",
        meanings: tags::MEANINGS,
    },
    Area {
        heading: "The ECS sidecar",
        example: "Envoy sidecar for the virtual node orders in mesh shop, for medium traffic",
        meanings: sidecar::MEANINGS,
    },
];
