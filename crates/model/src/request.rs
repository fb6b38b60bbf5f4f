//! A request as a client in a mesh sends it, and what it shows.

use std::fmt;

/// A request as a client sends it.
///
/// Shown as `trace` takes it: `GET http://payments.shop.local:8080/v2/x -H "x-canary: true"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// The method.
    pub method: String,
    /// `http` or `https`.
    pub scheme: &'static str,
    /// The host that is dialled, which the `Host` header or `:authority` names too; empty where it cannot be told.
    pub host: String,
    /// The port that is dialled; `None` where it cannot be told.
    pub port: Option<i64>,
    /// The path and, after a `?`, the query.
    pub path: String,
    /// Headers beside the host, or gRPC metadata; names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    /// The path without the query.
    pub fn bare_path(&self) -> &str {
        self.path.split_once('?').map_or(self.path.as_str(), |(path, _)| path)
    }

    /// The query, without the `?`; empty where there is none.
    pub fn query(&self) -> &str {
        self.path.split_once('?').map_or("", |(_, query)| query)
    }

    /// The request line: `GET http://payments.shop.local:8080/v2/x`; `GET /v2/x` where the host is not known.
    pub fn line(&self) -> String {
        let Self { method, scheme, host, path, .. } = self;
        if host.is_empty() {
            return format!("{method} {path}");
        }
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{method} {scheme}://{host}{port}{path}")
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.line())?;
        self.headers.iter().try_for_each(|(name, value)| write!(formatter, " -H \"{name}: {value}\""))
    }
}

/// A request that shows what a finding says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub request: Request,
    /// What happens to it: lower case, no full stop.
    pub meaning: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_nobody_known_names_no_host() {
        let request = Request {
            method: "GET".to_owned(),
            scheme: "http",
            host: String::new(),
            port: Some(8080),
            path: "/v2/x".to_owned(),
            headers: vec![("x-canary".to_owned(), "true".to_owned())],
        };
        assert_eq!(request.to_string(), "GET /v2/x -H \"x-canary: true\"");
        let request = Request { host: "a.local".to_owned(), ..request };
        assert_eq!(request.line(), "GET http://a.local:8080/v2/x");
    }
}
