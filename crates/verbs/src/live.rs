//! What the verbs of the live side share: whom they ask, what a mesh holds there, and what differs from files.
//!
//! Nothing here opens a connection or waits: whoever calls hands over the API and the time.

pub(crate) mod carry;
pub(crate) mod collect;
pub(crate) mod connected;
pub(crate) mod differences;
mod error;
pub(crate) mod names;
pub(crate) mod plan;
pub(crate) mod planning;
mod remaining;
pub(crate) mod show;
pub(crate) mod waiting;
pub(crate) mod wanted;
mod waves;

use std::time::Duration;

use clap::Args;
use meshwright_model::api::{Call, Event, Failure, MeshApi};
use serde_json::Value;

pub use error::LiveError;
pub use plan::Plan;

/// Whom to ask.
#[derive(Args, Clone, Debug, Default)]
pub struct LiveOptions {
    /// Where the App Mesh API is spoken, such as <http://127.0.0.1:8480> for `meshwright serve`; without it
    /// `AWS_ENDPOINT_URL_APP_MESH`, `AWS_ENDPOINT_URL`, or `endpoint_url` of the profile
    #[arg(long, value_name = "URL")]
    pub endpoint_url: Option<String>,
    /// The AWS region; without it `AWS_REGION`, `AWS_DEFAULT_REGION`, or `region` of the profile
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// The profile of the AWS CLI's files to use; without it `AWS_PROFILE`
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

/// How far something is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'p> {
    /// What is done, such as `describing`.
    pub what: &'p str,
    /// How many steps are done.
    pub done: usize,
    /// How many there are.
    pub of: usize,
    /// How many are made at a time, where whoever answers asked for fewer.
    pub slowed: Option<usize>,
}

/// Whom to ask, whom to tell, and how to wait.
pub struct Live<'l> {
    /// Who speaks the API.
    pub api: &'l dyn MeshApi,
    /// Is told how far it is, often.
    pub watch: &'l mut dyn FnMut(Progress<'_>),
    /// Is told of every change that was made, in a line, as soon as it is.
    pub tell: &'l mut dyn FnMut(&str),
    /// Waits.
    pub pause: &'l dyn Fn(Duration),
    /// The time since a moment that stays the same.
    pub now: &'l dyn Fn() -> Duration,
}

impl Live<'_> {
    /// Answers to calls of which none needs another's answer, in their order.
    pub(crate) fn ask_all(&mut self, what: &str, calls: &[Call]) -> Vec<Result<Value, Failure>> {
        let mut progress = Progress { what, done: 0, of: calls.len(), slowed: None };
        (self.watch)(progress);
        self.api.call_all(calls, &mut |event| {
            match event {
                Event::Answered => progress.done += 1,
                Event::Slowed { at_a_time } => progress.slowed = Some(at_a_time),
            }
            (self.watch)(progress);
        })
    }

    /// The answer to a call.
    pub(crate) fn ask(&mut self, what: &str, call: &Call) -> Result<Value, Failure> {
        self.ask_all(what, std::slice::from_ref(call)).remove(0)
    }
}
