//! What can be wrong with venue bytes, and what a venue's refusal means to us.

use super::scan::unescape_into;
use crate::units::{Symbol, Text};
use core::fmt;

/// Why a frame was refused. The frame is dropped and counted; the process lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// Not JSON (and not one of the venue's text frames), or nested deeper than the limit.
    Syntax { at: usize },
    /// A required field is absent or null.
    Missing(&'static str),
    /// A field has a type or value we can not use.
    Field(&'static str),
    /// Well-formed, but no message we know.
    UnknownMessage,
    /// An instrument we do not track; harmless.
    UnknownInstrument,
    /// More levels or rows than the named limit.
    TooLarge,
}

/// Why an intent could not become bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// The venue has no such order type or time in force.
    Unsupported(&'static str),
    /// A limit order without a price.
    MissingPrice,
    UnknownInstrument,
    /// No whole number of the units that the venue counts in.
    Quantity,
    /// A signed request without a session.
    NoSession,
}

/// Our meaning of a venue's error code. One table per venue maps to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectClass {
    InsufficientFunds,
    /// Price, quantity or notional filter.
    Filter,
    PostOnlyWouldTake,
    DuplicateClientId,
    UnknownOrder,
    /// The venue lists no such instrument, or does not any more.
    UnknownSymbol,
    /// The order is already done (filled or cancelled): a cancel came too late.
    AlreadyDone,
    ReduceOnly,
    Timestamp,
    /// Signature, key, permission or address.
    Auth,
    RateLimited,
    /// Temporarily banned: stop until the deadline.
    Banned,
    Maintenance,
    /// The fate of the request is unknown (5xx, -1007, 10016).
    OutcomeUnknown,
    Other,
}

/// What is read, or why it is not.
pub(super) type Read<T> = Result<T, DecodeError>;

/// One line of a venue's table of errors: meaning, part of the message, codes. The first that fits decides; an empty part
/// fits every message.
pub(super) type Meaning = (RejectClass, &'static str, &'static [i64]);

/// What a venue's code and message mean; `Other` where its table has no line for them.
pub(super) fn meaning(table: &[Meaning], code: i64, message: &[u8]) -> RejectClass {
    let fits = |(_, part, codes): &&Meaning| codes.contains(&code) && contains(message, part);
    table.iter().find(fits).map_or(RejectClass::Other, |(class, _, _)| *class)
}

/// True when `part` stands in `message`; an empty part always does.
pub(super) fn contains(message: &[u8], part: &str) -> bool {
    part.is_empty() || message.windows(part.len()).any(|window| window == part.as_bytes())
}

/// A venue's refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueReject {
    pub class: RejectClass,
    /// The venue's own code, as text.
    pub code: Symbol,
    /// The venue's message, cut and made printable.
    pub message: Text<96>,
}

impl VenueReject {
    /// The refusal that a venue's table gives a code and message.
    pub(super) fn of(table: &[Meaning], code: i64, message: &[u8]) -> Self {
        Self::new(meaning(table, code, message), code.to_string().as_bytes(), message)
    }

    /// Cuts `code` and `message` (as sent, escapes and all) to size; what is not printable becomes `_`.
    pub fn new(class: RejectClass, code: &[u8], message: &[u8]) -> Self {
        Self { class, code: printable(code), message: printable(message) }
    }
}

/// `source` as a name: unescaped, cut to `N` bytes, `_` for what a name can not hold; empty stays empty.
pub(super) fn printable<const N: usize>(source: &[u8]) -> Text<N> {
    let mut bytes = [0; N];
    let len = unescape_into(source, &mut bytes);
    for byte in &mut bytes[..len] {
        if !byte.is_ascii_graphic() || matches!(byte, b'"' | b'\\') {
            *byte = b'_';
        }
    }
    Text::new(&bytes[..len]).unwrap_or(Text::EMPTY)
}

impl RejectClass {
    pub const fn name(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "INSUFFICIENT_FUNDS",
            Self::Filter => "FILTER",
            Self::PostOnlyWouldTake => "POST_ONLY_WOULD_TAKE",
            Self::DuplicateClientId => "DUPLICATE_CLIENT_ID",
            Self::UnknownOrder => "UNKNOWN_ORDER",
            Self::UnknownSymbol => "UNKNOWN_SYMBOL",
            Self::AlreadyDone => "ALREADY_DONE",
            Self::ReduceOnly => "REDUCE_ONLY",
            Self::Timestamp => "TIMESTAMP",
            Self::Auth => "AUTH",
            Self::RateLimited => "RATE_LIMITED",
            Self::Banned => "BANNED",
            Self::Maintenance => "MAINTENANCE",
            Self::OutcomeUnknown => "OUTCOME_UNKNOWN",
            Self::Other => "OTHER",
        }
    }

    /// True when the request may have taken effect all the same: never treat it as a failure.
    pub const fn outcome_unknown(self) -> bool {
        matches!(self, Self::OutcomeUnknown)
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { at } => write!(f, "SYNTAX at byte {at}"),
            Self::Missing(field) => write!(f, "MISSING {field}"),
            Self::Field(field) => write!(f, "FIELD {field}"),
            Self::UnknownMessage => f.write_str("UNKNOWN_MESSAGE"),
            Self::UnknownInstrument => f.write_str("UNKNOWN_INSTRUMENT"),
            Self::TooLarge => f.write_str("TOO_LARGE"),
        }
    }
}

impl std::error::Error for DecodeError {}
