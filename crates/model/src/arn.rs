//! Amazon Resource Names of mesh resources, in every partition, and the short form that proxies use.
//!
//! Source: App Mesh API reference, the `arn` of each resource's metadata; `mesh@owner`:
//! aws/aws-app-mesh-controller-for-k8s, pkg/inject; the short form: the App Mesh agent
//! (aws/amazon-ecs-service-connect-agent, `agent/envoy_bootstrap`).

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::kind::Kind;

/// The ARN of a mesh resource, or its short form `mesh/m/virtualNode/n`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    /// Partition, region and account; `None` in the short form.
    pub scope: Option<Scope>,
    /// The mesh.
    pub mesh: String,
    /// The account that owns the mesh, where a consumer of a shared mesh names it: `mesh@owner`.
    pub mesh_owner: Option<String>,
    /// The kind of resource.
    pub kind: Kind,
    /// The router of a route, the gateway of a gateway route.
    pub parent: Option<String>,
    /// The resource's own name; the mesh's for a mesh.
    pub name: String,
}

/// Where the resource of an ARN lives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// `aws`, `aws-cn`, `aws-us-gov` or another of AWS's partitions.
    pub partition: String,
    /// `appmesh`, or `appmesh-preview` for the preview channel.
    pub service: String,
    /// The region.
    pub region: String,
    /// The account that owns the resource, 12 digits.
    pub account: String,
}

impl FromStr for Arn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let Some(rest) = text.strip_prefix("arn:") else {
            return Self::from_resource(None, text, text);
        };
        let parts: Vec<&str> = rest.splitn(5, ':').collect();
        let [partition, service, region, account, resource] = parts[..] else {
            return Err(Error::NotAnArn(text.to_owned()));
        };
        if service != "appmesh" && service != "appmesh-preview" {
            return Err(Error::OtherService(text.to_owned(), service.to_owned()));
        }
        if partition.is_empty() || region.is_empty() || account.is_empty() {
            return Err(Error::NotAnArn(text.to_owned()));
        }
        let scope = Scope {
            partition: partition.to_owned(),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
        };
        Self::from_resource(Some(scope), resource, text)
    }
}

impl Arn {
    fn from_resource(scope: Option<Scope>, resource: &str, whole: &str) -> Result<Self, Error> {
        let refuse = || Error::NotAResource(whole.to_owned());
        let parts: Vec<&str> = resource.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(refuse());
        }
        let (kind, parent, name) = match parts[..] {
            ["mesh", mesh] => (Kind::Mesh, None, mesh.split('@').next().unwrap_or(mesh)),
            ["mesh", _, "virtualNode", name] => (Kind::VirtualNode, None, name),
            ["mesh", _, "virtualRouter", name] => (Kind::VirtualRouter, None, name),
            ["mesh", _, "virtualService", name] => (Kind::VirtualService, None, name),
            ["mesh", _, "virtualGateway", name] => (Kind::VirtualGateway, None, name),
            ["mesh", _, "virtualRouter", router, "route", name] => (Kind::Route, Some(router), name),
            ["mesh", _, "virtualGateway", gateway, "gatewayRoute", name] => (Kind::GatewayRoute, Some(gateway), name),
            _ => return Err(refuse()),
        };
        let (mesh, mesh_owner) = match parts[1].split_once('@') {
            Some((mesh, owner)) => (mesh, Some(owner.to_owned())),
            None => (parts[1], None),
        };
        Ok(Self {
            scope,
            mesh: mesh.to_owned(),
            mesh_owner,
            kind,
            parent: parent.map(str::to_owned),
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Scope { partition, service, region, account }) = &self.scope {
            write!(formatter, "arn:{partition}:{service}:{region}:{account}:")?;
        }
        write!(formatter, "mesh/{}", self.mesh)?;
        if let Some(owner) = &self.mesh_owner {
            write!(formatter, "@{owner}")?;
        }
        if let (Some(kind), Some(parent)) = (self.kind.parent(), &self.parent) {
            write!(formatter, "/{}/{parent}", kind.api_name())?;
        }
        match self.kind {
            Kind::Mesh => Ok(()),
            kind => write!(formatter, "/{}/{}", kind.api_name(), self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_reads_and_writes_back() {
        for text in [
            "arn:aws:appmesh:us-east-1:123456789012:mesh/shop",
            "arn:aws-cn:appmesh:cn-north-1:123456789012:mesh/shop/virtualNode/a.b_c",
            "arn:aws-us-gov:appmesh:us-gov-west-1:123456789012:mesh/shop/virtualRouter/r/route/x",
            "arn:aws-iso-b:appmesh-preview:us-isob-east-1:123456789012:mesh/shop/virtualGateway/g/gatewayRoute/x",
            "mesh/shop@111122223333/virtualNode/n",
            "mesh/shop/virtualGateway/g",
        ] {
            assert_eq!(text.parse::<Arn>().map(|arn| arn.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_not_a_mesh_resource_is_refused_with_the_reason() {
        let error = |text: &str| text.parse::<Arn>().unwrap_err();
        assert!(
            matches!(error("arn:aws:acm:us-east-1:1:certificate/x"), Error::OtherService(_, service) if service == "acm")
        );
        assert!(matches!(error("arn:aws:appmesh:us-east-1"), Error::NotAnArn(_)));
        assert!(matches!(error("mesh/shop/virtualNode"), Error::NotAResource(_)));
        assert!(matches!(error("mesh/shop/virtualNode/"), Error::NotAResource(_)));
        assert!(matches!(error(""), Error::NotAResource(_)));
    }
}
