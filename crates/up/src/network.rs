//! Where sockets are made and programs started: in the machine's own network, or in a namespace.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Weak};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::namespace::Namespace;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// The machine's own network, or that of a namespace; clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Network(Option<Arc<Namespace>>);

/// A network as whoever does not use it knows it: a namespace goes when its part does.
#[derive(Clone, Debug, Default)]
pub struct Seen(Option<Weak<Namespace>>);

impl Seen {
    /// The network; `None` where it is gone.
    pub fn network(&self) -> Option<Network> {
        match &self.0 {
            None => Some(Network::default()),
            Some(namespace) => namespace.upgrade().map(|own| Network(Some(own))),
        }
    }
}

impl PartialEq for Network {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            _ => false,
        }
    }
}

impl Eq for Network {}

impl From<Namespace> for Network {
    fn from(namespace: Namespace) -> Self {
        Self(Some(Arc::new(namespace)))
    }
}

impl Network {
    /// Its namespace; `None` is the machine's own.
    pub fn namespace(&self) -> Option<&Namespace> {
        self.0.as_deref()
    }

    /// It, for whoever does not use it.
    pub fn seen(&self) -> Seen {
        Seen(self.0.as_ref().map(Arc::downgrade))
    }

    /// Moves the calling thread into it, where it is not the machine's own: what starts programs in namespaces starts no others.
    ///
    /// # Errors
    /// It cannot be moved there.
    pub fn enter(&self) -> io::Result<()> {
        self.namespace().map_or(Ok(()), Namespace::enter)
    }

    /// Listens on an address; where that is any of IPv6, on all of IPv4 too, or, where there is no IPv6, on those alone.
    ///
    /// # Errors
    /// The address is taken, or is none here.
    pub fn listen(&self, address: SocketAddr) -> io::Result<TcpListener> {
        let listen = |address: SocketAddr| {
            let socket = self.socket(address)?;
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            socket.listen(BACKLOG)
        };
        listen(address).or_else(|why| {
            let is_for_all = address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
            if !is_for_all || why.kind() == io::ErrorKind::AddrInUse {
                return Err(why);
            }
            listen(SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), address.port()))
        })
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// Nobody takes the connection.
    pub async fn connect(&self, address: SocketAddr) -> io::Result<TcpStream> {
        self.socket(address)?.connect(address).await
    }

    /// A socket belongs to the network in which it is made, whoever uses it.
    fn socket(&self, address: SocketAddr) -> io::Result<TcpSocket> {
        let make = || if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        match self.namespace() {
            None => make(),
            Some(namespace) => namespace.within(make)?,
        }
    }
}
