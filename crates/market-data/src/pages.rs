//! The pages of a column of a Parquet file, decompressed here: every decoder is in Rust, and none believes
//! the lengths that the file declares.

use std::io::Read;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::bounded_file::BoundedFile;

/// No page of prices is larger when it is decompressed: writers aim at one mebibyte.
const LARGEST: u64 = 128 << 20;

/// How a column is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    None,
    Snappy,
    Gzip,
    Brotli,
    Zstd,
    Lz4Raw,
    /// As Hadoop frames it; some old writers say this and write plain blocks.
    Lz4,
}

impl Codec {
    /// `None` for one without a decoder.
    pub(crate) fn of(compression: Compression) -> Option<Codec> {
        Some(match compression {
            Compression::UNCOMPRESSED => Codec::None,
            Compression::SNAPPY => Codec::Snappy,
            Compression::GZIP(_) => Codec::Gzip,
            Compression::BROTLI(_) => Codec::Brotli,
            Compression::ZSTD(_) => Codec::Zstd,
            Compression::LZ4_RAW => Codec::Lz4Raw,
            Compression::LZ4 => Codec::Lz4,
            _ => return None,
        })
    }

    fn decompress(self, input: &[u8]) -> Result<Vec<u8>> {
        if input.is_empty() {
            return Ok(Vec::new());
        }
        let mut output = Vec::new();
        match self {
            Codec::None => output.extend_from_slice(input),
            Codec::Snappy => {
                let length = snap::raw::decompress_len(input).map_err(damaged)?;
                // Snappy's copies give at most 64 bytes for three.
                if length > 24 * input.len() + 64 {
                    return Err(too_large());
                }
                output = snap::raw::Decoder::new()
                    .decompress_vec(input)
                    .map_err(damaged)?;
            }
            Codec::Gzip => fill(flate2::read::MultiGzDecoder::new(input), &mut output)?,
            Codec::Brotli => {
                fill(
                    brotli_decompressor::Decompressor::new(input, 1 << 14),
                    &mut output,
                )?;
            }
            Codec::Zstd => {
                let decoder = ruzstd::decoding::StreamingDecoder::new(input);
                fill(decoder.map_err(damaged)?, &mut output)?;
            }
            Codec::Lz4Raw => output = lz4_block(input)?,
            Codec::Lz4 => {
                output = match lz4_of_hadoop(input) {
                    Some(output) => output,
                    None => lz4_block(input)?,
                }
            }
        }
        Ok(output)
    }
}

fn damaged(error: impl std::fmt::Display) -> ParquetError {
    ParquetError::General(error.to_string())
}

fn too_large() -> ParquetError {
    ParquetError::General(format!("a page is larger than {} MiB", LARGEST >> 20))
}

fn fill(decoder: impl Read, output: &mut Vec<u8>) -> Result<()> {
    decoder
        .take(LARGEST + 1)
        .read_to_end(output)
        .map_err(damaged)?;
    match output.len() as u64 > LARGEST {
        true => Err(too_large()),
        false => Ok(()),
    }
}

/// A block without its length: the room for it is doubled until it fits.
fn lz4_block(input: &[u8]) -> Result<Vec<u8>> {
    // A byte of LZ4 stands for at most 255.
    let most = (255 * input.len() as u64 + 64).min(LARGEST) as usize;
    let mut room = (4 * input.len() + 64).min(most);
    loop {
        let mut output = vec![0; room];
        match lz4_flex::block::decompress_into(input, &mut output) {
            Ok(length) => {
                output.truncate(length);
                return Ok(output);
            }
            Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) if room < most => {
                room = (2 * room).min(most);
            }
            Err(error) => return Err(damaged(error)),
        }
    }
}

/// Blocks with their decompressed and compressed lengths before them, in big-endian order.
fn lz4_of_hadoop(mut input: &[u8]) -> Option<Vec<u8>> {
    let mut output = Vec::new();
    while !input.is_empty() {
        let length = |at: usize| -> Option<usize> {
            let bytes: [u8; 4] = input.get(at..at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_be_bytes(bytes)).ok()
        };
        let (whole, packed) = (length(0)?, length(4)?);
        let block = lz4_block(input.get(8..8 + packed)?).ok()?;
        if block.len() != whole || (output.len() + whole) as u64 > LARGEST {
            return None;
        }
        output.extend_from_slice(&block);
        input = &input[8 + packed..];
    }
    Some(output)
}

/// The pages of one column of one row group.
pub(crate) struct Pages {
    packed: SerializedPageReader<BoundedFile>,
    codec: Codec,
}

impl Pages {
    /// The pages of a column chunk with this many rows.
    pub(crate) fn new(
        file: &Arc<BoundedFile>,
        chunk: &ColumnChunkMetaData,
        codec: Codec,
        n_rows: usize,
    ) -> Result<Pages> {
        // The library hands over the bytes as they are in the file.
        let chunk = chunk.clone().into_builder();
        let chunk = chunk.set_compression(Compression::UNCOMPRESSED).build()?;
        let packed = SerializedPageReader::new(file.clone(), &chunk, n_rows, None)?;
        Ok(Pages { packed, codec })
    }

    fn unpacked(&self, mut page: Page) -> Result<Page> {
        if self.codec == Codec::None {
            return Ok(page);
        }
        match &mut page {
            Page::DataPage { buf, .. } | Page::DictionaryPage { buf, .. } => {
                *buf = self.codec.decompress(buf)?.into();
            }
            Page::DataPageV2 {
                is_compressed: false,
                ..
            } => {}
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                ..
            } => {
                // The levels are not compressed.
                let levels = *def_levels_byte_len as usize + *rep_levels_byte_len as usize;
                let packed = buf.get(levels..);
                let packed = packed.ok_or_else(|| damaged("levels end behind their page"))?;
                let mut whole = buf[..levels].to_vec();
                whole.extend(self.codec.decompress(packed)?);
                *buf = whole.into();
                *is_compressed = false;
            }
        }
        Ok(page)
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Result<Page>> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.packed.get_next_page()?;
        page.map(|page| self.unpacked(page)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.packed.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.packed.at_record_boundary()
    }
}
