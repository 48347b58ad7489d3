//! What streams are called and how they are asked for: one way to write it, from a venue's own table of words.

use super::Role;
use super::body::product_word;
use crate::market::Instrument;

/// A venue's words. In the name of a stream `*` stands for the symbol, `~` for the symbol in small letters; names are JSON, and what
/// has no name is not asked for.
pub(super) struct Topics {
    /// The book of an instrument, and its public trades, on spot and linear.
    pub book: [&'static str; 2],
    pub trades: [&'static str; 2],
    /// The account's own streams, all of which one private link serves.
    pub account: &'static [&'static str],
    /// To subscribe, and to end that.
    pub verbs: [&'static str; 2],
    /// A request: `!` stands for the verb, `%` for its number on the link, `*` for the names.
    pub frame: &'static str,
    /// Streams that one request may name.
    pub names_max: usize,
}

/// What of an instrument is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    Book,
    Trades,
}

/// Frames that begin (`on`) or end what a link of this role carries: books of instruments, or the account's streams.
pub(super) fn encode(
    topics: &Topics,
    (role, feed, on): (Role, Feed, bool),
    instruments: &[&Instrument],
    out: &mut Vec<Vec<u8>>,
) {
    let names: Vec<String> = match role {
        Role::Public => instruments.iter().map(|instrument| name(topics, feed, instrument)).collect(),
        Role::Private => topics.account.iter().map(|name| (*name).to_owned()).collect(),
        Role::Trade | Role::Rest => return,
    };
    let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let verb = topics.verbs[usize::from(!on)];
    for chunk in names.chunks(topics.names_max) {
        let number = (out.len() + 1).to_string();
        let frame = topics.frame.replace('!', verb).replace('%', &number).replace('*', &chunk.join(","));
        out.push(frame.into_bytes());
    }
}

fn name(topics: &Topics, feed: Feed, instrument: &Instrument) -> String {
    let words = match feed {
        Feed::Book => topics.book,
        Feed::Trades => topics.trades,
    };
    let (word, symbol) = (product_word(instrument.product, words), instrument.symbol.as_str());
    word.replace('*', symbol).replace('~', &symbol.to_ascii_lowercase())
}
