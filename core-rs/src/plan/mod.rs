//! Level-triggered multi-leg plans.
