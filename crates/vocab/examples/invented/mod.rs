//! Invented terms: words drawn from 262,144 with the frequencies of a natural language, one to eight words a term.

/// Words are 2 to the power of this; as many of the rarer half are used as of the commoner half.
const WORD_BITS: u64 = 18;
const SYLLABLES: [&str; 32] = [
    "ba", "cor", "di", "fen", "gly", "hem", "itis", "kar", "lo", "mel", "neu", "osis", "pan", "que", "ren",
    "sis", "to", "uro", "vas", "xan", "y", "zol", "bra", "cla", "dro", "emia", "fla", "gra", "ino", "ple",
    "sta", "tri",
];

/// Numbers that look random and are the same each time (splitmix64).
pub struct Numbers(pub u64);

impl Numbers {
    /// The next one.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    /// One below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A word: its rank falls off as in a natural language.
    fn word(&mut self, out: &mut String) {
        let size = 1 << self.below(WORD_BITS);
        let mut rank = size + self.below(size);
        for _ in 0..2 + rank % 3 {
            out.push_str(SYLLABLES[(rank % 32) as usize]);
            rank /= 7;
        }
        out.push_str(SYLLABLES[(rank % 32) as usize]);
    }

    /// A term.
    pub fn term(&mut self) -> String {
        let mut term = String::new();
        for at in 0..=self.below(8) {
            if at > 0 {
                term.push(' ');
            }
            self.word(&mut term);
        }
        term
    }
}
