//! The gate: a table of checks. Only it can make an approved intent.
