/// `SplitMix64` (Steele et al., OOPSLA 2014): small, and the same on every machine.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number of mean 0 and standard deviation 1, all alike between the square roots of 3 with either sign.
    pub fn uniform(&mut self) -> f32 {
        (self.part() as f32 * 2.0 - 1.0) * 3.0_f32.sqrt()
    }

    /// A number from 0 to below 1, all alike.
    pub fn part(&mut self) -> f64 {
        (self.draw() >> 40) as f64 / (1_u64 << 24) as f64
    }

    /// Fisher and Yates. The modulo favours low numbers by less than one in 2^32.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, (self.draw() % (last as u64 + 1)) as usize);
        }
    }
}
