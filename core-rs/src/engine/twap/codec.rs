//! Records of TWAPs as JSON, both ways.

use super::TwapRecord;
use super::record::TwapTurn;
use crate::engine::decode::{Interning, account, instrument, named, plan_id, price, side};
use crate::engine::encode::Tables;
use crate::engine::field::{FieldError, Fields};
use crate::engine::json::Json;
use crate::plan::{Bench, Plan, TwapLeg, TwapState, TwapTerms};
use crate::units::{MONEY_DECIMALS, Money, OwnerId, Price, RATE_DECIMALS, Rate, parse_fixed};

type Read<T> = Result<T, FieldError>;

pub(in crate::engine) fn write(record: &TwapRecord, t: Tables<'_>, j: &mut Json) {
    j.str("plan", &Plan::name(record.id()));
    match record {
        TwapRecord::Terms { terms, start } => {
            j.bool("start", *start);
            write_terms(terms, t, j);
        }
        TwapRecord::Turn { turn, .. } => j.str("turn", turn.name()),
        TwapRecord::Slice { slot, qty, px, bench, .. } => {
            j.int("slot", *slot);
            j.arr("legs", |j| {
                for leg in 0..2 {
                    j.obj("", |j| {
                        j.money("qty", qty[leg]);
                        // A mantissa: the plan's record names the instrument and its decimals.
                        j.int("px", px[leg].map_or(0, Price::get));
                    });
                }
            });
            write_bench(bench, j);
        }
        TwapRecord::End { state, why, bench, .. } => {
            j.str("state", state.name());
            j.str("why", why);
            write_bench(bench, j);
        }
    }
}

fn write_terms(terms: &TwapTerms, t: Tables<'_>, j: &mut Json) {
    j.int("owner", terms.owner.0);
    j.str("name", &terms.name);
    for (key, amount) in [
        ("total", terms.total),
        ("slice", terms.slice),
        ("lot", terms.lot),
        ("least", terms.least),
        ("base", terms.base),
    ] {
        j.money(key, amount);
    }
    j.int("intervalNs", terms.interval);
    j.dec("randomize", terms.randomize.0, RATE_DECIMALS);
    j.int("offsetBps", terms.offset_bps);
    if let Some(share) = terms.participation {
        j.dec("participation", share.0, RATE_DECIMALS);
    }
    j.int("epoch", terms.epoch);
    j.int("counter", terms.counter);
    j.arr("legs", |j| {
        for leg in &terms.legs {
            j.obj("", |j| {
                j.str("account", t.accounts.name(leg.account));
                j.str("instrument", t.instruments.text(leg.instrument));
                j.str("side", leg.side.name());
                if let Some(px) = leg.px_limit {
                    j.dec("px", px.get(), t.instruments.at(leg.instrument).px_decimals);
                }
            });
        }
    });
}

fn write_bench(bench: &[Bench; 2], j: &mut Json) {
    j.arr("bench", |j| {
        for leg in bench {
            j.obj("", |j| {
                j.dec("weighted", leg.weighted, MONEY_DECIMALS);
                j.int("ms", leg.ms);
            });
        }
    });
}

pub(in crate::engine) fn read(kind: u8, f: Fields<'_>, t: &mut Interning<'_>) -> Read<TwapRecord> {
    let id = plan_id(f)?;
    Ok(match kind {
        40 => TwapRecord::Terms { terms: read_terms(f, t)?, start: f.bool("start")? },
        41 => TwapRecord::Turn {
            id,
            turn: named(f, "turn", |name| TwapTurn::ALL.into_iter().find(|turn| turn.name() == name))?,
        },
        42 => {
            let legs = pair(f, "legs", |f| {
                let px = f.int("px")?;
                Ok((f.money("qty")?, if px > 0 { Price::new(px).ok() } else { None }))
            })?;
            TwapRecord::Slice {
                id,
                slot: f.uint("slot")? as u32,
                qty: legs.map(|(qty, _)| qty),
                px: legs.map(|(_, px)| px),
                bench: pair(f, "bench", read_bench)?,
            }
        }
        43 => TwapRecord::End {
            id,
            state: named(f, "state", TwapState::parse)?,
            why: f.str("why")?.to_owned(),
            bench: pair(f, "bench", read_bench)?,
        },
        _ => return Err(FieldError::new("kind", "is no record of a TWAP")),
    })
}

fn read_terms(f: Fields<'_>, t: &mut Interning<'_>) -> Read<TwapTerms> {
    let mut legs = Vec::new();
    for value in f.arr("legs")?.iter().take(2) {
        let f = Fields::of(value)?;
        let account = account(f, t)?;
        let i = instrument(f, t)?;
        let px_limit = f.get("px").map(|_| price(f, "px", i.px_decimals)).transpose()?;
        legs.push(TwapLeg { account, instrument: i.id, side: side(f)?, px_limit });
    }
    if legs.is_empty() {
        return Err(FieldError::new("legs", "must be one or two"));
    }
    Ok(TwapTerms {
        id: plan_id(f)?,
        owner: OwnerId(f.uint("owner")? as u16),
        name: f.str("name")?.to_owned(),
        total: f.money("total")?,
        slice: f.money("slice")?,
        interval: f.int("intervalNs")?,
        randomize: rate(f, "randomize")?,
        offset_bps: f.int("offsetBps")?,
        participation: f.get("participation").map(|_| rate(f, "participation")).transpose()?,
        lot: f.money("lot")?,
        least: f.money("least")?,
        base: f.money("base")?,
        legs,
        epoch: f.uint("epoch")? as u32,
        counter: f.uint("counter")? as u32,
    })
}

fn rate(f: Fields<'_>, key: &str) -> Read<Rate> {
    parse_fixed(f.digits(key)?.as_bytes(), RATE_DECIMALS)
        .map(Rate)
        .map_err(|e| crate::engine::field::unit(key, e))
}

fn read_bench(f: Fields<'_>) -> Read<Bench> {
    let weighted: Money = f.money("weighted")?;
    Ok(Bench { weighted: weighted.0, ms: f.int("ms")? })
}

fn pair<T: Copy>(f: Fields<'_>, key: &str, each: impl Fn(Fields<'_>) -> Read<T>) -> Read<[T; 2]> {
    let [first, second] = f.arr(key)? else { return Err(FieldError::new(key, "must be two")) };
    Ok([each(Fields::of(first)?)?, each(Fields::of(second)?)?])
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
        let text = br#"{"plan":"twap_007","start":true,"owner":0,"name":"b\"uy","total":1.5,"slice":0.1,"lot":0.001,
            "least":0.001,"base":0,"intervalNs":1000000000,"randomize":0.2,"offsetBps":5,"participation":0.1,"epoch":3,
            "counter":9,"legs":[{"account":"bybit:main","instrument":"bybit:linear:BTCUSDT|BTC|USDT|2|3","side":"sell",
            "px":68000.1}]}"#;
        let mut again = |kind: u8, bytes: &[u8]| {
            let value = parse(bytes).unwrap();
            let mut tables = Interning { instruments: &mut instruments, accounts: &mut accounts };
            let record = read(kind, Fields::of(&value).unwrap(), &mut tables).unwrap();
            let tables = Tables { instruments: &instruments, accounts: &accounts };
            let written = Json::object(|j| write(&record, tables, j));
            (record, written)
        };
        let (terms, written) = again(40, text);
        assert_eq!(again(40, &written).0, terms);
        let id = PlanId::twap(7);
        let bench = [Bench { weighted: 15, ms: 3 }, Bench::default()];
        let px = [Price::new(5).ok(), None];
        let records = [
            TwapRecord::Turn { id, turn: TwapTurn::Pause },
            TwapRecord::Slice { id, slot: 4, qty: [Money(7), Money(0)], px, bench },
            TwapRecord::End { id, state: TwapState::Failed, why: "x".to_owned(), bench },
        ];
        for record in records {
            let (instruments, accounts) = (InstrumentTable::default(), Accounts::default());
            let tables = Tables { instruments: &instruments, accounts: &accounts };
            let bytes = Json::object(|j| write(&record, tables, j));
            assert_eq!(again(record.kind(), &bytes).0, record);
        }
    }
}
