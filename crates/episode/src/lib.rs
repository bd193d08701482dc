//! From the annotated notes of an episode to its code set, by rules that name themselves.
//!
//! [`RuleCoder`] takes the best link of each mention in the target system and applies, in this order:
//!
//! 1. assertion: what is negated, a relative's, hypothetical or historical is rejected, what is uncertain goes to review,
//!    what no stage has assessed is refused. `No pneumonia` never gives J18.9. What is over, done or taken for long gives
//!    a history or status code: `history of breast cancer` is Z85.3, `s/p CABG` Z95.1.
//! 2. detail: a category is brought down to the code that says no more than the category (`Type 2 diabetes`, E11, is
//!    E11.9), to the side that the words name (`pain in the right knee` is M25.561), to the trimester and the seventh character that
//!    they tell, or sent to review; a procedure's code is completed from its sentence. What a drug did is a code too
//!    (`rash due to amoxicillin`).
//! 3. merge: one entry a code over all notes, evidence by note and place; text copied forward counts once and says of
//!    which evidence it is a copy.
//! 4. what was learnt, if there is a model (`clinlink train coder`): codes that such words were evidence of are
//!    considered as well, and a probability decides between accepted, review and rejected. A code of which the model is
//!    sure stays in spite of the rules, but for those that are [final](rules::FINAL).
//! 5. notes that disagree: `possible pneumonia`, then `pneumonia was ruled out`, gives no J18.9. What only a radiologist
//!    names goes to review.
//! 6. specificity: `diabetes` gives way to `diabetic nephropathy` (E11.9 to E11.21).
//! 7. combinations: `hypertension` and `heart failure` are I11.0 with I50.-, `diabetes` and `CKD` E11.22 with N18.-.
//! 8. Excludes1: of two codes that exclude each other the one with more evidence stays.
//! 9. symptoms: `cough` beside pneumonia is part of it.
//! 10. structured facts: a potassium of 2.9 mmol/L supports hypokalemia; alone it is a question to the provider.
//! 11. order: the principal diagnosis first, with what was present on admission.
//! 12. for a bill, the MS-DRG with the codes that move it ([`DrgGrouper`]).
//!
//! A code that was considered stays in the code set with the reason why it was rejected, and every code has evidence.
//! What the rules say is data: `vocab/rules/`, where [`rules`] are listed with their sections of the Official Guidelines.
//! Steps 5 to 10, and history and status codes, are [families](Family) that a pipeline may leave out.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod admission;
mod assess;
mod audit;
mod birth;
mod chronic;
mod claim;
mod coder;
mod combine;
mod config;
mod copies;
mod detail;
mod diabetes;
mod dominance;
mod drg;
mod drugs;
mod encounter;
mod entry;
mod excludes;
mod external;
mod facts;
mod family;
mod history;
mod learned;
mod neoplasm;
mod own_words;
mod patient;
mod pregnancy;
mod procedure;
mod profile;
mod purpose;
mod remission;
pub mod rules;
mod said;
mod sequela;
mod sequence;
mod side;
mod sources;
mod specific;
mod spread;
mod status;
mod strength;
mod symptoms;
mod tables;
mod told_detail;
mod trimester;
mod unrelated;
mod words;

pub use audit::Auditor;
pub use coder::RuleCoder;
pub use config::CoderConfig;
pub use drg::{DrgCase, DrgGrouper};
pub use family::Family;
pub use learned::{Coded, CoderModel, Experience, LearnedTagger, Learner, ModelError, Outcomes, Tally};
pub use profile::Profile;
pub use tables::TablesError;
