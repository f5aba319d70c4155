//! New inputs from valid ones.

use statistics::random::SplitMix64;

/// Mutates inputs, the same for the same seed.
pub(crate) struct Mutator<'a> {
    random: SplitMix64,
    seeds: &'a [Vec<u8>],
    is_text: bool,
}

/// Pieces of text that readers treat specially.
const PIECES: [&str; 32] = [
    "nan",
    "inf",
    "-0",
    "1e308",
    "-1",
    "99999999999999999999",
    "0x7f",
    "null",
    "true",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "'",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "=",
    ".",
    "..",
    "1969-12-31",
    "9999-99-99",
    "\u{202e}",
    "\u{feff}",
    "\u{1b}[2J",
    "\\u0000",
    "é",
    "#",
    "|",
];

/// Numbers at which lengths and counts go wrong.
const NUMBERS: [u64; 10] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    u64::MAX,
];

impl<'a> Mutator<'a> {
    pub(crate) fn new(seed: u64, seeds: &'a [Vec<u8>], is_text: bool) -> Mutator<'a> {
        Mutator {
            random: SplitMix64::new(seed),
            seeds,
            is_text,
        }
    }

    fn below(&mut self, n: usize) -> usize {
        (self.random.uniform() * n as f64) as usize
    }

    /// One of the valid inputs with one to eight changes.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let at = self.below(self.seeds.len());
        let mut input = self.seeds[at].clone();
        for _ in 0..=self.below(8) {
            self.change(&mut input);
        }
        input
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        let length = 1 + self.below(16.min(1 + input.len() / 2));
        let end = (at + length).min(input.len());
        match self.below(if self.is_text { 8 } else { 7 }) {
            // A bit, a byte.
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 if at < input.len() => input[at] = self.below(256) as u8,
            // A number in the machine's bytes.
            2 => {
                let number = NUMBERS[self.below(NUMBERS.len())].to_le_bytes();
                let n = 1 << self.below(4);
                for (byte, new) in input[at..].iter_mut().zip(&number[..n]) {
                    *byte = *new;
                }
            }
            // Something is missing, doubled, or from elsewhere.
            3 => drop(input.drain(at..end)),
            4 => {
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
            5 => {
                let other = self.below(self.seeds.len());
                let from = self.below(self.seeds[other].len() + 1);
                let until = (from + 4 * length).min(self.seeds[other].len());
                input.splice(at..end, self.seeds[other][from..until].iter().copied());
            }
            6 => input.truncate(at),
            _ => {
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(at..end, piece.bytes());
            }
        }
    }
}
