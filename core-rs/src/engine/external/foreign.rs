//! Orders of other clients of the same account: counted in what is at risk and in what is set aside, never touched.

use crate::engine::Effects;
use crate::engine::reducer::Engine;
use crate::order::{ClientRef, OrderReport};
use crate::risk::Exposure;
use crate::units::{AccountId, InstrumentId, Money, Now, Ns, Price, Qty, Side, VenueOrderId};
use std::collections::BTreeSet;

/// Foreign open orders remembered per account; more are told and not counted.
const FOREIGN_MAX: usize = 1_000;

/// An open order that is not ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Foreigner {
    pub instrument: InstrumentId,
    pub side: Side,
    pub px: Option<Price>,
    /// What may still fill.
    pub left: Qty,
    /// When it was last heard of, monotonic.
    pub heard: Ns,
}

impl Engine {
    /// An order that is not ours: told once.
    pub(in crate::engine) fn note_foreign(
        &mut self,
        now: Now,
        account: AccountId,
        report: &OrderReport,
        out: &mut Effects,
    ) {
        if report.client == ClientRef::Venue {
            self.strangers.insert((account, report.instrument, report.venue_id), report.client);
        }
        let order = Foreigner {
            instrument: report.instrument,
            side: report.side,
            px: report.px,
            left: report.qty.minus_or_zero(report.filled),
            heard: now.mono,
        };
        let foreign = &mut self.recon_mut(account).foreign;
        if report.status.is_end() {
            foreign.remove(&report.venue_id);
        } else if let Some(known) = foreign.get_mut(&report.venue_id) {
            // News may come in another order than it was made: what is left only shrinks.
            *known = Foreigner { left: known.left.min(order.left), ..order };
        } else {
            let full = foreign.len() >= FOREIGN_MAX;
            if !full {
                foreign.insert(report.venue_id, order);
            }
            let counted = if full { "too many to be counted" } else { "counted in exposure" };
            let text = format!(
                "{}: open order {} is not ours; {counted}",
                self.instruments.name(report.instrument),
                report.venue_id
            );
            self.alert(now, "warning", "EXTERNAL_ORDER", &text, out);
        }
    }

    /// A whole list of open orders, asked for at `asked`: what is not in it is over.
    pub(in crate::engine) fn foreign_listed(
        &mut self,
        account: AccountId,
        of: impl Fn(InstrumentId) -> bool,
        listed: &BTreeSet<VenueOrderId>,
        asked: Ns,
    ) {
        let foreign = &mut self.recon_mut(account).foreign;
        foreign.retain(|id, order| !of(order.instrument) || listed.contains(id) || order.heard >= asked);
    }

    /// What another client's order is ready to pay.
    pub(in crate::engine) fn foreign_px(&self, id: InstrumentId) -> Option<Price> {
        let orders = self.recon.iter().flat_map(|recon| recon.foreign.values());
        orders.filter(|order| order.instrument == id).find_map(|order| order.px)
    }

    /// What other clients' orders may still fill, and what the venue holds more or less than we know of.
    pub(in crate::engine) fn add_foreign(&self, all: &mut Vec<(InstrumentId, Exposure)>) {
        for recon in &self.recon {
            for order in recon.foreign.values() {
                let decimals = self.instruments.at(order.instrument).qty_decimals;
                let left = Money::of_qty(order.left, decimals);
                let _counted = crate::engine::facts::slot(all, order.instrument).add(order.side, left);
            }
            // What was seen in passing only may be a fill on its way.
            for (instrument, differs) in recon.differs.iter().filter(|(_, differs)| differs.quiet.is_some()) {
                let side = if differs.amount.0 > 0 { Side::Buy } else { Side::Sell };
                let amount = Money(differs.amount.0.saturating_abs());
                let _counted = crate::engine::facts::slot(all, *instrument).add(side, amount);
            }
        }
    }
}
