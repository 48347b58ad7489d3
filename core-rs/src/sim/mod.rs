//! Simulated venues speaking the real wire formats.
