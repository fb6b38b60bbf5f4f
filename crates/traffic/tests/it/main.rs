//! What happens to a request, before judges that we did not write.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
#![expect(clippy::needless_pass_by_value, reason = "what a mesh says reads best where it stands")]
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

mod patterns;
mod tables;
mod trace;
