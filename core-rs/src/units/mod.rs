//! Exact numbers, time, names and ids. Knows nothing of markets or venues' wire formats.
//!
//! A price or quantity is an `i64` mantissa at its instrument's decimals; money is an `i128` at 18 decimals.
//! Text goes straight to the integer and back; nothing here rounds unless its name says so.

mod decimal;
mod error;
mod ids;
mod money;
mod number;
mod text;
mod time;

pub use decimal::{parse_fixed, parse_wide, pow10, push_fixed, push_plain};
pub use error::UnitError;
pub use ids::{AccountId, ClientId, Direction, InstrumentId, LinkId, OwnerId, PlanId, Product, Side, Venue};
pub use money::{MONEY_DECIMALS, Money, RATE_DECIMALS, Rate, mul_div, mul_div_half_even};
pub use number::{Price, Qty};
pub use text::{Asset, Symbol, Text, TradeId, VenueOrderId};
pub use time::{Now, Ns};
