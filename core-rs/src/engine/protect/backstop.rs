//! Stops that a venue keeps of its own behind our protections: they close a position while nobody here is alive to do it.
//!
//! A position has one at most, and the venue drops it with the position. What we ask for is on disk before it is asked, so that
//! no crash leaves one behind that nobody knows; asking twice does the same, so an answer that never came is asked for again.

use super::ProtectRecord;
use crate::engine::reducer::Engine;
use crate::engine::requests::{Request, Why};
use crate::engine::{Effects, Mutant};
use crate::plan::{BackstopDecision, BackstopFacts, Plan, Protection, ProtectionState, Shown, next_backstop};
use crate::risk::LatchMode;
use crate::units::{AccountId, InstrumentId, Money, Now, Ns, PlanId, Price};
use crate::venues::Query;
use std::collections::BTreeSet;

const SECOND: Ns = 1_000_000_000;
/// A moving stop is followed at most this often.
const FOLLOW_EVERY: Ns = 2 * SECOND;
/// After the venue refused.
const REFUSED_AGAIN: Ns = 10 * SECOND;
/// A list or row that was on its way while we asked may show what was before; younger ones count.
const SHOWN_WITHIN: Ns = 3 * SECOND;
/// Missing for so long, it is told.
const MISSING_ALARM: Ns = 10 * SECOND;
/// Moves by less than this part of the gap are not followed.
const STEPS: i64 = 4;

/// What the engine knows of a position's stop at the venue, beside what is on record.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Backstopped {
    seen: Shown,
    /// When the venue last confirmed what we asked, monotonic.
    served: Option<Ns>,
    /// Not asked again before.
    next_try: Ns,
    missing_since: Option<Ns>,
    /// The record that says what is asked for; 0: one of an earlier process.
    noted: u64,
}

impl Engine {
    /// Once a second: every position that has, or should have, a stop at its venue.
    pub(in crate::engine) fn drive_backstops(&mut self, now: Now, out: &mut Effects) {
        for place in self.backstop_places() {
            self.drive_backstop(now, place, out);
        }
    }

    /// No venue is to be told of a stop, nor asked for its answer.
    pub fn has_backstops_settled(&self) -> bool {
        let asks = |(account, instrument)| self.requests.sets_backstop(account, instrument);
        self.backstop_places().into_iter().all(|place| {
            !asks(place) && next_backstop(&self.backstop_facts(place).1) == BackstopDecision::Rest
        })
    }

    fn backstop_places(&self) -> BTreeSet<(AccountId, InstrumentId)> {
        let wants = |p: &&Protection| p.terms.backstop.is_some();
        let wanted = self.state.protections.active().filter(wants);
        let mut places: BTreeSet<(AccountId, InstrumentId)> =
            wanted.map(|p| (p.terms.account, p.terms.instrument)).collect();
        places.extend(self.state.protections.backstops.keys());
        places
    }

    /// On whose behalf, if anybody's, and what is known of it.
    fn backstop_facts(&self, place: (AccountId, InstrumentId)) -> (Option<PlanId>, BackstopFacts) {
        let wanted = self.wanted_backstop(place.0, place.1);
        let asked = self.state.protections.backstops.get(&place).copied();
        let facts = BackstopFacts {
            wanted: wanted.map(|(_, px, _)| px),
            asked: asked.map(|(_, px)| px),
            seen: self.backstops.get(&place).map_or(Shown::Unknown, |known| known.seen),
            flat: self.is_flat(place.0, place.1),
            step: wanted.map_or(0, |(_, _, step)| step),
        };
        (wanted.map(|(id, ..)| id).or(asked.map(|(id, _)| id)), facts)
    }

    fn drive_backstop(&mut self, now: Now, place: (AccountId, InstrumentId), out: &mut Effects) {
        let (account, instrument) = place;
        let (Some(id), facts) = self.backstop_facts(place) else { return };
        let missing = facts.wanted.is_some() && (facts.asked.is_none() || facts.seen != facts.asked.into());
        self.alarm_missing(now, place, id, missing, out);
        if !self.is_ready(account) || self.requests.sets_backstop(account, instrument) {
            return;
        }
        match next_backstop(&facts) {
            BackstopDecision::Set(px) => self.set_backstop(now, place, id, Some(px), out),
            BackstopDecision::Clear if self.has(Mutant::BackstopLeft) => {}
            BackstopDecision::Clear => self.set_backstop(now, place, id, None, out),
            BackstopDecision::Forget => self.forget_backstop(now, place, id, out),
            BackstopDecision::Rest => {}
        }
    }

    /// On whose behalf, where, and by how much that may be off. The loosest of the stops that each cover the whole position:
    /// past it, all of them should have triggered.
    fn wanted_backstop(&self, account: AccountId, instrument: InstrumentId) -> Option<(PlanId, Price, i64)> {
        let tick = self.instruments.at(instrument).tick;
        let level = |p: &Protection| {
            let terms = p.terms;
            let held = self.held(account, instrument, terms.side);
            let watches = matches!(p.state, ProtectionState::Armed | ProtectionState::Triggered);
            let covers = held > Money::ZERO && p.reach().is_none_or(|reach| reach >= held);
            let gap = terms.backstop.filter(|_| terms.account == account && watches && covers)?;
            let stop = self.stop_of(p)?;
            let px = Price::new(terms.levels(tick).behind(stop, gap)?).ok()?;
            Some((terms.id, px, (stop - px.get()).abs() / STEPS, p.along(px)))
        };
        let levels = self.state.protections.active_of(instrument).filter_map(level);
        levels.min_by_key(|(.., along)| *along).map(|(id, px, step, _)| (id, px, step.max(tick)))
    }

    /// Here and at the venue, as far as it has told.
    fn is_flat(&self, account: AccountId, instrument: InstrumentId) -> bool {
        let ours = self.state.ledger.positions().get(account, instrument);
        let theirs = self.venue_positions.get(&(account, instrument));
        ours.is_none_or(|ours| ours.basis.qty == Money::ZERO)
            && theirs.is_none_or(|theirs| theirs.qty == Money::ZERO)
    }

    /// Under HALT nothing is set; what is there may be taken away.
    fn set_backstop(
        &mut self,
        now: Now,
        (account, instrument): (AccountId, InstrumentId),
        id: PlanId,
        px: Option<Price>,
        out: &mut Effects,
    ) {
        let stopped = self.journal_failed.is_some() || self.latch_now() == LatchMode::Halt;
        let next_try = self.backstops.get(&(account, instrument)).map_or(Ns::MIN, |known| known.next_try);
        if now.mono < next_try || (px.is_some() && stopped) {
            return;
        }
        let place = (account, instrument);
        if let Some(px) = px
            && self.state.protections.backstops.get(&place) != Some(&(id, px))
        {
            self.commit_protect(now, ProtectRecord::Backstop { id, account, instrument, px: Some(px) }, out);
            self.backstops.entry(place).or_default().noted = self.journal.seq();
            return;
        }
        let noted = self.backstops.get(&place).map_or(0, |known| known.noted);
        let Some(link) = self.rest_link(account, instrument).filter(|_| noted <= self.durable) else {
            return;
        };
        let query = Query::Backstop { instrument, px };
        if self.ask(now, link, Some(account), query, Why::Backstop, out) {
            let known = self.backstops.entry((account, instrument)).or_default();
            known.next_try = now.mono + FOLLOW_EVERY;
        }
    }

    fn forget_backstop(
        &mut self,
        now: Now,
        (account, instrument): (AccountId, InstrumentId),
        id: PlanId,
        out: &mut Effects,
    ) {
        self.commit_protect(now, ProtectRecord::Backstop { id, account, instrument, px: None }, out);
        self.backstops.remove(&(account, instrument));
        self.tell_protection(id, out);
    }

    /// The venue did what it was asked.
    pub(in crate::engine) fn backstop_served(
        &mut self,
        now: Now,
        request: &Request,
        instrument: InstrumentId,
        px: Option<Price>,
        out: &mut Effects,
    ) {
        let Some(account) = request.account else { return };
        let known = self.backstops.entry((account, instrument)).or_default();
        (known.seen, known.served) = (px.into(), Some(now.mono));
        let asked = self.state.protections.backstops.get(&(account, instrument)).copied();
        match (px, asked) {
            (None, Some((id, _))) => self.forget_backstop(now, (account, instrument), id, out),
            (_, Some((id, _))) => self.tell_protection(id, out),
            (_, None) => {}
        }
    }

    pub(in crate::engine) fn backstop_refused(&mut self, now: Now, request: &Request) {
        if let (Query::Backstop { instrument, .. }, Some(account)) = (request.query, request.account) {
            let known = self.backstops.entry((account, instrument)).or_default();
            known.next_try = now.mono + REFUSED_AGAIN;
        }
    }

    /// The venue shows a position's stop.
    pub(in crate::engine) fn on_backstop(
        &mut self,
        now: Now,
        account: AccountId,
        instrument: InstrumentId,
        px: Option<Price>,
    ) {
        let on_way = self.requests.sets_backstop(account, instrument);
        let known = self.backstops.entry((account, instrument)).or_default();
        if !on_way && known.served.is_none_or(|served| now.mono - served >= SHOWN_WITHIN) {
            known.seen = px.into();
        }
    }

    fn alarm_missing(
        &mut self,
        now: Now,
        place: (AccountId, InstrumentId),
        id: PlanId,
        missing: bool,
        out: &mut Effects,
    ) {
        let known = self.backstops.entry(place).or_default();
        if !missing {
            known.missing_since = None;
            return;
        }
        let since = *known.missing_since.get_or_insert(now.mono);
        if now.mono - since >= MISSING_ALARM {
            known.missing_since = Some(now.mono);
            let text = format!("{}: the venue does not hold the stop it was asked for", Plan::name(id));
            self.plan_alert(now, "warning", "VENUE_STOP_MISSING", &text, id, out);
        }
    }

    /// Where the venue's stop stands on its behalf, once that is confirmed.
    pub(super) fn backstop_of(&self, protection: &Protection) -> Option<Price> {
        let place = (protection.terms.account, protection.terms.instrument);
        let (id, px) = *self.state.protections.backstops.get(&place)?;
        let seen = self.backstops.get(&place).map_or(Shown::Unknown, |known| known.seen);
        (id == protection.terms.id && seen == Shown::At(px)).then_some(px)
    }
}
