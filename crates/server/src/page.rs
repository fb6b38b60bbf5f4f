//! Lists, page by page.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::call::{Call, parameter};
use crate::exception::ApiError;

/// A page of a list.
pub(crate) struct Page {
    most: usize,
    pub(crate) last: Option<String>,
}

impl Page {
    pub(crate) fn of(call: &Call, most: usize) -> Result<Self, ApiError> {
        let size = match parameter(call, "limit") {
            None => most,
            Some(text) => match text.parse::<usize>() {
                Ok(own) if (1..=most).contains(&own) => own,
                _ => return Err(ApiError::bad(format!("limit: `{text}` is not a number from 1 to {most}"))),
            },
        };
        let last = match parameter(call, "nextToken") {
            None => None,
            Some(token) => {
                let refuse = || ApiError::bad(format!("nextToken: `{token}` is not one that this API gave"));
                Some(from_token(token).ok_or_else(refuse)?)
            }
        };
        Ok(Self { most: size, last })
    }

    /// A page, and the token for the next where there is one.
    pub(crate) fn answer(&self, name: &str, mut all: impl Iterator<Item = (String, Value)>) -> Value {
        let page: Vec<(String, Value)> = all.by_ref().take(self.most).collect();
        let token = page.last().map(|(last, _)| to_token(last)).filter(|_| all.next().is_some());
        let mut answer = json!({ name: page.into_iter().map(|(_, own)| own).collect::<Vec<Value>>() });
        if let Some(token) = token {
            answer["nextToken"] = json!(token);
        }
        answer
    }
}

/// The last name of a page, as clients hand it back: in hexadecimal digits.
fn to_token(last: &str) -> String {
    last.bytes().fold(String::with_capacity(2 * last.len()), |mut token, byte| {
        // Writing to a string cannot fail.
        let _ = write!(token, "{byte:02x}");
        token
    })
}

fn from_token(token: &str) -> Option<String> {
    if !token.len().is_multiple_of(2) || !token.is_ascii() {
        return None;
    }
    let digits = (0..token.len()).step_by(2).map(|at| u8::from_str_radix(&token[at..at + 2], 16).ok());
    String::from_utf8(digits.collect::<Option<Vec<u8>>>()?).ok()
}
