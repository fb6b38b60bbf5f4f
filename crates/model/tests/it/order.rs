//! Creation order.
