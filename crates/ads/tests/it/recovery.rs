//! Conversations that go on after a refusal, or on a new stream.

use std::collections::BTreeMap;
use std::time::Duration;

use meshwright_ads::Protocol::{Delta, StateOfTheWorld};
use meshwright_ads::session::MAX_NAMES;
use meshwright_ads::{Kind, Request, Session, Snapshot, Wish};

use crate::conversation::check;

#[test]
fn what_was_refused_and_is_taken_back_holds_nothing_up() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1
         > CDS *
         < CDS [a@1]
         > CDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         . 100ms
         = CDS a@1 c@bad; LDS in@2
         < CDS [a@1, c@bad]
         > CDS nack c: no
         = CDS a@1; LDS in@2
         < CDS [a@1]
         > CDS ack
         . 100ms
         < LDS [in@2]",
    );
}

#[test]
fn what_was_refused_with_something_else_is_told_again_with_the_next_change() {
    check(
        Delta,
        "= CDS a@1 b@1
         > CDS *
         < CDS [a@1, b@1]
         > CDS ack
         = CDS a@bad b@2
         < CDS [a@bad, b@2]
         > CDS nack a: no
         = CDS a@3 b@2
         < CDS [a@3, b@2]
         > CDS ack",
    );
}

#[test]
fn hosts_are_told_again_on_a_new_stream() {
    check(
        StateOfTheWorld,
        "= CDS a@1; EDS a@1
         > CDS * has a@1
         > EDS a has a@1
         < EDS [a@1]",
    );
    check(
        Delta,
        "= CDS a@2; EDS a@1
         > CDS * has a@1
         < CDS [a@2]
         > EDS +a has a@1
         < EDS [a@1]
         > EDS ack
         > CDS ack",
    );
}

#[test]
fn what_a_proxy_has_from_an_earlier_stream_serves_until_clusters_are_there() {
    check(
        StateOfTheWorld,
        "= CDS a@1 b@1; LDS in@1; RDS r@to-b
         > CDS * has a@1
         < CDS [a@1, b@1]
         > LDS * has in@1
         > RDS r has r@to-a
         > CDS ack
         . 100ms
         < RDS [r@to-b]",
    );
    check(
        StateOfTheWorld,
        "= CDS a@1
         > CDS * has b@1
         < CDS [a@1]
         > LDS * has in@1
         > CDS ack
         . 100ms
         < LDS []",
    );
}

#[test]
fn a_route_that_is_asked_for_comes_after_clusters_that_wait() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1; RDS r@to-a
         > CDS *
         < CDS [a@1]
         = CDS a@1 b@1; LDS in@1; RDS r@to-b
         > LDS *
         > RDS r
         > CDS ack
         < CDS [a@1, b@1]
         < LDS [in@1]
         < RDS [r@to-b]",
    );
}

#[test]
fn a_later_request_says_nothing_of_earlier_streams() {
    check(
        Delta,
        "= CDS a@1
         > CDS *
         < CDS [a@1]
         > CDS ack
         > CDS +a has gone@1
         < CDS [a@1]
         > CDS ack
         . 100ms
         . 1000ms",
    );
}

#[test]
fn a_proxy_that_asks_for_ever_more_names_is_noticed() {
    let mut session = Session::new(Delta);
    for number in 0..=MAX_NAMES {
        assert!(!session.asks_too_much());
        let wish = Wish::Change { subscribe: vec![number.to_string()], unsubscribe: Vec::new(), has: BTreeMap::new() };
        let request = Request { kind: Kind::Route, nonce: String::new(), error: None, wish };
        let _ = session.on_request(request, None::<&Snapshot>, Duration::ZERO);
    }
    assert!(session.asks_too_much());
}
