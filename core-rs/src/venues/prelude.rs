//! The words that a venue is written in.

pub(super) use super::answer::{self, Answering, Served};
pub(super) use super::ask::{Asking, Param, Question};
pub(super) use super::book::BookWords;
pub(super) use super::channel::{self, Dialect, Push};
pub(super) use super::error::{Meaning, Read};
pub(super) use super::field::{Field, Value, read};
pub(super) use super::json::Reader;
pub(super) use super::reply::{order_reply, session_note};
pub(super) use super::rows::{FillRow, OrderRow, Place, asset, one_way, push_balance, push_position};
pub(super) use super::write::{Body, push_uint, server_ms, side_word, terms, tif_word};
pub(super) use super::{
    Codec, Context, DecodeError, Depth, EncodeError, Event, EventBuf, OrderBudget, Query, RejectClass,
    Resync, Role, Session, SessionNote, VenueReject,
};
pub(super) use crate::ledger::Wallet;
pub(super) use crate::market::{Instrument, SeqRule};
pub(super) use crate::order::{ClientRef, OrderCmd, OrderKind, PlaceOrder, VenueStatus};
pub(super) use crate::units::{Asset, Money, Ns, Product, Side, Venue};
pub(super) use Product::{Linear, Spot};
pub(super) use RejectClass::{
    AlreadyDone, Auth, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    RateLimited, ReduceOnly, Timestamp, UnknownOrder,
};
