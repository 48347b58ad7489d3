//! The only PyO3 code.
