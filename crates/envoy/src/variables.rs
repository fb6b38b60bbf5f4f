//! The environment variables of App Mesh's Envoy image that decide a bootstrap, and how their values are read.
//!
//! Source: App Mesh User Guide, Envoy configuration variables; aws/amazon-ecs-service-connect-agent, `README.md` and
//! `agent/envoy_bootstrap/env/env.go`: blanks around a value do not count, and an empty value is none.

use std::collections::BTreeMap;

use meshwright_model::spelling::nearest;
use prost_types::Duration;

use crate::error::Error;

/// Every variable that decides something.
pub const VARIABLES: &[&str] = &[
    "APPMESH_DUALSTACK_ENDPOINT",
    "APPMESH_FIPS_ENDPOINT",
    "APPMESH_METRIC_EXTENSION_VERSION",
    "APPMESH_PLATFORM_APP_MESH_CONTROLLER_VERSION",
    "APPMESH_PLATFORM_K8S_POD_UID",
    "APPMESH_PLATFORM_K8S_VERSION",
    "APPMESH_PREVIEW",
    "APPMESH_RESOURCE_ARN",
    "APPMESH_RESOURCE_CLUSTER",
    "APPMESH_RESOURCE_NAME",
    "APPMESH_SDS_SOCKET_PATH",
    "APPMESH_SET_TRACING_DECISION",
    "APPMESH_SIGNING_NAME",
    "APPMESH_VIRTUAL_NODE_CLUSTER",
    "APPMESH_VIRTUAL_NODE_NAME",
    "APPMESH_XDS_ENDPOINT",
    "APPNET_FIPS_MODE_ENABLED",
    "AWS_REGION",
    "AWS_XRAY_DAEMON_ADDRESS",
    "DATADOG_TRACER_ADDRESS",
    "DATADOG_TRACER_PORT",
    "DD_SERVICE",
    "ENABLE_ENVOY_DATADOG_TRACING",
    "ENABLE_ENVOY_DOG_STATSD",
    "ENABLE_ENVOY_JAEGER_TRACING",
    "ENABLE_ENVOY_STATS_TAGS",
    "ENABLE_ENVOY_XRAY_TRACING",
    "ENVOY_ADMIN_ACCESS_ENABLE_IPV6",
    "ENVOY_ADMIN_ACCESS_LOG_FILE",
    "ENVOY_ADMIN_ACCESS_PORT",
    "ENVOY_ADMIN_MODE",
    "ENVOY_CONFIG_FILE",
    "ENVOY_INITIAL_FETCH_TIMEOUT",
    "ENVOY_NO_EXTENSION_LOOKUP_BY_NAME",
    "ENVOY_OUTLIER_DETECTION_EVENT_LOG_PATH",
    "ENVOY_RESOURCES_CONFIG_FILE",
    "ENVOY_STATS_CONFIG_FILE",
    "ENVOY_STATS_FLUSH_INTERVAL",
    "ENVOY_STATS_SINKS_CFG_FILE",
    "ENVOY_TRACING_CFG_FILE",
    "ENVOY_USE_HTTP_CLIENT_TO_FETCH_AWS_CREDENTIALS",
    "JAEGER_TRACER_ADDRESS",
    "JAEGER_TRACER_PORT",
    "JAEGER_TRACER_VERSION",
    "MAX_REQUESTS_PER_IO_CYCLE",
    "STATSD_ADDRESS",
    "STATSD_PORT",
    "STATSD_SOCKET_PATH",
    "XRAY_DAEMON_PORT",
    "XRAY_SAMPLING_RATE",
    "XRAY_SAMPLING_RULE_MANIFEST",
    "XRAY_SEGMENT_NAME",
];

/// Variables with the values that they were given, from wherever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    given: BTreeMap<&'static str, Given>,
}

/// A value, and by which name its user knows it: the variable's, or an option's.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Given {
    shown: String,
    value: String,
}

impl Variables {
    /// Gives a variable a value, whatever it had. `shown` is the name that errors call it by.
    ///
    /// # Errors
    /// For a variable that decides nothing.
    pub fn set(&mut self, name: &str, shown: &str, value: &str) -> Result<(), Error> {
        let Some(known) = VARIABLES.iter().find(|known| **known == name) else {
            return Err(Error::NoSuchVariable { name: name.to_owned(), near: near(name) });
        };
        self.given.insert(known, Given { shown: shown.to_owned(), value: value.trim().to_owned() });
        Ok(())
    }

    /// The text of a variable that has one.
    ///
    /// # Panics
    /// For a name that is not on the list.
    pub fn text(&self, name: &'static str) -> Option<&str> {
        assert!(VARIABLES.contains(&name), "{name} is not on the list");
        self.given.get(name).map(|given| given.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The text of the first of some variables that has one.
    pub(crate) fn first_text(&self, names: &[&'static str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// A text, or what stands for it.
    pub(crate) fn text_or(&self, name: &'static str, otherwise: &str) -> String {
        self.text(name).unwrap_or(otherwise).to_owned()
    }

    /// A truth value, in one of the spellings that Go takes.
    pub(crate) fn boolean(&self, name: &'static str, otherwise: bool) -> Result<bool, Error> {
        match self.text(name) {
            None => Ok(otherwise),
            Some("1" | "t" | "T" | "TRUE" | "true" | "True") => Ok(true),
            Some("0" | "f" | "F" | "FALSE" | "false" | "False") => Ok(false),
            Some(value) => Err(Error::NotBoolean { name: self.shown(name), value: value.to_owned() }),
        }
    }

    /// A port.
    pub(crate) fn port(&self, name: &'static str, otherwise: u16) -> Result<u16, Error> {
        let Some(value) = self.text(name) else { return Ok(otherwise) };
        let refuse = |_| Error::NotNumber { name: self.shown(name), value: value.to_owned(), max: u16::MAX.into() };
        value.parse().map_err(refuse)
    }

    /// A number.
    pub(crate) fn number(&self, name: &'static str, otherwise: u32) -> Result<u32, Error> {
        let Some(value) = self.text(name) else { return Ok(otherwise) };
        let refuse = |_| Error::NotNumber { name: self.shown(name), value: value.to_owned(), max: u32::MAX.into() };
        value.parse().map_err(refuse)
    }

    /// A decimal from 0 to 1.
    pub(crate) fn rate(&self, name: &'static str) -> Result<Option<f64>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let rate = value.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
        rate.map(Some).ok_or_else(|| Error::NotARate { name: self.shown(name), value: value.to_owned() })
    }

    /// How often Envoy flushes its statistics. Source of the bounds: Envoy, `bootstrap.proto`, `stats_flush_interval`.
    pub(crate) fn interval(&self, name: &'static str) -> Result<Option<Duration>, Error> {
        let Some(value) = self.text(name) else { return Ok(None) };
        let nanos = nanos(value).filter(|nanos| (1_000_000..300_000_000_000).contains(nanos));
        let Some(nanos) = nanos else {
            return Err(Error::NotAnInterval { name: self.shown(name), value: value.to_owned() });
        };
        let parts = (i64::try_from(nanos / 1_000_000_000), i32::try_from(nanos % 1_000_000_000));
        let (Ok(seconds), Ok(nanos)) = parts else { unreachable!("it is under 5 minutes") };
        Ok(Some(Duration { seconds, nanos }))
    }

    /// By which name its user knows a variable.
    pub(crate) fn shown(&self, name: &'static str) -> String {
        self.given.get(name).map_or_else(|| name.to_owned(), |given| given.shown.clone())
    }
}

fn near(name: &str) -> Option<&'static str> {
    let near = nearest(name, VARIABLES.iter().copied())?;
    VARIABLES.iter().find(|known| **known == near).copied()
}

/// Units of time, the longer names first where one starts another. Source: Go, `time.ParseDuration`.
const UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A time as Go writes it, `1m30.5s`, in nanoseconds; `None` where it is none or longer than a computer runs.
fn nanos(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    loop {
        let end = rest.find(|char: char| !char.is_ascii_digit() && char != '.')?;
        let (number, tail) = rest.split_at(end);
        let (unit, scale) = UNITS.iter().find(|(unit, _)| tail.starts_with(unit))?;
        rest = &tail[unit.len()..];
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let whole: u64 = if whole.is_empty() && !fraction.is_empty() { 0 } else { whole.parse().ok()? };
        let mut part = whole.checked_mul(*scale)?;
        let mut of_digit = *scale;
        for digit in fraction.chars() {
            of_digit /= 10;
            part = part.checked_add(u64::from(digit.to_digit(10)?) * of_digit)?;
        }
        sum = sum.checked_add(part)?;
        if rest.is_empty() {
            return Some(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: &str, value: &str) -> Variables {
        let mut variables = Variables::default();
        variables.set(name, name, value).unwrap();
        variables
    }

    #[test]
    fn the_list_is_sorted_and_has_no_variable_twice() {
        assert!(VARIABLES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn truth_values_are_those_of_go() {
        let name = "APPMESH_PREVIEW";
        for (text, expected) in [("1", true), (" True ", true), ("f", false), ("FALSE", false), ("", true)] {
            assert_eq!(given(name, text).boolean(name, true), Ok(expected), "{text}");
        }
        let error = given(name, "yes").boolean(name, true).unwrap_err();
        assert_eq!(error.to_string(), "APPMESH_PREVIEW: `yes` is neither `true` nor `false`");
    }

    #[test]
    fn times_are_those_of_go() {
        for (text, expected) in [
            ("5000ms", Some(5_000_000_000)),
            ("1m30s", Some(90_000_000_000)),
            ("1.5s", Some(1_500_000_000)),
            (".5s", Some(500_000_000)),
            ("2us1ns", Some(2_001)),
            ("1.0000000009s", Some(1_000_000_000)),
            ("0s", Some(0)),
            ("5", None),
            ("s", None),
            (".s", None),
            ("-1s", None),
            ("1s ", None),
            ("1d", None),
            ("1.1.1s", None),
            ("99999999999999999999s", None),
            ("9999999999999h", None),
        ] {
            assert_eq!(nanos(text), expected, "{text}");
        }
    }

    #[test]
    fn an_interval_is_one_that_envoy_takes() {
        let name = "ENVOY_STATS_FLUSH_INTERVAL";
        let interval =
            |text| given(name, text).interval(name).map(|interval| interval.map(|it| (it.seconds, it.nanos)));
        assert_eq!(interval("1ms"), Ok(Some((0, 1_000_000))));
        assert_eq!(interval("4m59.999s"), Ok(Some((299, 999_000_000))));
        assert_eq!(interval(""), Ok(None));
        for text in ["999us", "5m", "0", "soon"] {
            assert!(matches!(interval(text), Err(Error::NotAnInterval { .. })), "{text}");
        }
    }

    #[test]
    fn numbers_and_rates_have_their_bounds() {
        let (port, rate) = ("STATSD_PORT", "XRAY_SAMPLING_RATE");
        assert_eq!(given(port, "65535").port(port, 1), Ok(65535));
        for text in ["65536", "-1", "x"] {
            assert!(matches!(given(port, text).port(port, 1), Err(Error::NotNumber { max: 65535, .. })), "{text}");
        }
        assert_eq!(given(rate, "1.0").rate(rate), Ok(Some(1.0)));
        for text in ["1.01", "-0.1", "NaN", "5%"] {
            assert!(matches!(given(rate, text).rate(rate), Err(Error::NotARate { .. })), "{text}");
        }
    }

    #[test]
    fn a_variable_that_decides_nothing_is_refused() {
        let error = Variables::default().set("APPMESH_XDS_ENDPIONT", "", "").unwrap_err();
        let expected =
            "no bootstrap depends on the variable `APPMESH_XDS_ENDPIONT`; did you mean `APPMESH_XDS_ENDPOINT`?";
        assert_eq!(error.to_string(), expected);
        assert_eq!(
            Variables::default().set("PATH", "PATH", "").unwrap_err().to_string(),
            "no bootstrap depends on the variable `PATH`"
        );
    }
}
