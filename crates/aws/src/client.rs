//! The client: a call of the model to a request, its answer back, as often as it takes.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::SystemTime;

use meshwright_model::api::{Call, Event, Failure, MeshApi};
use serde_json::Value;
use ureq::http::Request;

use crate::access::{Access, Options};
use crate::error::Error;
use crate::pace::{PARALLEL, Pace, TooMuch};
use crate::retry::{Quota, is_throttling, is_transient, pause, random};
use crate::sign::signed;
use crate::transport::{Broken, Limits, Reply};

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
    pace: Pace,
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
    /// There were too many calls.
    TooMuch(Failure),
}

impl Client {
    /// A client by options, the environment and the profile. Nothing is sent yet.
    ///
    /// # Errors
    /// What is missing or wrong there.
    pub fn new(options: &Options, limits: Limits) -> Result<Self, Error> {
        Ok(Self {
            access: Access::of(options, limits)?,
            limits,
            quota: Quota::default(),
            pace: Pace::new(limits.pause),
        })
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
        if is_throttling(reply.status, code.as_deref().unwrap_or_default()) {
            Tried::TooMuch(failure)
        } else if is_transient(reply.status, code.as_deref().unwrap_or_default()) {
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

impl Client {
    /// Asks as often as it takes; `slowed` is told where fewer calls are made at a time.
    fn ask(&self, call: &Call, slowed: &dyn Fn(usize)) -> Result<Value, Given> {
        let (mut paid, mut faults) = (None, 0);
        for tries in 1.. {
            let turn = self.pace.turn();
            let is_last = tries >= self.access.attempts;
            match self.try_once(call) {
                Ok(Tried::Answer(answer)) => {
                    self.pace.answered(turn);
                    self.quota.refund(paid);
                    return Ok(answer);
                }
                Ok(Tried::Failed(failure)) => {
                    self.pace.answered(turn);
                    return Err(Given::up(failure));
                }
                Ok(Tried::TooMuch(failure)) => match self.pace.too_much(&turn) {
                    TooMuch::InVain => return Err(Given { is_for_all: true, failure: still_too_much(failure) }),
                    _ if is_last && self.access.is_bounded => return Err(Given::up(tried_in_vain(failure, tries))),
                    TooMuch::Slowed(at_a_time) => slowed(at_a_time),
                    TooMuch::Known => {}
                },
                Ok(Tried::Transient { failure, is_timeout }) => {
                    self.pace.lost(turn);
                    faults += 1;
                    let is_last = if self.access.is_bounded { is_last } else { faults >= self.access.attempts };
                    paid = if is_last { None } else { self.quota.pay(is_timeout) };
                    if paid.is_none() {
                        return Err(Given::up(tried_in_vain(failure, tries)));
                    }
                    std::thread::sleep(pause(self.limits.pause, faults, random()));
                }
                Err(error) => {
                    self.pace.lost(turn);
                    return Err(Given::up(failure(&error)));
                }
            }
        }
        unreachable!("the number of tries is bounded")
    }
}

/// Why a call is given up.
struct Given {
    failure: Failure,
    /// Whether the others would come to the same.
    is_for_all: bool,
}

impl Given {
    /// Where nobody answers one call, each of the others would wait as long again.
    fn up(failure: Failure) -> Self {
        Self { is_for_all: matches!(failure, Failure::NoAnswer(_)), failure }
    }
}

impl MeshApi for Client {
    fn call(&self, call: &Call) -> Result<Value, Failure> {
        self.ask(call, &|_| {}).map_err(|given| given.failure)
    }

    fn call_all(&self, calls: &[Call], watch: &mut dyn FnMut(Event)) -> Vec<Result<Value, Failure>> {
        let next = AtomicUsize::new(0);
        let lost: Mutex<Option<Failure>> = Mutex::new(None);
        let is_lost = AtomicBool::new(false);
        let mut answers: Vec<Option<Result<Value, Failure>>> = vec![None; calls.len()];
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            for _ in 0..PARALLEL.min(calls.len()) {
                let (sender, next, lost, is_lost) = (sender.clone(), &next, &lost, &is_lost);
                scope.spawn(move || {
                    // Who receives is there until all senders are gone.
                    let slowed = |at_a_time| _ = sender.send(Err(at_a_time));
                    while !is_lost.load(Ordering::Relaxed)
                        && let Some((position, call)) =
                            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, calls.get(at)?)))
                    {
                        let answer = self.ask(call, &slowed);
                        if let Err(Given { failure, is_for_all: true }) = &answer {
                            lost.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure.clone());
                            is_lost.store(true, Ordering::Relaxed);
                        }
                        let _ = sender.send(Ok((position, answer.map_err(|given| given.failure))));
                    }
                });
            }
            drop(sender);
            for said in receiver {
                watch(match said {
                    Ok((position, answer)) => {
                        answers[position] = Some(answer);
                        Event::Answered
                    }
                    Err(at_a_time) => Event::Slowed { at_a_time },
                });
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

/// A refusal of calls that were still too many, one at a time and after long pauses.
fn still_too_much(failure: Failure) -> Failure {
    match failure {
        Failure::Refused { exception, status, message } => {
            let message = format!("{message} (still so with one call at a time and pauses between; try again later)");
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
