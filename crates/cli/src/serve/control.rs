//! The Envoy control plane behind the API: where proxies connect, and how it learns what becomes of resources.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use meshwright_ads::meshes::Change;
use meshwright_ads::{Control, Hub, Listener, Local, MeshId, Proxies, Refused, Registry};
use meshwright_model::visible::visible;
use meshwright_server::http::Settings;
use meshwright_server::{ControlPlane, News, Service, Told};
use tokio::time::sleep;

use super::plane::Plane;
use super::settings::Guard;
use super::traces::Traces;
use crate::complain;

/// How many refusals are told at a time, and how long it is until the next.
const MAX_COMPLAINTS: usize = 5;
const RESPITE: Duration = Duration::from_secs(5);

/// Where proxies connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AdsAddress {
    /// Nowhere.
    None,
    /// A port of the loopback.
    Tcp(SocketAddr),
    /// A port with TLS.
    Tls(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl FromStr for AdsAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::None);
        }
        let refuse = |_| {
            "it is no ADDRESS:PORT such as 127.0.0.1:18000, no https://ADDRESS:PORT, no unix:///PATH and not `none`"
                .to_owned()
        };
        match text.split_once("://") {
            Some(("unix", path)) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            Some(("unix", _)) => Err("the path of a Unix socket must be whole: unix:///run/meshwright.sock".to_owned()),
            Some(("https", address)) => address.parse().map(Self::Tls).map_err(refuse),
            _ => text.parse().map(Self::Tcp).map_err(refuse),
        }
    }
}

impl fmt::Display for AdsAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::Tcp(address) => address.fmt(formatter),
            Self::Tls(address) => write!(formatter, "https://{address}"),
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
        }
    }
}

/// Where it listens, each with how it is called.
pub(crate) type Listeners = Vec<(Listener, String)>;

/// Listens where proxies connect; for TLS there must be a guard.
pub(crate) fn listen(addresses: &[AdsAddress], guard: Option<&Guard>) -> Result<Listeners> {
    let tcp = |own: &AdsAddress, address: SocketAddr| {
        meshwright_server::listen(address)
            .with_context(|| format!("--ads {own}: choose another with --ads ADDRESS:PORT, or --ads none"))
    };
    let mut listeners = Vec::new();
    for own in addresses {
        match own {
            AdsAddress::None => {}
            AdsAddress::Tcp(address) => {
                if !address.ip().is_loopback() {
                    bail!(
                        "--ads {address}: beyond the loopback proxies are served with TLS: --ads https://{address} with --tls-cert, --tls-key \
                         and --client-ca or --credentials"
                    );
                }
                let listener = tcp(own, *address)?;
                let url = format!("http://{}", listener.local_addr()?);
                listeners.push((Listener::Tcp(listener), url));
            }
            AdsAddress::Tls(address) => {
                let Some(guard) = guard else { bail!("--ads {own}: TLS needs --tls-cert and --tls-key") };
                if guard.is_for_all && !address.ip().is_loopback() {
                    bail!(
                        "--ads {own}: beyond the loopback proxies must show a certificate or sign their calls: give --client-ca, \
                         --credentials or both"
                    );
                }
                let listener = tcp(own, *address)?;
                let url = format!("https://{}", listener.local_addr()?);
                listeners.push((Listener::Tls(listener, Arc::clone(&guard.tls), guard.authorize.clone()), url));
            }
            #[cfg(not(unix))]
            AdsAddress::Unix(_) => bail!("--ads {own}: this system has no Unix sockets"),
            #[cfg(unix)]
            AdsAddress::Unix(path) => {
                let listener = Listener::unix(path)
                    .with_context(|| format!("--ads {own}: the socket must be in a folder that is there and yours"))?;
                listeners.push((listener, own.to_string()));
            }
        }
    }
    Ok(listeners)
}

/// The control plane over a service; where all is on one machine, proxies have addresses of their own.
pub(crate) fn start(service: &Service, settings: &Settings, local: Option<Local>) -> Result<Control> {
    let hub = Hub::start(local, settings.spans.clone()).context("the control plane does not start")?;
    let registry = Registry::start(hub.look()).context("the control plane does not start")?;
    hub.add(Box::new(registry.clone()));
    let mut follower = service.follow();
    // Proxies find all that is there when they come first.
    if let Some(told) = follower.next() {
        hub.change(changes(told), follower.revision());
    }
    let following = hub.clone();
    let follow = move || {
        while let Some(told) = follower.next() {
            following.change(changes(told), follower.revision());
        }
    };
    std::thread::Builder::new().name("follow".to_owned()).spawn(follow).context("the control plane does not start")?;
    let (region, account) = (settings.region.clone(), settings.account.clone());
    Ok(Control { hub, proxies: Proxies::default(), registry, region, account })
}

/// The control plane, as the API's server sees it.
pub(crate) fn proxies(control: &Control, traces: &Traces) -> Arc<dyn ControlPlane> {
    Arc::new(Plane { control: control.clone(), traces: traces.clone() })
}

/// Says which calls are refused, of those that are alike the first alone.
pub(crate) async fn complain_of_refusals(proxies: Proxies) {
    let mut told = 0;
    loop {
        proxies.refusal().await;
        let refused = proxies.refused();
        let mut new: Vec<&Refused> = refused.iter().filter(|own| own.number > told).collect();
        new.sort_by_key(|own| own.number);
        let newest = new.last().map_or(told, |own| own.number);
        for Refused { peer, id, why, .. } in new.iter().take(MAX_COMPLAINTS) {
            let name = if id.is_empty() { String::new() } else { format!(" as {}", visible(id)) };
            complain(&format!("refused a proxy from {peer}{name}: {}\n", visible(why)));
        }
        let others = (newest - told).saturating_sub(MAX_COMPLAINTS as u64);
        if others > 0 {
            complain(&format!("refused {others} more: the last are in `meshwright proxies`\n"));
        }
        told = newest;
        sleep(RESPITE).await;
    }
}

fn changes(told: Told) -> Vec<Change> {
    match told {
        Told::Changes(news) => news.into_iter().map(change).collect(),
        Told::Everything(news) => std::iter::once(Change::Clear).chain(news.into_iter().map(change)).collect(),
    }
}

fn change(news: News) -> Change {
    let News { region, owner, mesh, kind, parent, name, resource } = news;
    let mesh = MeshId { region, owner, name: mesh };
    match resource {
        Some(resource) => Change::Put(mesh, resource),
        None => Change::Remove(mesh, (kind, parent, name)),
    }
}
