//! Books of the instruments somebody needs: subscribed, kept in sequence, made whole again after a fault.

use super::Effects;
use super::Mutant;
use super::reducer::Engine;
use super::requests::Why;
use super::silence::Silence;
use super::timers::Timer;
use crate::market::{Applied, Book, BookFault, BookState, SeqRule, Touch};
use crate::units::{InstrumentId, LinkId, Now, Ns};
use crate::venues::{Depth, EventBuf, Query, Resync, Role};

/// Levels a side asked for in a snapshot.
const SNAPSHOT_DEPTH: u16 = 1_000;
/// First wait for a snapshot before asking again; doubles up to the last.
const RESYNC_WAIT: [Ns; 5] = [1_000_000_000, 2_000_000_000, 4_000_000_000, 8_000_000_000, 15_000_000_000];
/// Snapshots older than the buffer that are replaced at once.
const SNAPSHOT_RETRIES: u32 = 3;
/// Unsynced books without a snapshot after this many tries are alarmed (and tried on).
const RESYNC_ALARM: u32 = 5;
/// Snapshots under way at once, all venues: the venues' weight budgets hold more.
const SNAPSHOTS_MAX: usize = 8;

/// Who needs an instrument's book, and how it stands.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    pub watchers: u32,
    /// How many things of the durable state need it, see `follow`.
    pub needs: u32,
    pub link: Option<LinkId>,
    pub subscribed: bool,
    pub resyncs: u32,
    /// Tries of the resync under way; 0 when none is.
    pub tries: u32,
    pub synced_once: bool,
    /// Subscribed a moment ago: the stream's own snapshot is on its way.
    pub fresh: bool,
    pub gaps: u64,
    pub silence: Silence,
}

impl Tracked {
    pub(super) const fn wanted(&self) -> bool {
        self.watchers > 0 || self.needs > 0
    }
}

impl Engine {
    /// Makes room for instruments that were added to the table.
    pub(super) fn grow_books(&mut self) {
        for index in self.books.len()..self.instruments.len() {
            let i = self.instruments.at(InstrumentId(index as u32));
            let rule = crate::venues::codec(i.venue, i.product).map_or(SeqRule::Increment, |c| c.seq_rule);
            self.books.push(Book::new(rule));
            self.tracked.push(Tracked {
                link: self.find_link(i.venue, i.product, Role::Public, None),
                ..Tracked::default()
            });
        }
    }

    pub(super) fn tracked_on(&self, id: LinkId) -> impl Iterator<Item = InstrumentId> + '_ {
        let on = move |t: &Tracked| t.link == Some(id) && t.wanted();
        let marked = self.tracked.iter().enumerate().filter(move |(_, t)| on(t));
        marked.map(|(at, _)| InstrumentId(at as u32))
    }

    /// Brings the subscription of one instrument in line with who wants it.
    pub(super) fn track(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        let tracked = &self.tracked[id.0 as usize];
        let Some(link) = tracked.link else { return };
        let up = self.link(link).is_some_and(|link| link.up);
        match (tracked.wanted(), tracked.subscribed) {
            (true, false) if up => self.subscribe(now, link, &[id], out),
            (false, true) => {
                self.send_subscription(link, false, &[id], out);
                self.tracked[id.0 as usize].subscribed = false;
                self.tracked[id.0 as usize].synced_once = false;
                self.unsync(now, id, out);
            }
            (true | false, _) => {}
        }
    }

    pub(super) fn subscribe_all(&mut self, now: Now, link: LinkId, out: &mut Effects) {
        let wanted: Vec<InstrumentId> = self.tracked_on(link).collect();
        self.subscribe(now, link, &wanted, out);
    }

    pub(super) fn subscribe(&mut self, now: Now, link: LinkId, ids: &[InstrumentId], out: &mut Effects) {
        if ids.is_empty() {
            return;
        }
        if self.tracked_on(link).all(|id| !self.tracked[id.0 as usize].subscribed) {
            // A link that nothing was asked of was silent by right; its silence counts from here.
            self.links[link.0 as usize].heard = now.mono;
        }
        self.send_subscription(link, true, ids, out);
        for id in ids {
            self.tracked[id.0 as usize].subscribed = true;
            self.tracked[id.0 as usize].tries = 0;
            self.tracked[id.0 as usize].fresh = true;
            self.resync(now, *id, out);
        }
        let stale = self.links[link.0 as usize].heard
            + self
                .config
                .venue(self.links[link.0 as usize].config.venue, self.links[link.0 as usize].config.product)
                .stale;
        self.timers.set_earlier(Timer::Stale(link), stale.max(now.mono));
    }

    pub(super) fn send_subscription(&self, link: LinkId, on: bool, ids: &[InstrumentId], out: &mut Effects) {
        let Some(codec) = self.link(link).and_then(|link| link.codec) else { return };
        let instruments: Vec<_> = ids.iter().map(|id| self.instruments.at(*id)).collect();
        let mut frames = Vec::new();
        codec.encode_subscribe(Role::Public, on, &instruments, &mut frames);
        for data in frames {
            out.send(link, data);
        }
    }

    pub(super) fn on_depth(&mut self, now: Now, depth: &Depth, buf: &EventBuf, out: &mut Effects) {
        let index = depth.instrument.0 as usize;
        if !self.tracked.get(index).is_some_and(Tracked::wanted) {
            return;
        }
        let mut delta = buf.delta(depth);
        if self.has(Mutant::SnapshotAlone) {
            self.forget_buffered(index, &mut delta);
        }
        match self.books[index].apply(&delta, now.mono) {
            Ok(applied) => {
                if let Some(touch) = applied.touch() {
                    self.book_moved(now, depth.instrument, &touch, out);
                }
                match applied {
                    Applied::Rebuilt => self.book_rebuilt(now, depth.instrument, out),
                    Applied::Changed(_) => self.tracked[index].spoke(),
                    Applied::Buffered | Applied::Ignored => {}
                }
            }
            Err(fault) => self.book_failed(now, depth.instrument, fault, out),
        }
    }

    fn book_moved(&mut self, now: Now, id: InstrumentId, touch: &Touch, out: &mut Effects) {
        let book = &self.books[id.0 as usize];
        self.board.on_book(id, book, touch, now.mono, &mut self.edges);
        if touch.top {
            self.watch_protections(now, id, out);
            if self.tracked[id.0 as usize].watchers > 0 {
                self.price_event(now, id, out);
            }
        }
        if !self.edges.is_empty() {
            self.on_edges(now, out);
        }
    }

    fn book_rebuilt(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        let tracked = &mut self.tracked[id.0 as usize];
        tracked.tries = 0;
        tracked.synced_once = true;
        self.timers.clear(Timer::Resync(id));
        self.drive_waiting(now, id, out);
    }

    fn book_failed(&mut self, now: Now, id: InstrumentId, fault: BookFault, out: &mut Effects) {
        self.tracked[id.0 as usize].gaps += u64::from(matches!(fault, BookFault::Gap { .. }));
        let text = format!("{}: {fault}", self.instruments.name(id));
        self.alert(now, "warning", fault.code(), &text, out);
        self.board.on_unsync(id, now.mono, &mut self.edges);
        self.on_edges(now, out);
        self.book_status_event(now, id, out);
        let tries = self.tracked[id.0 as usize].tries;
        // While a snapshot is on its way, or tries run short, the timer asks again.
        let asks = match fault {
            BookFault::Gap { .. } => tries == 0,
            BookFault::SnapshotOld { .. } => tries <= SNAPSHOT_RETRIES,
            BookFault::Crossed { .. } | BookFault::BadLevel { .. } | BookFault::TooDeep { .. } => tries <= 1,
        };
        if asks {
            self.resync(now, id, out);
        }
    }

    /// Nothing is priced from this book from here on.
    pub(super) fn unsync(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        self.books[id.0 as usize].unsync();
        self.tracked[id.0 as usize].tries = 0;
        self.timers.clear(Timer::Resync(id));
        self.board.on_unsync(id, now.mono, &mut self.edges);
        self.on_edges(now, out);
    }

    /// Asks for what makes the book whole, and sets when to ask again.
    pub(super) fn resync(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        let tracked = &mut self.tracked[id.0 as usize];
        if !tracked.subscribed || !tracked.wanted() {
            return;
        }
        let wait = RESYNC_WAIT[(tracked.tries as usize).min(RESYNC_WAIT.len() - 1)];
        tracked.tries += 1;
        tracked.resyncs += 1;
        let fresh = core::mem::take(&mut tracked.fresh);
        let (tries, Some(link)) = (tracked.tries, tracked.link) else { return };
        self.timers.set(Timer::Resync(id), now.mono + wait);
        if tries == RESYNC_ALARM {
            let text = format!("{} has no snapshot after {tries} tries", self.instruments.name(id));
            self.alert(now, "critical", "BOOK_LOST", &text, out);
        }
        let Some(codec) = self.link(link).and_then(|link| link.codec) else { return };
        match codec.resync {
            Resync::RestSnapshot => {
                // Snapshots that no stream joins: it is asked for anew as well.
                if tries.is_multiple_of(SNAPSHOT_RETRIES) {
                    self.send_subscription(link, false, &[id], out);
                    self.send_subscription(link, true, &[id], out);
                }
                self.ask_snapshot(now, id, out);
            }
            Resync::Resubscribe if fresh => {}
            Resync::Resubscribe => {
                self.send_subscription(link, false, &[id], out);
                self.send_subscription(link, true, &[id], out);
            }
        }
    }

    fn ask_snapshot(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        let i = self.instruments.at(id);
        let Some(link) = self.find_link(i.venue, i.product, Role::Rest, None) else { return };
        let query = Query::Snapshot { instrument: id, depth: SNAPSHOT_DEPTH };
        if self.requests.asks(None, link, &query) {
            return;
        }
        if self.requests.count(Why::Book) >= SNAPSHOTS_MAX {
            self.timers.set(Timer::Resync(id), now.mono + RESYNC_WAIT[0] / 4);
            return;
        }
        self.ask(now, link, None, query, Why::Book, out);
    }

    pub(super) fn resync_due(&mut self, now: Now, id: InstrumentId, out: &mut Effects) {
        if !self.books[id.0 as usize].is_synced() {
            self.resync(now, id, out);
        }
    }

    /// The book's stream is asked for, over a link that is up.
    pub(super) fn is_subscribed(&self, id: InstrumentId) -> bool {
        let Some(tracked) = self.tracked.get(id.0 as usize) else { return false };
        tracked.subscribed && tracked.link.and_then(|link| self.link(link)).is_some_and(|link| link.up)
    }

    /// The book as far as it may be priced from.
    pub(super) fn book_state(&self, id: InstrumentId, now: Ns) -> BookState {
        let i = self.instruments.at(id);
        let Some(book) = self.books.get(id.0 as usize) else { return BookState::Unsynced };
        if book.is_synced() && self.has(Mutant::StaleBook) {
            return BookState::Synced;
        }
        book.state(now, self.config.venue(i.venue, i.product).stale)
    }
}
