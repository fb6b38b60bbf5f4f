//! Meanings of where requests go: targets and their weights, retries, precedence, providers, rewrites.

use super::meaning::{Block, Home, Meaning, Set};
use super::node::{act, value};
use super::spot::{self, Place, Said, Spot, put};
use crate::intent::{Intent, Provider};

pub(super) const MEANINGS: &[Meaning] = &[
    act!("send", Match, true, Route, ["send ?all-traffic", "split"], |reader, _| {
        reader.sends();
        Ok(String::new())
    }),
    act!(
        "target",
        Match,
        true,
        Route,
        ["?send to ?virtual-node ?application ?virtual-service <name>", "?send to ?version <name>"],
        |reader, slots| { reader.target(&slots.text("name"), None, None) }
    ),
    act!(
        "target with a port",
        Match,
        true,
        Route,
        ["?send to ?virtual-node ?application <name> port <number:port>", "target <name> port <number:port>"],
        |reader, slots| reader.target(&slots.text("name"), None, Some(slots.number("port")))
    ),
    act!(
        "weighted target",
        Match,
        true,
        Route,
        [
            "<percent> ?traffic ?all-traffic ?send to ?virtual-node ?version <name>",
            "?send <percent> to ?version <name>",
            "<percent> ?send for|on|at ?version <name>",
            "<name> gets|takes|receives|receive|handles <percent>",
            "<name> weight <number:percent>",
            "<name> weight <percent>",
            "<name> equals <percent>",
            "<name> : <percent>",
            "<name> ( <percent> )",
            "<name> <percent>",
            "weight <number:percent> for|to|on ?version <name>",
            "weight <number:percent> to ?version <name>",
            "<percent> version <name>",
            "<percent> <name>",
            "<name> with <percent>",
        ],
        |reader, slots| reader.target(&slots.text("name"), Some(slots.number("percent")), None)
    ),
    act!(
        "weighted target by a number",
        Match,
        false,
        Route,
        ["<name> <number:percent>", "<number:percent> to <name>"],
        |reader, slots| { reader.target(&slots.text("name"), Some(slots.number("percent")), None) }
    ),
    act!(
        "target of requests that are for it",
        Match,
        false,
        Route,
        ["are|is for <name>", "belongs|belong to <name>"],
        |reader, slots| {
            reader.sends();
            reader.target(&slots.text("name"), None, None)
        }
    ),
    act!(
        "share of an application's traffic",
        Match,
        true,
        Route,
        [
            "?send ?split <percent> of <name:app> traffic|requests|calls ?send to ?version <name>",
            "?send ?split <percent> <name:app> traffic|requests|calls ?send to ?version <name>"
        ],
        |reader, slots| { reader.share_of(&slots.text("app"), slots.number("percent"), &slots.text("name")) }
    ),
    act!(
        "a service of a gateway at a path",
        Match,
        true,
        Route,
        [
            "?listen virtual-service ?named <name> at|under|on|behind <path>",
            "?listen application ?named <name> at|under|on|behind <path>",
            "?listen <name> at|under|behind <path>"
        ],
        |reader, slots| { reader.service_at(&slots.text("name"), &slots.text("path")) }
    ),
    act!("a number of versions", Resource, true, Node, ["<number> version"], |reader, _| Ok(
        reader.said_here("versions")
    )),
    act!("share of what was just named", Match, true, Next, ["<percent>"], |reader, slots| reader
        .share_of_last(slots.number("percent"))),
    act!("where traffic was before", Match, false, Route, ["from <name>"], |reader, _| reader.former_target()),
    act!(
        "the rest to a target",
        Match,
        true,
        Route,
        ["rest ?traffic ?send to ?version <name>", "rest for|on <name>", "<name> gets|takes|receives|handles rest"],
        |reader, slots| { reader.target_of_the_rest(&slots.text("name")) }
    ),
    act!(
        "split",
        Match,
        true,
        Route,
        [
            "?split ?send <ratio> ?split ?weight between ?version <names>",
            "?split ?send between ?version <names> <ratio>",
            "?split <names> <ratio>",
            "<ratio> ?split to ?version <names>",
            "<ratio> <names>",
            "?split between ?version <names> weight <ratio>",
        ],
        |reader, slots| reader.split(&slots.texts("names"), &slots.numbers("ratio"))
    ),
    act!(
        "even split",
        Match,
        true,
        Route,
        [
            "?split evenly between ?version <names>",
            "split between ?version <names> ?evenly",
            "evenly split between <names>",
            "split ?traffic evenly ?virtual-node ?application <names>",
            "evenly split <names>",
            "split ?traffic evenly to <names>"
        ],
        |reader, slots| reader.split(&slots.texts("names"), &[])
    ),
    act!(
        "a ratio for what was named",
        Match,
        true,
        Route,
        ["?split <ratio> ?split", "weight <ratio>"],
        |reader, slots| reader.ratio(&slots.numbers("ratio"))
    ),
    act!(
        "receiver before its requests",
        Match,
        true,
        Route,
        ["<name> gets|takes|receives|receive|handles"],
        |reader, slots| { reader.receiver(&slots.text("name")) }
    ),
    act!(
        "versions",
        Resource,
        true,
        Node,
        [
            "version <names>",
            "run ?version <names>",
            "has|have ?version <names>",
            "<names> version ?environments",
            "environments <names>"
        ],
        |reader, slots| { reader.versions(&slots.texts("names")) }
    ),
    value!("retry policy", Retry, true, Route, ["retry"], |intent, spot, _| spot::retry(intent, spot)
        .map(|(_, path)| path)),
    value!(
        "retry: how often",
        Retry,
        true,
        Route,
        ["retry ?max <number>", "<number> retry", "retry times <number>", "max <number> retry", "?max retry <number>"],
        |intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            if slots.number("number") > 100 {
                return Err(spot::Trouble::NotHere);
            }
            put(&mut retry.max_retries, slots.number("number"), &path, "maxRetries")
        }
    ),
    value!(
        "retry: a number",
        Retry,
        false,
        Route,
        ["max <number>", "<number> times", "<number>"],
        |intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            put(&mut retry.max_retries, slots.number("number"), &path, "maxRetries")
        }
    ),
    value!("retry: once", Retry, false, Route, ["retry once", "once"], |intent, spot, _| {
        let (retry, path) = spot::retry(intent, spot)?;
        put(&mut retry.max_retries, 1, &path, "maxRetries")
    }),
    value!(
        "retry: time per attempt",
        Retry,
        true,
        Route,
        [
            "per-try ?timeout <span>",
            "<span> per-try ?timeout",
            "<span> timeout per-try",
            "timeout per-try <span>",
            "timeout <span> per-try",
            "<span> for per-try"
        ],
        |intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            put(&mut retry.per_retry_timeout, slots.span(), &path, "perRetryTimeout")
        }
    ),
    value!(
        "retry: a time",
        Retry,
        false,
        Route,
        ["timeout <span>", "<span> timeout", "every <span>", "<span>"],
        |intent, spot, slots| {
            let (retry, path) = spot::retry(intent, spot)?;
            put(&mut retry.per_retry_timeout, slots.span(), &path, "perRetryTimeout")
        }
    ),
    value!("retry: on server errors", Retry, false, Route, ["?events server-error"], |intent, spot, _| event(
        intent,
        spot,
        "server-error"
    )),
    value!("retry: on gateway errors", Retry, false, Route, ["?events gateway-error"], |intent, spot, _| event(
        intent,
        spot,
        "gateway-error"
    )),
    value!("retry: on client errors", Retry, false, Route, ["?events client-error"], |intent, spot, _| event(
        intent,
        spot,
        "client-error"
    )),
    value!("retry: on stream errors", Retry, false, Route, ["?events stream-error"], |intent, spot, _| event(
        intent,
        spot,
        "stream-error"
    )),
    value!("retry: on connection errors", Retry, false, Route, ["?events connection-error"], |intent, spot, _| {
        event(intent, spot, "connection-error")
    }),
    value!("retry: on cancelled calls", Retry, false, Route, ["?events cancelled"], |intent, spot, _| event(
        intent,
        spot,
        "cancelled"
    )),
    value!("retry: on exceeded deadlines", Retry, false, Route, ["?events deadline-exceeded"], |intent, spot, _| {
        event(intent, spot, "deadline-exceeded")
    }),
    value!("retry: on internal errors", Retry, false, Route, ["?events internal"], |intent, spot, _| event(
        intent, spot, "internal"
    )),
    value!("retry: on exhausted resources", Retry, false, Route, ["?events resource-exhausted"], |intent, spot, _| {
        event(intent, spot, "resource-exhausted")
    }),
    value!("retry: when unavailable", Retry, false, Route, ["?events unavailable"], |intent, spot, _| event(
        intent,
        spot,
        "unavailable"
    )),
    act!("priority: last", Match, true, Route, ["lowest priority", "priority lowest"], |reader, _| reader
        .priority(1000)),
    act!("priority: first", Match, true, Route, ["highest priority", "priority highest"], |reader, _| reader
        .priority(0)),
    act!("targets", Match, true, Route, ["target <names>"], |reader, slots| reader.targets(&slots.texts("names"))),
    act!("more calls", Resource, true, Node, ["and <name>"], |reader, slots| reader.more_calls(&slots.text("name"))),
    act!("no retries", Retry, true, Route, ["no retry"], |reader, _| Ok(reader.said_here("retry"))),
    act!("owner of a route", Match, false, Route, ["on|in|of ?virtual-router <name>"], |reader, slots| reader
        .owner(&slots.text("name"))),
    act!(
        "priority",
        Match,
        true,
        Route,
        ["priority <number>", "<number> priority", "priority first <number>"],
        |reader, slots| { reader.priority(slots.number("number")) }
    ),
    value!(
        "provider: a virtual router",
        Resource,
        true,
        Service,
        [
            "to virtual-router ?named <name>",
            "by virtual-router ?named <name>",
            "?provider virtual-router named <name>",
            "provider ?to virtual-router <name>",
            "provider <name> virtual-router",
            "send to virtual-router <name>",
            "send to <name> virtual-router"
        ],
        |intent, spot, slots| provider(intent, spot, Provider::Router(slots.text("name")))
    ),
    value!(
        "provider: a virtual node",
        Resource,
        true,
        Service,
        [
            "to virtual-node ?named <name>",
            "by virtual-node ?named <name>",
            "provider virtual-node ?named <name>",
            "provider <name> virtual-node",
            "send to virtual-node <name>",
            "send to <name> virtual-node"
        ],
        |intent, spot, slots| provider(intent, spot, Provider::Node(slots.text("name")))
    ),
    value!(
        "rewrite: prefix",
        Rewrite,
        true,
        GatewayRoute,
        [
            "<path:from> rewrite to|by|with|as <path>",
            "rewrite <path:from> by <path>",
            "<path:from> rewrite <path>",
            "rewrite prefix to|with|as <path>",
            "rewrite prefix <path>",
            "rewrite <path:from> to|with|as <path>",
            "rewrite ?prefix <path:from> to <path>",
            "prefix rewrite to|with <path>",
            "rewrite it to|as <path>",
            "rewrite to <path>",
            "rewrite as <path>"
        ],
        |intent, spot, slots| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            put(&mut rewrite.prefix, slots.text("path"), &path, "prefix")
        }
    ),
    value!(
        "rewrite: whole path",
        Rewrite,
        true,
        GatewayRoute,
        [
            "rewrite path to|with|as <path>",
            "rewrite path <path>",
            "path rewrite to <path>",
            "rewrite exact path to <path>"
        ],
        |intent, spot, slots| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            put(&mut rewrite.path, slots.text("path"), &path, "path")
        }
    ),
    value!(
        "rewrite: strip the prefix",
        Rewrite,
        true,
        GatewayRoute,
        ["strip prefix", "strip <path:from>", "strip path prefix", "strip prefix <path:from>", "strip it"],
        |intent, spot, _| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            put(&mut rewrite.prefix, "/".to_owned(), &path, "prefix")
        }
    ),
    value!(
        "rewrite: keep the prefix",
        Rewrite,
        true,
        GatewayRoute,
        [
            "keep ?path prefix",
            "prefix keep",
            "keep path",
            "no rewrite prefix",
            "no rewrite path",
            "path keep",
            "no strip prefix"
        ],
        |intent, spot, _| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            rewrite.keep_prefix = true;
            Ok(path + ".keepPrefix")
        }
    ),
    value!(
        "rewrite: keep the host name",
        Rewrite,
        true,
        GatewayRoute,
        [
            "keep hostname",
            "keep ?original hosts",
            "hostname keep",
            "hosts keep",
            "no rewrite hostname",
            "keep original hostname",
            "hosts header keep",
            "keep hosts header"
        ],
        |intent, spot, _| {
            let (rewrite, path) = spot::rewrite(intent, spot)?;
            rewrite.keep_hostname = true;
            Ok(path + ".keepHostname")
        }
    ),
];

fn event(intent: &mut Intent, spot: Spot, event: &str) -> Said {
    let (retry, path) = spot::retry(intent, spot)?;
    if !retry.events.iter().any(|there| there == event) {
        retry.events.push(event.to_owned());
    }
    Ok(path + ".events")
}

fn provider(intent: &mut Intent, spot: Spot, provider: Provider) -> Said {
    let Place::Service(at) = spot.place else { return Err(spot::Trouble::NotHere) };
    let service = intent.virtual_services.get_mut(at).ok_or(spot::Trouble::NotHere)?;
    put(&mut service.provider, provider, &spot::path_of(spot.place), "provider")
}
