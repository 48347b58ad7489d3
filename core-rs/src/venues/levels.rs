//! Price levels of a depth message, `[["61737.63","0.5"],...]`, straight to mantissas.

use super::DecodeError;
use super::json::Reader;
use crate::market::{Instrument, Level, Lots};

/// Levels of one side in one message; Binance's largest snapshot has 5000.
pub(super) const LEVELS_MAX: usize = 10_000;

/// Appends the levels of one side; returns how many. A price must be above zero, a quantity at least zero; items after
/// the first two of a level are ignored. `name` is the side's field.
#[inline]
pub(super) fn read_levels(
    reader: &mut Reader<'_>,
    name: &'static str,
    instrument: &Instrument,
    out: &mut Vec<Level>,
) -> Result<usize, DecodeError> {
    let start = out.len();
    let wire = instrument.wire;
    let qty_decimals = wire.decimals(instrument.qty_decimals).ok_or(DecodeError::Field(name))?;
    if reader.peek() != Some(b'[') {
        return Err(if reader.starts_with(b"null") {
            DecodeError::Missing(name)
        } else {
            DecodeError::Field(name)
        });
    }
    reader.array(|reader| {
        if out.len() - start == LEVELS_MAX {
            return Err(DecodeError::TooLarge);
        }
        let pair = reader.quoted_pair(instrument.px_decimals, qty_decimals);
        let (px, qty) = match pair {
            Some(pair) => pair,
            None => {
                general_pair(reader, instrument.px_decimals, qty_decimals)?.ok_or(DecodeError::Field(name))?
            }
        };
        if px == 0 {
            return Err(DecodeError::Field(name));
        }
        let qty = wire.base(Lots(qty)).ok_or(DecodeError::Field(name))?;
        out.push(Level { px, qty });
        Ok(())
    })?;
    Ok(out.len() - start)
}

/// A level with white space, bare numbers or further items; `None` where a number is no mantissa of the instrument.
#[cold]
fn general_pair(
    reader: &mut Reader<'_>,
    px_decimals: u8,
    qty_decimals: u8,
) -> Result<Option<(i64, i64)>, DecodeError> {
    reader.expect(b'[')?;
    let px = reader.mantissa(px_decimals)?;
    reader.expect(b',')?;
    let qty = reader.mantissa(qty_decimals)?;
    while reader.take_if(b',') {
        reader.skip()?;
    }
    reader.expect(b']')?;
    Ok(px.zip(qty))
}
