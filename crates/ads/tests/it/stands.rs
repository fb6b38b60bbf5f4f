//! How resources stand with a proxy, asked in the middle of conversations.

use meshwright_ads::Protocol::{Delta, StateOfTheWorld};

use crate::conversation::check;

#[test]
fn a_resource_is_sent_then_accepted_or_refused() {
    check(
        StateOfTheWorld,
        "= CDS a@1; LDS in@1; RDS r@1 s@1 unused@1
         > CDS *
         < CDS [a@1]
         ? CDS
         < CDS a@1 waiting
         > CDS ack
         ? CDS
         < CDS a@1 accepted
         > LDS *
         < LDS [in@1]
         > LDS ack
         > RDS r s
         < RDS [r@1, s@1]
         > RDS ack
         ? RDS
         < RDS r@1 accepted, s@1 accepted
         . 100ms
         = CDS a@2; LDS in@1; RDS r@2 s@1
         < CDS [a@2]
         ? CDS
         < CDS a@2 waiting
         ? RDS
         < RDS r@2 not sent, s@1 accepted
         > CDS nack a: no
         ? CDS
         < CDS a@2 refused
         ? RDS
         < RDS r@2 not sent, s@1 accepted",
    );
}

#[test]
fn what_is_refused_beside_another_may_have_been_taken() {
    check(
        Delta,
        "= CDS a@1 b@1
         > CDS *
         < CDS [a@1, b@1]
         > CDS nack a is bad
         ? CDS
         < CDS a@1 refused, b@1 waiting
         = CDS a@2 b@1
         < CDS [a@2, b@1]
         > CDS ack
         ? CDS
         < CDS a@2 accepted, b@1 accepted",
    );
}

#[test]
fn what_a_proxy_has_from_an_earlier_stream_it_has_accepted() {
    check(
        Delta,
        "= CDS a@1 b@2
         > CDS * has a@1 b@1
         < CDS [b@2]
         ? CDS
         < CDS a@1 accepted, b@2 waiting",
    );
}
