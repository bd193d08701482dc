//! What is learnt from coded episodes: words that were evidence of codes, and how much to trust them.
//!
//! `clinlink train coder` makes a [`CoderModel`] from notes with their codes and, where it is known, the words that were
//! the evidence. It holds
//!
//! - terms: `anasarca` was evidence of R60.1 in 3 of the 4 episodes that have the word. [`LearnedTagger`] marks such
//!   words in new notes, so that they are assessed like any mention, and the coder considers the codes.
//!   Where no evidence is known, the words that came with a code most tellingly are taken for it (`infer.rs`).
//! - a classifier: how likely codes that were given a few times are by all that an episode says, words and how mentions
//!   are meant (`classifier.rs`). It knows that coders leave out the cough beside a pneumonia. A code that it finds likely
//!   and no words claim is a suggestion, with the mention that speaks most for it as evidence.
//! - which codes were given together (`company.rs`): the probable ones speak for and against the others.
//! - weights of a logistic regression over what is known of a code in an episode (`features.rs`): how often such words
//!   led to it, how they are linked, how they are meant, how often the code is given at all. Its probability becomes the
//!   code's score and decides whether the code is accepted, left to review or rejected. Codes that were never given have weights of their own, since what
//!   is counted says nothing of them.
//! - [`Experience`]: how often codes of a probability were right, each scored by what other episodes taught. It turns a
//!   wanted precision into a threshold.
//!
//! What is denied, hypothetical or another person's is not coded, however often coders did
//! ([`FINAL`](crate::rules::FINAL)). The other rules are a policy, which sites differ in: `CodiEsp`'s coders code what the
//! patient had in the past, and a general code beside a specific one. There the model may keep a code in spite of a rule:
//! it does so from the probability `overrule` on, and the reason says so (`outranked by E11.21; kept in spite of
//! specific: coders here kept 83 % of such codes`). From `review` on, a person decides between the rule and the model.
//!
//! Measured on `CodiEsp` dev, English text, learnt from its training cases: micro-F1 0.603, MAP 0.541, expected
//! calibration error 0.012 (`python3 benches/figures.py coder`); procedures: micro-F1 0.464 (`procedures`); radiology
//! reports of which no evidence is marked, ICD-9-CM, in cross-validation: micro-F1 0.867 (`cmc`).
//!
//! A code that was never given, and whose words were hardly ever seen, is accepted at half the probability and never
//! rejected by the model: training must not make the coder blind to what is rare.

mod classifier;
mod company;
mod experience;
mod features;
mod infer;
mod lasso;
mod learn;
mod lessons;
mod model;
mod seen;
mod signs;
mod standing;
mod tagger;

pub use experience::{Experience, Tally};
pub use learn::{Coded, Learner, Outcomes};
pub(crate) use lessons::{Known, LIKELY, Lessons};
pub use model::{CoderModel, ModelError};
pub(crate) use seen::Seen;
pub(crate) use standing::Standing;
pub use tagger::LearnedTagger;
