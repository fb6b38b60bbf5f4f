//! A bootstrap with all that a control plane would send, so that a proxy runs without one.

use meshwright_dialect::Reading;
use meshwright_envoy::Settings;
use meshwright_envoy::bootstrap::freeze;
use meshwright_envoy::envoy::config::bootstrap::v3::Bootstrap;
use meshwright_envoy::settings::AdminListener;
use meshwright_envoy::translate::{CERTIFICATES, Configuration, Delivery, Options, Secret, translate};
use meshwright_traffic::Capture;
use meshwright_traffic::proxy::{Proxy, World};

use super::{BootstrapOptions, instances};
use crate::ports;
use crate::proxy::left_out;
use crate::refused::Refused;

/// Freezes a mesh into a bootstrap; answers with what there is to say, and whether something was left out.
pub(super) fn add(
    bootstrap: &mut Bootstrap,
    reading: &Reading,
    settings: &Settings,
    options: &BootstrapOptions,
) -> Result<(Vec<String>, bool), Refused> {
    let arn = &settings.proxy.arn;
    let world = World::new(&reading.inventory, &arn.mesh);
    // What was found is a node or gateway of that mesh.
    let proxy = Proxy::of(&world, arn.kind, &arn.name).ok_or(Refused::NoProxy)?;
    let capture = options.ports.capture(&proxy)?;
    let admin = match settings.admin.listener {
        AdminListener::Tcp { port, .. } => Some(port),
        AdminListener::Socket => None,
    };
    ports::check(&proxy, &capture, admin)?;
    let given = instances::read(&options.instance)?;
    let certificates = options.certificates.clone().unwrap_or_else(|| CERTIFICATES.to_owned());
    let translating = Options { version: None, capture, machine: None, delivery: Delivery::Static, certificates };
    let configuration = translate(&proxy, &instances::by_name(&given), &translating);
    let mut notes: Vec<String> =
        proxy.omissions.iter().map(|omission| format!("left out: {}", left_out(reading, omission))).collect();
    notes.extend(instances::notes(&proxy, &given));
    notes.extend(files(&configuration));
    notes.extend(loopback(&translating.capture));
    freeze(bootstrap, configuration.into_static());
    Ok((notes, !proxy.omissions.is_empty()))
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
