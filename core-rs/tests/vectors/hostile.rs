//! Each decoder under a flood of damaged messages: no panic, no hang, no silently wrong book. `make test` sends 100,000 to each;
//! `make long` 10,000,000, optimised, and prints a table. A failure prints its seed, its number and its bytes.

use crate::common::{listed, ours};
use crate::hostile_book::{Stream, Watched};
use crate::mutate::{Rng, mutate};
use crate::seeds::SEEDS;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use tidegate_core::units::{InstrumentId, Product, Venue};
use tidegate_core::venues::{
    Codec, Context, DecodeError, EventBuf, Instruments, Query, ReplyVerdict, Role, codec,
};

/// What one message may take at most. It takes milliseconds.
const SLOWEST_MAX: Duration = Duration::from_secs(1);
/// Decoding gives the same each time, a busy machine does not: what was slow is tried again so often, and the fastest counts.
const TRIES: usize = 5;
/// Damaged messages for each decoder.
fn executions() -> u64 {
    number("TIDEGATE_MUTATIONS", 100_000)
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What a run of one decoder came to.
#[derive(Default)]
struct Tally {
    executions: u64,
    outcomes: BTreeMap<&'static str, u64>,
    /// Messages that an intact book heard and understood.
    booked: u64,
    panics: u64,
    wrong: u64,
    slowest: Duration,
}

struct Under {
    venue: Venue,
    product: Product,
    codec: &'static Codec,
    instrument: InstrumentId,
}

impl Under {
    fn new(venue: Venue, product: Product) -> Self {
        let found = listed().0.iter().find(|i| (i.venue, i.product) == (venue, product)).unwrap().id;
        Self { venue, product, codec: codec(venue, product).unwrap(), instrument: found }
    }

    /// Decodes a message as a frame into `out`.
    fn frame(&self, table: &dyn Instruments, bytes: &[u8], out: &mut EventBuf) -> Result<(), DecodeError> {
        out.clear();
        let implied = Some(self.instrument);
        let ctx = Context { product: self.product, role: Role::Private, instruments: table, implied };
        (self.codec.decode)(&ctx, bytes, out)
    }

    /// The same bytes as the answer to a question; what is not served leaves nothing behind.
    fn answer(&self, rng: &mut Rng, table: &dyn Instruments, bytes: &[u8]) -> Result<(), String> {
        let instrument = self.instrument;
        let queries = [
            Query::Snapshot { instrument, depth: 50 },
            Query::Order { instrument, client_id: ours() },
            Query::OpenOrders,
            Query::Fills { instrument, since: 0, from_id: None },
            Query::Balances,
            Query::Positions,
            Query::Moves { since: 0, from_id: None },
            Query::Backstop { instrument, px: None },
        ];
        let (query, status) = (&queries[rng.below(queries.len())], [200, 200, 400, 503][rng.below(4)]);
        let ctx = Context { product: self.product, role: Role::Rest, instruments: table, implied: None };
        let mut out = EventBuf::default();
        match self.codec.decode_reply(query, &ctx, status, bytes, &mut out) {
            Ok(ReplyVerdict::Served { .. }) if status == 200 => Ok(()),
            Ok(ReplyVerdict::Served { .. }) => Err(format!("served with status {status}")),
            Ok(_) | Err(_) if out.events.is_empty() => Ok(()),
            Ok(_) | Err(_) => Err("refused, with events left behind".into()),
        }
    }
}

const fn kind(error: DecodeError) -> &'static str {
    match error {
        DecodeError::Syntax { .. } => "syntax",
        DecodeError::Missing(_) => "missing",
        DecodeError::Field(_) => "field",
        DecodeError::UnknownMessage => "unknown message",
        DecodeError::UnknownInstrument => "unknown instrument",
        DecodeError::TooLarge => "too large",
    }
}

/// One decoder, its market and its book.
struct Run {
    under: Under,
    table: crate::common::Table,
    rng: Rng,
    seeds: Vec<&'static str>,
    stream: Stream,
    watched: Watched,
    /// By the decoder, of the latest message.
    took: Duration,
    out: EventBuf,
    tally: Tally,
}

impl Run {
    fn new(venue: Venue, product: Product, seed: u64) -> Self {
        let mine = |(of, _, text): &(Venue, Product, &'static str)| (*of == venue).then_some(*text);
        Self {
            under: Under::new(venue, product),
            table: listed(),
            rng: Rng::new(seed),
            seeds: SEEDS.iter().filter_map(mine).collect(),
            stream: Stream::new(venue, product),
            watched: Watched::new(venue, product),
            out: EventBuf::default(),
            tally: Tally::default(),
            took: Duration::ZERO,
        }
    }

    /// Makes the book whole again with messages that nobody damaged.
    fn heal(&mut self) -> Result<(), String> {
        self.watched.reconnect();
        for whole in [self.stream.snapshot(&mut self.rng), self.stream.update(&mut self.rng)] {
            self.under
                .frame(&self.table, &whole, &mut self.out)
                .map_err(|e| format!("a whole message: {e}"))?;
            self.watched.take(&whole, &self.out)?;
        }
        if self.watched.synced() { Ok(()) } else { Err("a whole stream does not heal the book".into()) }
    }

    /// Half of the messages continue the book's stream, the others are of any kind.
    fn message(&mut self) -> (Vec<u8>, Vec<&'static str>) {
        let pick = self.rng.below(2 * self.seeds.len());
        let mut bytes = match self.seeds.get(pick) {
            Some(seed) => seed.as_bytes().to_vec(),
            None => self.stream.update(&mut self.rng),
        };
        let done = mutate(&mut self.rng, &mut bytes);
        (bytes, done)
    }

    fn one(&mut self, bytes: &[u8]) -> Result<(), String> {
        let (mut read, mut answered) = (Ok(()), Ok(()));
        self.took = timed(|| read = self.under.frame(&self.table, bytes, &mut self.out));
        let outcome = match read {
            Ok(()) => {
                self.tally.booked += u64::from(self.watched.synced());
                self.watched.take(bytes, &self.out)?;
                if self.out.events.is_empty() { "quiet" } else { "events" }
            }
            Err(error) => kind(error),
        };
        *self.tally.outcomes.entry(outcome).or_default() += 1;
        self.took += timed(|| answered = self.under.answer(&mut self.rng, &self.table, bytes));
        answered
    }

    fn go(mut self, seed: u64, count: u64) -> Tally {
        for at in 0..count {
            if !self.watched.synced()
                && let Err(why) = self.heal()
            {
                self.tally.wrong += 1;
                println!("seed {seed} message {at}: {why}");
                break;
            }
            let (bytes, done) = self.message();
            let before = self.rng.clone();
            let outcome = catch_unwind(AssertUnwindSafe(|| self.one(&bytes)));
            let mut took = self.took;
            for _ in 0..if took > SLOWEST_MAX && outcome.is_ok() { TRIES } else { 0 } {
                took = took.min(timed(|| {
                    let _ = self.under.frame(&self.table, &bytes, &mut self.out);
                    let _ = self.under.answer(&mut before.clone(), &self.table, &bytes);
                }));
            }
            self.tally.slowest = self.tally.slowest.max(took);
            self.tally.executions += 1;
            let why = match outcome {
                Ok(Ok(())) => continue,
                Ok(Err(why)) => {
                    self.tally.wrong += 1;
                    why
                }
                Err(_) => {
                    self.tally.panics += 1;
                    "panicked".to_owned()
                }
            };
            println!("seed {seed} message {at} {done:?}: {why}\n{}", String::from_utf8_lossy(&bytes));
            self.watched = Watched::new(self.under.venue, self.under.product);
        }
        self.tally
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    #[allow(clippy::disallowed_methods, reason = "a test measures how long a message takes")]
    let began = Instant::now();
    work();
    began.elapsed()
}

fn flood(venue: Venue, product: Product) {
    let (seed, count) = (number("TIDEGATE_MUTATION_SEED", 1), executions());
    let tally = Run::new(venue, product, seed).go(seed, count);
    let outcomes: Vec<String> =
        tally.outcomes.iter().map(|(name, count)| format!("{name} {count}")).collect();
    println!(
        "{}:{} seed={seed} executions={} panics={} wrong={} slowest_us={} to an intact book {}; {}",
        venue.name(),
        product.name(),
        tally.executions,
        tally.panics,
        tally.wrong,
        tally.slowest.as_micros(),
        tally.booked,
        outcomes.join(", "),
    );
    assert_eq!((tally.executions, tally.panics, tally.wrong), (count, 0, 0));
    assert!(tally.slowest <= SLOWEST_MAX, "{:?}", tally.slowest);
    // The flood reached what it is for: books that were whole, and every kind of refusal.
    assert!(tally.booked * 20 > count, "{}", tally.booked);
    for name in ["events", "field", "missing", "syntax"] {
        assert!(tally.outcomes.contains_key(name), "{name}");
    }
}

macro_rules! floods {
    ($($name:ident: $venue:ident $product:ident),*) => {$(
        #[test]
        fn $name() {
            flood(Venue::$venue, Product::$product);
        }
    )*};
}

floods!(
    damaged_messages_of_binance_spot_never_make_a_wrong_book: Binance Spot,
    damaged_messages_of_binance_linear_never_make_a_wrong_book: Binance Linear,
    damaged_messages_of_bybit_spot_never_make_a_wrong_book: Bybit Spot,
    damaged_messages_of_bybit_linear_never_make_a_wrong_book: Bybit Linear,
    damaged_messages_of_okx_spot_never_make_a_wrong_book: Okx Spot,
    damaged_messages_of_okx_linear_never_make_a_wrong_book: Okx Linear,
    damaged_messages_of_bitget_spot_never_make_a_wrong_book: Bitget Spot,
    damaged_messages_of_bitget_linear_never_make_a_wrong_book: Bitget Linear,
    damaged_messages_of_the_bridge_never_make_a_wrong_book: Bridge Spot
);
