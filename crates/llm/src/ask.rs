//! Asks a model until its answer is a valid intent, a bounded number of times.

use meshwright_language::Understanding;
use serde_json::Value;

use crate::error::Error;
use crate::prompt::{Attempt, Form, Prompt, Request, prompt};
use crate::provider::{Access, Provider};
use crate::reply::{Said, Stop, judge, read, schema};
use crate::transport::{Call, Limits, Transport};
use crate::{anthropic, bedrock, openai};

/// How often a model is asked in all.
pub const MAX_TRIES: usize = 3;

/// A model is about to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The number of the try, from 1.
    pub tries: usize,
}

/// What a model understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The intent, with what the model asks and assumes.
    pub understanding: Understanding,
    /// How many tries it took.
    pub tries: usize,
}

/// Asks a model what a request means. This is the only function that sends anything, and it sends to one host alone.
///
/// # Errors
/// Says why there is no valid intent, and what to do about it.
pub fn ask(
    access: &Access,
    limits: Limits,
    request: &Request,
    progress: &mut dyn FnMut(Progress),
) -> Result<Read, Error> {
    let transport = Transport::new(access, limits)?;
    let schema = schema();
    let mut form = Form::Structured;
    let mut last: Option<Attempt> = None;
    for tries in 1..=MAX_TRIES {
        progress(Progress { tries });
        let put = |form: Form| prompt(access.provider, form, request, &schema, last.as_ref());
        let mut answer = transport.send(&call(access, &put(form), form));
        if form == Form::Structured && answer.as_ref().is_err_and(is_about_form) {
            form = Form::Plain;
            answer = transport.send(&call(access, &put(form), form));
        }
        let said = said(access, &answer?)?;
        match read(&said).and_then(|reply| {
            let is_clean = !access.has_key_in(&serde_json::to_string(&reply).unwrap_or_default());
            Ok((judge(reply, request.mesh.is_some())?, is_clean))
        }) {
            Ok((_, false)) => return Err(Error::KeyReturned { host: access.endpoint.host.clone() }),
            Ok((understanding, true)) => return Ok(Read { understanding, tries }),
            Err(problems) => last = Some(Attempt { answer: text(said), problems }),
        }
    }
    let problems = last.map(|last| last.problems).unwrap_or_default();
    Err(Error::NotAccepted {
        tries: MAX_TRIES,
        problems: problems.iter().map(|problem| access.shown(problem)).collect(),
    })
}

fn call(access: &Access, prompt: &Prompt, form: Form) -> Call {
    match access.provider {
        Provider::Anthropic => anthropic::call(access, prompt, form),
        Provider::OpenAi => openai::call(access, prompt, form),
        Provider::Bedrock => bedrock::call(access, prompt, form),
    }
}

fn said(access: &Access, answer: &Value) -> Result<Said, Error> {
    let said = match access.provider {
        Provider::Anthropic => anthropic::read(answer),
        Provider::OpenAi => openai::read(answer),
        Provider::Bedrock => bedrock::read(answer),
    };
    said.map_err(|stop| match stop {
        Stop::Refusal(reason) => Error::Refusal { reason: access.shown(&reason) },
        Stop::Truncated(reason) => Error::Truncated { reason: access.shown(&reason) },
        Stop::NotTheInterface(why) => Error::NotTheInterface {
            host: access.endpoint.host.clone(),
            why: why.to_owned(),
            variable: access.provider.names().base_url,
        },
    })
}

/// Whether the host refuses the way in which an answer of a certain form was asked for, so that it is worth asking without.
fn is_about_form(error: &Error) -> bool {
    let Error::Rejected { status: 400 | 422, message, .. } = error else { return false };
    let message = message.to_ascii_lowercase();
    ["response_format", "json_schema", "tool"].iter().any(|word| message.contains(word))
}

fn text(said: Said) -> String {
    match said {
        Said::Structured(value) => value.to_string(),
        Said::Text(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::provider::{Environment, Variables};

    /// Words of the three interfaces and of a reply, among others.
    const WORDS: &[&str] = &[
        "content",
        "type",
        "text",
        "tool_use",
        "name",
        "give_intent",
        "input",
        "stop_reason",
        "refusal",
        "choices",
        "message",
        "finish_reason",
        "output",
        "toolUse",
        "stopReason",
        "intent",
        "questions",
        "mesh",
        "stop_details",
        "0",
        "x",
    ];

    /// JSON that is often nearly an answer.
    fn json() -> impl Strategy<Value = Value> {
        let word = || proptest::sample::select(WORDS).prop_map(str::to_owned);
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            word().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from)
        ];
        leaf.prop_recursive(6, 64, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((word(), inner), 0..6)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_answer_panics(answer in json(), text in "[{}\\[\\]\":,a-z0-9 `]{0,60}") {
            let own = || Variables {
                base_url: None, key: Some("key-0123456789".to_owned()), model: Some("m".to_owned()),
            };
            let environment = Environment {
                anthropic: own(), openai: own(), bedrock: own(), region: Some("eu-west-1".to_owned()), ..Environment::default()
            };
            for provider in [Provider::Anthropic, Provider::OpenAi, Provider::Bedrock] {
                let access = Access::choose(Some(provider), None, &environment).unwrap();
                if let Ok(said) = said(&access, &answer) {
                    let _ = read(&said).and_then(|reply| judge(reply, true));
                }
            }
            let _ = read(&Said::Text(text));
            let _ = read(&Said::Structured(answer));
        }
    }
}
