//! Finds pack terms in text ([`Dictionary`]) and links mentions to concepts ([`PackLinker`]).
//!
//! Both read one [`Pack`](clinlink_vocab::Pack) and compare text and terms word by word in normal form.
//!
//! The dictionary marks the longest term at each word: in `Type 2 diabetes mellitus with fracture of the left radius`
//! the mentions are `Type 2 diabetes mellitus` and `fracture of the left radius`. Terms too general to say anything
//! (`disease`, `history`) and short upper-case synonyms in lower case (`cat`, `as`) are not mentions.
//!
//! The linker asks its sources in turn, each only for what is still open: the mention as it stands, its normal form, the
//! long form of an abbreviation; the mention without words that do not decide (`acute`, `left`, `of the`), its words in
//! another order; another spelling (`pnuemonia`, `post operative`, `nephrotoxic`); each thing of a coordination
//! (`breast and ovarian cancer`); full-text search with a strict comparison; what the disease is a kind of (`fish-eye disease`, for systems
//! that do not have it); at last the longest term inside the mention (`multifactorial anemia`). From what they find the tabular list is walked down to the subdivision that says what else the
//! mention says (`type 2 diabetes with neuropathy`). A false link is worse than none: only a word that no term holds is taken for misspelt, and
//! full-text candidates must share every deciding word, so `anesthesia` never becomes `synesthesia`. Systems that are not
//! reached directly are reached over cross-references of those that are. What annotators or coders linked before may be
//! learnt ([`learn_linker`]); of the mentions of held-out documents that have a concept in the gold, the first candidate is
//! right for 0.818 (bc5cdr) and 0.786 (`ncbi_disease`) by the pack alone, 0.924 and 0.903 with what the other documents'
//! mentions teach (`benches/figures.py links`).
//!
//! Of 200 terms of the default pack each that are written in another way, the right concept comes first for 1.000 as they
//! are, 0.950 with a typing error, 0.770 with two in a long word, 0.980 in the plural, 1.000 with another hyphen, with a line break, in British spelling,
//! 0.990 in another word order, 0.920 with an adjective put in, 1.000 as an abbreviation, 0.805 with what a subdivision
//! adds to it; of 1,000 ordinary words and phrases 8 are linked (`examples/variations`).

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod broader;
mod config;
mod coordination;
mod crosswalk;
pub mod dense;
mod dictionary;
mod disorder;
mod eponym;
mod explain;
mod full_text;
mod gate;
mod hits;
mod learned;
mod lexicon;
mod likeness;
mod linker;
mod look_up;
mod memory;
mod nested;
mod other_thing;
mod part;
mod predicate;
mod qualifier;
mod query;
mod reduce;
mod respell;
mod score;
mod shorthand;
mod side;
mod source;
mod subdivision;
mod tail;
mod title;
mod walk;
mod words;

pub use config::LinkerConfig;
pub use dictionary::Dictionary;
pub use explain::{Effect, Explained, Explanation, Sign};
pub use learned::{LinkModel, LinkModelError, LinkedNote, learn_linker};
pub use linker::PackLinker;
pub use nested::Nested;
