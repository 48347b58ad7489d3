//! The replay driver: recorded frames of two instruments -> books -> the spread of one pair -> JSON lines.
//! Cut into its three hops, so that whoever holds a clock can time each. Knows no file and no clock.

use crate::market::{
    Applied, Book, BookFault, DeltaKind, Edge, EdgeChange, Instrument, InstrumentStatus, PairIx, SpreadBoard,
    SpreadLeg, SpreadSpec, Touch, parse_instrument_name, push_percent,
};
use crate::units::{
    Asset, InstrumentId, MONEY_DECIMALS, Money, Ns, Product, Qty, Rate, Symbol, UnitError, Venue, pow10,
};
use crate::venues::{Codec, Context, DecodeError, Event, EventBuf, Instruments, Role};
use core::fmt;

/// Decimals of prices and quantities: a recording does not say its instruments' own, and these hold them all.
const DECIMALS: u8 = 8;
const PAIR: PairIx = PairIx(0);

/// Why a replay can not be set up. The text names the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayError {
    /// Not `venue:type:symbol`, or no codec for it.
    Leg(usize),
    SameLegs,
    /// Not a number above zero with at most eight decimals.
    Qty,
    Threshold,
    /// Not a fraction from 0 to below 1.
    Fee(usize),
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leg(leg) => write!(f, "leg {}: not a known venue:type:symbol", leg + 1),
            Self::SameLegs => f.write_str("both legs are the same instrument"),
            Self::Qty => f.write_str("qty: must be above 0, with at most 8 decimals"),
            Self::Threshold => f.write_str("threshold: must be a percentage with at most 8 decimals"),
            Self::Fee(leg) => write!(f, "fee of leg {}: must be a fraction from 0 to below 1", leg + 1),
        }
    }
}

impl std::error::Error for ReplayError {}

/// What is replayed, as text from the command line.
#[derive(Clone, Copy, Debug)]
pub struct ReplaySpec<'a> {
    pub legs: [&'a str; 2],
    pub qty: &'a str,
    /// Percent: `0.05`.
    pub threshold: &'a str,
    /// Fractions.
    pub fees: [&'a str; 2],
}

/// Counts of one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegCount {
    /// Depth messages of the stream, whatever became of them; REST snapshots are not of the stream.
    pub frames: u64,
    pub gaps: u64,
    /// Messages that brought nothing new: before the snapshot's id, or sent twice.
    pub ignored: u64,
    /// Faults other than gaps: crossed, snapshot too old, nonsense level.
    pub faults: u64,
}

/// What a frame did to its leg's book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookStep {
    Quiet,
    Changed(Touch),
    Unsynced,
}

/// One pair replayed. Frames come in by recv time; each passes `decode`, then `book` and `spread` per depth message.
#[derive(Debug)]
pub struct Replay {
    codecs: [&'static Codec; 2],
    instruments: Legs,
    books: Vec<Book>,
    board: SpreadBoard,
    counts: [LegCount; 2],
    opened: u64,
    events: EventBuf,
    edges: Vec<Edge>,
}

impl Replay {
    /// `find`: the codec of a venue and product.
    pub fn new(
        spec: &ReplaySpec<'_>,
        find: fn(Venue, Product) -> Option<&'static Codec>,
    ) -> Result<Self, ReplayError> {
        let [first, second] = [leg(spec, 0, find)?, leg(spec, 1, find)?];
        if first.0.name() == second.0.name() {
            return Err(ReplayError::SameLegs);
        }
        let codecs = [first.1, second.1];
        let instruments = Legs([first.0, second.0]);
        let books: Vec<Book> = codecs.iter().map(|codec| Book::new(codec.seq_rule)).collect();
        let mut board = SpreadBoard::new();
        board.upsert(PAIR, pair(spec)?, &books, 0, &mut Vec::new()).map_err(|_| ReplayError::Qty)?;
        Ok(Self {
            codecs,
            instruments,
            books,
            board,
            counts: [LegCount::default(); 2],
            opened: 0,
            events: EventBuf::default(),
            edges: Vec::new(),
        })
    }

    /// Hop 1: parses one frame of leg 0 or 1; returns the number of depth messages it holds for that leg.
    pub fn decode(&mut self, leg: usize, frame: &[u8]) -> Result<usize, DecodeError> {
        self.events.clear();
        let codec = self.codecs[leg];
        let context = Context {
            product: codec.product,
            role: Role::Public,
            instruments: &self.instruments,
            implied: Some(InstrumentId(leg as u32)),
        };
        match (codec.decode)(&context, frame, &mut self.events) {
            Ok(()) => {
                let ours = InstrumentId(leg as u32);
                self.events.events.retain(|event| matches!(event, Event::Depth(d) if d.instrument == ours));
                Ok(self.events.events.len())
            }
            Err(DecodeError::UnknownMessage | DecodeError::UnknownInstrument) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Hop 2: feeds depth message `index` of the decoded frame to the leg's book.
    pub fn book(&mut self, leg: usize, index: usize, recv_ns: Ns) -> BookStep {
        let Some(Event::Depth(depth)) = self.events.events.get(index) else { return BookStep::Quiet };
        let book = &mut self.books[leg];
        let count = &mut self.counts[leg];
        count.frames += u64::from(depth.kind == DeltaKind::Update || !book.rule().buffers());
        match book.apply(&self.events.delta(depth), recv_ns) {
            Ok(applied) => {
                count.ignored += u64::from(applied == Applied::Ignored);
                applied.touch().map_or(BookStep::Quiet, BookStep::Changed)
            }
            Err(BookFault::Gap { .. }) => {
                count.gaps += 1;
                BookStep::Unsynced
            }
            Err(_) => {
                count.faults += 1;
                BookStep::Unsynced
            }
        }
    }

    /// Hop 3: brings the pair's directions up to date after `step`; finished JSON lines go to `out`.
    pub fn spread(&mut self, leg: usize, step: BookStep, recv_ns: Ns, out: &mut Vec<u8>) {
        let instrument = InstrumentId(leg as u32);
        match step {
            BookStep::Quiet => return,
            BookStep::Changed(touch) => {
                self.board.on_book(instrument, &self.books[leg], &touch, recv_ns, &mut self.edges);
            }
            BookStep::Unsynced => self.board.on_unsync(instrument, recv_ns, &mut self.edges),
        }
        for edge in self.edges.drain(..) {
            self.opened += u64::from(matches!(edge.change, EdgeChange::Opened(_)));
            push_edge(out, &edge, recv_ns);
        }
    }

    pub const fn counts(&self) -> &[LegCount; 2] {
        &self.counts
    }

    /// The last line: `{"summary":true,"frames":[a,b],"gaps":[a,b],"opened":n}`.
    pub fn push_summary(&self, out: &mut Vec<u8>) {
        let [a, b] = &self.counts;
        let line = format!(
            "{{\"summary\":true,\"frames\":[{},{}],\"gaps\":[{},{}],\"opened\":{}}}\n",
            a.frames, b.frames, a.gaps, b.gaps, self.opened
        );
        out.extend_from_slice(line.as_bytes());
    }
}

/// The two instruments; ids are the leg numbers.
#[derive(Debug)]
struct Legs([Instrument; 2]);

impl Instruments for Legs {
    fn find(&self, venue: Venue, product: Product, symbol: &Symbol) -> Option<&Instrument> {
        self.0.iter().find(|i| (i.venue, i.product, &i.symbol) == (venue, product, symbol))
    }

    fn get(&self, id: InstrumentId) -> Option<&Instrument> {
        self.0.get(id.0 as usize)
    }
}

fn leg(
    spec: &ReplaySpec<'_>,
    leg: usize,
    find: fn(Venue, Product) -> Option<&'static Codec>,
) -> Result<(Instrument, &'static Codec), ReplayError> {
    let error = ReplayError::Leg(leg);
    let (venue, product, symbol) = parse_instrument_name(spec.legs[leg]).ok_or(error)?;
    let codec = find(venue, product).ok_or(error)?;
    let asset = Asset::new(b"-").map_err(|_| error)?;
    let instrument = Instrument {
        id: InstrumentId(leg as u32),
        venue,
        product,
        symbol,
        base: asset,
        quote: asset,
        px_decimals: DECIMALS,
        qty_decimals: DECIMALS,
        tick: 1,
        lot: 1,
        qty_min: Qty::ZERO,
        qty_max: Qty::ZERO,
        notional_min: Money::ZERO,
        fee_maker: Rate::ZERO,
        fee_taker: Rate::ZERO,
        status: InstrumentStatus::Trading,
        wire: codec.unlisted_wire(),
    };
    Ok((instrument, codec))
}

fn pair(spec: &ReplaySpec<'_>) -> Result<SpreadSpec, ReplayError> {
    let qty = Money::parse(spec.qty.as_bytes()).map_err(|_| ReplayError::Qty)?;
    if qty.0 <= 0 || qty.0 % pow10(MONEY_DECIMALS - DECIMALS) != 0 {
        return Err(ReplayError::Qty);
    }
    let leg = |index: usize| -> Result<SpreadLeg, ReplayError> {
        let fee = fee(spec.fees[index]).map_err(|_| ReplayError::Fee(index))?;
        Ok(SpreadLeg {
            instrument: InstrumentId(index as u32),
            px_decimals: DECIMALS,
            qty_decimals: DECIMALS,
            fee,
        })
    };
    Ok(SpreadSpec {
        legs: [leg(0)?, leg(1)?],
        qty,
        threshold: Rate::parse_percent(spec.threshold.as_bytes()).map_err(|_| ReplayError::Threshold)?,
        enabled: true,
        allowed: [true; 2],
    })
}

fn fee(text: &str) -> Result<Rate, UnitError> {
    let rate = Rate::parse(text.as_bytes())?;
    let one = Rate::from_bps(10_000);
    if rate >= Rate::ZERO && rate < one { Ok(rate) } else { Err(UnitError::OutOfRange) }
}

fn push_edge(out: &mut Vec<u8>, edge: &Edge, recv_ns: Ns) {
    let direction = edge.direction.name();
    match edge.change {
        EdgeChange::Updated(_) => {}
        EdgeChange::Opened(quote) => {
            let head = format!(
                "{{\"event\":\"opportunity\",\"direction\":\"{direction}\",\"recvNs\":{recv_ns},\"netPercent\":\""
            );
            out.extend_from_slice(head.as_bytes());
            push_percent(out, quote.net_micro_percent);
            out.extend_from_slice(b"\"}\n");
        }
        EdgeChange::Closed { open_ns, max_micro_percent } => {
            let head = format!(
                "{{\"event\":\"opportunity_closed\",\"direction\":\"{direction}\",\"recvNs\":{recv_ns},\"openNs\":{open_ns},\"maxNetPercent\":\""
            );
            out.extend_from_slice(head.as_bytes());
            push_percent(out, max_micro_percent);
            out.extend_from_slice(b"\"}\n");
        }
    }
}
