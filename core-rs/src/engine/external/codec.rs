//! These records as JSON, both ways.

use super::{Correction, ExternalRecord, Figure};
use crate::engine::decode::{Interning, account, instrument, named, wallet};
use crate::engine::encode::Tables;
use crate::engine::field::{FieldError, Fields};
use crate::engine::json::Json;
use crate::ledger::{MoveKind, MoveReport};
use crate::units::{AccountId, InstrumentId};

type Read<T> = Result<T, FieldError>;

pub(in crate::engine) fn write(record: &ExternalRecord, t: Tables<'_>, j: &mut Json) {
    match record {
        ExternalRecord::Differs { account, figure, ours, theirs } => {
            write_figure(*account, *figure, t, j);
            j.money("ours", *ours);
            j.money("theirs", *theirs);
        }
        ExternalRecord::Acknowledged { account, figure, correction } => {
            write_figure(*account, *figure, t, j);
            if let Some(by) = correction {
                j.money("qty", by.qty);
                j.money("px", by.px);
            }
        }
        ExternalRecord::Moved { account, report } => {
            j.str("account", t.accounts.name(*account));
            j.str("id", report.id.as_str());
            j.str("kind", report.kind.name());
            j.str("wallet", report.wallet.name());
            j.str("asset", report.asset.as_str());
            j.money("amount", report.amount);
            if let Some(id) = report.instrument {
                j.str("instrument", &reference(id, t));
            }
            j.int("venueNs", report.venue_ns);
        }
    }
}

fn reference(id: InstrumentId, t: Tables<'_>) -> String {
    t.instruments.reference(id).text()
}

fn write_figure(account: AccountId, figure: Figure, t: Tables<'_>, j: &mut Json) {
    j.str("account", t.accounts.name(account));
    match figure {
        Figure::Position(id) => j.str("instrument", &reference(id, t)),
        Figure::Balance(wallet, asset) => {
            j.str("wallet", wallet.name());
            j.str("asset", asset.as_str());
        }
    }
}

fn read_figure(f: Fields<'_>, t: &mut Interning<'_>) -> Read<Figure> {
    Ok(match f.get("instrument") {
        Some(_) => Figure::Position(instrument(f, t)?.id),
        None => Figure::Balance(named(f, "wallet", wallet)?, f.text("asset")?),
    })
}

pub(in crate::engine) fn read(kind: u8, f: Fields<'_>, t: &mut Interning<'_>) -> Read<ExternalRecord> {
    let account = account(f, t)?;
    Ok(match kind {
        70 => ExternalRecord::Differs {
            account,
            figure: read_figure(f, t)?,
            ours: f.money("ours")?,
            theirs: f.money("theirs")?,
        },
        71 => ExternalRecord::Acknowledged {
            account,
            figure: read_figure(f, t)?,
            correction: match f.get("qty") {
                Some(_) => Some(Correction { qty: f.money("qty")?, px: f.money("px")? }),
                None => None,
            },
        },
        _ => ExternalRecord::Moved {
            account,
            report: MoveReport {
                id: f.text("id")?,
                kind: named(f, "kind", MoveKind::parse)?,
                wallet: named(f, "wallet", wallet)?,
                asset: f.text("asset")?,
                amount: f.money("amount")?,
                instrument: match f.get("instrument") {
                    Some(_) => Some(instrument(f, t)?.id),
                    None => None,
                },
                venue_ns: f.int("venueNs")?,
            },
        },
    })
}
