//! Single orders of people and programs: through the same gate, breakers and gateway as a plan's. A market order goes
//! out as a price-bounded IOC.

use super::Effects;
use super::commands::Asker;
use super::config::{read_product, read_venue_name};
use super::error::{Code, Refusal};
use super::execute::{denied, sends_last};
use super::field::{FieldError, Fields, unit};
use super::json::Json;
use super::protect::LEVELS;
use super::reducer::Engine;
use crate::order::{OrderKind, PlaceOrder, TimeInForce};
use crate::plan::Plan;
use crate::risk::{Intent, Purpose, gate};
use crate::units::{
    AccountId, ClientId, InstrumentId, MONEY_DECIMALS, Money, Now, Price, Qty, Side, Symbol, parse_fixed,
    pow10,
};

const FIELDS: [&str; 16] = [
    "exchange",
    "account",
    "symbol",
    "type",
    "side",
    "orderType",
    "qty",
    "price",
    "timeInForce",
    "postOnly",
    "reduceOnly",
    "clientTag",
    LEVELS[0],
    LEVELS[1],
    LEVELS[2],
    LEVELS[3],
];

impl Engine {
    /// Replies `{"orderId","state"}`.
    pub(super) fn place_order(
        &mut self,
        now: Now,
        body: Fields<'_>,
        asker: Asker<'_>,
        out: &mut Effects,
    ) -> Result<Vec<u8>, Refusal> {
        let body = body.only(&FIELDS)?;
        let (account, id) = self.order_target(body)?;
        self.may_trade(now, id, account).map_err(|text| {
            Refusal::new(Code::ExchangeUnavailable, format!("{}: {text}", self.instruments.name(id)))
        })?;
        let place = self.read_place(now, body, id)?;
        let protection = self.entry_protection(now, body, account, &place)?;
        let plan = protection.map(|terms| terms.id);
        let intent = Intent { place, account, plan, leg: 0, purpose: Purpose::Open };
        let room = self.position_room(&intent);
        let qty = Money::of_qty(place.qty, self.instruments.at(id).qty_decimals);
        if place.reduce_only && qty > room {
            let text =
                format!("reduceOnly: the position leaves room for {} only", super::apply::amount_text(room));
            return Err(Refusal::new(Code::RiskRejected, text).with(|j| {
                j.str("check", "REDUCE_ONLY");
                j.money("limit", room);
                j.money("actual", qty);
            }));
        }
        if qty > room {
            self.guard_open(now, None, &[(account, id)], self.notional(&place), out)?;
        }
        let limits = self
            .limits_of(id, account, "")
            .ok_or_else(|| Refusal::new(Code::Internal, "the instrument's filters can not be checked"))?;
        let facts = self.facts(now, &intent, None, None, None);
        let approved = gate(intent, &facts, &limits).map_err(|denial| denied(&denial))?;
        let reply = Json::object(|j| {
            j.str("orderId", place.client_id.as_str());
            j.str("state", crate::order::State::Sent.name());
            j.opt_str("clientTag", body.opt_str("clientTag").ok().flatten());
            if let Some(plan) = plan {
                j.str("protectionId", &Plan::name(plan));
            }
            self.write_mark(j, self.accounts.at(account).simulated);
        });
        // The order never leaves before its protection is on record.
        let mark = out.list.len();
        if let Some(terms) = protection {
            self.take_entry_protection(now, terms, out);
        }
        let sent = self.send_tagged(now, approved, asker.tag(&reply), out);
        if let (Some(id), false) = (plan, sent) {
            self.drop_entry_protection(now, id, out);
        }
        sends_last(&mut out.list[mark..]);
        if !sent {
            return Err(Refusal::new(Code::ExchangeUnavailable, "the order could not leave; see the alerts"));
        }
        Ok(reply)
    }

    pub(super) fn order_target(&self, body: Fields<'_>) -> Result<(AccountId, InstrumentId), Refusal> {
        let (venue, product) = (read_venue_name(body, "exchange")?, read_product(body)?);
        let symbol = Symbol::new(body.str("symbol")?.as_bytes())
            .map_err(|_| FieldError::new("symbol", "is not a symbol"))?;
        let id = self.instruments.id(venue, product, &symbol).filter(|id| self.instruments.is_listed(*id));
        let id = id.ok_or_else(|| FieldError::new("symbol", "is not a known instrument"))?;
        let name = body.opt_str("account")?.unwrap_or("main");
        let account = self.accounts.id(venue, name);
        let account = account.ok_or_else(|| FieldError::new("account", "is not configured"))?;
        Ok((account, id))
    }

    fn read_place(&self, now: Now, body: Fields<'_>, id: InstrumentId) -> Result<PlaceOrder, Refusal> {
        let i = self.instruments.at(id);
        let side = match body.str("side")? {
            "buy" => Side::Buy,
            "sell" => Side::Sell,
            _ => return Err(FieldError::new("side", "must be buy or sell").into()),
        };
        let fixed = |key: &str, decimals: u8| {
            parse_fixed(body.digits(key)?.as_bytes(), decimals).map_err(|e| unit(key, e))
        };
        let qty = Qty::new(fixed("qty", i.qty_decimals)?).map_err(|e| unit("qty", e))?;
        let (px, tif) = match body.str("orderType")? {
            "limit" => {
                let px = Price::new(fixed("price", i.px_decimals)?).map_err(|e| unit("price", e))?;
                (px, read_tif(body)?)
            }
            "market" if body.get("price").is_some() => {
                return Err(FieldError::new("price", "a market order has none").into());
            }
            "market" => (self.market_bound(now, id, side)?, TimeInForce::Ioc),
            _ => return Err(FieldError::new("orderType", "must be limit or market").into()),
        };
        if self.state.counter >= ClientId::COUNTER_MAX {
            return Err(Refusal::new(Code::Internal, "order ids of this epoch are spent; restart"));
        }
        let client_id = ClientId::new(self.config.instance, self.state.epoch, self.state.counter + 1, 0)?;
        let reduce_only = body.bool_or("reduceOnly", false)?;
        Ok(PlaceOrder {
            client_id,
            instrument: id,
            side,
            kind: OrderKind::Limit,
            tif,
            px: Some(px),
            qty,
            reduce_only,
        })
    }

    /// The worst price a market order takes: the best one and the policy's slippage, on the tick.
    fn market_bound(&self, now: Now, id: InstrumentId, side: Side) -> Result<Price, Refusal> {
        let i = self.instruments.at(id);
        let synced = self.book_state(id, now.mono) == crate::market::BookState::Synced;
        let top = self.books[id.0 as usize].top();
        let best = if side == Side::Buy { top.ask } else { top.bid };
        let best = best.filter(|_| synced).ok_or_else(|| {
            Refusal::new(
                Code::ExchangeUnavailable,
                format!("{}: no price to take", self.instruments.name(id)),
            )
        })?;
        let px = i128::from(best.px) * pow10(MONEY_DECIMALS - i.px_decimals);
        let slip = px / 10_000 * i128::from(self.config.policy.slippage_bps);
        let bound = Money(if side == Side::Buy { px + slip } else { px - slip });
        self.on_tick(id, side, bound)
            .ok_or_else(|| Refusal::new(Code::ExchangeUnavailable, "the price is out of range"))
    }
}

fn read_tif(body: Fields<'_>) -> Result<TimeInForce, FieldError> {
    let post_only = body.bool_or("postOnly", false)?;
    match (body.opt_str("timeInForce")?.unwrap_or("GTC"), post_only) {
        ("GTC" | "PostOnly", true) | ("PostOnly", false) => Ok(TimeInForce::PostOnly),
        (_, true) => Err(FieldError::new("postOnly", "rests: it goes with timeInForce GTC alone")),
        ("GTC", false) => Ok(TimeInForce::Gtc),
        ("IOC", false) => Ok(TimeInForce::Ioc),
        ("FOK", false) => Ok(TimeInForce::Fok),
        _ => Err(FieldError::new("timeInForce", "must be GTC, IOC, FOK or PostOnly")),
    }
}
