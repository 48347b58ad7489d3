//! What the reducer is told.

use super::error::Refusal;
use crate::units::{LinkId, Ns, Venue};

pub enum Input<'a> {
    /// One text frame of a WebSocket link.
    Frame {
        link: LinkId,
        bytes: &'a [u8],
    },
    Link {
        link: LinkId,
        up: bool,
    },
    /// Answer to a fetch; status 0 means that none came.
    Reply {
        request: u64,
        status: u16,
        body: &'a [u8],
    },
    Timer,
    /// Records up to this number are on disk.
    Durable {
        seq: u64,
    },
    /// A send whose bytes certainly never left.
    SendFailed {
        link: LinkId,
        data: &'a [u8],
    },
    JournalFailed {
        reason: &'a str,
    },
    /// Server time minus our wall time.
    Clock {
        venue: Venue,
        offset: Ns,
        uncertainty: Ns,
    },
    Command(Command<'a>),
    Watch {
        instrument: &'a str,
        on: bool,
    },
    /// Recovery is over: a new epoch begins.
    Start,
}

/// One command of a person or program, and where its reply goes.
pub struct Command<'a> {
    pub name: &'a str,
    pub body: &'a [u8],
    pub actor: &'a str,
    pub id: &'a str,
    pub reply: &'a mut Result<Vec<u8>, Refusal>,
}
