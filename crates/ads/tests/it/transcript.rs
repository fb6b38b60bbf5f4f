//! Conversations with a proxy, in both protocols.

use meshwright_ads::Protocol::{Delta, StateOfTheWorld};

use crate::conversation::check;

#[test]
fn a_proxy_that_starts_gets_what_it_asks_for() {
    check(
        StateOfTheWorld,
        "= CDS a@1 b@1; EDS a@1; LDS in@1; RDS r@1 s@1
         > CDS *
         < CDS [a@1, b@1]
         > CDS ack
         > EDS a
         < EDS [a@1]
         > EDS ack
         > LDS *
         < LDS [in@1]
         > RDS r
         < RDS [r@1]
         > LDS ack
         > RDS ack
         > RDS r s
         < RDS [r@1, s@1]
         > RDS ack",
    );
    check(
        Delta,
        "= CDS a@1 b@1; EDS a@1; LDS in@1; RDS r@1 s@1
         > CDS *
         < CDS [a@1, b@1]
         > EDS +a
         < EDS [a@1]
         > CDS ack
         > EDS ack
         > LDS *
         < LDS [in@1]
         > RDS +r
         < RDS [r@1]
         > RDS +s
         > RDS ack
         < RDS [s@1]
         > RDS ack
         > LDS ack",
    );
}

#[test]
fn where_there_is_nothing_a_proxy_that_asks_for_all_hears_that() {
    check(StateOfTheWorld, "> CDS *\n< CDS []\n> CDS ack\n> EDS a\n> LDS *\n< LDS []");
    check(Delta, "> CDS *\n< CDS []\n> CDS ack\n> EDS +a\n< EDS [] -a\n> LDS *\n< LDS []");
}

#[test]
fn only_what_changed_is_sent() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1; RDS r@1 s@1
         > CDS *
         < CDS [a@1]
         > CDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS r s
         < RDS [r@1, s@1]
         > RDS ack
         . 100ms
         = CDS a@1; LDS in@1; RDS r@2 s@1
         < RDS [r@2, s@1]
         > RDS ack
         = CDS a@1; LDS in@1; RDS r@2 s@1
         = CDS a@1; LDS in@1; RDS r@2 s@1 unused@1",
    );
    check(
        Delta,
        "= CDS a@1; LDS in@1; RDS r@1 s@1
         > CDS *
         < CDS [a@1]
         > CDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS +r +s
         < RDS [r@1, s@1]
         > RDS ack
         . 100ms
         = CDS a@1; LDS in@1; RDS r@2 s@1
         < RDS [r@2]
         > RDS ack
         = CDS a@1; LDS in@1; RDS r@2
         < RDS [] -s
         > RDS ack
         > RDS -s
         = CDS a@1; LDS in@1; RDS r@2 s@1",
    );
}

#[test]
fn a_cluster_comes_before_its_route_and_goes_after_it() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1; RDS r@to-a
         > CDS *
         < CDS [a@1]
         > CDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS r
         < RDS [r@to-a]
         > RDS ack
         . 100ms
         = CDS b@1; LDS in@1; RDS r@to-b
         < CDS [a@1, b@1]
         . 500ms
         > CDS ack
         . 99ms
         . 1ms
         < RDS [r@to-b]
         . 5000ms
         > RDS ack
         . 999ms
         . 1ms
         < CDS [b@1]
         > CDS ack",
    );
    check(
        Delta,
        "= CDS a@1; LDS in@1; RDS r@to-a
         > CDS *
         < CDS [a@1]
         > CDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS +r
         < RDS [r@to-a]
         > RDS ack
         . 100ms
         = CDS b@1; LDS in@1; RDS r@to-b
         < CDS [b@1]
         > CDS ack
         . 100ms
         < RDS [r@to-b]
         > RDS ack
         . 1000ms
         < CDS [] -a
         > CDS ack",
    );
}

#[test]
fn routes_wait_for_the_hosts_of_new_clusters() {
    let start = "= CDS a@1; EDS a@1; LDS in@1; RDS r@to-a
         > CDS *
         < CDS [a@1]
         > CDS ack
         > EDS a
         < EDS [a@1]
         > EDS ack
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS r
         < RDS [r@to-a]
         > RDS ack
         . 100ms
         = CDS a@1 b@1; EDS a@1 b@1; LDS in@1; RDS r@to-b
         < CDS [a@1, b@1]
         > CDS ack
         < EDS [a@1]
         > EDS ack
         . 100ms\n";
    let hosts_first = "> EDS a b
         < EDS [a@1, b@1]
         > EDS ack
         < RDS [r@to-b]";
    check(
        StateOfTheWorld,
        &format!("{}{hosts_first}", start.replace("< EDS [a@1]\n         > EDS ack\n         . 100ms\n", ". 100ms\n")),
    );
    let never = ". 1899ms\n. 1ms\n< RDS [r@to-b]";
    check(
        StateOfTheWorld,
        &format!("{}{never}", start.replace("< EDS [a@1]\n         > EDS ack\n         . 100ms\n", ". 100ms\n")),
    );
}

#[test]
fn hosts_are_told_again_when_their_cluster_has_changed() {
    check(
        StateOfTheWorld,
        "= CDS a@1 b@1; EDS a@1 b@1
         > CDS *
         < CDS [a@1, b@1]
         > CDS ack
         > EDS a b
         < EDS [a@1, b@1]
         > EDS ack
         = CDS a@health-check b@1; EDS a@1 b@1
         < CDS [a@health-check, b@1]
         > CDS ack
         < EDS [a@1, b@1]
         > EDS ack
         > EDS a b",
    );
    check(
        Delta,
        "= CDS a@1 b@1; EDS a@1 b@1
         > CDS *
         < CDS [a@1, b@1]
         > CDS ack
         > EDS +a +b
         < EDS [a@1, b@1]
         > EDS ack
         = CDS a@health-check b@1; EDS a@1 b@1
         < CDS [a@health-check]
         > CDS ack
         < EDS [a@1]
         > EDS ack",
    );
}

#[test]
fn a_refusal_stops_what_comes_after_and_nothing_is_repeated() {
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
         = CDS a@bad; LDS in@2
         < CDS [a@bad]
         > CDS nack a: no
         . 5000ms
         = CDS a@bad; LDS in@2
         = CDS a@1; LDS in@2
         < CDS [a@1]
         > CDS ack
         . 100ms
         < LDS [in@2]",
    );
}

#[test]
fn a_slow_proxy_is_told_the_newest_state_alone() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1
         > CDS *
         < CDS [a@1]
         = CDS a@2; LDS in@1
         = CDS a@3; LDS in@1
         = CDS a@4; LDS in@1
         > CDS ack
         < CDS [a@4]
         > CDS ack",
    );
}

#[test]
fn a_stale_answer_changes_nothing() {
    check(
        StateOfTheWorld,
        "= CDS a@1
         > CDS *
         < CDS [a@1]
         > CDS stale
         = CDS a@2
         > CDS ack
         < CDS [a@2]
         > CDS stale
         = CDS a@3
         > CDS ack
         < CDS [a@3]",
    );
}

#[test]
fn a_proxy_that_comes_again_is_sent_only_what_it_has_not() {
    check(
        StateOfTheWorld,
        "= CDS a@1 b@1; LDS in@2; RDS r@1 s@1
         > CDS * has a@1 b@1
         > LDS * has in@1
         < LDS [in@2]
         > RDS r has r@1
         = CDS a@2 b@1; LDS in@2; RDS r@1 s@1
         < CDS [a@2, b@1]",
    );
    check(
        Delta,
        "= CDS a@1 b@2; LDS in@1; RDS r@1 s@1
         > CDS * has a@1 b@1 gone@1
         < CDS [b@2]
         > CDS ack
         > LDS * has in@1
         > RDS +r +s has r@1
         < RDS [s@1]
         > RDS ack
         . 100ms
         . 1000ms
         < CDS [] -gone",
    );
}

#[test]
fn what_is_asked_for_again_is_sent_again() {
    check(
        Delta,
        "= EDS a@1
         > EDS +a
         < EDS [a@1]
         > EDS ack
         > EDS +a
         < EDS [a@1]
         > EDS ack
         > EDS -a
         = EDS a@2
         > EDS +a
         < EDS [a@2]",
    );
    check(
        StateOfTheWorld,
        "= RDS r@1 s@1
         > RDS r
         < RDS [r@1]
         > RDS ack
         > RDS s
         < RDS [s@1]
         > RDS ack
         > RDS r s
         < RDS [r@1, s@1]
         > RDS ack
         > RDS r r
         > RDS r s
         < RDS [r@1, s@1]",
    );
}

#[test]
fn a_name_that_is_not_there_is_sent_once_it_is() {
    check(StateOfTheWorld, "> RDS r\n= RDS r@1\n< RDS [r@1]\n> RDS ack\n= RDS\n= RDS r@1\n< RDS [r@1]");
    check(
        Delta,
        "> RDS +r\n< RDS [] -r\n> RDS ack\n= RDS r@1\n< RDS [r@1]\n> RDS ack\n= RDS\n< RDS [] -r\n> RDS ack\n= RDS r@1\n< RDS [r@1]",
    );
}

#[test]
fn all_may_be_asked_for_by_an_asterisk_beside_names() {
    check(
        Delta,
        "= CDS a@1 b@1
         > CDS +* +a
         < CDS [a@1, b@1]
         > CDS ack
         > CDS -*
         = CDS a@2 b@2
         < CDS [a@2]",
    );
}
