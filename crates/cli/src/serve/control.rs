//! The Envoy control plane behind the API: where proxies connect, and how it learns what becomes of resources.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use meshwright_ads::meshes::Change;
use meshwright_ads::{Control, Hub, Listener, Local, MeshId, Proxies, Registry};
use meshwright_server::http::Settings;
use meshwright_server::{ControlPlane, News, Service, Told};

use super::plane::Plane;

/// Where proxies connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AdsAddress {
    /// Nowhere.
    None,
    /// A port.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl FromStr for AdsAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self::None);
        }
        match text.strip_prefix("unix://") {
            Some(path) if path.starts_with('/') => Ok(Self::Unix(path.into())),
            Some(_) => Err("the path of a Unix socket must be whole: unix:///run/meshwright.sock".to_owned()),
            None => text.parse().map(Self::Tcp).map_err(|_| {
                "it is no ADDRESS:PORT such as 127.0.0.1:18000, no unix:///PATH and not `none`".to_owned()
            }),
        }
    }
}

impl fmt::Display for AdsAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("none"),
            Self::Tcp(address) => address.fmt(formatter),
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
        }
    }
}

/// Where it listens, each with how it is called.
pub(crate) type Listeners = Vec<(Listener, String)>;

/// Listens where proxies connect.
pub(crate) fn listen(addresses: &[AdsAddress]) -> Result<Listeners> {
    let mut listeners = Vec::new();
    for own in addresses {
        match own {
            AdsAddress::None => {}
            AdsAddress::Tcp(address) => {
                if !address.ip().is_loopback() {
                    bail!("--ads {address}: proxies are served on the loopback and over Unix sockets");
                }
                let listener = meshwright_server::listen(*address).with_context(|| {
                    format!("--ads {address}: choose another with --ads ADDRESS:PORT, or --ads none")
                })?;
                let url = format!("http://{}", listener.local_addr()?);
                listeners.push((Listener::Tcp(listener, None), url));
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
    let hub = Hub::start(local).context("the control plane does not start")?;
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
pub(crate) fn proxies(control: &Control) -> Arc<dyn ControlPlane> {
    Arc::new(Plane(control.clone()))
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
