//! The reader and the writers against real files.

mod corpus;
