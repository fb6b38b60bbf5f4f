//! Quantities with their units, as an intent writes them: `"15s"`, `90`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// A share of 100.
pub type Percent = u32;

/// A span of time in milliseconds, written with its unit: `250ms`, `15s`, `2m`, `1h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Milliseconds.
    pub millis: u64,
}

const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

impl Span {
    /// A span of so many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self { millis }
    }

    /// A span of so many seconds; saturates.
    pub const fn seconds(seconds: u64) -> Self {
        Self { millis: seconds.saturating_mul(1000) }
    }

    /// Reads `250ms`, `1.5s`, `2m`, `1h`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, unit) = text.split_at(digits);
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
        scaled(number, *scale).map(Self::millis)
    }
}

/// A decimal number times a scale, where that is whole.
pub(crate) fn scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if fraction.len() > 9 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let parts: u64 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let power = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let part = parts.checked_mul(scale)?;
    (part % power == 0).then_some(())?;
    whole.checked_mul(scale)?.checked_add(part / power)
}

impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.millis {
            millis if millis % 1000 == 0 => write!(formatter, "{}s", millis / 1000),
            millis => write!(formatter, "{millis}ms"),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is no span of time such as 250ms, 15s, 2m or 1h")))
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$",
            "description": "A span of time with its unit: `250ms`, `15s`, `2m`, `1h`.",
        })
    }
}
