//! Reading binary files front to back without trusting them.

/// What is left of a file.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = self.u32()? as usize;
        std::str::from_utf8(self.take(length)?).ok()
    }
}

/// Appends a text with its length before it.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend((text.len() as u32).to_le_bytes());
    out.extend(text.as_bytes());
}

/// A file's content and the digest at its end, if the two belong together.
pub(crate) fn sealed(file: &[u8]) -> Option<&[u8]> {
    let (content, seal) = file.split_at_checked(file.len().checked_sub(blake3::OUT_LEN)?)?;
    (blake3::hash(content).as_bytes() == seal).then_some(content)
}

/// Appends the digest of what is there.
pub(crate) fn seal(out: &mut Vec<u8>) {
    let digest = blake3::hash(out);
    out.extend(digest.as_bytes());
}
