//! Precision, recall, F1 and MAP of clinlink's output against gold.
//!
//! Both sides are JSON lines. The gold has one object a note (for [`codes`], an episode):
//!
//! ```json
//! {"id": "n1", "mentions": [{"start": 10, "end": 18, "label": "disease", "ids": ["D003920"],
//!                            "assertion": {"polarity": "negated"}}]}
//! {"id": "e1", "codes": ["E11.9", "I10"], "evidence": [{"code": "I10", "start": 0, "end": 3}]}
//! ```
//!
//! `entities` may stand for `mentions`, `type` for `label` and `episode` for `id`; other fields are ignored.
//! Offsets are characters. Labels are compared by clinlink's own names (`SpecificDisease` is `disease`). The predictions are what `clinlink annotate` and `clinlink code` write. Neither side
//! may hold a note twice.
//!
//! What is missing is counted, never skipped: the gold of a note that failed, or that has no prediction, counts
//! as missed. A prediction for a note that the gold does not have is ignored. [`Coverage`] says how many of each.
//!
//! Codes are also scored with their ancestors (hierarchical), by their evidence, by how often the training data has them,
//! as probabilities (calibration, deferral), with intervals, and against another system.
//!
//! Every figure is made of counts that are summed over all notes before anything is divided, unless its name says
//! that it is a mean over documents. A figure with nothing to divide by is undefined: `null` in JSON, `–` in text.

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used))]

mod bands;
mod calibration;
mod code_page;
mod code_text;
mod codes;
mod context;
mod counts;
mod coverage;
mod error;
mod evidence;
mod gold;
mod identifiers;
mod labels;
mod lines;
mod links;
mod matching;
mod mentions;
mod prediction;
mod ranking;
mod resampling;
mod table;

pub use bands::Band;
pub use calibration::{Bin, Calibration, Deferral};
pub use code_page::write_code_page;
pub use codes::{CodeOptions, CodeReport, Hierarchical, Level, codes};
pub use context::{AxisReport, ContextReport, ValueReport, context};
pub use counts::Counts;
pub use coverage::Coverage;
pub use error::ScoreError;
pub use evidence::{EvidenceCounts, EvidenceReport};
pub use identifiers::{code as comparable_code, concept_of};
pub use labels::{LabelCounts, Labels};
pub use links::{Accuracy, LinkOptions, LinkReport, NilCounts, links};
pub use mentions::{MentionOptions, MentionReport, SpanCounts, mentions};
pub use ranking::{MeanScores, RecallAt};
pub use resampling::{Difference, Estimate};
