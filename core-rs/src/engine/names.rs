//! The names behind dense ids, as the engine's tables hold them.

use super::instruments::InstrumentTable;
use crate::order::Names;
use crate::units::{AccountId, InstrumentId};

/// The names of a hash of state.
pub(super) struct TableNames<'a> {
    pub instruments: &'a InstrumentTable,
    pub accounts: &'a [String],
}

impl Names for TableNames<'_> {
    fn instrument(&self, id: InstrumentId) -> &str {
        self.instruments.name(id)
    }

    fn account(&self, id: AccountId) -> &str {
        self.accounts.get(id.0 as usize).map_or("", String::as_str)
    }
}
