//! The words that a venue is written in.

pub(in crate::venues) use super::answer::{
    Answering, Opened, Pages, RowReader, Served, by_status, push_book,
};
pub(in crate::venues) use super::ask::{Asking, NO_QUESTION, Param};
pub(in crate::venues) use super::body::{Body, Member, Ordering, Terms, product_word};
pub(in crate::venues) use super::book::{BookWords, read_book};
pub(in crate::venues) use super::channel::{self, Dialect, Push, Words};
pub(in crate::venues) use super::error::{Meaning, Read, contains, meaning};
pub(in crate::venues) use super::field::{Field, Value, read};
pub(in crate::venues) use super::json::Reader;
pub(in crate::venues) use super::moves::{By, MoveWords, read_move};
pub(in crate::venues) use super::reply::{order_reply, refusal, session_note};
pub(in crate::venues) use super::rows::{
    FillRow, OrderRow, Place, asset, push_available, push_balance, push_best, push_one_way, push_position,
    push_total, push_trade, right_order, told_backstop,
};
pub(in crate::venues) use super::topics::Topics;
pub(in crate::venues) use super::write::{Request, push_json, push_uint, server_ms};
pub(in crate::venues) use super::{
    Codec, Context, DecodeError, Depth, EncodeError, Event, EventBuf, OrderBudget, Query, RejectClass,
    RequestReply, Resync, Role, Session, SessionNote, VenueReject,
};
pub(in crate::venues) use crate::ledger::Wallet;
pub(in crate::venues) use crate::market::{DeltaKind, Instrument, SeqRule};
pub(in crate::venues) use crate::order::{ClientRef, OrderKind, VenueStatus};
pub(in crate::venues) use crate::units::{Asset, Money, Ns, Product, Side, Venue};
pub(in crate::venues) use Product::{Linear, Spot};
pub(in crate::venues) use RejectClass::{
    AlreadyDone, Auth, Banned, DuplicateClientId, Filter, InsufficientFunds, Maintenance, OutcomeUnknown,
    PostOnlyWouldTake, RateLimited, ReduceOnly, Timestamp, UnknownOrder, UnknownSymbol,
};
