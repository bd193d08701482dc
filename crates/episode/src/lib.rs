//! From the annotated notes of an episode to its code set, by rules that name themselves.
//!
//! [`RuleCoder`] takes the best link of each mention in the target system and applies, in this order:
//!
//! 1. [assertion](rules): what is negated, a relative's, hypothetical or historical is rejected, what is uncertain goes
//!    to review, what no stage has assessed is refused. `No pneumonia` never gives J18.9.
//! 2. detail: a category is brought down to the code that says no more than the category (`Type 2 diabetes`, E11, is
//!    E11.9), to the side that the words name (`pain in the right knee` is M25.561), or sent to review.
//! 3. merge: one entry a code over all notes, evidence by note and place; text copied forward counts once and says of
//!    which evidence it is a copy.
//! 4. what was learnt, if there is a model (`clinlink train coder`): codes that such words were evidence of are
//!    considered as well, and a probability decides between accepted, review and rejected. What a rule rejects stays
//!    rejected.
//! 5. specificity: `diabetes` gives way to `diabetic nephropathy` (E11.9 to E11.21).
//! 6. Excludes1: of two codes that exclude each other the one with more evidence stays.
//!
//! A code that was considered stays in the code set with the reason why it was rejected, and every code has evidence.
//! The rules with their sources are listed in [`rules`].

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod assess;
mod claim;
mod coder;
mod config;
mod copies;
mod detail;
mod excludes;
mod learned;
pub mod rules;
mod said;
mod side;
mod specific;
mod strength;
mod tables;

pub use coder::RuleCoder;
pub use config::CoderConfig;
pub use learned::{Coded, CoderModel, LearnedTagger, Learner, ModelError, Outcomes};
pub use tables::TablesError;
