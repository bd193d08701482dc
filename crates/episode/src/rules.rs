//! The rules that decide about codes, by the ids that stand in a code set.
//!
//! Sections are those of the ICD-10-CM Official Guidelines for Coding and Reporting, FY 2026.

/// The record says that the patient has it. Accepted. (III: conditions that coexist and are documented.)
pub const AFFIRMED: &str = "affirmed";
/// No stage has said how the words are meant; nothing may be coded from them. Rejected.
pub const NOT_ASSESSED: &str = "not-assessed";
/// The record says that the patient does not have it. Rejected. (III.)
pub const NEGATED: &str = "negated";
/// A relative has it. Rejected; a family history code (Z80 to Z84) may apply. (I.C.21.c.4.)
pub const FAMILY: &str = "family";
/// Someone else has it: a donor, a contact. Rejected.
pub const OTHER_PERSON: &str = "other-person";
/// It may come to be: a risk, a warning, a condition of a plan. Rejected. (I.B.11: impending or threatened.)
pub const HYPOTHETICAL: &str = "hypothetical";
/// The record says that it was and is over. Rejected; a personal history code (Z85 to Z87) may apply.
/// (I.C.21.c.4; III.A: previous conditions.)
pub const HISTORICAL: &str = "historical";
/// It stands under a heading of past history, and no words say whether it is over. Review. (III.A.)
pub const HISTORY_SECTION: &str = "history-section";
/// A chronic disease under past history is still there. Accepted, with less weight. (I.C.21.c.4, III.A; IV.I.)
pub const CHRONIC: &str = "chronic";
/// Possible or probable. Review. (IV.H for outpatients; II.H asks for the diagnosis at discharge.)
pub const UNCERTAIN: &str = "uncertain";
/// Probable at discharge from hospital: coded as if established. Accepted. (II.H, III.C.)
pub const PROBABLE_AT_DISCHARGE: &str = "probable-at-discharge";
/// A category, brought down to the code that says no more than it. (I.B.2, I.B.18: level of detail.)
pub const UNSPECIFIED: &str = "unspecified";
/// The side is taken from the words around the mention. (I.B.13: laterality.)
pub const SIDE: &str = "side";
/// The seventh character for the first encounter was assumed. Review. (I.C.19.a; I.C.19.c: not said to be open is
/// closed.)
pub const SEVENTH_CHARACTER: &str = "seventh-character";
/// A category that needs a detail which the record does not give. Review. (I.B.2.)
pub const NOT_BILLABLE: &str = "not-billable";
/// A code below it has evidence of its own and is reported instead. Rejected. (I.B.2.)
pub const SPECIFIC: &str = "specific";
/// A code with more evidence excludes it. Rejected. (I.A.12.a.)
pub const EXCLUDES1: &str = "excludes1";
/// What was learnt from coded episodes decides, where no rule rejects. Accepted, review or rejected by the probability.
pub const LEARNED: &str = "learned";

/// The pack does not hold the code that a link names. Rejected.
pub const NOT_IN_PACK: &str = "not-in-pack";

/// Every rule id.
pub const ALL: [&str; 19] = [
    AFFIRMED,
    NOT_ASSESSED,
    NEGATED,
    FAMILY,
    OTHER_PERSON,
    HYPOTHETICAL,
    HISTORICAL,
    HISTORY_SECTION,
    CHRONIC,
    UNCERTAIN,
    PROBABLE_AT_DISCHARGE,
    UNSPECIFIED,
    SIDE,
    SEVENTH_CHARACTER,
    NOT_BILLABLE,
    SPECIFIC,
    EXCLUDES1,
    LEARNED,
    NOT_IN_PACK,
];
