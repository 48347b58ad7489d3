//! The step: one input in, effects out. Branches here, leaves in their files.

use super::Mutant;
use super::error::Code;
use super::field::parse;
use super::reducer::Engine;
use super::timers::Timer;
use super::{Effects, Input, Refusal};
use crate::ledger::Sight;
use crate::units::{LinkId, Now, Ns, Product, Venue};
use crate::venues::{Context, Event};

const SECOND: Ns = 1_000_000_000;
/// Fences and time windows rest on the venue's time: known less well than this, nothing is opened there.
const UNCERTAINTY_MAX: Ns = 500_000_000;

/// A venue's clock as last measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct VenueClock {
    /// The venue's time less ours.
    pub offset: Ns,
    pub uncertainty: Ns,
}

impl VenueClock {
    pub(super) const fn is_known(&self) -> bool {
        self.uncertainty <= UNCERTAINTY_MAX
    }
}

impl Engine {
    pub fn step(&mut self, now: Now, input: Input<'_>, out: &mut Effects) {
        match input {
            Input::Frame { link, bytes } => self.on_frame(now, link, bytes, out),
            Input::Link { link, up } => self.on_link(now, link, up, out),
            Input::Reply { request, status, body } => self.on_reply(now, request, status, body, out),
            Input::Timer => self.run_timers(now, out),
            Input::Durable { seq } => self.on_durable(now, seq, out),
            Input::SendFailed { link, data } => self.on_send_failed(now, link, data, out),
            Input::JournalFailed { reason } => self.on_journal_failed(now, reason, out),
            Input::Clock { venue, offset, uncertainty } => {
                self.on_clock(venue, VenueClock { offset, uncertainty });
            }
            Input::Command(mut command) => self.on_command(now, &mut command, out),
            Input::Watch { instrument, on } => self.on_watch(now, instrument, on, out),
            Input::Start => self.start(now, out),
        }
        self.bring_in_line(now, out);
        self.announce_wake(out);
    }

    fn on_frame(&mut self, now: Now, id: LinkId, bytes: &[u8], out: &mut Effects) {
        let Some(link) = self.links.get_mut(id.0 as usize) else { return };
        link.heard = now.mono;
        link.frames += 1;
        let (Some(codec), role, account) = (link.codec, link.config.role, link.account) else { return };
        let mut buf = core::mem::take(&mut self.buf);
        buf.clear();
        let ctx = Context { product: codec.product, role, instruments: &self.instruments, implied: None };
        match (codec.decode)(&ctx, bytes, &mut buf) {
            Ok(()) => self.on_events(now, id, &buf, account, out),
            Err(crate::venues::DecodeError::UnknownInstrument) => {}
            Err(error) => self.count_decode_error(now, id, &error.to_string(), out),
        }
        self.buf = buf;
    }

    fn on_events(
        &mut self,
        now: Now,
        id: LinkId,
        buf: &crate::venues::EventBuf,
        account: Option<crate::units::AccountId>,
        out: &mut Effects,
    ) {
        for event in &buf.events {
            match (event, account) {
                (Event::Depth(depth), _) => self.on_depth(now, depth, buf, out),
                (Event::Session(note), _) => self.on_session(now, id, *note, out),
                (Event::Order(report), Some(account)) => self.on_order_report(now, account, report, out),
                (Event::Fill(fill), Some(account)) => self.on_fill(now, account, fill, out),
                (Event::Balance(report), Some(account)) => {
                    self.on_balance(now, account, report, Sight::Passing, out);
                }
                (Event::Position(report), Some(account)) => self.on_position(account, report),
                (Event::Backstop { instrument, px }, Some(account)) => {
                    self.on_backstop(now, account, *instrument, *px);
                }
                (Event::Move(report), Some(account)) => self.on_move(now, account, report, out),
                (Event::Moved, Some(account)) => self.on_moved(now, account, out),
                (Event::Reply(reply), Some(account)) => self.on_request_reply(now, account, reply, out),
                // Informational, or an account's word on a link that belongs to none: proves nothing.
                (Event::Bbo(_) | Event::Trade(_), _)
                | (
                    Event::Order(_)
                    | Event::Fill(_)
                    | Event::Balance(_)
                    | Event::Position(_)
                    | Event::Backstop { .. }
                    | Event::Move(_)
                    | Event::Moved
                    | Event::Reply(_),
                    None,
                ) => {}
            }
        }
    }

    /// The venue's list of instruments. Refused as a whole when a row is wrong.
    pub fn set_instruments(
        &mut self,
        now: Now,
        venue: Venue,
        product: Product,
        json: &[u8],
        out: &mut Effects,
    ) -> Result<(), Refusal> {
        let loaded = self.instruments.load(venue, product, &parse(json)?)?;
        for name in &loaded.refused {
            let text = format!("{name} has finer steps than the decimals in use; restart to trade it");
            self.alert(now, "critical", "INSTRUMENT_CHANGED", &text, out);
        }
        for name in &loaded.gone {
            let text = format!("{name} is not in the venue's list any more; nothing is traded there");
            self.alert(now, "critical", "INSTRUMENT_GONE", &text, out);
        }
        self.grow_books();
        self.count_books(now, out);
        self.ask_untold(now);
        if self.started {
            for account in self.accounts.ids() {
                self.begin_recon(now, account, out);
            }
        }
        self.announce_wake(out);
        Ok(())
    }

    fn on_clock(&mut self, venue: Venue, clock: VenueClock) {
        for id in self.accounts.ids() {
            let account = self.accounts.at_mut(id);
            if account.venue == venue
                && let Some(session) = &mut account.session
            {
                session.offset_ns = clock.offset;
            }
        }
        self.clocks.insert(venue, clock);
    }

    fn on_durable(&mut self, now: Now, seq: u64, out: &mut Effects) {
        let was = self.is_booted();
        self.durable = self.durable.max(seq);
        self.release_held(now, out);
        if !was && self.is_booted() {
            self.drive_all(now, out);
        }
    }

    /// Orders may only be sent in an epoch that can not be forgotten.
    pub(super) const fn is_booted(&self) -> bool {
        self.started && self.durable >= self.boot_seq
    }

    fn on_journal_failed(&mut self, now: Now, reason: &str, out: &mut Effects) {
        if self.journal_failed.is_none() && !self.has(Mutant::JournalFaultIgnored) {
            self.journal_failed = Some(reason.to_owned());
            let text = format!("the journal can not be written ({reason}): only cancels until a restart");
            self.alert(now, "critical", "JOURNAL_FAILED", &text, out);
            self.drop_held(now, out);
            self.cancel_all(now, out);
            self.alarm_naked(now, out);
        }
    }

    fn on_watch(&mut self, now: Now, name: &str, on: bool, out: &mut Effects) {
        let Some(id) = self.instruments.by_name(name) else { return };
        self.grow_books();
        let watchers = &mut self.tracked[id.0 as usize].watchers;
        *watchers = if on { watchers.saturating_add(1) } else { watchers.saturating_sub(1) };
        self.track(now, id, out);
    }

    pub(super) fn tick(&mut self, now: Now, out: &mut Effects) {
        self.timers.set(Timer::Tick, now.mono + SECOND);
        for request in self.requests.expired(now.mono) {
            self.on_lost_request(now, &request, out);
        }
        self.retry_deferred(now, out);
        self.drive_residuals(now, out);
        self.drive_backstops(now, out);
        self.open_day(now, out);
        self.watch_losses(now, out);
        self.tell_statuses(now, out);
    }
}

/// The refusal of a command or view that does not exist.
pub(super) fn unknown(what: &str, name: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("no {what} {name}"))
}
