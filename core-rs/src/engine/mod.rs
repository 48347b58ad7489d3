//! The reducer: inputs in, effects out. The only room that composes the others.
