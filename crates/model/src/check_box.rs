use serde::{Deserialize, Serialize};

use crate::span::Span;

/// A check box or an answer of a form, and the words that it is about.
///
/// | text | mark | about | answer |
/// |---|---|---|---|
/// | `[x] Fever` | `[x]` | `Fever` | yes |
/// | `☐ Fever` | `☐` | `Fever` | no |
/// | `Fever: [ ] Yes [x] No` | `[x]` | `Fever` | no |
/// | `Fever: No` | `No` | `Fever` | no |
/// | `Fever: Yes / No` | `Yes / No` | `Fever` | open |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckBox {
    /// The box, or the answer where there is none.
    pub mark: Span,
    /// The words that are answered, within one sentence. Those of two boxes do not overlap.
    pub about: Span,
    /// What it says of them.
    pub answer: Answer,
}

/// What a check box says of the words beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// They hold.
    Yes,
    /// They do not.
    No,
    /// Nobody has answered: nothing is said of them.
    Open,
}
