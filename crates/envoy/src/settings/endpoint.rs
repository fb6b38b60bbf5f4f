//! Where a proxy's configuration comes from, and how the proxy proves who it is.

use crate::error::Error;
use crate::settings::Proxy;
use crate::variables::Variables;

/// Where a proxy's configuration comes from.
///
/// The first form and the last are those of App Mesh's agent. The other two are for a control plane of one's own, which App
/// Mesh had not: they need neither credentials of AWS nor an Envoy that signs, which Envoy 1.40 no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlPlane {
    /// `HOST:PORT`: TLS, and every call is signed with AWS credentials.
    Signed {
        /// `HOST:PORT`.
        target: String,
        /// The region that is signed for.
        region: String,
        /// The service that is signed for.
        service: String,
    },
    /// `https://HOST:PORT`: TLS.
    Tls {
        /// `HOST:PORT`.
        target: String,
    },
    /// `http://HOST:PORT`: as it is.
    Plain {
        /// `HOST:PORT`.
        target: String,
    },
    /// `unix:///PATH`: a socket on the proxy's machine.
    Socket {
        /// `unix:///PATH`.
        target: String,
    },
}

const ENDPOINT: &str = "APPMESH_XDS_ENDPOINT";

impl ControlPlane {
    pub(super) fn read(proxy: &Proxy, variables: &Variables) -> Result<Self, Error> {
        let Some(endpoint) = variables.text(ENDPOINT) else {
            let region = region(proxy, variables)?;
            return Ok(Self::Signed { target: of_app_mesh(&region, variables)?, region, service: service(variables)? });
        };
        let refuse = || Error::NotAnEndpoint { name: variables.shown(ENDPOINT), value: endpoint.to_owned() };
        let (scheme, rest) = match endpoint.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, endpoint),
        };
        let target = rest.to_owned();
        match scheme {
            Some("unix") if rest.starts_with('/') => Ok(Self::Socket { target: endpoint.to_owned() }),
            Some("http") if is_host_and_port(rest) => Ok(Self::Plain { target }),
            Some("https") if is_host_and_port(rest) => Ok(Self::Tls { target }),
            None if is_host_and_port(rest) => {
                Ok(Self::Signed { target, region: region(proxy, variables)?, service: service(variables)? })
            }
            _ => Err(refuse()),
        }
    }
}

fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    is_host && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The region: the variable's, else that of the proxy's ARN. The agent asks the machine instead of the ARN.
fn region(proxy: &Proxy, variables: &Variables) -> Result<String, Error> {
    let of_arn = || proxy.arn.scope.as_ref().map(|scope| scope.region.as_str());
    variables.text("AWS_REGION").or_else(of_arn).map(str::to_owned).ok_or(Error::NoRegion)
}

fn service(variables: &Variables) -> Result<String, Error> {
    let is_preview = variables.boolean("APPMESH_PREVIEW", false)?;
    Ok(variables.text_or("APPMESH_SIGNING_NAME", if is_preview { "appmesh-preview" } else { "appmesh" }))
}

/// The control plane of App Mesh in a region. In `GovCloud` the FIPS endpoint has no name of its own.
fn of_app_mesh(region: &str, variables: &Variables) -> Result<String, Error> {
    let preview = if variables.boolean("APPMESH_PREVIEW", false)? { "-preview" } else { "" };
    let is_fips = variables.boolean("APPMESH_FIPS_ENDPOINT", false)? && !region.starts_with("us-gov-");
    let fips = if is_fips { "-fips" } else { "" };
    let is_dualstack = variables.boolean("APPMESH_DUALSTACK_ENDPOINT", false)?;
    let domain = match (is_dualstack, region.starts_with("cn-")) {
        (true, true) => "api.amazonwebservices.com.cn",
        (true, false) => "api.aws",
        (false, true) => "amazonaws.com.cn",
        (false, false) => "amazonaws.com",
    };
    Ok(format!("appmesh{preview}-envoy-management{fips}.{region}.{domain}:443"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(proxy: &str, given: &[(&str, &str)]) -> Result<ControlPlane, Error> {
        let mut variables = Variables::default();
        for (name, value) in given {
            variables.set(name, name, value).unwrap();
        }
        ControlPlane::read(&Proxy::read(proxy).unwrap(), &variables)
    }

    const NODE: &str = "mesh/m/virtualNode/n";

    #[test]
    fn each_form_of_an_endpoint_says_how_it_is_reached() {
        let endpoint = |value| read(NODE, &[("APPMESH_XDS_ENDPOINT", value), ("AWS_REGION", "eu-west-1")]);
        let target = "xds.example:18000".to_owned();
        let signed =
            ControlPlane::Signed { target: target.clone(), region: "eu-west-1".into(), service: "appmesh".into() };
        assert_eq!(endpoint("xds.example:18000"), Ok(signed));
        assert_eq!(endpoint("http://xds.example:18000"), Ok(ControlPlane::Plain { target: target.clone() }));
        assert_eq!(endpoint("https://xds.example:18000"), Ok(ControlPlane::Tls { target }));
        assert_eq!(endpoint("http://[::1]:1"), Ok(ControlPlane::Plain { target: "[::1]:1".into() }));
        let socket = ControlPlane::Socket { target: "unix:///run/xds.sock".into() };
        assert_eq!(endpoint("unix:///run/xds.sock"), Ok(socket));
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for value in
            ["xds", "xds:", ":1", "xds:0", "xds:65536", "http://xds", "http://x:1/", "unix://x", "ftp://x:1", "[::x]:1"]
        {
            let error = read(NODE, &[("APPMESH_XDS_ENDPOINT", value)]).unwrap_err();
            assert!(matches!(error, Error::NotAnEndpoint { .. }), "{value}: {error}");
        }
    }

    #[test]
    fn app_mesh_itself_has_a_name_for_each_region_and_wish() {
        for (region, wishes, expected) in [
            ("eu-west-1", &[][..], "appmesh-envoy-management.eu-west-1.amazonaws.com:443"),
            ("cn-north-1", &[], "appmesh-envoy-management.cn-north-1.amazonaws.com.cn:443"),
            ("eu-west-1", &["DUALSTACK_ENDPOINT"], "appmesh-envoy-management.eu-west-1.api.aws:443"),
            (
                "cn-north-1",
                &["DUALSTACK_ENDPOINT"],
                "appmesh-envoy-management.cn-north-1.api.amazonwebservices.com.cn:443",
            ),
            ("us-west-2", &["PREVIEW"], "appmesh-preview-envoy-management.us-west-2.amazonaws.com:443"),
            ("us-east-1", &["FIPS_ENDPOINT"], "appmesh-envoy-management-fips.us-east-1.amazonaws.com:443"),
            ("us-gov-west-1", &["FIPS_ENDPOINT"], "appmesh-envoy-management.us-gov-west-1.amazonaws.com:443"),
            (
                "us-west-2",
                &["PREVIEW", "FIPS_ENDPOINT"],
                "appmesh-preview-envoy-management-fips.us-west-2.amazonaws.com:443",
            ),
        ] {
            let names: Vec<String> = wishes.iter().map(|wish| format!("APPMESH_{wish}")).collect();
            let mut given = vec![("AWS_REGION", region)];
            given.extend(names.iter().map(|name| (name.as_str(), "1")));
            let Ok(ControlPlane::Signed { target, service, .. }) = read(NODE, &given) else {
                panic!("{region} {wishes:?}")
            };
            assert_eq!(target, expected);
            assert_eq!(service, if wishes.contains(&"PREVIEW") { "appmesh-preview" } else { "appmesh" });
        }
    }

    #[test]
    fn the_region_is_that_of_the_variable_or_the_arn() {
        let arn = "arn:aws:appmesh:eu-west-3:123456789012:mesh/m/virtualNode/n";
        let region = |given: &[(&str, &str)]| match read(arn, given) {
            Ok(ControlPlane::Signed { region, .. }) => region,
            other => panic!("{other:?}"),
        };
        assert_eq!(region(&[]), "eu-west-3");
        assert_eq!(region(&[("AWS_REGION", "us-east-1")]), "us-east-1");
        assert_eq!(read(NODE, &[]), Err(Error::NoRegion));
        assert_eq!(read(NODE, &[("APPMESH_XDS_ENDPOINT", "x:1")]), Err(Error::NoRegion));
        assert!(read(NODE, &[("APPMESH_XDS_ENDPOINT", "http://x:1")]).is_ok());
    }
}
