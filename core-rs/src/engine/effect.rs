//! What the reducer wants done. The executor runs effects in list order.

use crate::units::{LinkId, Ns};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Write this framed record before anything later in the list.
    Journal {
        seq: u64,
        data: Vec<u8>,
    },
    /// One text frame, once record `after` is durable (0: at once).
    Send {
        link: LinkId,
        after: u64,
        data: Vec<u8>,
    },
    /// One HTTP request; its answer comes back under `request`.
    Fetch {
        link: LinkId,
        request: u64,
        data: Vec<u8>,
    },
    Event {
        topic: String,
        data: Vec<u8>,
    },
    /// Wake the reducer at this monotonic time at the latest.
    Wake {
        at: Ns,
    },
    /// Close the link and connect it anew.
    Close {
        link: LinkId,
    },
}

/// The effects of one or more inputs, in order.
#[derive(Debug, Default)]
pub struct Effects {
    pub list: Vec<Effect>,
    /// The one topic whose events are wanted; `None`: all of them.
    only: Option<&'static str>,
}

impl Effects {
    /// All topics are heard.
    pub const fn all() -> Self {
        Self { list: Vec::new(), only: None }
    }

    /// For an executor that hears one topic only: events of others are not even written.
    pub const fn hearing(topic: &'static str) -> Self {
        Self { list: Vec::new(), only: Some(topic) }
    }

    pub(super) fn hears(&self, topic: &str) -> bool {
        self.only.is_none_or(|only| only == topic)
    }

    pub fn push(&mut self, effect: Effect) {
        self.list.push(effect);
    }

    pub fn send(&mut self, link: LinkId, data: Vec<u8>) {
        self.push(Effect::Send { link, after: 0, data });
    }
}
