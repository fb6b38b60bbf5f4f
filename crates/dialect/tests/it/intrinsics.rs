//! intrinsics
