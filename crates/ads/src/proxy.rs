//! Which proxy speaks: the node or gateway that it stands for, and what else decides what it gets.

use std::fmt;

use meshwright_envoy::envoy::config::core::v3::Node;
use meshwright_envoy::envoy::config::core::v3::node::UserAgentVersionType;
use meshwright_envoy::translate::Version;
use meshwright_envoy::{Error, Proxy};
use meshwright_model::Kind;

/// The longest id of a proxy: an ARN with the longest names has fewer characters.
pub const MAX_ID: usize = 2048;

/// A mesh among those of all regions and accounts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MeshId {
    /// The region.
    pub region: String,
    /// The account that owns it.
    pub owner: String,
    /// Its name.
    pub name: String,
}

/// What decides what a proxy gets: proxies of one profile get the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Profile {
    /// The mesh.
    pub mesh: MeshId,
    /// A virtual node or a virtual gateway.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The version of its Envoy; `None` where it does not say it.
    pub version: Option<Version>,
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} of mesh {}", self.kind, self.name, self.mesh.name)
    }
}

/// Why a proxy is not served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// It does not say who it is.
    #[error(
        "the first request names no node; a proxy's bootstrap must have `node.id`, as `meshwright bootstrap` writes it"
    )]
    NoNode,
    /// It says more than an id may have.
    #[error("the node's id is longer than {MAX_ID} bytes")]
    TooLong,
    /// What it says is no name of a proxy.
    #[error("the node's id is no proxy's: {0}")]
    NotAProxy(Error),
}

impl Profile {
    /// The profile of a node as it says it; its region and account, where it does not say them, are the control plane's own.
    ///
    /// # Errors
    /// It names no virtual node and no virtual gateway.
    pub fn of(node: Option<&Node>, region: &str, account: &str) -> Result<Self, Unknown> {
        let node = node.filter(|node| !node.id.is_empty()).ok_or(Unknown::NoNode)?;
        if node.id.len() > MAX_ID {
            return Err(Unknown::TooLong);
        }
        let arn = Proxy::read(&node.id).map_err(Unknown::NotAProxy)?.arn;
        let (said_region, said_account) = arn.scope.map(|scope| (scope.region, scope.account)).unzip();
        let mesh = MeshId {
            region: said_region.unwrap_or_else(|| region.to_owned()),
            owner: arn.mesh_owner.or(said_account).unwrap_or_else(|| account.to_owned()),
            name: arn.mesh,
        };
        Ok(Self { mesh, kind: arn.kind, name: arn.name, version: version(node) })
    }
}

fn version(node: &Node) -> Option<Version> {
    match node.user_agent_version_type.as_ref()? {
        UserAgentVersionType::UserAgentBuildVersion(build) => {
            let own = build.version.as_ref()?;
            Some(Version { major: own.major_number, minor: own.minor_number })
        }
        UserAgentVersionType::UserAgentVersion(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(id: &str) -> Result<Profile, Unknown> {
        Profile::of(Some(&Node { id: id.to_owned(), ..Node::default() }), "eu-west-1", "000000000000")
    }

    #[test]
    fn a_proxy_is_known_by_every_form_of_its_name() {
        let short = read("mesh/shop/virtualNode/orders").unwrap();
        assert_eq!((short.mesh.region.as_str(), short.mesh.owner.as_str()), ("eu-west-1", "000000000000"));
        assert_eq!((short.kind, short.name.as_str()), (Kind::VirtualNode, "orders"));
        let full = read("arn:aws:appmesh:us-west-2:111122223333:mesh/shop/virtualGateway/web").unwrap();
        assert_eq!((full.mesh.region.as_str(), full.mesh.owner.as_str()), ("us-west-2", "111122223333"));
        assert_eq!(full.kind, Kind::VirtualGateway);
        let shared = read("arn:aws:appmesh:us-west-2:111122223333:mesh/shop@444455556666/virtualNode/n").unwrap();
        assert_eq!((shared.mesh.owner.as_str(), shared.mesh.name.as_str()), ("444455556666", "shop"));
    }

    #[test]
    fn who_is_none_is_told_why() {
        assert_eq!(Profile::of(None, "r", "a"), Err(Unknown::NoNode));
        assert_eq!(read(""), Err(Unknown::NoNode));
        assert_eq!(read(&"x".repeat(3000)), Err(Unknown::TooLong));
        assert!(read("sidecar~10.0.0.1").unwrap_err().to_string().contains("no proxy's"));
        assert!(read("mesh/shop/route/r").is_err());
    }
}
