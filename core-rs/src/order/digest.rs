//! State hashes that do not depend on the numbers handed out to names: replay may intern them in another order.

use crate::units::{AccountId, InstrumentId};
use xxhash_rust::xxh3::xxh3_64;

/// The names behind dense ids, as the engine's tables hold them.
pub trait Names {
    fn instrument(&self, id: InstrumentId) -> &str;
    /// `venue:name`.
    fn account(&self, id: AccountId) -> &str;
}

/// Hash of one row. Rows are combined by wrapping addition, so that their order does not matter.
pub fn row_digest(write: impl FnOnce(&mut Vec<u8>)) -> u64 {
    let mut row = Vec::with_capacity(256);
    write(&mut row);
    xxh3_64(&row)
}

/// Appends a length-prefixed field, so that neighbours can not run into each other.
pub fn push_field(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(bytes);
}
