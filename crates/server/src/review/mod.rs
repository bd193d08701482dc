//! A review: what people decided about the codes that the machine proposed.
//!
//! A review is the fold of its [events](Event) over a proposed code set, and nothing else: no table holds a decision
//! beside the log of events. [`fold`] gives what is decided, [`review`] puts it beside the machine's codes with what does
//! not go together. All of it is pure: no database, no clock.

mod agreement;
mod conflicts;
mod decision;
mod drg;
mod event;
mod state;
mod view;

pub(crate) use agreement::{Agreement, AgreementPair, Counts, Total, agreement};
pub(crate) use decision::{Change, CodeKey, Decision, Place, Setting};
pub(crate) use event::{Event, Opening, Payload, SignedCode};
pub(crate) use state::{Decided, State, Suggested, Verdict, fold, last_of};
pub(crate) use view::{
    EvidenceView, Kind, Review, ReviewRow, ReviewState, ReviewedCode, Standing, concept, counts, review,
    signed_codes, standing,
};
