//! The engine's codecs against the venue: what one side says, the other understands, for every venue product.

use super::super::recorded::instrument;
use super::super::{SimEffect, SimVenue};
use super::{START, answer};
use crate::ledger::MoveKind;
use crate::market::{Applied, Book, Instrument};
use crate::order::{ClientRef, OrderCmd, OrderKind, PlaceOrder, TimeInForce, VenueStatus};
use crate::sim::model::listings;
use crate::units::{Asset, ClientId, InstrumentId, Money, Ns, Price, Product, Qty, Side, Symbol, Venue};
use crate::venues::{
    Codec, Context, Event, EventBuf, Instruments, Query, ReplyOutcome, ReplyVerdict, Resync, Role, Secret,
    Session, SessionNote, codec,
};

const PUBLIC: u64 = 1;
const PRIVATE: u64 = 2;
const TRADE: u64 = 3;
const MS: Ns = 1_000_000;

struct Table(Vec<Instrument>);

impl Instruments for Table {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.0.iter().find(|i| i.venue == venue && i.product == product && i.symbol == *symbol)
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.get(id.0 as usize)
    }
}

/// One venue product with all its links up.
struct Rig {
    venue: SimVenue,
    codec: &'static Codec,
    table: Table,
    session: Session,
    now: Ns,
    /// What the links heard, undecoded.
    heard: Vec<(u64, Vec<u8>)>,
}

const PRODUCTS: [(Venue, Product); 9] = [
    (Venue::Binance, Product::Spot),
    (Venue::Binance, Product::Linear),
    (Venue::Bybit, Product::Spot),
    (Venue::Bybit, Product::Linear),
    (Venue::Okx, Product::Spot),
    (Venue::Okx, Product::Linear),
    (Venue::Bitget, Product::Spot),
    (Venue::Bitget, Product::Linear),
    (Venue::Bridge, Product::Spot),
];

impl Rig {
    fn new(venue: Venue, product: Product) -> Self {
        let config = format!(r#"{{"venue":"{}","products":["{}"],"seed":7}}"#, venue.name(), product.name());
        let mut sim = SimVenue::new(config.as_bytes()).unwrap();
        sim.start(START);
        let table =
            listings(venue, product).iter().enumerate().map(|(i, l)| instrument(venue, i, l)).collect();
        let session = Session {
            key: "simkey".into(),
            secret: Secret::new(b"simsecret"),
            passphrase: "simpass".into(),
            offset_ns: 0,
            recv_window_ms: 1500,
        };
        let codec = codec(venue, product).unwrap();
        let mut rig = Self { venue: sim, codec, table: Table(table), session, now: START, heard: Vec::new() };
        rig.connect();
        rig
    }

    fn connect(&mut self) {
        let (venue, product) = (self.codec.venue, self.codec.product);
        let private = match (venue, product) {
            (Venue::Binance, Product::Spot) => "/ws-api/v3".to_owned(),
            (Venue::Binance, Product::Linear) => {
                let headers = [("X-MBX-APIKEY".to_owned(), "simkey".to_owned())];
                let reply = self.venue.on_http("POST", "/fapi/v1/listenKey", &headers, b"", self.now);
                format!("/private/ws?listenKey={}", answer(&reply).1["listenKey"].as_str().unwrap())
            }
            (Venue::Bybit, _) => "/v5/private".to_owned(),
            (Venue::Okx, _) => "/ws/v5/private".to_owned(),
            (Venue::Bridge, _) => "/v1/account".to_owned(),
            _ => "/v2/ws/private".to_owned(),
        };
        let (public, trade) = match (venue, product) {
            (Venue::Binance, Product::Spot) => ("/ws", "/ws-api/v3"),
            (Venue::Binance, Product::Linear) => ("/public/ws", "/ws-fapi/v1"),
            (Venue::Bybit, Product::Spot) => ("/v5/public/spot", "/v5/trade"),
            (Venue::Bybit, Product::Linear) => ("/v5/public/linear", "/v5/trade"),
            (Venue::Okx, _) => ("/ws/v5/public", "/ws/v5/private"),
            (Venue::Bridge, _) => ("/v1/public", "/v1/account"),
            _ => ("/v2/ws/public", "/v2/ws/private"),
        };
        for (conn, path, role) in
            [(PUBLIC, public, Role::Public), (PRIVATE, &private, Role::Private), (TRADE, trade, Role::Trade)]
        {
            assert!(self.venue.on_open(conn, path, self.now).is_empty(), "{path}");
            let mut frames = Vec::new();
            self.codec.encode_login(role, &self.session, self.now, &mut frames);
            let wanted: Vec<&Instrument> = self.table.0.iter().collect();
            self.codec.encode_subscribe(role, true, &wanted, &mut frames);
            for frame in frames {
                self.send(conn, &frame);
            }
        }
    }

    fn send(&mut self, conn: u64, frame: &[u8]) {
        let effects = self.venue.on_frame(conn, frame, self.now);
        self.hear(effects);
    }

    fn hear(&mut self, effects: Vec<SimEffect>) {
        for effect in effects {
            match effect {
                SimEffect::Frame { conn, data } => self.heard.push((conn, data)),
                SimEffect::Hangup { conn } => panic!("connection {conn} was cut"),
                SimEffect::Record(_) | SimEffect::Http { .. } => {}
            }
        }
    }

    /// Decodes what the links heard; every frame must be understood.
    fn events(&mut self) -> Vec<(u64, EventBuf)> {
        let heard = std::mem::take(&mut self.heard);
        let decode = |(conn, data): (u64, Vec<u8>)| {
            let role = [Role::Public, Role::Private, Role::Trade][conn as usize - 1];
            let mut events = EventBuf::default();
            let context = self.context(role);
            let outcome = (self.codec.decode)(&context, &data, &mut events);
            assert!(outcome.is_ok(), "{outcome:?} {role:?} {}", String::from_utf8_lossy(&data));
            (conn, events)
        };
        heard.into_iter().map(decode).collect()
    }

    fn context(&self, role: Role) -> Context<'_> {
        Context {
            product: self.codec.product,
            role,
            instruments: &self.table,
            implied: Some(InstrumentId(0)),
        }
    }

    fn query(&mut self, query: &Query) -> (ReplyVerdict, EventBuf) {
        let mut text = Vec::new();
        self.codec.encode_query(query, &self.table, Some(&self.session), self.now, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\n\n").unwrap();
        let mut lines = head.lines();
        let (method, target) = lines.next().unwrap().split_once(' ').unwrap();
        let headers: Vec<(String, String)> =
            lines.map(|line| line.split_once(": ").unwrap()).map(|(k, v)| (k.into(), v.into())).collect();
        let effects = self.venue.on_http(method, target, &headers, body.as_bytes(), self.now);
        let Some(SimEffect::Http { status, body, .. }) =
            effects.iter().find(|e| matches!(e, SimEffect::Http { .. }))
        else {
            panic!("no answer")
        };
        let mut events = EventBuf::default();
        let verdict = self.codec.decode_reply(query, &self.context(Role::Rest), *status, body, &mut events);
        let verdict = verdict.unwrap_or_else(|error| panic!("{error:?} {}", String::from_utf8_lossy(body)));
        (verdict, events)
    }

    fn tick(&mut self) {
        self.now += 100 * MS;
        let effects = self.venue.on_timer(self.now);
        self.hear(effects);
    }

    fn place(&mut self, counter: u32, side: Side, tif: TimeInForce, px: i64, qty: i64) -> ClientId {
        let client_id = ClientId::new(*b"A7", 1, counter, 0).unwrap();
        let order = PlaceOrder {
            client_id,
            instrument: InstrumentId(0),
            side,
            kind: OrderKind::Limit,
            tif,
            px: Some(Price::new(px).unwrap()),
            qty: Qty::new(qty).unwrap(),
            reduce_only: false,
        };
        self.trade(&OrderCmd::Place(order));
        client_id
    }

    fn trade(&mut self, command: &OrderCmd) {
        let mut bytes = Vec::new();
        self.codec.encode_order(command, &self.table.0[0], &self.session, self.now, &mut bytes).unwrap();
        self.send(TRADE, &bytes);
    }

    /// Best (bid, ask) of the first instrument.
    fn best(&mut self) -> (i64, i64) {
        let (_, events) = self.query(&Query::Snapshot { instrument: InstrumentId(0), depth: 50 });
        let Event::Depth(depth) = events.events[0] else { panic!("no depth") };
        let delta = events.delta(&depth);
        (delta.bids[0].px, delta.asks[0].px)
    }
}

fn flat(events: Vec<(u64, EventBuf)>) -> Vec<Event> {
    events.into_iter().flat_map(|(_, buffer)| buffer.events).collect()
}

fn accepted(events: &[Event]) -> bool {
    events.iter().any(|e| matches!(e, Event::Reply(r) if matches!(r.outcome, ReplyOutcome::Accepted(_))))
}

#[test]
fn books_join_and_follow_without_a_fault() {
    for (venue, product) in PRODUCTS {
        let mut rig = Rig::new(venue, product);
        let mut book = Book::new(rig.codec.seq_rule);
        let (mut changes, mut asked) = (0, false);
        for step in 0..60 {
            rig.tick();
            for (_, events) in rig.events() {
                for event in &events.events {
                    if let Event::Depth(depth) = event
                        && depth.instrument == InstrumentId(0)
                    {
                        let applied = book.apply(&events.delta(depth), rig.now).unwrap();
                        changes += usize::from(matches!(applied, Applied::Changed(_)));
                    }
                }
            }
            if step == 3 && rig.codec.resync == Resync::RestSnapshot && !asked {
                asked = true;
                let (verdict, events) =
                    rig.query(&Query::Snapshot { instrument: InstrumentId(0), depth: 1000 });
                assert!(matches!(verdict, ReplyVerdict::Served { .. }), "{verdict:?}");
                let Event::Depth(depth) = events.events[0] else { panic!("no depth") };
                book.apply(&events.delta(&depth), rig.now).unwrap();
            }
        }
        assert!(book.is_synced() && changes > 40, "{venue:?} {product:?}: {changes} changes");
        let (bid, ask) = rig.best();
        let top = book.top();
        assert_eq!((top.bid.unwrap().px, top.ask.unwrap().px), (bid, ask), "{venue:?} {product:?}");
    }
}

#[test]
fn an_order_is_accepted_filled_and_found_again_by_queries() {
    for (venue, product) in PRODUCTS {
        let mut rig = Rig::new(venue, product);
        let ready = flat(rig.events());
        let refused = |e: &Event| {
            matches!(e, Event::Session(SessionNote::LoginRefused(_) | SessionNote::SubscribeRefused(_)))
        };
        assert!(!ready.iter().any(refused), "{ready:?}");
        let (_, ask) = rig.best();
        let lots = rig.table.0[0].qty_decimals;
        let qty = 10_i64.pow(u32::from(lots)) / 100;
        let id = rig.place(1, Side::Buy, TimeInForce::Ioc, ask, qty);
        let events = flat(rig.events());
        assert!(accepted(&events), "{events:?}");
        let fill = events.iter().find_map(|e| if let Event::Fill(f) = e { Some(*f) } else { None }).unwrap();
        assert_eq!((fill.qty.get(), fill.px.get(), fill.side), (qty, ask, Side::Buy));
        assert_eq!(fill.instrument, InstrumentId(0));
        let fee = if product == Product::Spot {
            ("BTC", Money::parse(b"0.00001").unwrap())
        } else {
            ("USDT", fill.fee)
        };
        assert_eq!((fill.fee_asset.as_str(), fill.fee), fee);
        assert!(fill.fee > Money::ZERO);
        let ended = |e: &Event| matches!(e, Event::Order(o) if o.status == VenueStatus::Filled && o.filled.get() == qty);
        assert!(events.iter().any(ended), "{events:?}");
        assert!(events.iter().any(|e| matches!(e, Event::Balance(_))));
        let position =
            events.iter().any(|e| matches!(e, Event::Position(p) if p.qty == Money::parse(b"0.01").unwrap()));
        assert_eq!(position, product == Product::Linear);
        let instrument = InstrumentId(0);
        let (verdict, found) = rig.query(&Query::Order { instrument, client_id: id });
        assert!(matches!(verdict, ReplyVerdict::Served { .. }), "{verdict:?}");
        assert!(found.events.iter().any(ended));
        let (_, fills) = rig.query(&Query::Fills { instrument, since: START - MS, from_id: None });
        let same =
            |e: &Event| matches!(e, Event::Fill(f) if f.trade_id == fill.trade_id && f.fee == fill.fee);
        assert!(fills.events.iter().any(same), "{:?}", fills.events);
        let (_, balances) = rig.query(&Query::Balances);
        assert!(balances.events.iter().any(|e| matches!(e, Event::Balance(b) if b.asset.as_str() == "USDT")));
        let never = ClientId::new(*b"A7", 1, 99, 0).unwrap();
        let (verdict, _) = rig.query(&Query::Order { instrument, client_id: never });
        assert_eq!(verdict, ReplyVerdict::Absent);
        if product == Product::Linear {
            let (_, positions) = rig.query(&Query::Positions);
            assert!(positions.events.iter().any(|e| matches!(e, Event::Position(p) if p.qty > Money::ZERO)));
        }
    }
}

#[test]
fn a_resting_order_is_listed_and_cancelled_and_an_empty_ioc_ends() {
    for (venue, product) in PRODUCTS {
        let mut rig = Rig::new(venue, product);
        let (bid, _) = rig.best();
        let far = bid - bid % 100 - 10_000;
        let qty = 10_i64.pow(u32::from(rig.table.0[0].qty_decimals)) / 100;
        let resting = rig.place(1, Side::Buy, TimeInForce::Gtc, far, qty);
        let empty = rig.place(2, Side::Buy, TimeInForce::Ioc, far, qty);
        let events = flat(rig.events());
        let ended = |e: &Event| {
            matches!(e, Event::Order(o) if o.client == crate::order::ClientRef::Ours(empty)
                && matches!(o.status, VenueStatus::Expired | VenueStatus::Cancelled) && o.filled.is_zero())
        };
        assert!(events.iter().any(ended), "{events:?}");
        let (_, open) = rig.query(&Query::OpenOrders);
        let open: Vec<_> = open.events.iter().filter(|e| matches!(e, Event::Order(_))).collect();
        assert_eq!(open.len(), 1);
        rig.trade(&OrderCmd::Cancel { client_id: resting, instrument: InstrumentId(0), venue_id: None });
        let events = flat(rig.events());
        assert!(accepted(&events), "{events:?}");
        let cancelled = |e: &Event| {
            matches!(e, Event::Order(o) if o.client == crate::order::ClientRef::Ours(resting)
                && o.status == VenueStatus::Cancelled)
        };
        assert!(events.iter().any(cancelled), "{events:?}");
        rig.trade(&OrderCmd::Cancel { client_id: resting, instrument: InstrumentId(0), venue_id: None });
        let events = flat(rig.events());
        assert!(!accepted(&events), "{events:?}");
    }
}

#[test]
fn what_moves_the_account_without_a_trade_is_told_once_and_by_name() {
    for (venue, product) in PRODUCTS {
        let mut rig = Rig::new(venue, product);
        if !rig.codec.tells_moves() {
            continue;
        }
        let (_, ask) = rig.best();
        let qty = 10_i64.pow(u32::from(rig.table.0[0].qty_decimals)) / 100;
        rig.place(1, Side::Buy, TimeInForce::Ioc, ask, qty);
        let (out, usdt) = (Money::parse(b"-25.5").unwrap(), Asset::new(b"USDT").unwrap());
        let effects = rig.venue.transfer(rig.codec.wallet, usdt, out, rig.now);
        rig.hear(effects);
        let effects = rig.venue.fund_positions(false, rig.now);
        rig.hear(effects);
        rig.tick();
        let told = flat(rig.events());
        assert!(told.iter().any(|e| matches!(e, Event::Balance(b) if b.wallet == rig.codec.wallet)));
        let (verdict, log) = rig.query(&Query::Moves { since: START - MS, from_id: None });
        assert_eq!(verdict, ReplyVerdict::Served { next: None }, "{venue:?} {product:?}");
        let moves: Vec<_> =
            log.events.iter().filter_map(|e| if let Event::Move(m) = e { Some(m) } else { None }).collect();
        let paid: Vec<_> = moves.iter().filter(|m| m.kind == MoveKind::Transfer).collect();
        assert!(
            matches!(paid[..], [m] if (m.amount, m.asset, m.wallet) == (out, usdt, rig.codec.wallet)),
            "{moves:?}"
        );
        let funding: Vec<_> = moves.iter().filter(|m| m.kind == MoveKind::Funding).collect();
        let held = product == Product::Linear;
        assert_eq!(funding.len(), usize::from(held), "{venue:?} {product:?}: {moves:?}");
        assert!(funding.iter().all(|m| m.instrument == Some(InstrumentId(0)) && m.amount < Money::ZERO));
    }
}

#[test]
fn an_order_of_the_venues_own_is_told_from_those_of_others() {
    for (venue, product) in PRODUCTS.into_iter().filter(|(_, product)| *product == Product::Linear) {
        let mut rig = Rig::new(venue, product);
        let (_, ask) = rig.best();
        let qty = 10_i64.pow(u32::from(rig.table.0[0].qty_decimals)) / 100;
        rig.place(1, Side::Buy, TimeInForce::Ioc, ask, 2 * qty);
        rig.events();
        for liquidates in [true, false] {
            let effects = rig.venue.force_close(0, qty, liquidates, rig.now);
            rig.hear(effects);
            let told = flat(rig.events());
            let own = |e: &Event| matches!(e, Event::Order(o) if o.client == ClientRef::Venue && o.status == VenueStatus::Filled);
            assert!(told.iter().any(own), "{venue:?} {liquidates}: {told:?}");
        }
    }
}
