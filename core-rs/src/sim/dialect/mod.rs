//! Wire formats over the one model. A dialect is a table of routes, the frames of its sockets, and its user events.

mod binance;
mod bitget;
mod bridge;
mod bybit;
mod channel;
mod okx;
mod rest;
mod shapes;

use super::http::{Reply, Request};
use super::market::Path;
use super::meter::Meters;
use super::model::{Change, Logged, Model, Print};
use crate::units::{Ns, Product, Symbol, Venue};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Subscriptions of one connection.
pub(super) const SUBSCRIPTIONS_MAX: usize = 1024;

/// Says whether somebody follows a public topic of a product.
pub(super) type Wanted<'a> = &'a dyn Fn(Product, &str) -> bool;

/// One venue's wire format over the model: a row of functions and facts.
pub(super) struct Speech {
    /// Levels a side that its books show.
    pub depth: usize,
    /// Publications of a book are numbered one by one.
    pub dense: bool,
    pub http: fn(&mut World, &Request<'_>) -> Reply,
    /// The connection that a target opens; `None` refuses it.
    pub open: fn(&World, &str) -> Option<Conn>,
    /// What a frame of a connection, by number, is answered with.
    pub frame: fn(&mut World, u64, &mut Conn, &[u8]) -> Answers,
    /// Frames of one publication of a book, of one public trade, of a batch of account events.
    pub changes: fn(&World, usize, &Change, Wanted<'_>) -> Vec<Push>,
    pub prints: fn(&World, usize, &Print, Wanted<'_>) -> Vec<Push>,
    pub user: fn(&World, &[Logged]) -> Vec<Push>,
    /// A push as a connection gets it.
    pub render: fn(&Conn, &Push) -> String,
}

impl core::fmt::Debug for Speech {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Speech")
    }
}

/// The dialect of a venue; `None` for one that is not simulated.
#[allow(clippy::unnecessary_wraps)] // a new venue begins without one
pub(super) const fn speech(venue: Venue) -> Option<&'static Speech> {
    match venue {
        Venue::Binance => Some(&binance::SPEECH),
        Venue::Bybit => Some(&bybit::SPEECH),
        Venue::Okx => Some(&okx::SPEECH),
        Venue::Bitget => Some(&bitget::SPEECH),
        Venue::Bridge => Some(&bridge::SPEECH),
    }
}

/// What all dialects work on: the model, the market's paths, request budgets and the time of the call.
#[derive(Debug)]
pub(super) struct World {
    pub model: Model,
    /// By listing index.
    pub paths: Vec<Path>,
    pub meters: Meters,
    pub now: Ns,
    /// Binance USDT-M user streams: key -> (account, end of life).
    pub listen_keys: BTreeMap<String, (usize, Ns)>,
    /// Counts up for ids that only have to differ (connections, listen keys).
    pub serial: u64,
    /// When the request at hand passed the time window, if that was before `now`.
    pub passed_gate: Option<Ns>,
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Socket {
    /// Market streams of a product.
    Market,
    /// Order entry and account events.
    Account,
}

/// Which streams a market socket delivers; others are acknowledged and stay silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    All,
    /// Books only.
    Public,
    /// Everything but books.
    Market,
}

/// One WebSocket connection.
#[derive(Clone, Debug)]
pub(super) struct Conn {
    pub socket: Socket,
    pub class: Class,
    /// `None` serves all products.
    pub product: Option<Product>,
    pub account: Option<usize>,
    pub subscriptions: BTreeSet<String>,
    /// Frames are wrapped with their stream's name.
    pub wrapped: bool,
    /// The path it was opened with.
    pub path: String,
    /// When this connection dies (listen key).
    pub listen_key: Option<String>,
    /// Request ids used on it, where the venue refuses repeats.
    pub recent: VecDeque<String>,
}

/// A frame for whoever subscribed to its topic.
#[derive(Clone, Debug)]
pub(super) struct Push {
    pub product: Product,
    pub topic: String,
    /// `None` is public.
    pub account: Option<usize>,
    /// The one instrument that an account's message is about, where a subscription can choose it.
    pub symbol: Option<Symbol>,
    pub body: String,
}

/// What a socket answers.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub frames: Vec<String>,
    pub hangup: bool,
}

impl Answers {
    pub(super) fn one(frame: String) -> Self {
        Self { frames: vec![frame], hangup: false }
    }
}

impl Conn {
    pub(super) fn new(socket: Socket, product: Option<Product>, path: &str) -> Self {
        Self {
            socket,
            class: Class::All,
            product,
            account: None,
            subscriptions: BTreeSet::new(),
            wrapped: false,
            path: path.to_owned(),
            listen_key: None,
            recent: VecDeque::new(),
        }
    }

    /// Whether the connection subscribed to a public topic of a product.
    pub(super) fn follows(&self, product: Product, topic: &str) -> bool {
        self.socket == Socket::Market
            && self.product.is_none_or(|own| own == product)
            && self.subscriptions.contains(topic)
    }

    pub(super) fn wants(&self, push: &Push) -> bool {
        match push.account {
            None => self.follows(push.product, &push.topic),
            Some(account) => {
                let named = |full: &String| {
                    let rest = full.strip_prefix(push.topic.as_str()).and_then(|rest| rest.strip_prefix('.'));
                    let only = rest.and_then(|rest| rest.strip_prefix(push.product.name()));
                    only.is_some_and(|only| {
                        let this = |symbol: &Symbol| only.strip_prefix(':') == Some(symbol.as_str());
                        only.is_empty() || push.symbol.as_ref().is_some_and(this)
                    })
                };
                self.socket == Socket::Account
                    && self.account == Some(account)
                    && self.product.is_none_or(|product| product == push.product)
                    && (self.subscriptions.contains(&push.topic) || self.subscriptions.iter().any(named))
            }
        }
    }
}

impl World {
    pub(super) const fn ms(&self) -> i64 {
        self.now / 1_000_000
    }

    /// The moment at which a request's time window is judged.
    pub(super) fn gate_ms(&self) -> i64 {
        self.passed_gate.unwrap_or(self.now) / 1_000_000
    }

    pub(super) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

/// Accounts and listings that a batch of events touched.
pub(super) fn touched(events: &[Logged], fills_only: bool) -> BTreeSet<(usize, usize)> {
    use super::model::Event;
    let order = |logged: &Logged| logged.order.as_ref().map(|o| (o.account, o.listing));
    events
        .iter()
        .filter_map(|logged| match &logged.event {
            Event::Fill(fill) => Some((fill.account, fill.listing)),
            Event::Accept(_) | Event::End { .. } if !fills_only => order(logged),
            _ => None,
        })
        .collect()
}
