//! The client: a call of the model to a request, its answer back, as often as it takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::SystemTime;

use meshwright_model::api::{Call, Failure, MeshApi};
use serde_json::Value;
use ureq::http::Request;

use crate::access::{Access, Options};
use crate::error::Error;
use crate::retry::{Quota, is_transient, pause, random};
use crate::sign::signed;
use crate::transport::{Broken, Limits, Reply};

/// How many calls are made at a time, where none needs another's answer.
pub const PARALLEL: usize = 8;

/// The most of what a stranger answers that is shown.
const MAX_SHOWN: usize = 200;

/// What to do where an endpoint on the loopback wants to know who asks.
const SIGN_IN: &str = "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile";

/// Asks whoever speaks the API.
#[derive(Debug)]
pub struct Client {
    access: Access,
    limits: Limits,
    quota: Quota,
}

/// What one try came to.
enum Tried {
    Answer(Value),
    /// It is not worth another try.
    Failed(Failure),
    /// It may go well the next time.
    Transient {
        failure: Failure,
        is_timeout: bool,
    },
}

impl Client {
    /// A client by options, the environment and the profile. Nothing is sent yet.
    ///
    /// # Errors
    /// What is missing or wrong there.
    pub fn new(options: &Options, limits: Limits) -> Result<Self, Error> {
        Ok(Self { access: Access::of(options, limits)?, limits, quota: Quota::default() })
    }

    fn try_once(&self, call: &Call) -> Result<Tried, Error> {
        match self.access.transport.send(self.request(call)?) {
            Ok(reply) => Ok(self.understood(&reply)),
            Err(broken) => {
                let is_timeout = broken == Broken::Late;
                let is_final = matches!(broken, Broken::TooLarge | Broken::Proxy(_) | Broken::Untrusted(_));
                let failure = failure(&self.error(broken));
                Ok(if is_final { Tried::Failed(failure) } else { Tried::Transient { failure, is_timeout } })
            }
        }
    }

    fn request(&self, call: &Call) -> Result<Request<Vec<u8>>, Error> {
        let url = format!("{}{}", self.access.endpoint.url, call.path_and_query());
        let body = if call.body.is_empty() { Vec::new() } else { serde_json::to_vec(&call.body).unwrap_or_default() };
        let mut request = Request::builder().method(call.operation.method()).uri(url);
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        let request = request.body(body).map_err(|why| Error::Unsigned { why: why.to_string() })?;
        let advice = if self.access.endpoint.is_aws { self.access.endpoint.doubt() } else { "" };
        let missing = |why| Error::NoCredentials { endpoint: self.place(), why, advice };
        match self.access.identity.credentials().map_err(missing)? {
            Some(credentials) => signed(request, credentials, &self.access.region, SystemTime::now()),
            None => Ok(request),
        }
    }

    /// What an answer says.
    fn understood(&self, reply: &Reply) -> Tried {
        let body: Option<Value> = serde_json::from_slice(&reply.body).ok();
        if reply.status == 200
            && let Some(answer @ Value::Object(_)) = body
        {
            return Tried::Answer(answer);
        }
        let code = code(reply, body.as_ref());
        let message = body.as_ref().and_then(|body| ["message", "Message"].iter().find_map(|own| body[*own].as_str()));
        let failure = match (&code, reply.status) {
            (Some(code), 400..) => self.refused(code, reply.status, message.unwrap_or("it gives no reason")),
            _ => failure(&self.not_the_api(reply)),
        };
        if is_transient(reply.status, code.as_deref().unwrap_or_default()) {
            Tried::Transient { failure, is_timeout: false }
        } else {
            Tried::Failed(failure)
        }
    }

    fn refused(&self, exception: &str, status: u16, message: &str) -> Failure {
        let is_known = matches!(status, 400 | 403 | 404 | 409 | 429 | 500 | 503) && exception.ends_with("Exception");
        // Gone services are refused by what stands before them.
        let advice = match exception {
            "MissingAuthenticationTokenException" => SIGN_IN,
            _ if is_known && !self.access.endpoint.is_aws => "",
            _ => self.access.endpoint.doubt(),
        };
        Failure::Refused { exception: exception.to_owned(), status, message: format!("{message}{advice}") }
    }

    fn not_the_api(&self, reply: &Reply) -> Error {
        let start: String = String::from_utf8_lossy(&reply.body).chars().take(MAX_SHOWN).collect();
        let why = match reply.status {
            200 => format!("its answer is no object of JSON: {}", start.trim()),
            status if start.trim().is_empty() => format!("status {status} without a word"),
            status => format!("status {status}: {}", start.trim()),
        };
        Error::NotTheApi { endpoint: self.place(), why, advice: self.access.endpoint.doubt() }
    }

    fn error(&self, broken: Broken) -> Error {
        let (endpoint, advice) = (self.place(), self.access.endpoint.doubt());
        match broken {
            Broken::Unreachable(why) => Error::Unreachable { endpoint, why, advice: self.access.endpoint.advice() },
            Broken::Untrusted(why) => Error::Untrusted { endpoint, why },
            Broken::Late => Error::Late { endpoint, limit: self.limits.timeout, advice },
            Broken::Garbled(why) => Error::NotTheApi { endpoint, why, advice },
            Broken::TooLarge => Error::TooLarge { endpoint, limit: crate::MAX_ANSWER, advice },
            Broken::Proxy(why) => Error::Proxy { endpoint, why },
        }
    }
}

impl MeshApi for Client {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        let mut paid = None;
        for tries in 1.. {
            match self.try_once(call).map_err(|error| failure(&error))? {
                Tried::Answer(answer) => {
                    self.quota.refund(paid);
                    return Ok(answer);
                }
                Tried::Failed(failure) => return Err(failure),
                Tried::Transient { failure, is_timeout } => {
                    if tries >= self.access.attempts {
                        return Err(tried_in_vain(failure, tries));
                    }
                    paid = self.quota.pay(is_timeout);
                    if paid.is_none() {
                        return Err(tried_in_vain(failure, tries));
                    }
                    std::thread::sleep(pause(tries, random()));
                }
            }
        }
        unreachable!("the number of tries is bounded")
    }

    fn call_all(&self, calls: &[Call], done: &mut dyn FnMut()) -> Vec<Result<Value, Failure>> {
        let next = AtomicUsize::new(0);
        // Where nobody answers one call, the others are not made: each would wait as long again.
        let lost: Mutex<Option<Failure>> = Mutex::new(None);
        let is_lost = AtomicBool::new(false);
        let mut answers: Vec<Option<Result<Value, Failure>>> = vec![None; calls.len()];
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..PARALLEL.min(calls.len()) {
                let (sender, next, lost, is_lost) = (sender.clone(), &next, &lost, &is_lost);
                scope.spawn(move || {
                    while !is_lost.load(Ordering::Relaxed)
                        && let Some((position, call)) =
                            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, calls.get(at)?)))
                    {
                        let answer = self.call(call);
                        if let Err(failure @ Failure::NoAnswer(_)) = &answer {
                            lost.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure.clone());
                            is_lost.store(true, Ordering::Relaxed);
                        }
                        // Who receives is there until all senders are gone.
                        let _ = sender.send((position, answer));
                    }
                });
            }
            drop(sender);
            for (position, answer) in receiver {
                answers[position] = Some(answer);
                done();
            }
        });
        let lost = lost.into_inner().unwrap_or_else(PoisonError::into_inner);
        let unasked = || Err(lost.clone().unwrap_or_else(|| Failure::NoAnswer("the call came to nothing".to_owned())));
        answers.into_iter().map(|answer| answer.unwrap_or_else(unasked)).collect()
    }

    fn place(&self) -> String {
        self.access.endpoint.url.clone()
    }
}

/// A refusal that may not stand the next time, with what lets there be one.
fn tried_in_vain(failure: Failure, tries: u32) -> Failure {
    match failure {
        Failure::Refused { exception, status, message } => {
            let times = if tries == 1 { "once".to_owned() } else { format!("{tries} times") };
            let message = format!("{message} (asked {times}; AWS_MAX_ATTEMPTS says how often)");
            Failure::Refused { exception, status, message }
        }
        lost @ Failure::NoAnswer(_) => lost,
    }
}

fn failure(error: &Error) -> Failure {
    Failure::NoAnswer(error.to_string())
}

/// The name of an error. Source: Smithy, AWS restJson1 protocol: a header, else `code`, else `__type`; a namespace before `#` and what
/// follows a `:` are no part of it.
fn code(reply: &Reply, body: Option<&Value>) -> Option<String> {
    let in_body = || body.and_then(|body| ["code", "__type"].iter().find_map(|own| body[*own].as_str()));
    let code = reply.error_type.as_deref().or_else(in_body)?;
    let code = code.split(':').next().unwrap_or(code);
    let code = code.rsplit('#').next().unwrap_or(code).trim();
    (!code.is_empty()).then(|| code.to_owned())
}
