//! Halts as people see them.

use super::Figure;
use crate::engine::docs::instrument;
use crate::engine::json::Json;
use crate::engine::reducer::Engine;

const MS: i64 = 1_000_000;

impl Engine {
    /// Rows of everything that waits for an acknowledgement.
    pub(in crate::engine) fn write_halts(&self, j: &mut Json) {
        for ((account, figure), halt) in self.state.external.halts() {
            j.obj("", |j| {
                j.str("id", &self.figure_id(*account, *figure));
                j.str("account", &self.accounts.at(*account).name);
                match figure {
                    Figure::Position(id) => instrument(j, self.instruments.at(*id)),
                    Figure::Balance(wallet, asset) => {
                        j.str("exchange", self.accounts.at(*account).venue.name());
                        j.str("wallet", wallet.name());
                        j.str("asset", asset.as_str());
                    }
                }
                j.str("cause", halt.cause.name());
                j.money("ours", halt.ours);
                j.money("theirs", halt.theirs);
                j.int("sinceTs", halt.since / MS);
            });
        }
    }
}
