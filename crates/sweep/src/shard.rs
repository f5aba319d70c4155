//! One file of rows. It exists under its name only when it is whole.
//!
//! ```text
//! "GFSHARD4"  plan digest (32)  shard, first trial, end trial, metrics (8 each)
//! per row     trial (8)  0 (1)  mask (16)  metrics × 8  0 (1)
//!          or the same  1 (1)  day before the first return (4)  returns (8)
//!             sums (4)  sums of squares (4)  sums × 8  sums of squares × 8
//!             0 (1), or 1 (1)  digest of the yardsticks (8)  sums of products × 8
//!          or trial (8)  1 (1)  length (4)  message
//!          or trial (8)  2 (1)  day of its ruin (4)  as after 0
//! digest of all this (32)
//! ```
//!
//! Little-endian; digests are BLAKE3.

use std::io;
use std::path::Path;

use backtest::date::Date;
use diagnostics::{MB, read_file};
use statistics::catalogue::N_COLUMNS;
use statistics::period_sums::{PeriodSums, Products};

use crate::bytes::{Bytes, put_text, seal, sealed};
use crate::metric_values::MetricValues;

/// One trial's result.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its number.
    pub trial: u64,
    /// Its numbers, or why it failed, on one line.
    pub outcome: Result<MetricValues, String>,
}

/// What a shard belongs to, and which trials it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShardId {
    pub(crate) plan: [u8; 32],
    pub(crate) shard: u64,
    pub(crate) first: u64,
    pub(crate) end: u64,
}

const MAGIC: &[u8; 8] = b"GFSHARD4";

pub(crate) fn encode(id: &ShardId, rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128 + rows.len() * (25 + 8 * N_COLUMNS));
    out.extend(MAGIC);
    out.extend(id.plan);
    for number in [id.shard, id.first, id.end, N_COLUMNS as u64] {
        out.extend(number.to_le_bytes());
    }
    for row in rows {
        out.extend(row.trial.to_le_bytes());
        match &row.outcome {
            Ok(cells) => {
                match cells.ruined {
                    None => out.push(0),
                    Some(day) => {
                        out.push(2);
                        out.extend(day.epoch_days().to_le_bytes());
                    }
                }
                out.extend(cells.present.to_le_bytes());
                for bits in &cells.bits {
                    out.extend(bits.to_le_bytes());
                }
                put_period_sums(&mut out, cells.period_sums.as_ref());
            }
            Err(message) => {
                out.push(1);
                put_text(&mut out, message);
            }
        }
    }
    seal(&mut out);
    out
}

/// The rows of a shard file, or why it is not the shard it should be.
pub(crate) fn decode(id: &ShardId, file: &[u8]) -> Result<Vec<Row>, &'static str> {
    let content = sealed(file).ok_or("it is truncated or changed")?;
    let mut bytes = Bytes(content);
    if bytes.array() != Some(*MAGIC) {
        return Err("it is not a shard");
    }
    if bytes.array() != Some(id.plan) {
        return Err("it belongs to another sweep");
    }
    let numbers = [id.shard, id.first, id.end, N_COLUMNS as u64];
    if !numbers
        .into_iter()
        .all(|number| bytes.u64() == Some(number))
    {
        return Err("it is another shard");
    }
    let mut rows = Vec::new();
    while !bytes.0.is_empty() {
        rows.push(decode_row(&mut bytes).ok_or("a row is incomplete")?);
    }
    let in_order = rows.windows(2).all(|pair| pair[0].trial < pair[1].trial);
    let in_range = rows
        .iter()
        .all(|row| (id.first..id.end).contains(&row.trial));
    match in_order && in_range {
        true => Ok(rows),
        false => Err("its rows are not in order"),
    }
}

fn put_period_sums(out: &mut Vec<u8>, period_sums: Option<&PeriodSums>) {
    let Some(period_sums) = period_sums else {
        out.push(0);
        return;
    };
    out.push(1);
    out.extend(period_sums.first_day.to_le_bytes());
    out.extend((period_sums.n as u64).to_le_bytes());
    for floats in [&period_sums.sums, &period_sums.squares] {
        out.extend((floats.len() as u32).to_le_bytes());
    }
    for float in period_sums.sums.iter().chain(&period_sums.squares) {
        out.extend(float.to_le_bytes());
    }
    match &period_sums.products {
        None => out.push(0),
        Some(products) => {
            out.push(1);
            out.extend(products.yardsticks.to_le_bytes());
            for float in products.sums {
                out.extend(float.to_le_bytes());
            }
        }
    }
}

fn period_sums(bytes: &mut Bytes<'_>) -> Option<Option<PeriodSums>> {
    match bytes.array()? {
        [0] => return Some(None),
        [1] => {}
        _ => return None,
    }
    let first_day = Date::from_epoch_days(bytes.array().map(i32::from_le_bytes)?)?.epoch_days();
    let n = usize::try_from(bytes.u64()?).ok()?;
    let lengths = [bytes.u32()?, bytes.u32()?];
    let mut floats = |length: u32| {
        let floats = bytes.take(8 * length as usize)?.as_chunks().0.iter();
        Some(floats.map(|float| f64::from_le_bytes(*float)).collect())
    };
    let (sums, squares) = (floats(lengths[0])?, floats(lengths[1])?);
    let products = match bytes.array()? {
        [0] => None,
        [1] => Some(Products {
            yardsticks: bytes.u64()?,
            sums: [
                f64::from_le_bytes(bytes.array()?),
                f64::from_le_bytes(bytes.array()?),
            ],
        }),
        _ => return None,
    };
    Some(Some(PeriodSums {
        first_day,
        n,
        sums,
        squares,
        products,
    }))
}

fn decode_row(bytes: &mut Bytes<'_>) -> Option<Row> {
    let trial = bytes.u64()?;
    let outcome = match bytes.array()? {
        [kind @ (0 | 2)] => {
            let ruined = match kind {
                0 => None,
                _ => Some(Date::from_epoch_days(
                    bytes.array().map(i32::from_le_bytes)?,
                )?),
            };
            let present = bytes.array().map(u128::from_le_bytes)?;
            let cells = bytes.take(8 * N_COLUMNS)?;
            let bits = cells
                .as_chunks()
                .0
                .iter()
                .map(|cell| u64::from_le_bytes(*cell));
            let bits = bits.collect();
            Ok(MetricValues {
                present,
                bits,
                ruined,
                period_sums: period_sums(bytes)?,
            })
        }
        [1] => Err(bytes.text()?.to_owned()),
        _ => return None,
    };
    Some(Row { trial, outcome })
}

/// The bytes of the largest shard that is read.
const MOST_SHARD: u64 = 4000 * MB;

/// Reads a file that another machine may be replacing by one with the same bytes.
pub(crate) fn read_shard(path: &Path) -> io::Result<Vec<u8>> {
    match read_file(path, MOST_SHARD) {
        Err(error) if error.kind() == io::ErrorKind::StaleNetworkFileHandle => {
            read_file(path, MOST_SHARD)
        }
        read => read,
    }
}
