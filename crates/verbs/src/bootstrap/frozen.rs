//! A bootstrap with all that a control plane would send, so that a proxy runs without one.

use core::net::IpAddr;
use std::collections::BTreeMap;

use meshwright_dialect::Reading;
use meshwright_envoy::bootstrap::freeze;
use meshwright_envoy::envoy::config::bootstrap::v3::Bootstrap;
use meshwright_envoy::translate::{
    CERTIFICATES, Configuration, Delivery, Endpoints, Instance, Options, Secret, translate,
};
use meshwright_model::arn::Arn;
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Discovery, Proxy, Role, World};

use super::BootstrapOptions;
use crate::proxy::{capture, left_out};
use crate::refused::Refused;

/// Freezes a mesh into a bootstrap; answers with what there is to say, and whether something was left out.
pub(super) fn add(
    bootstrap: &mut Bootstrap,
    reading: &Reading,
    arn: &Arn,
    options: &BootstrapOptions,
) -> Result<(Vec<String>, bool), Refused> {
    let world = World::new(&reading.inventory, &arn.mesh);
    // What was found is a node or gateway of that mesh.
    let proxy = Proxy::of(&world, arn.kind, &arn.name).ok_or(Refused::NoProxy)?;
    let application = ports(&options.application)?;
    let capture = capture(&proxy, options.loopback, application)?;
    if let (Capture::Loopback(ports), Role::Node { listeners, .. }) = (&capture, &proxy.role) {
        let own = listeners.iter().map(|listener| listener.port);
        if let Some(port) = own.into_iter().find(|port| !ports.application.contains_key(port)) {
            return Err(Refused::NoApplicationPort { port });
        }
    }
    let endpoints = instances(&options.instance)?;
    let certificates = options.certificates.clone().unwrap_or_else(|| CERTIFICATES.to_owned());
    let translating = Options { version: None, capture, delivery: Delivery::Static, certificates };
    let configuration = translate(&proxy, &endpoints, &translating);
    let mut notes: Vec<String> =
        proxy.omissions.iter().map(|omission| format!("left out: {}", left_out(reading, omission))).collect();
    notes.extend(unknown_hosts(&proxy, &endpoints));
    notes.extend(files(&configuration));
    notes.extend(loopback(&translating.capture));
    freeze(bootstrap, configuration.into_static());
    Ok((notes, !proxy.omissions.is_empty()))
}

/// For each port of a node, that of its application.
fn ports(given: &[String]) -> Result<BTreeMap<u16, u16>, Refused> {
    let port = |text: &str| text.trim().parse::<u16>().ok().filter(|port| *port > 0);
    let pair = |text: &String| {
        let pair = text.split_once('=').and_then(|(own, other)| Some((port(own)?, port(other)?)));
        pair.ok_or_else(|| Refused::NotPorts { given: text.clone() })
    };
    given.iter().map(pair).collect()
}

/// What AWS Cloud Map would know: `SERVICE.NAMESPACE[KEY=VALUE,…]=ADDRESS`, each an instance.
fn instances(given: &[String]) -> Result<Endpoints, Refused> {
    let mut endpoints = Endpoints::new();
    for text in given {
        let (name, instance) = instance(text).ok_or_else(|| Refused::NotAnInstance { given: text.clone() })?;
        endpoints.entry(name).or_default().push(instance);
    }
    Ok(endpoints)
}

fn instance(text: &str) -> Option<(String, Instance)> {
    let (whose, address) = text.rsplit_once('=')?;
    let (name, attributes) = match whose.strip_suffix(']') {
        None => (whose, ""),
        Some(whose) => whose.split_once('[')?,
    };
    let (service, namespace) = name.split_once('.')?;
    if service.is_empty() || namespace.is_empty() {
        return None;
    }
    let pairs = attributes.split(',').filter(|pair| !pair.trim().is_empty());
    let pairs =
        pairs.map(|pair| pair.split_once('=').map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())));
    let attributes = pairs.collect::<Option<BTreeMap<String, String>>>()?;
    let (ipv4, ipv6) = match address.trim().trim_start_matches('[').trim_end_matches(']').parse().ok()? {
        IpAddr::V4(own) => (Some(own), None),
        IpAddr::V6(own) => (None, Some(own)),
    };
    Some((name.to_owned(), Instance { ipv4, ipv6, attributes }))
}

/// The services of AWS Cloud Map of which no instance is given, and what is given for none.
fn unknown_hosts(proxy: &Proxy<'_>, endpoints: &Endpoints) -> Vec<String> {
    let mut wanted: BTreeMap<&str, &[(&str, &str)]> = BTreeMap::new();
    for target in &proxy.targets {
        if let Discovery::CloudMap { name, attributes, .. } = &target.discovery {
            wanted.insert(name, attributes);
        }
    }
    let missing = wanted.iter().filter(|(name, _)| !endpoints.contains_key(**name));
    let missing = missing.map(|(name, attributes)| {
        let pairs: Vec<String> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let pairs = if pairs.is_empty() { String::new() } else { format!("[{}]", pairs.join(",")) };
        format!(
            "no instance of {name} is known, as AWS Cloud Map would: give --instance '{name}{pairs}=ADDRESS' for each; until then it has \
             no host"
        )
    });
    let unused = endpoints.keys().filter(|name| !wanted.contains_key(name.as_str()));
    let unused =
        unused.map(|name| format!("--instance {name}: the proxy sends to nothing that is found under that name"));
    missing.chain(unused).collect()
}

/// The files that must stand beside the proxy for what AWS Certificate Manager held.
fn files(configuration: &Configuration) -> Vec<String> {
    let one = |(folder, secret): (&String, &Secret)| match secret {
        Secret::Certificate(arn) => format!("put {arn} and its key into {folder}/chain.pem and {folder}/key.pem"),
        Secret::Authorities(arns) => {
            format!("put the certificates of {} into {folder}/authorities.pem", arns.join(", "))
        }
        Secret::RootOf(arn) => format!("put the root to which {arn} chains into {folder}/authorities.pem"),
    };
    configuration.secrets.iter().map(one).collect()
}

/// Where the application finds its backends, and what finds it.
fn loopback(capture: &Capture) -> Vec<String> {
    let Capture::Loopback(ports) = capture else { return Vec::new() };
    let backends = ports.backends.iter();
    let backends =
        backends.map(|(local, backend)| format!("127.0.0.1:{local} leads to {}:{}", backend.service, backend.port));
    let applications = ports.application.iter();
    let applications = applications
        .map(|(own, other)| format!("the application must listen on 127.0.0.1:{other}, as the proxy has port {own}"));
    backends.chain(applications).collect()
}
