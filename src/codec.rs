//! The one binary encoding of records: of the audit chain, of decisions, of the store.
//!
//! Numbers are big-endian, a text or byte string carries a `u32` length, an optional value a byte that says whether it
//! is there. The same value always gives the same bytes, so they can be hashed.

use jiff::Timestamp;

use crate::ocid::Ocid;

/// Collects the bytes of one record.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new() -> Self {
        // Most records have a few hundred bytes: growing from nothing to that costs as much as hashing them.
        Self(Vec::with_capacity(512))
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn byte(&mut self, value: u8) -> &mut Self {
        self.0.push(value);
        self
    }

    pub(crate) fn number(&mut self, value: u64) -> &mut Self {
        self.fixed(&value.to_be_bytes())
    }

    /// Bytes whose number the reader knows.
    pub(crate) fn fixed(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        // Invariant: nothing we store comes near 4 GiB; a longer string would be cut in its length, and its record
        // would then be refused on reading.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.fixed(&length.to_be_bytes()).fixed(bytes)
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub(crate) fn ocid(&mut self, ocid: &Ocid) -> &mut Self {
        self.text(ocid.as_str())
    }

    pub(crate) fn time(&mut self, time: Timestamp) -> &mut Self {
        self.fixed(&time.as_nanosecond().to_be_bytes())
    }

    pub(crate) fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) -> &mut Self {
        match value {
            None => self.byte(0),
            Some(value) => {
                self.byte(1);
                write(self, value);
                self
            }
        }
    }

    pub(crate) fn list<T>(&mut self, values: &[T], mut write: impl FnMut(&mut Self, &T)) -> &mut Self {
        self.number(values.len() as u64);
        for value in values {
            write(self, value);
        }
        self
    }
}

/// The bytes are no record of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Reads the fields of a record in the order they were written.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether everything has been read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// Every byte must have been read: a record is never followed by anything.
    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed) }
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    pub(crate) fn fixed<const N: usize>(&mut self) -> Result<&'a [u8; N], Malformed> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Malformed> {
        let [byte] = self.fixed::<1>()?;
        Ok(*byte)
    }

    pub(crate) fn number(&mut self) -> Result<u64, Malformed> {
        self.fixed().copied().map(u64::from_be_bytes)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = u32::from_be_bytes(*self.fixed()?);
        self.take(usize::try_from(length).map_err(|_| Malformed)?)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, Malformed> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Malformed)
    }

    pub(crate) fn ocid(&mut self) -> Result<Ocid, Malformed> {
        Ocid::parse(self.text()?).map_err(|_| Malformed)
    }

    pub(crate) fn time(&mut self) -> Result<Timestamp, Malformed> {
        Timestamp::from_nanosecond(i128::from_be_bytes(*self.fixed()?)).map_err(|_| Malformed)
    }

    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(Malformed),
        }
    }

    pub(crate) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let length = self.number()?;
        // Grown as it is read: a false length must not reserve memory.
        let mut values = Vec::new();
        for _ in 0..length {
            values.push(read(self)?);
        }
        Ok(values)
    }
}

/// How a value of a small set is numbered in a record: by its place in the list of all values.
pub(crate) fn number_of<T: PartialEq>(all: &[T], value: &T) -> u8 {
    // Invariant: `all` is the list of all values, so the place exists; 255 is refused on reading.
    let place = all.iter().position(|other| other == value);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

/// The value of a small set with the number a record has.
pub(crate) fn numbered<T: Copy>(all: &[T], number: u8) -> Result<T, Malformed> {
    all.get(usize::from(number)).copied().ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let key = Ocid::parse("ocid1.key.oc1.iad.bb.cc").unwrap();
        let time = Timestamp::UNIX_EPOCH + SignedDuration::from_nanos(5);
        let mut writer = Writer::new();
        writer.byte(7).number(9).text("abc").ocid(&key).time(time);
        writer.option(Some(1), |w, n| {
            w.number(n);
        });
        writer.list(&["x", "y"], |w, text| {
            w.text(text);
        });
        let bytes = writer.finish();

        let read = |bytes: &[u8]| -> Result<(), Malformed> {
            let mut reader = Reader::new(bytes);
            assert_eq!(reader.byte()?, 7);
            assert_eq!(reader.number()?, 9);
            assert_eq!(reader.text()?, "abc");
            assert_eq!(reader.ocid()?, key);
            assert_eq!(reader.time()?, time);
            assert_eq!(reader.option(Reader::number)?, Some(1));
            assert_eq!(reader.list(Reader::text)?, ["x", "y"]);
            reader.end()
        };
        assert_eq!(read(&bytes), Ok(()));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), Err(Malformed), "cut to {length}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(read(&longer), Err(Malformed));
    }
}
