//! Where a proxy's traces go.

use core::net::{IpAddr, SocketAddr};

use crate::error::Error;
use crate::settings::Proxy;
use crate::variables::Variables;

/// Where traces go.
#[derive(Clone, Debug, PartialEq)]
pub enum Tracer {
    /// To the daemon of AWS X-Ray.
    XRay {
        /// Its address.
        daemon: SocketAddr,
        /// The name of the proxy's segments.
        segment: String,
        /// What is sampled; `None` is X-Ray's own: one request a second, and 5 % of the others.
        sampling: Option<Sampling>,
    },
    /// To Jaeger or another that takes what Zipkin takes.
    Jaeger {
        /// Its address.
        address: String,
        /// Its port.
        port: u16,
        /// Whether spans are JSON, instead of protobuf.
        is_json: bool,
    },
    /// To Datadog's agent.
    Datadog {
        /// Its address.
        address: String,
        /// Its port.
        port: u16,
        /// The name of the proxy there.
        service: String,
    },
}

/// What X-Ray samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// The rules in a file on the proxy's machine.
    Manifest(String),
    /// One request a second, and so many percent of the others.
    Percent(u8),
}

/// What turns each tracer on.
const SWITCHES: [&str; 3] =
    ["ENABLE_ENVOY_XRAY_TRACING", "ENABLE_ENVOY_DATADOG_TRACING", "ENABLE_ENVOY_JAEGER_TRACING"];

const DAEMON: &str = "AWS_XRAY_DAEMON_ADDRESS";

/// What X-Ray samples of its own accord, in percent.
const DEFAULT_PERCENT: u8 = 5;

impl Tracer {
    /// The tracer that is on; none where a file of the user's has one.
    pub(super) fn read(proxy: &Proxy, variables: &Variables) -> Result<Option<Self>, Error> {
        if variables.text("ENVOY_TRACING_CFG_FILE").is_some() {
            return Ok(None);
        }
        let mut names = Vec::new();
        for name in SWITCHES {
            if variables.boolean(name, false)? {
                names.push(name);
            }
        }
        match names[..] {
            [] => Ok(None),
            ["ENABLE_ENVOY_XRAY_TRACING"] => Self::xray(proxy, variables).map(Some),
            ["ENABLE_ENVOY_DATADOG_TRACING"] => Self::datadog(proxy, variables).map(Some),
            [_] => Self::jaeger(variables).map(Some),
            _ => Err(Error::SeveralTracers { names: names.iter().map(|name| variables.shown(name)).collect() }),
        }
    }

    fn xray(proxy: &Proxy, variables: &Variables) -> Result<Self, Error> {
        let port = variables.port("XRAY_DAEMON_PORT", 2000)?;
        let daemon = match variables.text(DAEMON) {
            None => SocketAddr::from(([127, 0, 0, 1], port)),
            Some(text) => {
                let alone = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, port));
                let refuse = |_| Error::NotAnAddress { name: variables.shown(DAEMON), value: text.to_owned() };
                text.parse().or_else(|_| alone()).map_err(refuse)?
            }
        };
        let name = format!("{}/{}", proxy.mesh(), proxy.arn.name);
        let sampling = Sampling::read(variables)?;
        Ok(Self::XRay { daemon, segment: variables.text_or("XRAY_SEGMENT_NAME", &name), sampling })
    }

    fn jaeger(variables: &Variables) -> Result<Self, Error> {
        Ok(Self::Jaeger {
            address: variables.text_or("JAEGER_TRACER_ADDRESS", "127.0.0.1"),
            port: variables.port("JAEGER_TRACER_PORT", 9411)?,
            is_json: variables.text("JAEGER_TRACER_VERSION").is_some_and(|it| it.to_lowercase().contains("json")),
        })
    }

    fn datadog(proxy: &Proxy, variables: &Variables) -> Result<Self, Error> {
        let name = format!("envoy-{}/{}", proxy.mesh(), proxy.arn.name);
        Ok(Self::Datadog {
            address: variables.text_or("DATADOG_TRACER_ADDRESS", "127.0.0.1"),
            port: variables.port("DATADOG_TRACER_PORT", 8126)?,
            service: variables.text_or("DD_SERVICE", &name),
        })
    }
}

impl Sampling {
    fn read(variables: &Variables) -> Result<Option<Self>, Error> {
        if let Some(file) = variables.text("XRAY_SAMPLING_RULE_MANIFEST") {
            return Ok(Some(Self::Manifest(file.to_owned())));
        }
        let Some(rate) = variables.rate("XRAY_SAMPLING_RATE")? else { return Ok(None) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate is from 0 to 1")]
        let percent = (rate * 100.0).round() as u8;
        Ok((percent != DEFAULT_PERCENT).then_some(Self::Percent(percent)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Option<Tracer>, Error> {
        let mut variables = Variables::default();
        for (name, value) in given {
            variables.set(name, name, value).unwrap();
        }
        Tracer::read(&Proxy::read("mesh/m@123456789012/virtualNode/n").unwrap(), &variables)
    }

    fn xray(given: &[(&str, &str)]) -> (String, Option<Sampling>) {
        let on = [("ENABLE_ENVOY_XRAY_TRACING", "1")];
        match read(&[&on, given].concat()).unwrap() {
            Some(Tracer::XRay { daemon, segment, sampling }) => (format!("{segment} {daemon}"), sampling),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_daemon_of_xray_is_an_address_with_or_without_a_port() {
        let name = "m@123456789012/n";
        for (address, expected) in [
            ("", "127.0.0.1:9"),
            ("10.0.0.1", "10.0.0.1:9"),
            ("10.0.0.1:2", "10.0.0.1:2"),
            ("::1", "[::1]:9"),
            ("[::1]:2", "[::1]:2"),
        ] {
            let given = [("AWS_XRAY_DAEMON_ADDRESS", address), ("XRAY_DAEMON_PORT", "9")];
            assert_eq!(xray(&given).0, format!("{name} {expected}"));
        }
        for address in ["xray.local", "10.0.0.1:99999", "tcp:10.0.0.1:2000"] {
            let error = read(&[("ENABLE_ENVOY_XRAY_TRACING", "1"), ("AWS_XRAY_DAEMON_ADDRESS", address)]).unwrap_err();
            assert!(matches!(error, Error::NotAnAddress { .. }), "{address}: {error}");
        }
    }

    #[test]
    fn a_rate_counts_in_percent_and_a_manifest_beats_it() {
        let sampling = |rate| xray(&[("XRAY_SAMPLING_RATE", rate)]).1;
        assert_eq!(sampling("0.05"), None);
        assert_eq!(sampling("0.054"), None);
        assert_eq!(sampling("0.256"), Some(Sampling::Percent(26)));
        assert_eq!(sampling("1"), Some(Sampling::Percent(100)));
        assert_eq!(sampling("0"), Some(Sampling::Percent(0)));
        let both = [("XRAY_SAMPLING_RATE", "1"), ("XRAY_SAMPLING_RULE_MANIFEST", "/r.json")];
        assert_eq!(xray(&both).1, Some(Sampling::Manifest("/r.json".into())));
    }

    #[test]
    fn only_one_tracer_can_be_on() {
        let error = read(&[("ENABLE_ENVOY_XRAY_TRACING", "1"), ("ENABLE_ENVOY_JAEGER_TRACING", "true")]).unwrap_err();
        let expected =
            "only one tracer can be on, and these are: ENABLE_ENVOY_XRAY_TRACING, ENABLE_ENVOY_JAEGER_TRACING";
        assert_eq!(error.to_string(), expected);
        assert_eq!(read(&[("ENABLE_ENVOY_XRAY_TRACING", "1"), ("ENVOY_TRACING_CFG_FILE", "x")]), Ok(None));
    }
}
