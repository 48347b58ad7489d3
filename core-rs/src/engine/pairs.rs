//! Pairs: what to watch, from which spread to trade, how much. The durable form and its JSON.

use super::config::{read_product, read_venue_name};
use super::field::{FieldError, Fields};
use super::json::Json;
use crate::market::{PairIx, instrument_name};
use crate::order::{push_field, row_digest};
use crate::units::{Money, Product, Rate, Side, Symbol, Text, Venue, mul_div, push_plain};
use serde::{Deserialize, Serialize};

/// Most pairs.
pub(super) const PAIRS_MAX: usize = 20_000;

pub(super) type PairId = Text<64>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegName {
    pub venue: Venue,
    pub product: Product,
    pub symbol: Symbol,
}

/// Which directions may be traded: by index, leg1_buy and leg2_buy.
pub(super) type Allowed = [bool; 2];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairTerms {
    pub legs: [LegName; 2],
    pub threshold: Rate,
    pub qty: Money,
    pub total_amount: Money,
    pub allowed: Allowed,
    pub enabled: bool,
}

/// What a pair holds open on one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Usage {
    /// Signed base quantity.
    pub net: Money,
    /// Quote that opened it.
    pub cost: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pair {
    pub id: PairId,
    pub ix: PairIx,
    pub terms: PairTerms,
    pub version: u64,
    pub usage: [Usage; 2],
}

impl LegName {
    pub fn name(&self) -> String {
        instrument_name(self.venue, self.product, &self.symbol)
    }

    fn read(f: Fields<'_>) -> Result<Self, FieldError> {
        let f = f.only(&["exchange", "symbol", "type"])?;
        let symbol: Symbol = f.text("symbol")?;
        if symbol.is_empty() {
            return Err(FieldError::new("symbol", "must not be empty"));
        }
        Ok(Self { venue: read_venue_name(f, "exchange")?, product: read_product(f)?, symbol })
    }

    fn write(&self, j: &mut Json, key: &str) {
        j.obj(key, |j| {
            j.str("exchange", self.venue.name());
            j.str("symbol", self.symbol.as_str());
            j.str("type", self.product.name());
        });
    }
}

impl PairTerms {
    pub fn read(f: Fields<'_>) -> Result<Self, FieldError> {
        let known =
            ["id", "leg1", "leg2", "threshold", "qty", "totalAmount", "direction", "enabled", "version"];
        let f = f.only(&known)?;
        let leg = |key: &str| {
            LegName::read(f.obj(key)?).map_err(|e| FieldError::new(&format!("{key}.{}", e.field), e.problem))
        };
        let terms = Self {
            legs: [leg("leg1")?, leg("leg2")?],
            threshold: f.percent("threshold")?,
            qty: f.money("qty")?,
            total_amount: f.money("totalAmount")?,
            allowed: match f.opt_str("direction")?.unwrap_or("auto") {
                "auto" => [true, true],
                "leg1_buy" => [true, false],
                "leg2_buy" => [false, true],
                _ => return Err(FieldError::new("direction", "must be auto, leg1_buy or leg2_buy")),
            },
            enabled: f.bool_or("enabled", true)?,
        };
        terms.check()
    }

    fn check(self) -> Result<Self, FieldError> {
        if self.legs[0] == self.legs[1] {
            return Err(FieldError::new("leg2", "must differ from leg1"));
        }
        if self.qty.0 <= 0 {
            return Err(FieldError::new("qty", "must be above 0"));
        }
        if self.total_amount.0 <= 0 {
            return Err(FieldError::new("totalAmount", "must be above 0"));
        }
        Ok(self)
    }

    pub fn direction_name(&self) -> &'static str {
        match self.allowed {
            [true, false] => "leg1_buy",
            [false, true] => "leg2_buy",
            [_, _] => "auto",
        }
    }

    /// The fields that the API shows, without id.
    pub fn write(&self, j: &mut Json) {
        self.legs[0].write(j, "leg1");
        self.legs[1].write(j, "leg2");
        j.raw("threshold", &percent_text(self.threshold));
        j.money("qty", self.qty);
        j.money("totalAmount", self.total_amount);
        j.str("direction", self.direction_name());
        j.bool("enabled", self.enabled);
    }
}

/// A fraction as percent, shortest exact text.
pub(super) fn percent_text(rate: Rate) -> Vec<u8> {
    let mut out = Vec::new();
    push_plain(&mut out, i128::from(rate.0), crate::units::RATE_DECIMALS - 2);
    out
}

impl Usage {
    /// Books a fill: what adds to the open quantity adds its quote, what offsets releases in proportion.
    pub(super) fn apply(&mut self, side: Side, qty: Money, quote: Money) {
        let signed = Money(qty.0 * i128::from(side.sign()));
        let against = (self.net.0 > 0 && signed.0 < 0) || (self.net.0 < 0 && signed.0 > 0);
        if !against {
            self.net.0 += signed.0;
            self.cost.0 += quote.0;
            return;
        }
        let held = self.net.0.abs();
        let closed = qty.0.min(held);
        self.net.0 += signed.0;
        self.cost.0 -= mul_div(self.cost.0, closed, held).unwrap_or(0);
        if qty.0 > closed {
            self.cost.0 = mul_div(quote.0, qty.0 - closed, qty.0).unwrap_or(quote.0);
        } else if self.net.0 == 0 {
            self.cost = Money::ZERO;
        }
    }

    /// How much of `qty` on `side` only offsets what is open.
    pub(super) fn offsetting(&self, side: Side, qty: Money) -> Money {
        let held = Money(-self.net.0 * i128::from(side.sign()));
        held.min(qty).max(Money::ZERO)
    }
}

impl Pair {
    /// Gross quote opened, both legs.
    pub(super) fn used(&self) -> Money {
        Money(self.usage[0].cost.0 + self.usage[1].cost.0)
    }

    pub(super) fn digest(&self) -> u64 {
        row_digest(|out| {
            push_field(out, self.id.as_bytes());
            let terms = Json::object(|j| self.terms.write(j));
            push_field(out, &terms);
            out.extend_from_slice(&self.version.to_le_bytes());
            for usage in &self.usage {
                out.extend_from_slice(&usage.net.0.to_le_bytes());
                out.extend_from_slice(&usage.cost.0.to_le_bytes());
            }
        })
    }
}

/// `bybit_binance_btc`: both venues and the base asset, made of what an id may hold.
pub(super) fn id_base(terms: &PairTerms, base: &str) -> String {
    let [a, b] = &terms.legs;
    format!("{}_{}_{}", a.venue.name(), b.venue.name(), base.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::field::parse;
    use super::*;

    const BODY: &str = r#"{"leg1":{"exchange":"bybit","symbol":"BTCUSDT","type":"linear"},
        "leg2":{"exchange":"binance","symbol":"BTCUSDT"},"threshold":0.05,"qty":"0.01","totalAmount":10000}"#;

    fn read(body: &str) -> Result<PairTerms, FieldError> {
        PairTerms::read(Fields::of(&parse(body.as_bytes()).unwrap()).unwrap())
    }

    #[test]
    fn terms_read_and_print_without_losing_a_digit() {
        let terms = read(BODY).unwrap();
        let text = String::from_utf8(Json::object(|j| terms.write(j))).unwrap();
        assert_eq!(read(&text).unwrap(), terms);
        assert!(text.contains(
            r#""threshold":0.05,"qty":0.01,"totalAmount":10000,"direction":"auto","enabled":true"#
        ));
        assert_eq!(id_base(&terms, "BTC"), "bybit_binance_btc");
    }

    #[test]
    fn each_fault_names_its_field() {
        let cases = [
            (BODY.replace("\"0.01\"", "-1"), "qty"),
            (BODY.replace("10000", "0"), "totalAmount"),
            (BODY.replace("0.05", "\"x\""), "threshold"),
            (BODY.replace("\"bybit\"", "\"mtgox\""), "leg1.exchange"),
            (BODY.replace("\"qty\"", "\"size\""), "size"),
        ];
        for (body, field) in cases {
            assert_eq!(read(&body).unwrap_err().field, field);
        }
        let same = r#"{"exchange":"binance","symbol":"BTCUSDT"}"#;
        let twice = format!(r#"{{"leg1":{same},"leg2":{same},"threshold":1,"qty":1,"totalAmount":1}}"#);
        assert_eq!(read(&twice).unwrap_err().field, "leg2");
    }

    #[test]
    fn offsetting_fills_release_what_the_opening_ones_used() {
        let m = |text: &str| Money::parse(text.as_bytes()).unwrap();
        let mut usage = Usage::default();
        usage.apply(Side::Buy, m("0.02"), m("200"));
        assert_eq!((usage.net, usage.cost), (m("0.02"), m("200")));
        assert_eq!(usage.offsetting(Side::Sell, m("0.05")), m("0.02"));
        usage.apply(Side::Sell, m("0.01"), m("150"));
        assert_eq!((usage.net, usage.cost), (m("0.01"), m("100")));
        usage.apply(Side::Sell, m("0.03"), m("300"));
        assert_eq!((usage.net, usage.cost), (m("-0.02"), m("200")));
        usage.apply(Side::Buy, m("0.02"), m("1"));
        assert_eq!(usage, Usage::default());
    }
}
