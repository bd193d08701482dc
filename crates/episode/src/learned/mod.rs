//! What is learnt from coded episodes: words that were evidence of codes, and how much to trust them.
//!
//! `clinlink train coder` makes a [`CoderModel`] from notes with their codes and, where it is known, the words that were
//! the evidence. It holds
//!
//! - terms: `anasarca` was evidence of R60.1 in 3 of the 4 episodes that have the word. [`LearnedTagger`] marks such
//!   words in new notes, so that they are assessed like any mention, and the coder considers the codes.
//! - weights of a logistic regression over what is known of a code in an episode (`features.rs`): how often such words
//!   led to it, how they are linked, how they are meant, how often the code is given at all. Its probability becomes the
//!   code's score and decides whether the code is accepted, left to review or rejected. What a rule rejects stays
//!   rejected.
//!
//! A code that was never given, and whose words were hardly ever seen, is left to the rules: training must not make the
//! coder blind to what is rare.

mod features;
mod learn;
mod lessons;
mod model;
mod ranker;
mod seen;
mod tagger;

pub use learn::{Coded, Learner, Outcomes};
pub(crate) use lessons::Lessons;
pub use model::{CoderModel, ModelError};
pub(crate) use seen::Seen;
pub use tagger::LearnedTagger;
