//! Finds pack terms in text ([`Dictionary`]) and links mentions to concepts ([`PackLinker`]).
//!
//! Both read one [`Pack`](clinlink_vocab::Pack) and compare text and terms word by word in normal form.
//!
//! The dictionary marks the longest term at each word: in `Type 2 diabetes mellitus with fracture of the left radius`
//! the mentions are `Type 2 diabetes mellitus` and `fracture of the left radius`. Terms too general to say anything
//! (`disease`, `history`) and short upper-case synonyms in lower case (`cat`, `as`) are not mentions.
//!
//! The linker tries, from the surest to the least sure way: the mention as it stands, its normal form, the long form of
//! an abbreviation, the mention without words that do not decide (`acute`, `left`, `of the`), its words in another
//! order, then full-text search with a strict comparison. A false link is worse than none: full-text candidates must
//! share every deciding word, so `anesthesia` never becomes `synesthesia`. Systems that are not reached directly are
//! reached over cross-references of those that are.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod config;
mod dictionary;
mod gate;
mod hits;
mod lexicon;
mod likeness;
mod linker;
mod reduce;
mod score;
mod title;
mod walk;
mod words;

pub use config::LinkerConfig;
pub use dictionary::Dictionary;
pub use linker::PackLinker;
