//! Books that fall silent while their link lives: each has a clock of its own, and its stream is asked for anew. A quiet
//! market looks the same, so one that stays silent is asked ever less often.

use super::Effects;
use super::books::Tracked;
use super::reducer::Engine;
use crate::units::{InstrumentId, LinkId, Now, Ns};

/// How often the wait for a silent book doubles.
const DOUBLINGS_MAX: u32 = 4;
/// Books that one look asks for anew; the rest come at the next.
const REVIVED_MAX: usize = 50;

/// When a silent book may be asked for anew, and how often that was done in vain.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silence {
    again: Ns,
    times: u32,
}

impl Engine {
    /// Asks for the streams of books that said nothing for `limit`; returns when to look again, monotonic.
    pub(super) fn revive_silent(&mut self, now: Now, link: LinkId, limit: Ns, out: &mut Effects) -> Ns {
        let mut next = now.mono + limit;
        let mut silent: Vec<InstrumentId> = Vec::new();
        for id in self.tracked_on(link) {
            let (book, tracked) = (&self.books[id.0 as usize], &self.tracked[id.0 as usize]);
            // One that is not in sequence is asked for already.
            if !book.is_synced() || !tracked.subscribed {
                continue;
            }
            let due = tracked.silence.due(book.updated(), limit);
            if due <= now.mono && silent.len() < REVIVED_MAX {
                silent.push(id);
            } else {
                next = next.min(due.max(now.mono + limit / 4));
            }
        }
        for id in &silent {
            let text = format!("{} said nothing for {} ms", self.instruments.name(*id), limit / 1_000_000);
            self.alert(now, "warning", "BOOK_SILENT", &text, out);
            self.unsync(now, *id, out);
            let silence = &mut self.tracked[id.0 as usize].silence;
            silence.times += 1;
            silence.again = now.mono + (limit << silence.times.min(DOUBLINGS_MAX));
        }
        if !silent.is_empty() {
            self.send_subscription(link, false, &silent, out);
            self.subscribe(now, link, &silent, out);
        }
        next
    }
}

impl Silence {
    fn due(&self, updated: Ns, limit: Ns) -> Ns {
        (updated + limit).max(self.again)
    }
}

impl Tracked {
    /// The stream brought a change: it is no silent one.
    pub(super) fn spoke(&mut self) {
        self.silence = Silence::default();
    }
}
