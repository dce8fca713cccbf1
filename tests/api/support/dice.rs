//! Random choices that are the same for the same seed, on every machine.

/// A generator of numbers (splitmix64): small, and good enough to choose test data by.
#[derive(Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a small number");
        usize::try_from(self.bits() % limit).expect("a small number")
    }

    /// One of these.
    pub(crate) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// One of these, or nothing in one case of four.
    pub(crate) fn maybe<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let given = self.below(4) != 0;
        given.then(|| self.one(of))
    }

    /// Each of these with one chance in `odds`.
    pub(crate) fn some<T: Clone>(&mut self, of: &[T], odds: usize) -> Vec<T> {
        of.iter().filter(|_| self.below(odds) == 0).cloned().collect()
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.below(2) == 0
    }
}
