//! The only PyO3 code: bytes in, few frozen effects out. Its contract is `python/tidegate/_core.pyi`.

mod buffer;
mod effect;
mod engine;
mod error;
mod journal;
mod replay;
mod sim;
mod snapshot;

use pyo3::prelude::*;

/// A step makes many small things that live shortly: with the system's allocator a simulated seed costs an eighth more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("CoreError", error::core_error_type(module.py())?.clone_ref(module.py()))?;
    effect::register(module)?;
    engine::register(module)?;
    sim::register(module)?;
    snapshot::register(module)?;
    module.add_class::<journal::JournalReader>()?;
    module.add_class::<replay::Replayer>()
}
