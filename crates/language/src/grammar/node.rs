//! Meanings of what hangs on a listener: ports, health checks, timeouts, limits, ejection.

use super::meaning::{Block, Home, Meaning, Set};

use super::spot::{self, put};

/// A value of a listener's block.
macro_rules! value {
    ($name:literal, $block:ident, $plain:literal, $home:ident, [$($pattern:literal),+ $(,)?], $set:expr) => {
        Meaning {
            name: $name,
            block: Block::$block,
            is_plain: $plain,
            home: Home::$home,
            patterns: &[$($pattern),+],
            set: Set::Value($set),
        }
    };
}
/// A value that changes what is spoken of.
macro_rules! act {
    ($name:literal, $block:ident, $plain:literal, $home:ident, [$($pattern:literal),+ $(,)?], $set:expr) => {
        Meaning {
            name: $name,
            block: Block::$block,
            is_plain: $plain,
            home: Home::$home,
            patterns: &[$($pattern),+],
            set: Set::Act($set),
        }
    };
}
pub(super) use {act, value};

pub(super) const MEANINGS: &[Meaning] = &[
    act!(
        "listener",
        Resource,
        true,
        Node,
        ["listener ?port <number> <protocol>", "<protocol> listener ?port <number>"],
        |reader, slots| { reader.port(slots.number("number"), slots.protocol()) }
    ),
    act!(
        "port",
        Resource,
        true,
        Node,
        [
            "listen ?port <numbers>",
            "?listen port <numbers>",
            "listener ?port <numbers>",
            "<protocol> listen ?port <numbers>",
        ],
        |reader, slots| reader.ports(&slots.numbers("numbers"))
    ),
    act!("no listener", Resource, true, Node, ["no any listener", "no listener"], |reader, _| Ok(
        reader.said_here("listeners")
    )),
    act!(
        "what it is instead of",
        Resource,
        true,
        Next,
        [
            "instead ?port <number>",
            "instead on ?port <number>",
            "instead <span>",
            "instead <percent>",
            "instead <name>"
        ],
        |reader, _| Ok(reader.said_here("instead"))
    ),
    act!(
        "name",
        Resource,
        true,
        Node,
        ["named <any:name>", "named <name>", "named it <name>", "<name>"],
        |reader, slots| reader.name(&slots.text("name"))
    ),
    act!("a number of listeners", Resource, true, Node, ["<number> listener"], |reader, _| Ok(
        reader.said_here("listeners")
    )),
    act!("port without the word", Resource, true, Node, ["<number>"], |reader, slots| reader
        .bare_port(slots.number("number"))),
    act!(
        "port and protocol",
        Resource,
        true,
        Node,
        [
            "?listen ?port <number> , <protocol>",
            "?listen port <number> <protocol>",
            "listen ?port <number> <protocol>",
            "listen <protocol> ?port <number>",
            "?listen ?speak <protocol> port <number>",
            "<protocol> <number>",
            "<number> <protocol>",
        ],
        |reader, slots| reader.port(slots.number("number"), slots.protocol())
    ),
    act!(
        "protocol",
        Resource,
        true,
        Next,
        ["speak <protocol>", "protocol <protocol>", "<protocol> protocol", "<protocol> listener", "<protocol>"],
        |reader, slots| reader.protocol(slots)
    ),
    value!("health check", HealthCheck, true, Node, ["health-check"], |intent, spot, _| {
        spot::health_check(intent, spot).map(|(_, path)| path)
    }),
    value!(
        "health check: path",
        HealthCheck,
        false,
        Node,
        [
            "path <path>",
            "<path> path",
            "<path>",
            "hosts <path>",
            "<method> <path>",
            "endpoints <path>",
            "<method> request|requests <path>"
        ],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.path, slots.text("path"), &path, "path")
        }
    ),
    value!("health check: port", HealthCheck, false, Node, ["port <number>"], |intent, spot, slots| {
        let (check, path) = spot::health_check(intent, spot)?;
        put(&mut check.port, slots.number("number"), &path, "port")
    }),
    value!(
        "health check: protocol",
        HealthCheck,
        false,
        Node,
        ["<protocol>", "protocol <protocol>"],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            match slots.protocol() {
                Some(protocol) => put(&mut check.protocol, protocol, &path, "protocol"),
                None => Ok(path),
            }
        }
    ),
    value!(
        "health check: interval",
        HealthCheck,
        false,
        Node,
        ["interval <span>", "<span> interval", "every <span>", "<span>"],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.interval, slots.span(), &path, "interval")
        }
    ),
    value!(
        "health check: timeout",
        HealthCheck,
        false,
        Node,
        ["timeout <span>", "<span> timeout", "failure after <span>", "timeout after <span>"],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.timeout, slots.span(), &path, "timeout")
        }
    ),
    value!(
        "health check: healthy threshold",
        HealthCheck,
        true,
        Node,
        [
            "healthy ?threshold ?after <number> ?consecutive ?success",
            "<number> ?consecutive success ?consecutive ?healthy",
            "success ?threshold <number>",
            "healthy <number>",
            "<number> healthy",
        ],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.healthy_threshold, slots.number("number"), &path, "healthyThreshold")
        }
    ),
    value!(
        "health check: unhealthy threshold",
        HealthCheck,
        true,
        Node,
        [
            "unhealthy ?threshold ?after <number> ?consecutive ?failure",
            "<number> ?consecutive failure ?consecutive ?to ?unhealthy",
            "failure ?threshold <number>",
            "<number> unhealthy",
        ],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.unhealthy_threshold, slots.number("number"), &path, "unhealthyThreshold")
        }
    ),
    value!(
        "health check: both thresholds",
        HealthCheck,
        false,
        Node,
        ["healthy and unhealthy ?threshold <number>", "threshold <number>", "<number> threshold"],
        |intent, spot, slots| {
            let (check, path) = spot::health_check(intent, spot)?;
            put(&mut check.healthy_threshold, slots.number("number"), &path, "healthyThreshold")?;
            put(&mut check.unhealthy_threshold, slots.number("number"), &path, "unhealthyThreshold")
        }
    ),
    value!(
        "request timeout",
        Timeout,
        true,
        Any,
        [
            "request ?max <span>",
            "request-timeout <span>",
            "<span> request-timeout",
            "timeout <span>",
            "<span> timeout",
            "timeout after <span>",
            "<span> before timeout",
            "<span> request-timeout timeout",
            "timeout <span> request-timeout",
            "take|takes ?max <span>",
            "take ?max <span>",
            "<span> for request-timeout",
            "requests ?max <span>",
            "max <span> for requests|request",
        ],
        |intent, spot, slots| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.per_request, slots.span(), &path, "perRequest")
        }
    ),
    value!(
        "request timeout: none",
        Timeout,
        true,
        Any,
        [
            "request-timeout unlimited",
            "timeout unlimited",
            "unlimited ?request-timeout ?timeout",
            "no request-timeout",
            "no timeout"
        ],
        |intent, spot, _| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.per_request, crate::intent::Span::millis(0), &path, "perRequest")
        }
    ),
    value!("a time in a timeout", Timeout, false, Any, ["to <span>", "<span>"], |intent, spot, slots| {
        let (timeout, path) = spot::timeout(intent, spot)?;
        put(&mut timeout.per_request, slots.span(), &path, "perRequest")
    }),
    act!("timeout", Timeout, true, Any, ["timeout", "request-timeout"], |reader, _| Ok(reader.said_here("timeout"))),
    value!(
        "idle timeout",
        Timeout,
        true,
        Any,
        [
            "close|closes|closing connections after <span> ?idle",
            "connections idle ?after <span>",
            "drop-all ?connections idle ?for <span>",
            "close|closes|closing connections idle ?for <span>",
            "close|closes idle ?connections ?after <span>",
            "idle ?timeout ?connections <span>",
            "<span> idle ?timeout",
            "idle ?timeout after <span>",
            "connections idle ?for ?after <span>",
            "timeout idle <span>"
        ],
        |intent, spot, slots| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.idle, slots.span(), &path, "idle")
        }
    ),
    value!(
        "idle timeout: none",
        Timeout,
        true,
        Any,
        ["no idle ?timeout", "idle ?timeout unlimited"],
        |intent, spot, _| {
            let (timeout, path) = spot::timeout(intent, spot)?;
            put(&mut timeout.idle, crate::intent::Span::millis(0), &path, "idle")
        }
    ),
    value!("outlier detection", OutlierDetection, true, Node, ["outlier-detection", "eject"], |intent, spot, _| {
        spot::outlier_detection(intent, spot).map(|(_, path)| path)
    }),
    value!(
        "outlier detection: server errors",
        OutlierDetection,
        false,
        Node,
        [
            "after <number> ?consecutive ?server-error ?failure ?error ?consecutive",
            "<number> ?consecutive server-error ?consecutive ?error",
            "<number> ?consecutive error ?consecutive",
            "<number> ?consecutive failure ?consecutive",
            "<number> consecutive",
            "?max ?consecutive server-error <number>",
            "?max ?consecutive error ?threshold <number>",
            "after <number>",
        ],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_server_errors, slots.number("number"), &path, "maxServerErrors")
        }
    ),
    value!(
        "outlier detection: interval",
        OutlierDetection,
        false,
        Node,
        [
            "interval <span>",
            "<span> interval",
            "every <span>",
            "health-check every <span>",
            "within <span>",
            "over <span>",
            "between <span>"
        ],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.interval, slots.span(), &path, "interval")
        }
    ),
    value!(
        "outlier detection: base ejection duration",
        OutlierDetection,
        true,
        Node,
        [
            "ejection <span>",
            "<span> ejection",
            "<span> base ejection",
            "base ejection <span>",
            "eject ?hosts ?for <span>",
            "eject ?hosts ?for ?min <span>"
        ],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.base_ejection_duration, slots.span(), &path, "baseEjectionDuration")
        }
    ),
    value!(
        "outlier detection: a time",
        OutlierDetection,
        false,
        Node,
        ["for <span>", "<span>"],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.base_ejection_duration, slots.span(), &path, "baseEjectionDuration")
        }
    ),
    value!(
        "outlier detection: max ejection percent",
        OutlierDetection,
        true,
        Node,
        [
            "max-ejection <percent>",
            "<percent> max-ejection",
            "max-ejection <number:percent>",
            "max <percent> hosts",
            "max <percent> ?hosts eject",
            "?never ?no eject max <percent> ?hosts",
            "<percent> hosts",
            "<percent> max-ejection",
        ],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_ejection_percent, slots.number("percent"), &path, "maxEjectionPercent")
        }
    ),
    value!(
        "outlier detection: a percentage",
        OutlierDetection,
        false,
        Node,
        ["max <percent>", "ejection <percent>", "eject max <percent>", "<percent>"],
        |intent, spot, slots| {
            let (outlier, path) = spot::outlier_detection(intent, spot)?;
            put(&mut outlier.max_ejection_percent, slots.number("percent"), &path, "maxEjectionPercent")
        }
    ),
    value!("connection pool", ConnectionPool, true, Node, ["connection-pool"], |intent, spot, _| {
        spot::connection_pool(intent, spot).map(|(_, path)| path)
    }),
    value!(
        "connection pool: connections",
        ConnectionPool,
        true,
        Node,
        ["connections <number>", "<number> connections", "max <number> connections"],
        |intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_connections, slots.number("number"), &path, "maxConnections")
        }
    ),
    value!(
        "connection pool: pending requests",
        ConnectionPool,
        true,
        Node,
        ["pending <number>", "<number> pending", "max <number> pending"],
        |intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_pending_requests, slots.number("number"), &path, "maxPendingRequests")
        }
    ),
    value!(
        "connection pool: requests",
        ConnectionPool,
        true,
        Node,
        ["concurrent-requests <number>", "<number> concurrent-requests", "max <number> concurrent-requests"],
        |intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_requests, slots.number("number"), &path, "maxRequests")
        }
    ),
    value!(
        "connection pool: a number",
        ConnectionPool,
        false,
        Node,
        ["max <number> requests|request", "<number> requests|request"],
        |intent, spot, slots| {
            let (pool, path) = spot::connection_pool(intent, spot)?;
            put(&mut pool.max_requests, slots.number("number"), &path, "maxRequests")
        }
    ),
];
