//! Records of protections as JSON, both ways.

use super::ProtectRecord;
use crate::engine::decode::{Interning, account, instrument, named, plan_id, price, side};
use crate::engine::encode::Tables;
use crate::engine::field::{FieldError, Fields, unit};
use crate::engine::json::Json;
use crate::plan::{Cause, Plan, ProtectionState, ProtectionTerms};
use crate::units::{OwnerId, Price, RATE_DECIMALS, Rate};

type Read<T> = Result<T, FieldError>;

pub(in crate::engine) fn write(record: &ProtectRecord, t: Tables<'_>, j: &mut Json) {
    j.str("plan", &Plan::name(record.id()));
    match record {
        ProtectRecord::Set(terms) => write_terms(terms, t, j),
        // Mantissas: the protection's own record names the instrument and its decimals.
        ProtectRecord::Arm { px, .. } | ProtectRecord::Water { px, .. } => j.int("px", px.get()),
        ProtectRecord::Trigger { cause, px, epoch, counter, .. } => {
            j.str("cause", cause.name());
            j.int("px", px.get());
            j.int("epoch", *epoch);
            j.int("counter", *counter);
        }
        ProtectRecord::Ids { epoch, counter, .. } => {
            j.int("epoch", *epoch);
            j.int("counter", *counter);
        }
        ProtectRecord::Backstop { account, instrument, px, .. } => {
            j.str("account", t.accounts.name(*account));
            j.str("instrument", t.instruments.text(*instrument));
            if let Some(px) = px {
                j.int("px", px.get());
            }
        }
        ProtectRecord::End { state, why, .. } => {
            j.str("state", state.name());
            j.str("why", why);
        }
    }
}

fn write_terms(terms: &ProtectionTerms, t: Tables<'_>, j: &mut Json) {
    let decimals = t.instruments.at(terms.instrument).px_decimals;
    j.int("owner", terms.owner.0);
    j.str("account", t.accounts.name(terms.account));
    j.str("instrument", t.instruments.text(terms.instrument));
    j.str("side", terms.side.name());
    if let Some(qty) = terms.qty {
        j.money("qty", qty);
    }
    for (key, px) in [("stop", terms.stop), ("target", terms.target), ("seen", terms.seen)] {
        if let Some(px) = px {
            j.dec(key, px.get(), decimals);
        }
    }
    for (key, rate) in [("trail", terms.trail), ("backstop", terms.backstop)] {
        if let Some(rate) = rate {
            j.dec(key, rate.0, RATE_DECIMALS);
        }
    }
    if let Some(entry) = &terms.entry {
        j.str("entry", entry.as_str());
    }
}

pub(in crate::engine) fn read(kind: u8, f: Fields<'_>, t: &mut Interning<'_>) -> Read<ProtectRecord> {
    let id = plan_id(f)?;
    let px = || Price::new(f.int("px")?).map_err(|e| unit("px", e));
    let number = |key: &str| Ok(f.uint(key)? as u32);
    Ok(match kind {
        60 => ProtectRecord::Set(read_terms(f, t)?),
        61 => ProtectRecord::Arm { id, px: px()? },
        62 => ProtectRecord::Water { id, px: px()? },
        63 => ProtectRecord::Trigger {
            id,
            cause: named(f, "cause", Cause::parse)?,
            px: px()?,
            epoch: number("epoch")?,
            counter: number("counter")?,
        },
        64 => ProtectRecord::Ids { id, epoch: number("epoch")?, counter: number("counter")? },
        65 => ProtectRecord::End {
            id,
            state: named(f, "state", ProtectionState::parse)?,
            why: f.str("why")?.to_owned(),
        },
        66 => ProtectRecord::Backstop {
            id,
            account: account(f, t)?,
            instrument: instrument(f, t)?.id,
            px: f.get("px").map(|_| px()).transpose()?,
        },
        _ => return Err(FieldError::new("kind", "is no record of a protection")),
    })
}

fn read_terms(f: Fields<'_>, t: &mut Interning<'_>) -> Read<ProtectionTerms> {
    let account = account(f, t)?;
    let i = instrument(f, t)?;
    let px = |key: &str| f.get(key).map(|_| price(f, key, i.px_decimals)).transpose();
    Ok(ProtectionTerms {
        id: plan_id(f)?,
        owner: OwnerId(f.uint("owner")? as u16),
        account,
        instrument: i.id,
        side: side(f)?,
        qty: f.opt_money("qty")?,
        stop: px("stop")?,
        target: px("target")?,
        seen: px("seen")?,
        trail: f.get("trail").map(|_| rate(f, "trail")).transpose()?,
        backstop: f.get("backstop").map(|_| rate(f, "backstop")).transpose()?,
        entry: f.get("entry").map(|_| f.client_id("entry")).transpose()?,
    })
}

fn rate(f: Fields<'_>, key: &str) -> Read<Rate> {
    Rate::parse(f.digits(key)?.as_bytes()).map_err(|e| unit(key, e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::accounts::Accounts;
    use crate::engine::field::parse;
    use crate::engine::instruments::InstrumentTable;
    use crate::units::PlanId;

    #[test]
    fn records_read_back_as_written() {
        let (mut instruments, mut accounts) = (InstrumentTable::default(), Accounts::default());
        let whole = br#"{"plan":"protect_007","owner":0,"account":"bybit:main","side":"sell","qty":0.5,"stop":60000.5,
            "instrument":"bybit:linear:BTCUSDT|BTC|USDT|2|3","target":70000,"seen":65000,"trail":0.015,"backstop":0.005,
            "entry":"TGA70000000010"}"#;
        let bare = br#"{"plan":"protect_008","owner":0,"account":"bybit:main","side":"buy","trail":0.01,
            "instrument":"bybit:linear:BTCUSDT|BTC|USDT|2|3"}"#;
        let mut again = |kind: u8, bytes: &[u8]| {
            let value = parse(bytes).unwrap();
            let mut tables = Interning { instruments: &mut instruments, accounts: &mut accounts };
            let record = read(kind, Fields::of(&value).unwrap(), &mut tables).unwrap();
            let tables = Tables { instruments: &instruments, accounts: &accounts };
            let written = Json::object(|j| write(&record, tables, j));
            (record, written)
        };
        for text in [whole.as_slice(), bare.as_slice()] {
            let (terms, written) = again(60, text);
            assert_eq!(again(60, &written).0, terms);
        }
        let (id, px) = (PlanId::protection(7), Price::new(6_500_000).unwrap());
        let records = [
            ProtectRecord::Arm { id, px },
            ProtectRecord::Water { id, px },
            ProtectRecord::Trigger { id, cause: Cause::Trail, px, epoch: 3, counter: 9 },
            ProtectRecord::Ids { id, epoch: 4, counter: 1 },
            ProtectRecord::End { id, state: ProtectionState::Reported, why: "x".to_owned() },
        ];
        for record in records {
            let (instruments, accounts) = (InstrumentTable::default(), Accounts::default());
            let tables = Tables { instruments: &instruments, accounts: &accounts };
            let bytes = Json::object(|j| write(&record, tables, j));
            assert_eq!(again(record.kind(), &bytes).0, record);
        }
    }
}
