//! Lists, page by page.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};

use crate::call::Call;
use crate::exception::ApiError;

/// A page of a list.
pub(crate) struct Page {
    most: usize,
    /// The last name of the page before, which clients hand back in hexadecimal digits.
    pub(crate) last: Option<String>,
}

impl Page {
    pub(crate) fn of(call: &Call, most: usize) -> Result<Self, ApiError> {
        let size = match call.parameter("limit") {
            None => most,
            Some(text) => match text.parse::<usize>() {
                Ok(own) if (1..=most).contains(&own) => own,
                _ => return Err(ApiError::bad(format!("limit: `{text}` is not a number from 1 to {most}"))),
            },
        };
        let last = match call.parameter("nextToken") {
            None => None,
            Some(token) => {
                let refuse = || ApiError::bad(format!("nextToken: `{token}` is not one that this API gave"));
                let last = HEXLOWER.decode(token.as_bytes()).ok().and_then(|last| String::from_utf8(last).ok());
                Some(last.ok_or_else(refuse)?)
            }
        };
        Ok(Self { most: size, last })
    }

    /// A page, and the token for the next where there is one.
    pub(crate) fn answer(&self, name: &str, mut all: impl Iterator<Item = (String, Value)>) -> Value {
        let page: Vec<(String, Value)> = all.by_ref().take(self.most).collect();
        let token = page.last().map(|(last, _)| HEXLOWER.encode(last.as_bytes())).filter(|_| all.next().is_some());
        let mut answer = json!({ name: page.into_iter().map(|(_, own)| own).collect::<Vec<Value>>() });
        if let Some(token) = token {
            answer["nextToken"] = json!(token);
        }
        answer
    }
}
