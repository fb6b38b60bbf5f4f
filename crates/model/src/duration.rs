//! Durations as the API writes them: a number and a unit.

use serde::{Deserialize, Serialize};

use crate::limits::{DurationUnit, DurationValue};
use crate::scalar::Scalar;

/// A span of time. API shape `Duration`; the API requires neither member, CloudFormation both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Duration {
    /// Seconds or milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Scalar<DurationUnit>>,
    /// How many; 0 switches a request's timeout off (App Mesh API reference, `HttpTimeout`), and presumably any other
    /// (inferred).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Scalar<DurationValue>>,
}

impl Duration {
    /// The span in milliseconds, where both members are known; saturates.
    pub fn millis(&self) -> Option<u64> {
        let value = u64::try_from(self.value.as_ref()?.known()?.value()).ok()?;
        Some(match self.unit.as_ref()?.known()? {
            DurationUnit::Seconds => value.saturating_mul(1000),
            DurationUnit::Millis => value,
        })
    }
}
